// More than can be served: RATE pages a second for CALM, then FACTOR times as many for DURATION, then RATE again.
import { number, seconds } from './parameters.ts'
import { arrivals, ask, common, due, plan, ROUTE, summary } from './shop.ts'

const RATE = number('RATE', 20)
const CALM = seconds('CALM', 15)
const DURATION = seconds('DURATION', 30)
const STORM = RATE * number('FACTOR', 5)

/** Whoever gets no page for so long is one dropped iteration: thousands of shoppers who may wait longer would take k6's own memory. */
const longestS = 3

export const options = {
  ...common,
  scenarios: {
    antes: arrivals('calm', RATE, CALM, { longestS }),
    sobrecarga: arrivals('storm', STORM, DURATION, { startAfter: CALM, longestS }),
    depois: arrivals('calm', RATE, CALM, { startAfter: CALM + DURATION, longestS }),
  },
}

export const setup = () => plan()

/** Compressed, as browsers ask for it. */
const headers = { 'Accept-Encoding': 'gzip, deflate, br' }
const page = (intended: number) => ask({ activity: 'reads', route: ROUTE.page, path: '/', headers, intended, bodiless: true })

export function calm() {
  page(due(RATE))
}

export function storm() {
  page(due(STORM))
}

export const handleSummary = summary
