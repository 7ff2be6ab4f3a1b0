import fc from 'fast-check'
import t from 'tap'
import { startShop } from './shop.ts'

const shop = await startShop(t)
const { placeUntilTold } = await shop.startOrders()

const sold = async (id: number): Promise<number> =>
  Number((await shop.sql('SELECT coalesce(sum(quantidade), 0) AS n FROM pedidos.item WHERE produto_id = $1', [id]))[0]!.n)
const deadlocks = async () => (await shop.sql("SELECT deadlocks::int FROM pg_stat_database WHERE datname = 'confeitaria'"))[0]!.deadlocks

t.test('I6: the same key fifty times at once makes exactly one order', async t => {
  const [bolo] = await shop.products({ estoque: 100 })
  const session = await shop.session({ produto_id: bolo!, quantidade: 3 })
  const before = await shop.orderCount()
  const answers = await Promise.all(Array.from({ length: 50 }, () => placeUntilTold(session, 'cinquenta')))
  const made = answers.filter(({ statusCode, headers }) => statusCode === 201 && !headers['idempotent-replayed'])
  const replays = answers.filter(({ statusCode, headers }) => statusCode === 201 && headers['idempotent-replayed'] === 'true')
  const running = answers.filter(({ statusCode }) => statusCode === 409)
  t.equal(made.length, 1)
  t.equal(made.length + replays.length + running.length, 50, `${replays.length} replays, ${running.length} told to come back`)
  for (const answer of replays) t.equal(answer.body, made[0]!.body)
  for (const answer of running) t.equal(answer.json().type, 'em-andamento')
  t.equal(await shop.orderCount(), before + 1)
  t.equal((await shop.ordersOfKey('cinquenta')).length, 1)
  t.equal(await shop.stockOf(bolo!), 97, 'I5')
})

t.test('two payloads that race for one key: one order, and the other is refused or told to come back', async t => {
  const [bolo] = await shop.products({ preco: 10 })
  const session = await shop.session({ produto_id: bolo!, quantidade: 1 })
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, i) => placeUntilTold(session, 'dois', i % 2 ? { total_esperado: 10 } : {})),
  )
  t.equal(answers.filter(({ statusCode, headers }) => statusCode === 201 && !headers['idempotent-replayed']).length, 1)
  for (const { statusCode } of answers) t.ok([201, 409, 422].includes(statusCode))
  t.equal((await shop.ordersOfKey('dois')).length, 1)
  t.equal(await shop.stockOf(bolo!), 99)
})

t.test('I4: two hundred shoppers for ten units: exactly ten get one', async t => {
  const [bolo] = await shop.products({ estoque: 10 })
  const sessions: string[] = []
  for (let i = 0; i < 10; i++) {
    sessions.push(...(await Promise.all(Array.from({ length: 20 }, () => shop.session({ produto_id: bolo!, quantidade: 1 })))))
  }
  const before = await shop.orderCount()
  const answers = await Promise.all(sessions.map((session, i) => placeUntilTold(session, `disputa-${i}`)))
  t.equal(answers.filter(({ statusCode }) => statusCode === 201).length, 10)
  const refused = answers.filter(({ statusCode }) => statusCode === 409)
  t.equal(refused.length, 190)
  for (const answer of refused) t.match(answer.json(), { type: 'estoque-insuficiente', produtos: [{ produto_id: bolo, disponivel: 0 }] })
  t.equal(await shop.stockOf(bolo!), 0)
  t.equal(await sold(bolo!), 10)
  t.equal(await shop.orderCount(), before + 10, 'I2')
  t.equal(
    (await shop.sql("SELECT count(*)::int AS n FROM pedidos.chave WHERE chave LIKE 'disputa-%'"))[0]!.n,
    10,
    'the refused keys are free',
  )
})

