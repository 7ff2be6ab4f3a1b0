import t from 'tap'
import { load } from '../lab/definition.ts'
import type { Round } from '../lab/journal.ts'
import { growth } from '../lab/readings.ts'
import {
  budgetsOfRound,
  budgetsOverRounds,
  EXIT_CODES,
  endedTooSoon,
  type Findings,
  loadProblems,
  measure,
  verdictOfExperiment,
  verdictOfRound,
  worst,
} from '../lab/verdicts.ts'
import { loadOf, request } from './loads.ts'

const extra = { restarts: 0, pods: null, memory: null, connections: null }
const experiment = load('primario-morte')
const none: Findings = { mode: 'full', experiment, invalid: [], aborted: undefined, interrupted: false, notRecovered: undefined }
const orders = (rtoMs: number | null, longestGapMs = 100): Round['recovery'] => [
  { of: 'reads', requests: 100, failed: 0, rtoMs: 0, longestGapMs: 50 },
  { of: 'orders', requests: 50, failed: 3, rtoMs, longestGapMs },
]
const round = (more: Partial<Round> = {}): Round => {
  const made = {
    number: 1,
    variant: 'force',
    fault: { kind: 'delete-pod', injectedAt: 1, undoneAt: null, proof: [{ what: 'it is gone', seen: true, at: 2 }] },
    load: { requests: 150, failed: 3, dropped: 0, iterations: 150, exitCode: 0 },
    recovery: orders(3_000),
    invariants: [{ id: 'I1', held: true, detail: '' }],
    budgets: [],
    ...more,
  } as unknown as Round
  return { ...made, budgets: budgetsOfRound(experiment, { round: made, load: loadOf([]), extra }) }
}
const verdict = (of: Round, more: Partial<Findings> = {}) => verdictOfRound(of, { ...none, ...more })

t.test('passed, when fault, load, invariants and budgets are as promised', async t => {
  t.strictSame(verdict(round()), { verdict: 'passed', reasons: [] })
})

t.test('failed: an invariant, a budget, no recovery', async t => {
  t.match(verdict(round({ invariants: [{ id: 'I1', held: false, detail: '2 missing' }] })), {
    verdict: 'failed',
    reasons: [/^I1 broke: 2 missing/],
  })
  t.match(verdict(round({ recovery: orders(6_010) })), { verdict: 'failed', reasons: [/^back\.orders is 6\.01 s, more than 6 s/] })
  t.match(verdict(round({ recovery: orders(0, 7_000) })), { verdict: 'failed' }, 'a gap counts as much as failures')
  t.match(verdict(round({ recovery: orders(null) })), { verdict: 'failed', reasons: [/did not come back/] })
  const notRecovered = 'x has 0 of 1 pods ready'
  t.match(verdict(round(), { notRecovered }), { verdict: 'failed', reasons: [/not whole again: x has/] })
  t.match(verdict(round(), { notRecovered, invalid: ['x'] }), { verdict: 'failed' }, 'whatever could not be looked at')
})

t.test('INVALID: a fault that did not bite, a load that was not what was asked; but never instead of a broken invariant', async t => {
  const unproven = round({
    fault: { kind: 'delete-pod', injectedAt: 1, undoneAt: null, proof: [{ what: 'it is gone', seen: false, at: null }] },
  })
  t.match(verdict(unproven), { verdict: 'INVALID', reasons: [/did not bite: it was not seen that it is gone/] })
  t.match(verdict(round(), { invalid: ['The load was not what was asked.'] }), { verdict: 'INVALID' })
  t.match(
    verdict(round({ recovery: orders(9_000) }), { invalid: ['x'] }),
    { verdict: 'INVALID', reasons: ['x', /^back\.orders is 9 s/] },
    'a time that cannot be believed breaks no budget',
  )
  const both = round({ invariants: [{ id: 'I5', held: false, detail: '' }] })
  t.match(verdict(both, { invalid: ['x'], interrupted: true }), { verdict: 'failed' })
})

t.test('aborted and interrupted', async t => {
  t.match(verdict(round(), { aborted: 'The shop is not whole.' }), { verdict: 'aborted', reasons: ['The shop is not whole.'] })
  t.match(verdict(round(), { interrupted: true, aborted: 'x' }), { verdict: 'interrupted' })
})

t.test('the short form: times are printed, and fail only when it never came back; what a busy machine does not change fails', async t => {
  t.match(verdict(round({ recovery: orders(60_000) }), { mode: 'smoke' }), { verdict: 'passed' })
  t.match(verdict(round({ recovery: orders(null) }), { mode: 'smoke' }), { verdict: 'failed' })
  t.match(verdict(round({ invariants: [{ id: 'I1', held: false, detail: '' }] }), { mode: 'smoke' }), { verdict: 'failed' })
  const sold = { ...round(), budgets: [{ name: 'sold.deviation', measured: 1, limit: 0, unit: 'pieces', held: false }] } as Round
  t.match(verdict(sold, { mode: 'smoke' }), { verdict: 'failed' })
})

