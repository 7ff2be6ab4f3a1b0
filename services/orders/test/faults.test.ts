import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { migrate } from '@confeitaria/platform/migrations'
import { startProxy } from '@confeitaria/platform/test/postgres-proxy'
import { startDatabase } from '@confeitaria/standalone/postgres'
import { exited, until } from '@confeitaria/standalone/process'
import t from 'tap'
import { cliente, startShop } from './shop.ts'

const shop = await startShop(t)
const { database } = shop
const orders = await shop.startOrders()

let keys = 0
const newKey = () => `chave-${++keys}`
const timed = async <T>(promise: Promise<T>): Promise<{ answer: T; ms: number }> => {
  const start = performance.now()
  return { answer: await promise, ms: performance.now() - start }
}
type Tap = typeof t
type Answer = Awaited<ReturnType<typeof orders.place>>
const isUnavailable = (t: Pick<Tap, 'equal' | 'match'>, answer: Answer, type = 'indisponivel') => {
  t.equal(answer.statusCode, 503)
  t.equal(answer.json().type, type)
  t.match(answer.headers['retry-after'], /^[1-9]\d*$/)
}

t.test('I3: a connection that is lost under COMMIT answers 503 "outcome unknown", and the same key then tells the truth', async t => {
  const proxy = await startProxy(database.primary.port)
  t.teardown(() => proxy.close())
  const { place, placeUntilKnown, app } = await shop.startOrders({
    databaseUrl: database.url('pedidos').replace(`:${database.primary.port}`, `:${proxy.port}`),
  })
  const [bolo] = await shop.products({ estoque: 10 })
  for (const [cut, replayed] of [
    ['answer', 'true'],
    ['statement', undefined],
  ] as const) {
    const session = await shop.session({ produto_id: bolo!, quantidade: 2 })
    const key = newKey()
    const stock = await shop.stockOf(bolo!)
    const happened = proxy.cutNext('COMMIT', cut)
    const unknown = await place(session, key)
    await happened
    isUnavailable(t, unknown, 'resultado-desconhecido')
    t.match(unknown.json().detail, 'com a mesma Idempotency-Key', 'and says how to find out')
    t.strictSame(await shop.cartOf(session), [{ produto_id: bolo, quantidade: 2 }], 'the cart waits for the truth')
    const retried = await placeUntilKnown(session, key)
    t.equal(retried.statusCode, 201)
    t.equal(retried.headers['idempotent-replayed'], replayed, `${cut} lost`)
    t.match(await shop.ordersOfKey(key), [{ id: retried.json().data.id, session_id: session, itens: [`${bolo}x2@10.00`] }], 'one order')
    t.equal(await shop.stockOf(bolo!), stock - 2, 'I5')
    t.strictSame(await shop.cartOf(session), [], 'and the cart is emptied by the replay')
  }
  const text = (await app.inject({ url: '/metrics' })).body
  t.match(text, /checkouts_total\{.*resultado="resultado-desconhecido".*\} 2/)
})

t.test('a connection that is lost before COMMIT costs the shopper nothing: the transaction is made again', async t => {
  const proxy = await startProxy(database.primary.port)
  t.teardown(() => proxy.close())
  const { place } = await shop.startOrders({ databaseUrl: database.url('pedidos').replace(`:${database.primary.port}`, `:${proxy.port}`) })
  const [bolo] = await shop.products({ estoque: 10 })
  for (const text of ['BEGIN', 'claim']) {
    for (const cut of ['statement', 'answer'] as const) {
      const session = await shop.session({ produto_id: bolo!, quantidade: 1 })
      const key = newKey()
      const stock = await shop.stockOf(bolo!)
      const happened = proxy.cutNext(text, cut)
      const answer = await place(session, key)
      await happened
      t.equal(answer.statusCode, 201, `${cut} of ${text} lost`)
      t.equal((await shop.ordersOfKey(key)).length, 1)
      t.equal(await shop.stockOf(bolo!), stock - 1, 'I5')
    }
  }
})