t.test('orders with the same products in opposite order never wait for each other in a circle', async t => {
  const products = await shop.products(...Array.from({ length: 6 }, () => ({ estoque: 1_000 })))
  const lines = products.map(produto_id => ({ produto_id, quantidade: 1 }))
  const sessions = await Promise.all(Array.from({ length: 40 }, (_, i) => shop.session(...(i % 2 ? lines : lines.toReversed()))))
  const before = await deadlocks()
  const answers = await Promise.all(sessions.map((session, i) => placeUntilTold(session, `circulo-${i}`)))
  for (const answer of answers) t.equal(answer.statusCode, 201)
  for (const id of products) t.equal(await shop.stockOf(id), 960)
  t.equal(await deadlocks(), before)
})

t.test('I5: whatever is ordered and restocked at once, initial stock + restock = stock + sold, and each total is exact', async t => {
  let round = 0
  const line = fc.record({ product: fc.nat(3), quantidade: fc.integer({ min: 1, max: 9 }) })
  const cents = fc.oneof(fc.integer({ min: 0, max: 5_000 }), fc.constantFrom(1, 10, 99, 1_005, 999_999))
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ cents, estoque: fc.nat(20), restock: fc.nat(9) }), { minLength: 4, maxLength: 4 }),
      fc.array(fc.uniqueArray(line, { minLength: 1, maxLength: 4, selector: ({ product }) => product }), { minLength: 1, maxLength: 8 }),
      async (goods, carts) => {
        round++
        const ids = await shop.products(...goods.map(({ cents }) => ({ preco: (cents / 100).toFixed(2), estoque: 100 })))
        const sessions = await Promise.all(
          carts.map(lines => shop.session(...lines.map(({ product, quantidade }) => ({ produto_id: ids[product]!, quantidade })))),
        )
        for (const [i, { estoque }] of goods.entries()) {
          await shop.sql('UPDATE catalogo.produto SET estoque = $2 WHERE id = $1', [ids[i], estoque])
        }
        const restocking = goods.map(({ restock }, i) =>
          shop.sql('UPDATE catalogo.produto SET estoque = estoque + $2 WHERE id = $1', [ids[i], restock]),
        )
        const answers = await Promise.all(sessions.map((session, i) => placeUntilTold(session, `rodada-${round}-${i}`)))
        await Promise.all(restocking)
        for (const [i, { estoque, restock }] of goods.entries()) {
          const left = await shop.stockOf(ids[i]!)
          const gone = await sold(ids[i]!)
          if (left < 0 || left + gone !== estoque + restock) throw new Error(`${estoque} + ${restock} became ${left} + ${gone} sold`)
        }
        for (const [i, answer] of answers.entries()) {
          const stored = await shop.ordersOfKey(`rodada-${round}-${i}`)
          if (stored.length !== (answer.statusCode === 201 ? 1 : 0)) throw new Error(`${answer.statusCode} left ${stored.length} orders`)
          if (answer.statusCode !== 201) continue
          const exact = carts[i]!.reduce((sum, { product, quantidade }) => sum + goods[product]!.cents * quantidade, 0)
          if (answer.json().data.total !== exact / 100) throw new Error(`${exact} cents were answered as ${answer.json().data.total}`)
          if (stored[0]!.total !== (exact / 100).toFixed(2)) throw new Error(`${exact} cents were stored as ${stored[0]!.total}`)
        }
      },
    ),
    { numRuns: 25 },
  )
  t.equal((await shop.sql('SELECT count(*)::int AS n FROM catalogo.produto WHERE estoque < 0'))[0]!.n, 0, 'I4')
  t.strictSame(await shop.sql('SELECT chave FROM pedidos.chave WHERE pedido_id IS NULL'), [], 'I6: every bound key has its order')
  t.strictSame(
    await shop.sql('SELECT id FROM pedidos.pedido p WHERE NOT EXISTS (SELECT FROM pedidos.item i WHERE i.pedido_id = p.id)'),
    [],
    'I1: every order has its lines',
  )
})