t.test('the short form: a request that fails counts where nothing is broken', async t => {
  const over = (name: string) => [{ name, measured: 1000, limit: 0, unit: 'requests', held: false }]
  const found = (name: string, more: object) => verdict({ ...round(), budgets: over(name), ...more } as Round, { mode: 'smoke' })
  t.match(found('failed', { fault: null }), { verdict: 'failed', reasons: [/^failed is 1000 requests/] })
  t.match(found('back.orders', { fault: null }), { verdict: 'passed' }, 'a time does not')
  t.match(found('failed', {}), { verdict: 'passed' })
})

t.test('medians over rounds: one that did not come back is worse than any', async t => {
  const found = (...times: (number | null)[]) =>
    budgetsOverRounds(
      experiment,
      times.map(time => round({ recovery: orders(time) })),
    )[0]
  t.match(found(3_000, 3_500, 9_000), { name: 'back.orders (median)', measured: 3.5, held: true })
  t.match(found(3_000, 5_000, 9_000), { measured: 5, held: false })
  t.match(found(3_000, null, null), { measured: null, held: false })
})

t.test('an experiment is what its worst round is', async t => {
  const of = (...verdicts: Round['verdict'][]) =>
    verdictOfExperiment(
      verdicts.map(verdict => ({ verdict }) as Round),
      [],
      'full',
    )
  t.equal(of('passed', 'passed'), 'passed')
  t.equal(of('passed', 'INVALID'), 'INVALID')
  t.equal(of('INVALID', 'failed'), 'failed')
  t.equal(verdictOfExperiment([{ verdict: 'passed' } as Round], [{ held: false } as never], 'full'), 'failed')
  t.equal(verdictOfExperiment([{ verdict: 'passed' } as Round], [{ held: false } as never], 'smoke'), 'passed')
  t.equal(worst([]), 'aborted', 'nothing is no success')
  t.strictSame(EXIT_CODES, { passed: 0, failed: 1, INVALID: 3, aborted: 3, interrupted: 130 })
})

t.test('a load that was not what was asked', async t => {
  const problems = (metrics: Record<string, Record<string, number>>, figures: object = {}, mode: 'full' | 'smoke' = 'full') => {
    const samples = loadOf([...Array.from({ length: 150 }, (_, i) => request(i, 1)), ['planned', 150]], metrics)
    return loadProblems(round({ load: { dropped: 0, iterations: 150, exitCode: 0, ...figures } as never }), samples, mode).join(' ')
  }
  t.equal(problems({ http_reqs: { count: 150 } }), '')
  t.match(problems({}, { dropped: 2 }), /could not start 2 iterations/)
  t.match(problems({ http_reqs: { count: 400 } }), /400 requests were sent and only 150 written down/)
  t.match(problems({}, { iterations: 120 }), /120 iterations came, 150 were due/)
  t.match(problems({}, { exitCode: 137 }), /k6 ended with 137/)
  t.match(problems({ shop_late: { 'p(99)': 251 } }), /k6 itself was late: one request in a hundred was sent 251 ms after it was due/)
  t.equal(problems({ shop_late: { 'p(99)': 250 } }), '')
  t.equal(problems({ shop_late: { 'p(99)': 251 } }, {}, 'smoke'), '', 'the machine of a short run is a shared one')
  t.equal(problems({}, { exitCode: 99 }), '', 'a threshold is no fault of the load')
  const torn = { ...loadOf([request(1, 1)]), summary: undefined }
  t.match(loadProblems(round(), torn, 'full').join(), /k6 did not come to its end/)
})

t.test('a load that ended before what was broken was mended', async t => {
  const fault = (undoneAt: number | null) => ({ kind: 'api-server', injectedAt: 1_000, undoneAt, proof: [] })
  const samples = loadOf([request(5_000, 900), request(9_000, 1, 'ok', { retry: 1 }), request(9_000, 1, 'ok', { phase: 'setup' })])
  const soon = (undoneAt: number | null, offsetMs = 0) =>
    endedTooSoon(round({ fault: fault(undoneAt), clock: { offsetMs, uncertaintyMs: 1 } }), samples)
  t.ok(soon(5_001))
  t.notOk(soon(5_000))
  t.ok(soon(5_000, 1), "the prober's clock is ahead")
  t.notOk(soon(null), 'nothing was to be mended')
})

