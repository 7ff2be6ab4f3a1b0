// More than can be served: RATE pages a second for CALM, then FACTOR times as many for DURATION, then RATE again.
import { number, seconds } from './parameters.ts'
import { arrivals, ask, common, due, ROUTE, summary } from './shop.ts'

const RATE = number('RATE', 20)
const CALM = seconds('CALM', 15)
const DURATION = seconds('DURATION', 30)
const STORM = RATE * number('FACTOR', 5)

export const options = {
  ...common,
  scenarios: {
    antes: arrivals('calm', RATE, CALM),
    sobrecarga: arrivals('storm', STORM, DURATION, { startAfter: CALM, longestS: 3 }),
    depois: arrivals('calm', RATE, CALM, { startAfter: CALM + DURATION }),
  },
}

const page = (intended: number) => ask({ activity: 'reads', route: ROUTE.page, path: '/', intended })

export function calm() {
  page(due(RATE))
}

export function storm() {
  page(due(STORM))
}

export const handleSummary = summary