t.test('never a 201 that is not replicated: with the standby away an order, and its replay too, is "outcome unknown"', async t => {
  const [bolo, ...tortas] = await shop.products({ estoque: 50 }, ...Array.from({ length: 15 }, () => ({ estoque: 50 })))
  const session = await shop.session({ produto_id: bolo!, quantidade: 1 })
  const key = newKey()
  const sessions = await Promise.all(tortas.map(torta => shop.session({ produto_id: torta, quantidade: 1 })))
  database.replica.pause()
  try {
    const first = await timed(orders.place(session, key))
    isUnavailable(t, first.answer, 'resultado-desconhecido')
    t.ok(first.ms < 6_000, `refused after ${Math.round(first.ms)} ms`)
    t.equal((await shop.ordersOfKey(key)).length, 1, 'it stands on the primary alone')
    const replay = orders.place(session, key)
    await until(async () => (await waitingForStandby()) === 1, 'The replay’s wait for the standby')
    const many = await timed(Promise.all(sessions.map((each, i) => orders.place(each, `varias-${i}`))))
    isUnavailable(t, await replay, 'resultado-desconhecido')
    for (const answer of many.answer) t.equal(answer.statusCode, 503)
    t.ok(many.ms < 10_000, `more than there are connections are refused after ${Math.round(many.ms)} ms`)
    t.equal(await waitingForStandby(), 0, 'no session is left behind on the server, holding stock')
  } finally {
    database.replica.resume()
  }
  const replay = await orders.placeUntilKnown(session, key)
  t.equal(replay.statusCode, 201)
  t.equal(replay.headers['idempotent-replayed'], 'true')
  for (const [i, each] of sessions.entries()) {
    t.equal((await orders.placeUntilKnown(each, `varias-${i}`)).statusCode, 201, 'I3')
    t.equal((await shop.ordersOfKey(`varias-${i}`)).length, 1, 'I6')
  }
  for (const torta of tortas) t.equal(await shop.stockOf(torta), 49, 'I5')
  t.equal(await shop.stockOf(bolo!), 49, 'I5')
})

t.test('a primary that hangs is given up within seconds, and what was in flight is told to be unknown or not ordered', async t => {
  const [bolo] = await shop.products({ estoque: 50 })
  const before = await shop.session({ produto_id: bolo!, quantidade: 1 })
  const known = (await orders.place(before, newKey())).json().data
  const session = await shop.session({ produto_id: bolo!, quantidade: 1 })
  const key = newKey()
  database.primary.pause()
  try {
    const { answer, ms } = await timed(orders.place(session, key))
    t.equal(answer.statusCode, 503)
    t.ok(ms < 5_000, `${Math.round(ms)} ms`)
    t.strictSame((await orders.read(before, known.id)).json().data, known, 'orders are read from the replica meanwhile')
  } finally {
    database.primary.resume()
  }
  t.equal((await orders.placeUntilKnown(session, key)).statusCode, 201)
  t.equal((await shop.ordersOfKey(key)).length, 1)
})

t.test('a connection for which all wait is overload and not an error', async t => {
  const [bolo] = await shop.products({})
  const session = await shop.session({ produto_id: bolo!, quantidade: 1 })
  const { id } = (await orders.place(session, newKey())).json().data
  const sessions = await Promise.all(Array.from({ length: 10 }, () => shop.session({ produto_id: bolo!, quantidade: 1 })))
  // All connections are busy: ten orders wait for a product that somebody holds.
  const blocker = await hold(`SELECT 1 FROM catalogo.produto WHERE id = ${bolo} FOR UPDATE`)
  const waiting = sessions.map(each => orders.place(each, newKey()))
  await until(async () => (await blocker.waiters()) === 10, 'Ten orders that wait')
  for (const answer of await Promise.all([orders.read(session, id), orders.list(session), orders.place(session, newKey())])) {
    isUnavailable(t, answer)
  }
  await blocker.release()
  for (const answer of await Promise.all(waiting)) t.equal(answer.statusCode, 201)
})

