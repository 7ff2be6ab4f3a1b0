/**
 * What a scenario writes to its console: one JSON array for each thing that happened, in the order of its end, and at last k6's summary
 * as an object. The lab reads nothing else. All moments are milliseconds since 1970 on the clock of the pod that k6 runs in.
 */
export type Activity = 'reads' | 'carts' | 'orders'
/** `shed`: refused by design, with 429 or 503 and Retry-After. */
export type Outcome = 'ok' | 'failed' | 'shed'

export type Line =
  /** A request. `ms` counts from the intended start; `retry` is 0 for the first try; `pod` and `database` say who answered ('' if unknown). */
  | [
      kind: 'request',
      intended: number,
      ms: number,
      activity: Activity,
      route: string,
      status: number,
      outcome: Outcome,
      pod: string,
      database: string,
      retry: number,
      phase: string,
    ]
  /** An order that was acknowledged; lines are [product, quantity, price]. `retries` before it says that its outcome was unknown for a while. */
  | [
      kind: 'order',
      key: string,
      id: number,
      session: string,
      total: number,
      lines: [number, number, number][],
      acknowledged: number,
      retries: number,
      database: string,
    ]
  /** An order whose last answer says "not ordered". */
  | [kind: 'refused', key: string, status: number]
  /** An order of which the shopper never heard: patience ended before there was an answer. */
  | [kind: 'unresolved', key: string]
  /** Pieces of a product that were acknowledged to be in a cart; and such of which it is not known. */
  | [kind: 'line', session: string, product: number, quantity: number]
  | [kind: 'doubt', session: string, product: number, quantity: number]
  /** Pieces of a product that a cart was acknowledged to hold when it was ordered, and how many of them were in it. */
  | [kind: 'carried', session: string, product: number, acknowledged: number, there: number]
  /** How many iterations are due in all. */
  | [kind: 'planned', iterations: number]
  /** A product that was made for this load, with its stock. */
  | [kind: 'product', id: number, stock: number]
  /** Somebody asked for what is another's: whether it was kept from them (I7). */
  | [kind: 'stranger', kept: boolean, what: string]
  /** A moment that the lab waits for. */
  | [kind: 'moment', name: string, at: number]

export const write = (...line: Line) => console.log(JSON.stringify(line))
