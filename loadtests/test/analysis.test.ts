import fc from 'fast-check'
import t from 'tap'
import { latencies, loadFigures, recovery, served, timeline } from '../lab/analysis.ts'
import { emptyLoad, take } from '../lab/samples.ts'
import { loadOf, outage, request } from './loads.ts'

const T = 1_700_000_000_000

t.test('latency counts from when a request was due, failures included', async t => {
  const load = loadOf([request(T, 10), request(T, 20), request(T, 10_000, 'failed')])
  t.match(latencies(load.samples), { mean: 3343.3, p50: 20, p99: 10_000, max: 10_000 })
  t.equal(latencies([]), null)
})

t.test('an outage: how long it was, to the request', async t => {
  const { samples } = loadOf(outage(T, T + 30_000, 100, T + 5_000, T + 9_000))
  const found = recovery(samples, 'reads', T + 5_000, false)
  t.equal(found.requests, 300)
  t.equal(found.failed, 40)
  t.equal(found.rtoMs, 4_005, 'the first that succeeded was due 4 s after it and took 5 ms')
  t.equal(found.longestGapMs, 4_005, 'from the injection, since the success before it says nothing of the time after it')
})

t.test('a fault that bites late is measured from its injection', async t => {
  const { samples } = loadOf(outage(T, T + 30_000, 100, T + 8_000, T + 9_000))
  const found = recovery(samples, 'reads', T + 5_000, false)
  t.equal(found.rtoMs, 4_005)
  t.equal(found.longestGapMs, 1_100)
})

t.test('nothing failed: back at once; but waiting is a gap', async t => {
  const lines = [...outage(T, T + 5_000, 100, 0, 0), request(T + 5_000, 4_000), ...outage(T + 9_000, T + 20_000, 100, 0, 0)]
  const found = recovery(loadOf(lines).samples, 'reads', T + 5_000, false)
  t.equal(found.rtoMs, 0)
  t.equal(found.longestGapMs, 4_000)
})

t.test('fewer than 20 after the last failure: it did not come back', async t => {
  const down = (after: number) =>
    recovery(loadOf(outage(T, T + 5_000 + after * 100, 100, T + 1_000, T + 5_000)).samples, 'reads', T + 1_000, false).rtoMs
  t.equal(down(20), null)
  t.equal(down(21), 4_005)
  t.equal(
    recovery(loadOf(outage(T, T + 5_000, 100, T + 1_000, T + 9_000)).samples, 'reads', T, false).longestGapMs,
    4_000,
    'until the end of the load',
  )
})

t.test('a request that hung is not a later failure than those that came after it', async t => {
  const lines = [...outage(T, T + 20_000, 100, 0, 0), request(T + 5_050, 10_000, 'failed')]
  t.equal(recovery(loadOf(lines).samples, 'reads', T + 5_000, false).rtoMs, 105)
})

t.test('retries are no requests, but tell when it is back', async t => {
  const lines = [
    request(T, 1, 'failed', { activity: 'orders' }),
    ...Array.from({ length: 30 }, (_, i) => request(T + 100 * (i + 1), 1, 'ok', { activity: 'orders', retry: 1 })),
  ]
  const found = recovery(loadOf(lines).samples, 'orders', T, false)
  t.equal(found.requests, 1)
  t.equal(found.failed, 1)
  t.equal(found.rtoMs, 101)
})

t.test('a refusal with Retry-After is a failure, unless the load wants to see it', async t => {
  const load = loadOf([request(T, 1), request(T, 1, 'shed'), request(T, 1, 'failed')])
  const figures = (sheds: boolean) => loadFigures(load, { scenario: 's', rate: null, sheds }, 0)
  t.match(figures(false), { requests: 3, failed: 2, shed: 0 })
  t.match(figures(true), { requests: 3, failed: 1, shed: 1 })
})

t.test('what the setup does is no load', async t => {
  const load = loadOf([request(T, 1, 'failed', { phase: 'setup' }), request(T, 1)])
  t.match(loadFigures(load, { scenario: 's', rate: 1, sheds: false }, 0), { requests: 1, failed: 0 })
})

t.test('who answered', async t => {
  const load = loadOf([
    request(T, 1, 'ok', { pod: 'b' }),
    request(T, 1, 'ok', { pod: 'a' }),
    request(T, 1, 'ok', { pod: 'a' }),
    request(T, 1, 'failed', { pod: '' }),
  ])
  t.strictSame(
    served(load, pod => `of ${pod}`),
    [
      { pod: 'a', service: 'of a', requests: 2 },
      { pod: 'b', service: 'of b', requests: 1 },
    ],
  )
})

t.test('the timeline has every second once, also those in which nothing was answered', async t => {
  const load = loadOf([request(T - 1_500, 100), request(T + 3_000, 100, 'failed', { database: '10.0.0.1:5432' })])
  const lags = [{ at: T + 500, instance: 'db-2', bytes: 42 }]
  const { seconds, events } = timeline(load, { zero: T, sheds: false, lags, nameOfDatabase: () => 'db-1' }, [{ at: T + 250, what: 'x' }])
  t.strictSame(
    seconds.map(({ second }) => second),
    [-2, -1, 0, 1, 2, 3],
  )
  t.match(seconds[0]!.activities.reads, { ok: 1, failed: 0, p50: 100 })
  t.match(seconds[2], { activities: { reads: { ok: 0, failed: 0, p50: null } }, lagBytes: { 'db-2': 42 } })
  t.match(seconds[5], { activities: { reads: { failed: 1 } }, databases: { 'db-1': 1 } })
  t.strictSame(events, [{ at: 0.25, what: 'x' }])
})

t.test('of what nobody asked for since nothing is said', async t => {
  t.match(recovery(loadOf([request(T - 500, 10)]).samples, 'reads', T, false), { requests: 1, rtoMs: null, longestGapMs: null })
})

t.test('properties of a recovery', async () => {
  const outcomes = fc.array(fc.constantFrom('ok' as const, 'failed' as const), { minLength: 1, maxLength: 120 })
  fc.assert(
    fc.property(outcomes, fc.nat(100), (list, injected) => {
      const { samples } = loadOf(list.map((outcome, i) => request(T + i * 100, 5, outcome)))
      const at = T + injected * 100
      const { rtoMs, longestGapMs, failed, requests } = recovery(samples, 'reads', at, false)
      const later = list.filter((_, i) => T + i * 100 + 5 >= at)
      const tail = list.length - 1 - list.lastIndexOf('failed')
      return (
        requests === list.length &&
        failed === list.filter(outcome => outcome === 'failed').length &&
        (longestGapMs ?? 0) >= 0 &&
        // Back at 0 exactly if nothing failed since, and never back if the end is not quiet enough.
        (rtoMs === 0) === (later.length > 0 && !later.includes('failed') && rtoMs !== null) &&
        (!later.includes('failed') || tail > 20 === (rtoMs !== null))
      )
    }),
    { numRuns: 300 },
  )
})

t.test('what is no line of the ledger is let be', async t => {
  const load = emptyLoad()
  for (const line of ['Request Failed', '', 'time="x" level=warning', '[1,2]', '{"level":"info"}']) t.notOk(take(load, line), line)
  t.strictSame(load, emptyLoad())
})