t.test('a key whose first request still runs is a 409 that says when to come back', async t => {
  const [bolo] = await shop.products({})
  const session = await shop.session({ produto_id: bolo!, quantidade: 1 })
  const key = newKey()
  const blocker = await hold(`SELECT 1 FROM catalogo.produto WHERE id = ${bolo} FOR UPDATE`)
  const first = orders.place(session, key)
  await until(async () => (await blocker.waiters()) === 1, 'An order that waits')
  for (const more of [{}, { total_esperado: 1 }]) {
    const second = await orders.place(session, key, more)
    t.equal(second.statusCode, 409)
    t.equal(second.json().type, 'em-andamento')
    t.equal(second.headers['retry-after'], '1')
  }
  await blocker.release()
  t.equal((await first).statusCode, 201)
})

t.test('an order that waits too long for a product is given up with 503, and its key is free', async t => {
  const [bolo] = await shop.products({})
  const session = await shop.session({ produto_id: bolo!, quantidade: 1 })
  const key = newKey()
  const blocker = await hold(`SELECT 1 FROM catalogo.produto WHERE id = ${bolo} FOR UPDATE`)
  const { answer, ms } = await timed(orders.place(session, key))
  isUnavailable(t, answer)
  t.ok(ms < 4_500, `${Math.round(ms)} ms`)
  await blocker.release()
  const retried = await orders.place(session, key)
  t.equal(retried.statusCode, 201)
  t.equal(retried.headers['idempotent-replayed'], undefined)
})

t.test('the cart without its Redis: an order that is made stands, a new one is a 503 and no 404, and a replay is answered', async t => {
  const [bolo] = await shop.products({})
  const session = await shop.session({ produto_id: bolo!, quantidade: 1 })
  const key = newKey()
  const notEmptied = async () => Number(/^carts_not_emptied_total\S* (\d+)/m.exec((await orders.ask({ url: '/metrics' })).body)![1])
  const before = await notEmptied()

  // It loses it after it has answered what is in the cart: while the order waits for its product.
  const blocker = await hold(`SELECT 1 FROM catalogo.produto WHERE id = ${bolo} FOR UPDATE`)
  const placing = orders.place(session, key)
  await until(async () => (await blocker.waiters()) === 1, 'An order that waits')
  await shop.redis.kill()
  await blocker.release()
  const placed = await placing
  t.equal(placed.statusCode, 201)
  await until(async () => (await notEmptied()) !== before, 'The word that its cart was not emptied')
  t.equal(await notEmptied(), before + 1)

  const other = newKey()
  isUnavailable(t, await orders.place(session, other))
  t.strictSame(await shop.sql('SELECT 1 FROM pedidos.chave WHERE chave = $1', [other]), [], 'I2')
  const replay = await orders.place(session, key)
  t.equal(replay.statusCode, 201)
  t.equal(replay.headers['idempotent-replayed'], 'true')
  t.equal(replay.body, placed.body)

  await shop.redis.start()
  await until(async () => (await fetch(`${shop.cart.url}/health`)).ok, 'The cart')
  t.strictSame(await shop.cartOf(session), [{ produto_id: bolo, quantidade: 1 }])
  t.equal((await orders.place(session, key)).body, placed.body)
  t.strictSame(await shop.cartOf(session), [], 'the replay has emptied the cart')
})

t.test('a cart that answers nonsense: a new order is a 503, and a replay is answered', async t => {
  const [bolo] = await shop.products({})
  const session = await shop.session({ produto_id: bolo!, quantidade: 1 })
  const key = newKey()
  const first = await orders.place(session, key)
  let says = { type: '', body: '' }
  const peer = createServer((_request, response) => response.writeHead(200, { 'content-type': says.type }).end(says.body))
  await new Promise<void>(resolve => peer.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    peer.close()
    peer.closeAllConnections()
  })
  const fooled = await shop.startOrders({ cartUrl: `http://127.0.0.1:${(peer.address() as AddressInfo).port}` })
  for (const [type, body] of [
    ['text/html', '<h1>ok</h1>'],
    ['application/json', '{"data":{}}'],
    ['application/json', '{"data":{"itens":[{"produto_id":1}]}}'],
    ['application/json', '{"data":{"itens":['],
  ] as const) {
    says = { type, body }
    isUnavailable(t, await fooled.place(session, newKey()))
    const replay = await fooled.place(session, key)
    t.equal(replay.headers['idempotent-replayed'], 'true', body)
    t.equal(replay.body, first.body, body)
  }
})

