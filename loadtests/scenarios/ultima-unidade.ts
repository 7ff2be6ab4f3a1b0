// SHOPPERS want one piece each of the last STOCK pieces, all at the same moment, AFTER seconds from the start.
import { sleep } from 'k6'
import exec from 'k6/execution'
import { write } from './ledger.ts'
import { number, seconds } from './parameters.ts'
import { common, fillCart, makeProducts, order, plan, removeProducts, summary } from './shop.ts'

const SHOPPERS = number('SHOPPERS', 200)
const AFTER = seconds('AFTER', 12)

export const options = {
  ...common,
  scenarios: { orders: { executor: 'per-vu-iterations', exec: 'orders', vus: SHOPPERS, iterations: 1, maxDuration: '180s' } },
}

export function setup() {
  plan(SHOPPERS)
  const [product] = makeProducts([number('STOCK', 10)])
  const start = Date.now() + AFTER * 1000
  write('moment', 'start', start)
  return { product: product!, start }
}

export function orders({ product, start }: { product: number; start: number }) {
  // Not all in one instant: filling carts is not what is tried here.
  sleep(Math.random() * AFTER * 0.6)
  const cart = fillCart([[product, 1]])
  // Fewer of them would be another rush than was asked for.
  if (!cart) return exec.test.abort('A shopper had no cart.')
  sleep(Math.max(0, (start - Date.now()) / 1000))
  order(cart, { expected: [201, 409], intended: start })
}

export const teardown = ({ product }: { product: number }) => removeProducts([product])
export const handleSummary = summary
