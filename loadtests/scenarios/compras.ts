// The usual mix: RATE shoppers a second look around, a quarter as many fill carts, and as many order. RATE, DURATION.
import exec from 'k6/execution'
import { write } from './ledger.ts'
import { number, RUN, seconds } from './parameters.ts'
import {
  addToCart,
  arrivals,
  ask,
  common,
  data,
  due,
  fillCart,
  makeProducts,
  openCart,
  order,
  PATIENCE_S,
  pick,
  plan,
  ROUTE,
  removeProducts,
  summary,
} from './shop.ts'

const RATE = number('RATE', 20)
const DURATION = seconds('DURATION', 30)
const CARTS = RATE * number('CARTS_SHARE', 0.25)
const ORDERS = RATE * number('ORDERS_SHARE', 0.25)
/** Pieces that a cart of the load takes before there is a new one. */
const FULL = 40

export const options = {
  ...common,
  scenarios: {
    reads: arrivals('reads', RATE, DURATION),
    ...(CARTS ? { carts: arrivals('carts', CARTS, DURATION) } : {}),
    ...(ORDERS ? { orders: arrivals('orders', ORDERS, DURATION, { longestS: PATIENCE_S + 15 }) } : {}),
  },
}

/** Orders of the same few products would queue for their rows, which is what `ultima-unidade` is for. */
export function setup() {
  plan()
  const [last, ...products] = makeProducts([1, ...Array.from({ length: 10 }, () => 100_000)])
  // What has been in the shop for a while every pod was asked for: the proxy takes them in turn.
  for (const id of products) for (let turn = 0; turn < 4; turn++) look(id)
  const [tooLate, inTime] = [fillCart([[last!, 1]]), fillCart([[last!, 1]])]
  if (!tooLate || !inTime || order(inTime, { key: `${RUN}-last` }).status !== 201) throw new Error('The last piece could not be sold.')
  return { last: last!, products, tooLate, stranger: data(openCart()).session_id as string }
}
type Setup = ReturnType<typeof setup>

const look = (id: number, intended?: number) =>
  ask({ activity: 'reads', route: ROUTE.product, path: `/api/catalogo/produtos/${id}`, ...(intended ? { intended } : {}) })

export function reads({ products }: Setup) {
  const intended = due(RATE)
  const chance = Math.random()
  if (chance < 0.2) ask({ activity: 'reads', route: ROUTE.page, path: '/', intended })
  else if (chance < 0.6) look(pick(products), intended)
  else ask({ activity: 'reads', route: ROUTE.list, path: '/api/catalogo/produtos?limite=20', intended })
}

let session: string | undefined
let pieces = 0

export function carts({ products }: Setup) {
  const intended = due(CARTS)
  if (!session || pieces >= FULL) {
    const opened = openCart(intended)
    session = opened.status === 201 ? data(opened).session_id : undefined
    pieces = 0
    // An empty cart that was acknowledged has to be there as well.
    if (session) write('line', session, products[0]!, 0)
    return
  }
  const product = pick(products)
  const { status } = addToCart(session, product, 1, intended)
  pieces++
  if (status === 200) write('line', session, product, 1)
  else if (status === 0 || status >= 500) write('doubt', session, product, 1)
}

export function orders({ products, tooLate, stranger }: Setup) {
  // In any order, so that two orders want the same rows from both ends.
  const wanted = new Set([pick(products), pick(products)])
  const cart = fillCart(
    [...wanted].map(product => [product, 1 + Math.floor(Math.random() * 3)]),
    due(ORDERS),
  )
  if (!cart) return
  const { id } = order(cart)
  const turn = exec.scenario.iterationInTest
  // Now and then somebody tries to see another's order, or to buy what is sold out.
  if (id && turn % 5 === 0) {
    const path = `/api/pedidos/${id}`
    const { status } = ask({ activity: 'reads', route: ROUTE.order, path, headers: { 'X-Session-Id': stranger }, expected: [404, 503] })
    if (status !== 0 && status < 500) write('stranger', status === 404, `order ${id}`)
  }
  if (turn % 10 === 0) order(tooLate, { expected: [409], key: `${RUN}-too-late-${turn}`, apart: true })
}

export const teardown = ({ last, products }: Setup) => removeProducts([last, ...products])
export const handleSummary = summary
