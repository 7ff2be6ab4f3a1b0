import { until } from '@confeitaria/standalone/process'
import { Redis } from 'ioredis'
import t from 'tap'
import { buildCart, startShop } from './surroundings.ts'

const shop = await startShop(t)
const { inject, session, add, read, catalog } = shop
const redis = new Redis(shop.redis.url)
t.teardown(() => redis.disconnect())
const keyOf = (sid: string) => `carrinho:${sid}`
const WEEK_MS = 7 * 24 * 60 * 60 * 1_000

t.test('a cart lives 7 days from its last change, and neither a read nor a refusal prolongs it', async t => {
  const sid = await session()
  const expireSoon = () => redis.pexpire(keyOf(sid), 60_000)
  const left = () => redis.pttl(keyOf(sid))
  const isWeek = (ms: number) => ms > WEEK_MS - 5_000 && ms <= WEEK_MS
  t.ok(isWeek(await left()), 'from the beginning')
  for (const [name, change] of [
    ['add', () => add(sid, 2, 5)],
    ['set', () => inject('PUT', `${sid}/itens/2`, { quantidade: 4 })],
    ['bought', () => inject('POST', `${sid}/comprado`, { pedido_id: 1, itens: [{ produto_id: 2, quantidade: 1 }] })],
    ['remove', () => inject('DELETE', `${sid}/itens/2`)],
    ['empty', () => inject('DELETE', sid)],
  ] as const) {
    await expireSoon()
    t.ok((await change()).statusCode < 300)
    t.ok(isWeek(await left()), name)
  }
  await expireSoon()
  await inject('GET', sid)
  await add(sid, 2, 6)
  await inject('PUT', `${sid}/itens/3`, { quantidade: 1 })
  await inject('DELETE', `${sid}/itens/3`)
  await inject('POST', `${sid}/comprado`, { pedido_id: 1, itens: [{ produto_id: 2, quantidade: 1 }] })
  t.ok((await left()) <= 60_000)
})

t.test('an expired cart is a 404, and changing it does not bring it back', async t => {
  const sid = await session()
  await add(sid, 1)
  await redis.pexpire(keyOf(sid), 1)
  await until(async () => (await inject('GET', sid)).statusCode === 404, 'the end of the cart')
  t.equal((await add(sid, 1)).statusCode, 404)
  t.equal(await redis.exists(keyOf(sid)), 0)
})

t.test('a line takes at most 250 bytes in Redis', async t => {
  for (const [name, nome] of [
    ['a usual name', 'Bolo de chocolate com brigadeiro e morangos'],
    [
      'a name of 100 characters with accents',
      'Pão de mel recheado com doce de leite artesanal e coberto de chocolate meio amargo, caixa de 6 und.',
    ],
  ] as const) {
    for (const lines of [5, 20, 50]) {
      const sid = await session()
      for (let id = 3_000; id < 3_000 + lines; id++) {
        catalog.products.set(id, { nome: `${nome} ${id}`, preco: 1_234.56, estoque: 100 })
        t.equal((await add(sid, id, 12)).statusCode, 200)
      }
      const bytes = (await redis.memory('USAGE', keyOf(sid), 'SAMPLES', 0)) as number
      t.ok(bytes / lines <= 250, `${name}: ${Math.round(bytes / lines)} bytes in a cart of ${lines}`)
    }
  }
})

t.test('a cart survives a restart of the service', async t => {
  const sid = await session()
  await add(sid, 1, 3)
  const before = await read(sid)
  await shop.app.close()
  const restarted = await buildCart(t, { REDIS_URL: shop.redis.url, CATALOG_URL: catalog.url })
  t.same(await restarted.read(sid), before)
  t.equal((await restarted.add(sid, 1)).json().data.quantidade_total, 4)
})
