// Loads made up by hand, in the words that k6 writes them.

import { emptyLoad, type Load, take } from '../lab/samples.ts'
import type { Line } from '../scenarios/ledger.ts'

export type Activity = 'reads' | 'carts' | 'orders'

/** One request that was due at `intended` and took `ms`. */
export const request = (
  intended: number,
  ms: number,
  outcome: 'ok' | 'failed' | 'shed' = 'ok',
  { activity = 'reads' as Activity, retry = 0, pod = 'shop-catalog-a', database = '', phase = 'reads' } = {},
): Line => ['request', intended, ms, activity, 'GET /', outcome === 'ok' ? 200 : 503, outcome, pod, database, retry, phase]

export function loadOf(lines: Line[], metrics: Record<string, Record<string, number>> = {}): Load {
  const load = emptyLoad()
  for (const line of lines) take(load, JSON.stringify(line))
  const summary = Object.fromEntries(Object.entries(metrics).map(([name, values]) => [name, { values }]))
  take(load, JSON.stringify({ summary }))
  return load
}

/** One request every `everyMs` from `from` to `to`, those due between `downFrom` and `downTo` failed. */
export const outage = (from: number, to: number, everyMs: number, downFrom: number, downTo: number, activity: Activity = 'reads'): Line[] =>
  Array.from({ length: Math.ceil((to - from) / everyMs) }, (_, i) => {
    const at = from + i * everyMs
    return request(at, 5, at >= downFrom && at < downTo ? 'failed' : 'ok', { activity })
  })
