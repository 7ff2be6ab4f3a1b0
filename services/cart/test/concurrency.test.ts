import { until } from '@confeitaria/standalone/process'
import t from 'tap'
import { buildCart, PRODUCTS, redisFor, startCatalog } from './surroundings.ts'

// Two instances, as in the cluster: what is atomic must be so in Redis.
const redis = await redisFor(t)
const catalog = await startCatalog(t, new Map(PRODUCTS))
const environment = { REDIS_URL: redis.url, CATALOG_URL: catalog.url }
const carts = [await buildCart(t, environment), await buildCart(t, environment)]
const cart = carts[0]!
for (const { app } of carts) await app.listen({ host: '127.0.0.1', port: 0 })

/** Over sockets, to both instances in turn. */
async function send(i: number, method: string, path: string, body: object) {
  const { status, text } = await carts[i % 2]!.check.fetch(`/api/carrinho/${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status, body: JSON.parse(text) }
}

const times = (n: number, what: (i: number) => ReturnType<typeof send>) => Promise.all(Array.from({ length: n }, (_, i) => what(i)))
const count = (answers: { status: number }[], status: number) => answers.filter(answer => answer.status === status).length

t.test('100 concurrent adds of 1 leave exactly what the answers promised', async t => {
  const sid = await cart.session()
  const answers = await times(100, i => send(i, 'POST', `${sid}/adicionar`, { produto_id: 1, quantidade: 1 }))
  t.equal(count(answers, 200), 99)
  t.equal(count(answers, 409), 1, 'the hundredth is beyond the limit')
  const promised = answers.filter(({ status }) => status === 200).map(({ body }) => body.data.quantidade_total)
  t.same(
    promised.sort((one, other) => one - other),
    Array.from({ length: 99 }, (_, i) => i + 1),
    'each answer is the cart as of its own change',
  )
  t.equal((await cart.read(sid)).quantidade_total, 99)
})

t.test('concurrent adds never pass the stock', async t => {
  const sid = await cart.session()
  const answers = await times(40, i => send(i, 'POST', `${sid}/adicionar`, { produto_id: 3, quantidade: 7 }))
  t.equal(count(answers, 200), 8, '8 × 7 of 60')
  t.equal(count(answers, 409), 32)
  t.equal((await cart.read(sid)).quantidade_total, 56)
})

t.test('concurrent adds of different products never pass 50 lines', async t => {
  const sid = await cart.session()
  const answers = await times(60, i => send(i, 'POST', `${sid}/adicionar`, { produto_id: 100 + i, quantidade: 1 }))
  t.equal(count(answers, 200), 50)
  t.equal(count(answers, 409), 10)
  const { itens } = await cart.read(sid)
  t.equal(itens.length, 50)
  const accepted = answers.flatMap(({ status }, i) => (status === 200 ? [100 + i] : []))
  t.same(itens.map(({ produto_id }: { produto_id: number }) => produto_id).sort(), accepted, 'those that were answered 200')
})

t.test('an order that tells twenty times at once what it bought takes it out once', async t => {
  const sid = await cart.session()
  await cart.add(sid, 1, 50)
  const bought = { pedido_id: 1, itens: [{ produto_id: 1, quantidade: 2 }] }
  const answers = await times(20, i => send(i, 'POST', `${sid}/comprado`, bought))
  t.equal(count(answers, 200), 20)
  t.equal((await cart.read(sid)).quantidade_total, 48)
})

t.test('adds, changes and purchases at once: the cart is one that some order of them gives', async t => {
  const sid = await cart.session()
  await cart.add(sid, 1, 1)
  await cart.add(sid, 101, 50)
  await cart.add(sid, 100, 99)
  const changes = [
    (i: number) => send(i, 'POST', `${sid}/adicionar`, { produto_id: 1, quantidade: 1 }),
    (i: number) => send(i, 'POST', `${sid}/adicionar`, { produto_id: 101, quantidade: 1 }),
    (i: number) => send(i, 'POST', `${sid}/comprado`, { pedido_id: i, itens: [{ produto_id: 101, quantidade: 1 }] }),
    (i: number) => send(i, 'PUT', `${sid}/itens/100`, { quantidade: 1 + Math.floor(i / 4) }),
  ]
  const answers = await times(120, i => changes[i % 4]!(i))
  t.equal(count(answers, 200), 120)
  const { itens } = await cart.read(sid)
  const of = (id: number) => itens.find(({ produto_id }: { produto_id: number }) => produto_id === id)?.quantidade ?? 0
  t.strictSame([of(1), of(101)], [31, 50], 'each addition and each purchase counts once')
  t.ok(of(100) >= 1 && of(100) <= 30, 'one of the quantities that were set')
})

t.test('100 shoppers at once: each has what it put in', async t => {
  const sids = await Promise.all(Array.from({ length: 100 }, () => cart.session()))
  await times(300, i => send(i, 'POST', `${sids[i % 100]}/adicionar`, { produto_id: 100 + (i % 50), quantidade: 1 + (i % 3) }))
  for (const [i, sid] of sids.entries()) {
    const { session_id, itens, quantidade_total } = await cart.read(sid)
    t.equal(session_id, sid)
    t.same(
      itens.map(({ produto_id }: { produto_id: number }) => produto_id),
      [100 + (i % 50)],
    )
    t.equal(
      quantidade_total,
      [i, i + 100, i + 200].reduce((sum, n) => sum + 1 + (n % 3), 0),
    )
  }
})

t.test('who asks for the same product at the same time shares one call to the catalog', async t => {
  const sids = await Promise.all(Array.from({ length: 50 }, () => cart.session()))
  const before = catalog.asked
  const { promise: opened, resolve: open } = Promise.withResolvers<void>()
  catalog.instead = async () => {
    await opened
    return { data: { id: 1, ...catalog.products.get(1) } }
  }
  const answers = sids.map(sid => cart.add(sid, 1))
  await until(() => catalog.asked > before, 'the first call')
  open()
  t.ok((await Promise.all(answers)).every(({ statusCode }) => statusCode === 200))
  catalog.instead = undefined
  t.equal(catalog.asked - before, 1)
})
