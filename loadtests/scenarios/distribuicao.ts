// Who gets the work: RATE reads of carts a second for DURATION, in which the service is scaled; then 100 requests, then REQUESTS.
import { number, seconds } from './parameters.ts'
import { arrivals, ask, common, data, due, openCart, plan, ROUTE, summary } from './shop.ts'

const RATE = number('RATE', 20)
const DURATION = seconds('DURATION', 30)
const REQUESTS = number('REQUESTS', 3000)
const after = DURATION + 5

export const options = {
  ...common,
  scenarios: {
    escala: arrivals('scaling', RATE, DURATION),
    cem: { executor: 'shared-iterations', exec: 'carts', vus: 10, iterations: 100, startTime: `${after}s`, maxDuration: '30s' },
    muitas: {
      ...{ executor: 'shared-iterations', exec: 'carts', vus: 10, iterations: REQUESTS },
      ...{ startTime: `${after + 10}s`, maxDuration: '120s' },
    },
  },
}

export function setup(): string {
  plan(100 + REQUESTS)
  const opened = openCart()
  if (opened.status !== 201) throw new Error(`No cart: ${opened.status} ${opened.body}`)
  return data(opened).session_id
}

const look = (session: string, intended?: number) =>
  ask({ activity: 'carts', route: ROUTE.cart, path: `/api/carrinho/${session}`, ...(intended ? { intended } : {}) })

export function scaling(session: string) {
  look(session, due(RATE))
}

export function carts(session: string) {
  look(session)
}

export const handleSummary = summary
