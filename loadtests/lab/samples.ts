// What the load's lines say, collected.
import type { Line, Outcome } from '../scenarios/ledger.ts'
import type { Activity } from './journal.ts'
import { sum } from './statistics.ts'

/** A request. Moments are milliseconds since 1970, `end - intended` is what the shopper waited. */
export interface Sample {
  intended: number
  end: number
  activity: Activity
  route: string
  status: number
  outcome: Outcome
  pod: string
  database: string
  /** How many times it was tried before. Only first tries count as requests; all count for when something is back. */
  retry: number
  phase: string
}

export interface AcknowledgedOrder {
  key: string
  id: number
  session: string
  total: number
  lines: [product: number, quantity: number, price: number][]
  at: number
  retries: number
  database: string
}

export interface Load {
  samples: Sample[]
  orders: AcknowledgedOrder[]
  refused: string[]
  unresolved: string[]
  /** Pieces by session and product. */
  lines: Map<string, Map<number, number>>
  doubts: Map<string, Map<number, number>>
  /** Of carts that were ordered: pieces acknowledged, and those that were in the cart. */
  carried: { session: string; product: number; acknowledged: number; there: number }[]
  /** Iterations that are due in all. */
  planned: number
  products: Map<number, number>
  strangers: { kept: boolean; what: string }[]
  moments: Map<string, number>
  /** k6's metrics by name; undefined when k6 did not come to its end. */
  summary: Record<string, { values: Record<string, number> }> | undefined
}

export const emptyLoad = (): Load => ({
  samples: [],
  orders: [],
  refused: [],
  unresolved: [],
  lines: new Map(),
  doubts: new Map(),
  carried: [],
  planned: 0,
  products: new Map(),
  strangers: [],
  moments: new Map(),
  summary: undefined,
})

function addPieces(to: Map<string, Map<number, number>>, session: string, product: number, quantity: number) {
  const cart = to.get(session) ?? new Map<number, number>()
  to.set(session, cart.set(product, (cart.get(product) ?? 0) + quantity))
}

/** Takes one line of the load's output. k6's own messages are no lines of the ledger. @returns whether it was one */
export function take(load: Load, text: string): boolean {
  if (text.startsWith('{"summary"')) {
    load.summary = JSON.parse(text).summary
    return true
  }
  if (!text.startsWith('["')) return false
  const line = JSON.parse(text) as Line
  switch (line[0]) {
    case 'request': {
      const [, intended, ms, activity, route, status, outcome, pod, database, retry, phase] = line
      load.samples.push({ intended, end: intended + ms, activity, route, status, outcome, pod, database, retry, phase })
      break
    }
    case 'order': {
      const [, key, id, session, total, lines, at, retries, database] = line
      load.orders.push({ key, id, session, total, lines, at, retries, database })
      break
    }
    case 'refused':
      load.refused.push(line[1])
      break
    case 'unresolved':
      load.unresolved.push(line[1])
      break
    case 'line':
      addPieces(load.lines, line[1], line[2], line[3])
      break
    case 'doubt':
      addPieces(load.doubts, line[1], line[2], line[3])
      break
    case 'carried': {
      const [, session, product, acknowledged, there] = line
      load.carried.push({ session, product, acknowledged, there })
      break
    }
    case 'planned':
      load.planned = line[1]
      break
    case 'product':
      load.products.set(line[1], line[2])
      break
    case 'stranger':
      load.strangers.push({ kept: line[1], what: line[2] })
      break
    case 'moment':
      load.moments.set(line[1], line[2])
      break
  }
  return true
}

export const piecesIn = (carts: Map<string, Map<number, number>>) => sum([...carts.values()].flatMap(cart => [...cart.values()]))