t.test('the cart hangs or is gone: a new order is a 503, a replay is answered, and an order that is made stands', async t => {
  const [bolo] = await shop.products({})
  const old = await shop.session({ produto_id: bolo!, quantidade: 1 })
  const oldKey = newKey()
  const first = await orders.place(old, oldKey)
  await shop.add(old, { produto_id: bolo!, quantidade: 1 })
  t.equal((await orders.place(old, 'outra')).statusCode, 201)
  const session = await shop.session({ produto_id: bolo!, quantidade: 1 })
  const key = newKey()

  // It hangs after it has answered what is in the cart: while the order waits for its product.
  const blocker = await hold(`SELECT 1 FROM catalogo.produto WHERE id = ${bolo} FOR UPDATE`)
  const placing = orders.place(session, key)
  await until(async () => (await blocker.waiters()) === 1, 'An order that waits')
  shop.cart.child.kill('SIGSTOP')
  const released = performance.now()
  await blocker.release()
  const placed = await placing
  t.equal(placed.statusCode, 201)
  t.ok(performance.now() - released < 3_000, 'its cart could not be emptied, and nobody waits for the 4 s after which that is given up')

  const other = newKey()
  const [{ answer, ms }, replay, changed] = await Promise.all([
    timed(orders.place(session, other)),
    orders.place(old, oldKey),
    orders.place(old, 'outra', { total_esperado: 1 }),
  ])
  isUnavailable(t, answer)
  t.ok(ms < 3_900, `${Math.round(ms)} ms`)
  t.strictSame(await shop.sql('SELECT 1 FROM pedidos.chave WHERE chave = $1', [other]), [], 'I2')
  t.equal(replay.statusCode, 201)
  t.equal(replay.headers['idempotent-replayed'], 'true')
  t.equal(replay.body, first.body)
  t.equal(changed.json().type, 'chave-reutilizada', 'another payload under a known key is told so')

  shop.cart.child.kill('SIGCONT')
  const healed = await orders.placeUntilKnown(session, key)
  t.equal(healed.headers['idempotent-replayed'], 'true')
  t.strictSame(await shop.cartOf(session), [], 'the replay has emptied the cart')
  t.match(shop.log(), /the order stands, its cart was not emptied/)

  const gone = await shop.startOrders({ cartUrl: 'http://127.0.0.1:9' })
  isUnavailable(t, await gone.place(session, newKey()))
  t.equal((await gone.place(old, oldKey)).body, first.body)
})

t.test('SIGTERM: the process finishes the order that is under way, and exits 0', async t => {
  const { url, child } = await shop.startOrdersProcess()
  const [bolo] = await shop.products({})
  const session = await shop.session({ produto_id: bolo!, quantidade: 1 })
  const blocker = await hold(`SELECT 1 FROM catalogo.produto WHERE id = ${bolo} FOR UPDATE`)
  const placing = fetch(`${url}/api/pedidos`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': newKey() },
    body: JSON.stringify({ session_id: session, cliente }),
  })
  await until(async () => (await blocker.waiters()) === 1, 'An order that waits')
  child.kill('SIGTERM')
  const refusesNew = () =>
    fetch(url).then(
      () => false,
      () => true,
    )
  await until(refusesNew, 'The end of listening')
  await blocker.release()
  t.equal((await placing).status, 201)
  t.equal(await exited(child), 'stopped with code 0')
  t.strictSame(await shop.cartOf(session), [])
})

