import fc from 'fast-check'
import t from 'tap'
import { PRODUCTS, startShop } from './surroundings.ts'

const shop = await startShop(t)
const products = new Map(PRODUCTS.filter(([id]) => id < 100))

/** What the contract says, without Redis: product → quantity, in the order in which the lines came; and the orders taken out. */
class Model {
  readonly lines = new Map<number, number>()
  readonly orders = new Set<number>()

  add(id: number, n: number) {
    const product = products.get(id)
    if (!product) return 404
    const quantity = (this.lines.get(id) ?? 0) + n
    if (quantity > 99 || quantity > product.estoque) return 409
    this.lines.set(id, quantity)
    return 200
  }
  set(id: number, n: number) {
    const product = products.get(id)
    if (!product || !this.lines.has(id)) return 404
    if (n > product.estoque) return 409
    this.lines.set(id, n)
    return 200
  }
  remove(id: number) {
    return this.lines.delete(id) ? 200 : 404
  }
  empty() {
    this.lines.clear()
    return 204
  }
  bought(order: number, items: [number, number][]) {
    if (!this.orders.has(order)) {
      this.orders.add(order)
      for (const [id, n] of items) {
        const left = (this.lines.get(id) ?? 0) - n
        if (left > 0) this.lines.set(id, left)
        else this.lines.delete(id)
      }
    }
    return 200
  }
  /** In exact decimal arithmetic: cents as integers, printed. */
  cart(session_id: string) {
    const reais = (cents: bigint) => Number(`${cents / 100n}.${String(cents % 100n).padStart(2, '0')}`)
    const itens = [...this.lines].map(([produto_id, quantidade]) => {
      const { nome, preco } = products.get(produto_id)!
      const cents = BigInt(preco.toFixed(2).replace('.', ''))
      return { produto_id, nome, preco, quantidade, cents: cents * BigInt(quantidade), subtotal: reais(cents * BigInt(quantidade)) }
    })
    return {
      session_id,
      itens: itens.map(({ cents: _, ...line }) => line),
      quantidade_total: itens.reduce((sum, { quantidade }) => sum + quantidade, 0),
      total: reais(itens.reduce((sum, { cents }) => sum + cents, 0n)),
    }
  }
}

const product = fc.constantFrom(...products.keys(), 99)
const quantity = fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 99 }))
const step = fc.record({
  who: fc.constantFrom(0, 1),
  what: fc.oneof(
    { weight: 5, arbitrary: fc.record({ op: fc.constant('add' as const), id: product, n: quantity }) },
    { weight: 3, arbitrary: fc.record({ op: fc.constant('set' as const), id: product, n: quantity }) },
    { weight: 2, arbitrary: fc.record({ op: fc.constant('remove' as const), id: product }) },
    { weight: 1, arbitrary: fc.record({ op: fc.constant('empty' as const) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        op: fc.constant('bought' as const),
        order: fc.integer({ min: 1, max: 3 }),
        items: fc.array(fc.tuple(product, quantity), { minLength: 1, maxLength: 3 }),
      }),
    },
  ),
})

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

t.test('whatever two shoppers do, each has what the contract’s arithmetic says, and nothing of the other', async t => {
  const property = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async steps => {
    const shoppers = [
      { sid: await shop.session(), model: new Model() },
      { sid: await shop.session(), model: new Model() },
    ]
    for (const { who, what } of steps) {
      const { sid, model } = shoppers[who]!
      const [answer, expected] = await perform(sid, model, what)
      if (answer.statusCode !== expected) throw new Error(`${JSON.stringify(what)}: ${answer.statusCode} instead of ${expected}`)
      if (expected === 200) t.strictSame(answer.json().data, model.cart(sid))
    }
    for (const { sid, model } of shoppers) t.strictSame(await shop.read(sid), model.cart(sid))
    return t.passing()
  })
  await fc.assert(property, { numRuns: 80 })
})

async function perform(sid: string, model: Model, what: Step['what']) {
  const { inject, add } = shop
  switch (what.op) {
    case 'add':
      return [await add(sid, what.id, what.n), model.add(what.id, what.n)] as const
    case 'set':
      return [await inject('PUT', `${sid}/itens/${what.id}`, { quantidade: what.n }), model.set(what.id, what.n)] as const
    case 'remove':
      return [await inject('DELETE', `${sid}/itens/${what.id}`), model.remove(what.id)] as const
    case 'empty':
      return [await inject('DELETE', sid), model.empty()] as const
    case 'bought': {
      const itens = what.items.map(([produto_id, quantidade]) => ({ produto_id, quantidade }))
      return [await inject('POST', `${sid}/comprado`, { pedido_id: what.order, itens }), model.bought(what.order, what.items)] as const
    }
  }
}
