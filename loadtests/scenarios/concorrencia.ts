// REQUESTS requests for the list of products by VUS users as fast as answers come, as `ab -n 1000 -c 100` does; or RATE a second for DURATION.
import { number, seconds } from './parameters.ts'
import { arrivals, ask, common, due, plan, ROUTE, summary } from './shop.ts'

const RATE = number('RATE', 0)
const REQUESTS = number('REQUESTS', 1000)

export const options = {
  ...common,
  scenarios: {
    reads: RATE
      ? arrivals('reads', RATE, seconds('DURATION', 30))
      : { executor: 'shared-iterations', exec: 'reads', vus: number('VUS', 100), iterations: REQUESTS, maxDuration: '120s' },
  },
}

export const setup = () => plan(RATE ? 0 : REQUESTS)

export function reads() {
  ask({ activity: 'reads', route: ROUTE.list, path: ROUTE.list, ...(RATE ? { intended: due(RATE) } : {}) })
}

export const handleSummary = summary