t.test('without a primary orders pause and reading goes on; after a promotion the same process takes orders again', async t => {
  const [bolo, torta] = await shop.products({ estoque: 50 }, { estoque: 50 })
  const before = await shop.session({ produto_id: bolo!, quantidade: 1 })
  const key = newKey()
  const first = await orders.place(before, key)
  t.equal(first.statusCode, 201)
  const known = first.json().data
  t.equal((await orders.list(before)).headers.warning, undefined)
  const session = await shop.session({ produto_id: bolo!, quantidade: 1 })
  // When it dies some orders wait for a product that somebody holds, and others are being made.
  const sessions = await Promise.all(
    Array.from({ length: 12 }, (_, i) => shop.session({ produto_id: i < 6 ? torta! : bolo!, quantidade: 1 })),
  )
  const order = (each: string) => orders.place(each, `na-queda-${sessions.indexOf(each)}`)
  const blocker = await hold(`SELECT 1 FROM catalogo.produto WHERE id = ${torta} FOR UPDATE`)
  const waiting = sessions.slice(0, 6).map(order)
  await until(async () => (await blocker.waiters()) === waiting.length, 'Orders that wait')
  const beingMade = sessions.slice(6).map(order)
  t.equal((await Promise.race(beingMade)).statusCode, 201, 'one is acknowledged before')
  await database.primary.kill()
  for (const answer of await Promise.all(waiting)) isUnavailable(t, answer)
  const answered = await Promise.all([...waiting, ...beingMade])
  for (const answer of answered) t.ok([201, 503].includes(answer.statusCode), `answered ${answer.statusCode}`)

  const readsOfCarts = async () => {
    const metrics = await (await fetch(`${shop.cart.url}/metrics`)).text()
    return metrics.match(/^http_request_duration_seconds_count\{.*method="GET",route="\/api\/carrinho\/:.*$/gm)
  }
  const read = await readsOfCarts()
  t.ok(read)
  const took: number[] = []
  for (let i = 0; i < 3; i++) {
    const { answer, ms } = await timed(orders.place(session, newKey()))
    isUnavailable(t, answer)
    took.push(Math.round(ms))
  }
  t.strictSame(await readsOfCarts(), read, 'the cart is not asked for an order that cannot be')
  t.ok(Math.min(...took) < 1_000, `at once, as far as the machine lets it: ${took} ms`)
  t.strictSame((await orders.read(before, known.id)).json().data, known, 'from the replica')
  const listed = await orders.list(before)
  t.match(listed.json(), { data: [known] })
  t.match(listed.headers.warning, /^110 /, 'which may not be the latest')
  isUnavailable(t, await orders.read(before, known.id + 1_000), 'indisponivel')
  const health = await orders.ask({ url: '/health' })
  t.equal(health.statusCode, 503)
  t.equal((await orders.ask({ url: '/readyz' })).statusCode, 200, 'it stays in service: it reads, and says when to come back')

  await database.promote()
  const roles = async () => Object.values((await orders.ask({ url: '/health' })).json().banco)
  await until(async () => (await roles()).includes('primary'), 'The new primary', { ms: 5_000 })
  isUnavailable(t, await orders.place(session, 'sozinho'))
  t.equal((await orders.ask({ url: '/health' })).statusCode, 503, 'which has nobody to confirm what it commits')
  t.equal((await shop.ordersOfKey('sozinho')).length, 0, 'nothing that nobody but the new primary would have')
  await database.rebuild()
  t.equal((await orders.placeUntilKnown(session, 'sozinho')).statusCode, 201, 'I3')
  t.equal((await orders.ask({ url: '/health' })).statusCode, 200)
  t.equal((await shop.ordersOfKey('sozinho')).length, 1, 'I6')
  t.strictSame((await orders.placeUntilKnown(before, key)).json().data, known, 'I1: a replay finds it on the new primary')
  for (const [i, answer] of answered.entries()) {
    const retried = await orders.placeUntilKnown(sessions[i]!, `na-queda-${i}`)
    t.equal(retried.statusCode, 201, 'I3')
    if (answer.statusCode === 201) t.strictSame(retried.json().data, answer.json().data, 'I1')
    t.equal((await shop.ordersOfKey(`na-queda-${i}`)).length, 1, 'I6')
  }
  t.equal(await shop.stockOf(bolo!), 50 - 2 - beingMade.length, 'I5')
  t.equal(await shop.stockOf(torta!), 50 - waiting.length, 'I5')
  t.notMatch(shop.log(), '"level":50', 'nothing was unexpected in all these faults')
})

t.test('I9: a primary that was deposed and does not know it acknowledges nothing', async t => {
  const [bolo] = await shop.products({ estoque: 50 })
  const session = await shop.session({ produto_id: bolo!, quantidade: 1 })
  const key = newKey()
  const [old, young] = [database.primary, database.replica]
  old.pause()
  await young.promote()
  old.resume()
  const misled = await shop.startOrders({ databaseUrl: database.url('pedidos').replace(/@[^/]+/, `@127.0.0.1:${old.port}`) })
  const refusal = await misled.place(session, key)
  // Refused at once, or after COMMIT if it had not noticed yet that its standby is gone.
  isUnavailable(t, refusal, refusal.json().type === 'indisponivel' ? 'indisponivel' : 'resultado-desconhecido')
  const count = 'SELECT count(*)::int AS n FROM pedidos.chave WHERE chave = $1 AND pedido_id IS NOT NULL'
  isUnavailable(t, await misled.read(session, 1_000_000)) // nor does it deny an order that the new one may have
  t.match((await misled.list(session)).headers.warning, /^110 /, 'nor call its list the latest')
  t.strictSame(await young.query(count, [key]), [{ n: 0 }])
  await old.kill()
  t.equal((await orders.placeUntilKnown(session, key)).statusCode, 201, 'I3')
  t.strictSame(await young.query(count, [key]), [{ n: 1 }], 'I6')
  t.strictSame(await young.query('SELECT estoque FROM catalogo.produto WHERE id = $1', [bolo]), [{ estoque: 49 }], 'I5')
})

t.test('it is not ready before its own schema and the catalog’s function are there, and then without being started again', async t => {
  const empty = await startDatabase({ replica: false })
  t.teardown(() => empty.stop())
  const early = await shop.startOrders({ databaseUrl: empty.url('pedidos') })
  const ready = async () => (await early.ask({ url: '/readyz' })).statusCode === 200
  const looked = () => shop.log().split('not ready yet').length
  t.notOk(await ready())
  for (const [schema, folder] of [
    ['pedidos', 'orders'],
    ['catalogo', 'catalog'],
  ] as const) {
    const before = looked()
    await until(() => looked() > before, 'Another look')
    t.notOk(await ready())
    t.equal((await early.ask({ url: '/health' })).statusCode, 503)
    const dir = new URL(`../../${folder}/migrations`, import.meta.url)
    await migrate({ url: empty.url(schema), schema, dir })
  }
  await until(ready, 'Readiness')
  t.equal((await early.ask({ url: '/health' })).statusCode, 200)
})

t.test('a process that has never reached a database is not ready, and without any database it answers 503', async t => {
  const alone = await shop.startOrders({ databaseUrl: 'postgres://pedidos:x@127.0.0.1:9/confeitaria' })
  t.equal((await alone.ask({ url: '/readyz' })).statusCode, 503)
  t.equal((await alone.ask({ url: '/livez' })).statusCode, 200)
  isUnavailable(t, await alone.read('uma', 1))
  isUnavailable(t, await alone.place('uma', 'k'))
})

/** How many sessions of orders are in a COMMIT that no standby confirms. */
const waitingForStandby = async () =>
  (await shop.sql("SELECT 1 FROM pg_stat_activity WHERE usename = 'pedidos' AND wait_event = 'SyncRep'")).length

/** Holds what a statement locks until it is released. */
async function hold(sql: string) {
  const pg = (await import('pg')).default
  const client = new pg.Client(database.primary.url())
  client.on('error', () => {}) // its server is killed
  await client.connect()
  await client.query('BEGIN')
  await client.query(sql)
  return {
    waiters: async () => (await shop.sql("SELECT 1 FROM pg_stat_activity WHERE usename = 'pedidos' AND wait_event_type = 'Lock'")).length,
    release: async () => void (await client.query('COMMIT').then(() => client.end())),
  }
}
