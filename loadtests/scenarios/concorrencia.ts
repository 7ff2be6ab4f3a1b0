// REQUESTS requests for the list of products by VUS users as fast as answers come, as `ab -n 1000 -c 100` does.
import { number } from './parameters.ts'
import { ask, common, ROUTE, summary } from './shop.ts'

export const options = {
  ...common,
  scenarios: {
    reads: {
      executor: 'shared-iterations',
      exec: 'reads',
      vus: number('VUS', 100),
      iterations: number('REQUESTS', 1000),
      maxDuration: '120s',
    },
  },
}

export function reads() {
  ask({ activity: 'reads', route: ROUTE.list, path: ROUTE.list })
}

export const handleSummary = summary