t.test('what only some experiments measure', async t => {
  const of = (metric: Parameters<typeof measure>[0], lines: Parameters<typeof loadOf>[0], more = {}) =>
    measure(metric, { round: round(), load: loadOf(lines), extra: { ...extra, ...more } })
  const share = (pod: string, n: number) => Array.from({ length: n }, () => request(1, 1, 'ok', { pod, phase: 'muitas' }))
  t.equal(of('uneven', [...share('a', 110), ...share('b', 100), ...share('c', 90)]), 10)
  t.equal(of('uneven', [...share('a', 100), ...share('b', 100)], { pods: 3 }), 100, 'a pod that got nothing counts')
  t.equal(of('uneven', []), null)
  const phase = (name: string, ms: number, outcome: 'ok' | 'shed' = 'ok', at = 0) => request(at, ms, outcome, { phase: name })
  t.equal(of('accepted.p99', [phase('antes', 10), phase('sobrecarga', 15), phase('sobrecarga', 900, 'shed')]), 1.5)
  t.equal(of('refusal.reads', [phase('sobrecarga', 15), phase('sobrecarga', 900, 'shed')]), 0.9)
  t.equal(of('refusal.reads', [phase('sobrecarga', 15)]), null, 'who refuses nobody has not shown how')
  const order = (ms: number, outcome: 'ok' | 'shed' | 'failed') => request(1, ms, outcome, { activity: 'orders' })
  t.equal(of('refusal.orders', [order(15, 'ok'), order(300, 'shed'), order(5_000, 'failed')]), 5, 'who hears nothing waits too')
  t.equal(of('refusal.orders', [order(15, 'ok')]), null)
  t.equal(of('refusal.orders', [order(15, 'failed')]), null, 'a failure is no refusal')
  const quick = Array.from({ length: 400 }, () => order(15, 'failed'))
  t.equal(of('refusal.orders', [order(2_000, 'shed'), ...quick]), 2, 'and a quick one makes no refusal quicker')
  t.equal(
    of('full.service', [phase('sobrecarga', 1, 'ok', 1_000), phase('depois', 500, 'shed', 2_000), phase('depois', 1, 'ok', 3_000)]),
    1.5,
  )
  t.equal(of('restarts', [], { restarts: 2 }), 2)
  const sold = (n: number) =>
    of('sold.deviation', [
      ['product', 7, 10],
      ...Array.from({ length: n }, (_, i) => ['order', `k${i}`, i, 's', 1, [[7, 1, 1]], 1, 0, ''] as const),
    ] as never)
  t.equal(sold(10), 0)
  t.equal(sold(11), 1)
  t.equal(sold(9), 1)
  t.equal(of('growth.memory', [], { memory: { of: 'a', perHour: 5, margin: 8 } }), 0)
  t.equal(of('growth.memory', [], { memory: { of: 'a', perHour: 30, margin: 8 } }), 22)
  t.equal(of('growth.memory', []), null)
})

t.test('growth: the steepest, and what fills up at first is none', async t => {
  const minutes = Array.from({ length: 60 }, (_, i) => i)
  const flat = minutes.map(i => ({ at: i * 60_000, of: 'flat', value: 100 + (i % 2) + (i < 10 ? i * 5 - 50 : 0) }))
  const leak = minutes.map(i => ({ at: i * 60_000, of: 'leak', value: 100 + i + (i % 2) }))
  const calm = growth(flat, 0, 3_540_000)!
  t.ok(Math.abs(calm.perHour) <= calm.margin, JSON.stringify(calm))
  const found = growth([...flat, ...leak], 0, 3_540_000)!
  t.ok(Math.abs(found.perHour - 60) < 3, JSON.stringify(found))
  t.equal(found.of, 'leak')
  t.equal(growth([], 0, 3_540_000), null)
})

t.test('growth: a connection that a burst leaves open for a minute is noise, one more every five minutes is not', async t => {
  const seconds = Array.from({ length: 1800 }, (_, i) => i)
  const burst = (i: number) => (1380 <= i && i < 1440 ? 2 : 0) + (1680 <= i && i < 1740 ? 2 : 0)
  const grownBy = (value: (i: number) => number) => {
    const { perHour, margin } = growth(
      seconds.map(i => ({ at: i * 1000, of: 'server', value: 30 + value(i) })),
      0,
      1_799_000,
    )!
    return perHour - margin
  }
  t.ok(grownBy(burst) <= 0)
  t.ok(grownBy(i => burst(i) + Math.floor(i / 300)) > 1)
})

t.test('growth: cannot be told where readings lack most of the load, of any that was read', async t => {
  const every15s = Array.from({ length: 120 }, (_, i) => ({ at: i * 15_000, of: 'pod', value: 100 }))
  const end = 1_800_000
  t.match(growth(every15s, 0, end), { of: 'pod', perHour: 0, margin: 0 })
  t.match(growth(every15s.slice(0, 90), 0, end), { of: 'pod' }, 'some of them may be missing')
  t.equal(growth(every15s.slice(0, 60), 0, end), null, 'they end in the middle of it')
  t.equal(growth(every15s.slice(60, 65), 0, end), null, 'they are few')
  t.equal(growth([...every15s, { at: 900_000, of: 'other', value: 1 }], 0, end), null)
  t.match(
    growth([...every15s, { at: 0, of: 'gone', value: 1 }], 0, end),
    { of: 'pod' },
    'what was gone by the end of the warm-up is no matter',
  )
})

t.test('the journal has the slope of a growth and its margin', async t => {
  const memory = { of: 'shop-cart-a', perHour: -3.456, margin: 40.123 }
  const budgets = budgetsOfRound(load('vazamento'), { round: round(), load: loadOf([]), extra: { ...extra, memory } })
  t.match(
    budgets.find(({ name }) => name === 'growth.memory'),
    { measured: 0, of: 'shop-cart-a', slope: -3.46, margin: 40.12 },
  )
  t.match(
    budgets.find(({ name }) => name === 'growth.connections'),
    { measured: null, held: false, slope: undefined },
  )
})
