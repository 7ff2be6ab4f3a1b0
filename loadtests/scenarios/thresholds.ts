import { text } from './parameters.ts'

/** What decides a Job's exit code. Under a fault only what says that the load itself was as asked: the rest is for the lab to judge. */
const TABLE: { metric: string; condition: string; underFault: boolean; reason: string }[] = [
  {
    metric: 'dropped_iterations',
    condition: 'count==0',
    underFault: true,
    reason: 'A request that k6 did not send in time is one whose latency is missing: the load was not what was asked.',
  },
  { metric: 'shop_failed', condition: 'rate==0', underFault: false, reason: 'Nothing is broken, so nothing may fail.' },
  {
    metric: 'shop_latency',
    condition: 'p(95)<1000',
    underFault: false,
    reason: 'A shopper notices a second. The machine of a demonstration is small and shared: it is no measure of speed.',
  },
]

export const thresholds: Record<string, string[]> = Object.fromEntries(
  TABLE.filter(({ underFault }) => underFault || text('FAULT', '') === '').map(({ metric, condition }) => [metric, [condition]]),
)
