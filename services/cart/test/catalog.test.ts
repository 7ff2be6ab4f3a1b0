// The real catalog, for which the other tests have a peer that answers as it would.
import { until } from '@confeitaria/standalone/process'
import t from 'tap'
import { aProduct, insertProducts, startInstance, startMigrated } from '../../catalog/test/running-catalog.ts'
import { buildCart, redisFor } from './surroundings.ts'

const database = await startMigrated(t)
const catalog = await startInstance(t, database.url('catalogo'))
const redis = await redisFor(t)
const cart = await buildCart(t, { REDIS_URL: redis.url, CATALOG_URL: await catalog.app.listen({ host: '127.0.0.1', port: 0 }) })
const [bolo, torta] = await insertProducts(database, [{ estoque: 1_000 }, { estoque: 1_000 }])
await database.caughtUp()

t.test('a product that was never there is a 404, and so is within a second one that was deleted', async t => {
  const sid = await cart.session()
  t.equal((await cart.add(sid, 2_000_000_000)).statusCode, 404)
  const { nome, preco } = aProduct
  t.match((await cart.add(sid, bolo!)).json(), { data: { itens: [{ produto_id: bolo, nome, preco, quantidade: 1 }] } })
  t.equal((await catalog.write('DELETE', `/api/produtos/${bolo}`)).statusCode, 204)
  await until(async () => (await cart.add(sid, bolo!)).statusCode === 404, 'a 404', { ms: 1_000 })
})

t.test('what is more than a stock that was lowered is refused within a second', async t => {
  const sid = await cart.session()
  t.equal((await cart.add(sid, torta!, 3)).statusCode, 200)
  t.equal((await catalog.write('PATCH', `/api/produtos/${torta}`, { estoque: 3 })).statusCode, 200)
  const refused = async () => {
    const answer = await cart.add(sid, torta!)
    return answer.statusCode === 200 ? undefined : answer
  }
  const refusal = await until(refused, 'a refusal', { ms: 1_000 })
  t.match(refusal?.json(), { status: 409, type: 'estoque-insuficiente', produto_id: torta, disponivel: 3 })
})
