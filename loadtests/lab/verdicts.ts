// What was measured, held against what was promised. Pure.
import { type Budget, type Experiment, METRICS, type Metric } from './definition.ts'
import type { ExperimentResult, Round, Verdict } from './journal.ts'
import type { Load, Sample } from './samples.ts'
import { greatest, median, percentile, rounded, unevenness } from './statistics.ts'

type Mode = 'smoke' | 'full'
type BudgetResult = Round['budgets'][number]

/** Memory (MiB) or connections of a pod at a moment (ms since 1970). */
export interface Reading {
  at: number
  of: string
  value: number
}

export interface Extra {
  /** Containers of the shop that began anew in this round. */
  restarts: number
  /** Of the service that was scaled: how many should share its work. */
  pods: number | null
  memory: Growth | null
  connections: Growth | null
}

/** Per hour, with the half width of its 95 % interval. */
export interface Growth {
  /** The pod, or the server's address. */
  of: string
  perHour: number
  margin: number
}

const seconds = (ms: number | null | undefined) => (ms === null || ms === undefined ? null : rounded(ms / 1000, 2))
const p99 = (samples: readonly Sample[]) =>
  samples.length
    ? percentile(
        samples.map(({ intended, end }) => end - intended),
        0.99,
      )
    : null
const beyondNoise = (growth: Growth | null) => (growth ? rounded(Math.max(0, growth.perHour - growth.margin), 2) : null)

/** What "back after" is held to, ms: until the last failure was over, or the longest time without a success; null when it did not come back. */
export const backMs = ({ rtoMs, longestGapMs }: Round['recovery'][number]): number | null =>
  rtoMs === null || longestGapMs === null ? null : Math.max(rtoMs, longestGapMs)

/** @returns null when it cannot be told, and then no budget holds */
export function measure(metric: Metric, { round, load, extra }: { round: Round; load: Load; extra: Extra }): number | null {
  const [what, of] = metric.split('.') as [string, string | undefined]
  const recovery = round.recovery.find(each => each.of === of)
  const inPhase = (phase: string) => load.samples.filter(sample => sample.phase === phase)
  switch (metric) {
    case 'failed':
      return round.load?.failed ?? null
    case 'failed.reads':
    case 'failed.carts':
    case 'failed.orders':
      return recovery?.failed ?? null
    case 'back.reads':
    case 'back.carts':
    case 'back.orders':
    case 'gap.reads':
    case 'gap.carts':
    case 'gap.orders': {
      if (!recovery) return null
      return seconds(what === 'gap' ? recovery.longestGapMs : backMs(recovery))
    }
    case 'uneven': {
      const counts = [...Map.groupBy(inPhase('muitas'), ({ pod }) => pod)].map(([, samples]) => samples.length)
      // Who got nothing is not among those who answered.
      while (counts.length && counts.length < (extra.pods ?? 0)) counts.push(0)
      return counts.length ? rounded(unevenness(counts) * 100, 1) : null
    }
    case 'refusal.orders':
    case 'refusal.reads': {
      const asked = load.samples.filter(({ activity, phase }) => activity === of && phase !== 'setup')
      const waits = (wanted: Sample['outcome']) =>
        asked.filter(({ outcome }) => outcome === wanted).map(({ intended, end }) => end - intended)
      const refusals = waits('shed')
      if (!refusals.length) return null
      // A failure is no refusal, however quick: it counts as no quicker than the slowest of those.
      const slowest = greatest(refusals)
      return seconds(percentile([...refusals, ...waits('failed').map(ms => Math.max(ms, slowest))], 0.99))
    }
    case 'accepted.p99': {
      const accepted = (phase: string) => p99(inPhase(phase).filter(({ outcome }) => outcome === 'ok'))
      const [before, storm] = [accepted('antes'), accepted('sobrecarga')]
      return before && storm ? rounded(storm / before, 2) : null
    }
    case 'full.service': {
      const storm = inPhase('sobrecarga').map(({ intended }) => intended)
      if (!storm.length || !inPhase('depois').length) return null
      const end = greatest(storm)
      const wrong = load.samples.filter(({ phase, outcome }) => phase === 'depois' && outcome !== 'ok').map(sample => sample.end)
      return seconds(Math.max(0, greatest(wrong) - end))
    }
    case 'restarts':
      return extra.restarts
    case 'sold.deviation': {
      const [stock] = load.products.values()
      return stock === undefined
        ? null
        : Math.abs(load.orders.reduce((sum, { lines }) => sum + lines.reduce((a, [, n]) => a + n, 0), 0) - stock)
    }
    case 'growth.memory':
      return beyondNoise(extra.memory)
    case 'growth.connections':
      return beyondNoise(extra.connections)
  }
}

const result = ({ metric, limit, reason, over }: Budget, measured: number | null, growth?: Growth | null): BudgetResult => ({
  name: over === 'median' ? `${metric} (median)` : metric,
  reason: reason.pt,
  reasonEn: reason.en,
  limit,
  unit: METRICS[metric],
  measured,
  held: measured !== null && measured <= limit,
  ...(growth ? { of: growth.of, slope: rounded(growth.perHour, 2), margin: rounded(growth.margin, 2) } : {}),
})

const growthOf = (metric: Metric, { memory, connections }: Extra) =>
  ({ 'growth.memory': memory, 'growth.connections': connections })[metric as string]

export const budgetsOfRound = (experiment: Experiment, context: { round: Round; load: Load; extra: Extra }): BudgetResult[] =>
  experiment.budgets
    .filter(({ over, variants }) => over === 'round' && (!variants || variants.includes(context.round.variant ?? '')))
    .map(budget => result(budget, measure(budget.metric, context), growthOf(budget.metric, context.extra)))

/** Medians over the rounds that measured something; of what a round measured, its own budgets say. */
export function budgetsOverRounds(experiment: Experiment, rounds: readonly Round[]): BudgetResult[] {
  return experiment.budgets
    .filter(({ over }) => over === 'median')
    .map(budget => {
      const values = rounds
        .filter(({ variant }) => !budget.variants || budget.variants.includes(variant ?? ''))
        .map(round => recoveryMetric(budget.metric, round))
      // One that did not come back is worse than any: it counts as endless, and the median may still be a number.
      const known = values.map(value => value ?? Number.POSITIVE_INFINITY)
      const middle = known.length ? median(known) : Number.NaN
      return result(budget, Number.isFinite(middle) ? rounded(middle, 2) : null)
    })
}

/** A metric of which the journal alone knows the value. */
function recoveryMetric(metric: Metric, round: Round): number | null {
  const load = { samples: [], products: new Map(), orders: [] } as unknown as Load
  return measure(metric, { round, load, extra: { restarts: 0, pods: null, memory: null, connections: null } })
}

/** A reason that a round failed for; the report says it in other words. */
export const overLimit = ({ name, of, measured, limit, unit }: Omit<BudgetResult, 'reason' | 'reasonEn' | 'held'>): string =>
  measured === null
    ? `${name} could not be measured${name.startsWith('back.') ? ': it did not come back' : ''}.`
    : `${name}${of ? ` of ${of}` : ''} is ${measured} ${unit}, more than ${limit} ${unit}.`

/** What a busy machine does not change: it counts in the short form too, as does what never came back. */
const ALWAYS = new Set<string>(['restarts', 'sold.deviation'] satisfies Metric[])
/** @param underFault whether something was broken: where nothing was, a request that fails counts too */
export const isJudged = (mode: Mode, { name, measured }: Pick<BudgetResult, 'name' | 'measured'>, underFault: boolean) =>
  mode === 'full' || ALWAYS.has(name) || (measured === null && name.startsWith('back.')) || (!underFault && name.startsWith('failed'))

export interface Findings {
  mode: Mode
  experiment: Experiment
  /** Why what was measured cannot be believed. */
  invalid: string[]
  /** Why the round was not begun, or not ended. */
  aborted: string | undefined
  interrupted: boolean
  /** Whether the shop was whole again in time; the sentence says what was missing. */
  notRecovered: string | undefined
}

/** An invariant that broke, or a shop that did not come back, is a failure whatever else is wrong with the round. */
export function verdictOfRound(round: Round, findings: Findings): { verdict: Verdict; reasons: string[] } {
  const { mode, invalid, aborted, interrupted, notRecovered } = findings
  const broken = round.invariants.filter(({ held }) => !held).map(({ id, detail }) => `${id} broke: ${detail}.`)
  const unproven = (round.fault?.proof ?? [])
    .filter(({ seen }) => !seen)
    .map(({ what }) => `The fault did not bite: it was not seen that ${what}.`)
  const missed = round.budgets.filter(budget => !budget.held && isJudged(mode, budget, round.fault !== null)).map(overLimit)
  if (notRecovered) broken.push(`The shop is not whole again: ${notRecovered}.`)
  if (broken.length) return { verdict: 'failed', reasons: [...broken, ...missed, ...unproven, ...invalid] }
  if (interrupted) return { verdict: 'interrupted', reasons: ['It was interrupted.'] }
  if (aborted) return { verdict: 'aborted', reasons: [aborted] }
  if (unproven.length || invalid.length) return { verdict: 'INVALID', reasons: [...unproven, ...invalid, ...missed] }
  return missed.length ? { verdict: 'failed', reasons: missed } : { verdict: 'passed', reasons: [] }
}

/** A prober that begins so late, ms, measures itself; a few hundredths are usual. In the short form times do not count. */
const LATE_MS = 250

/** What makes the load itself unfit to judge by. */
export function loadProblems(round: Round, load: Load, mode: Mode): string[] {
  const problems: string[] = []
  const figures = round.load
  if (!figures) return ['there was no load']
  if (!load.summary) problems.push('k6 did not come to its end')
  if (figures.dropped > 0) problems.push(`k6 could not start ${figures.dropped} iterations in time`)
  const late = load.summary?.shop_late?.values['p(99)'] ?? 0
  if (mode === 'full' && late > LATE_MS)
    problems.push(`k6 itself was late: one request in a hundred was sent ${Math.round(late)} ms after it was due, or later`)
  if (figures.exitCode !== null && ![0, 99].includes(figures.exitCode)) problems.push(`k6 ended with ${figures.exitCode}`)
  const sent = load.summary?.http_reqs?.values.count ?? 0
  // Requests of the setup that are not the shopper's own are not written down.
  const written = load.samples.length
  if (load.summary && written < sent - load.products.size - 1) problems.push(`${sent} requests were sent and only ${written} written down`)
  if (load.summary && figures.iterations < load.planned * 0.98)
    problems.push(`${figures.iterations} iterations came, ${load.planned} were due`)
  return problems.map(problem => `The load was not what was asked: ${problem}.`)
}

/** Whether the load's last first try was due before what was broken was mended: then nobody has seen the shop with it mended. */
export function endedTooSoon({ fault, clock }: Round, load: Load): boolean {
  const undoneAt = fault?.undoneAt
  const last = greatest(load.samples.filter(({ retry, phase }) => retry === 0 && phase !== 'setup').map(({ intended }) => intended))
  return typeof undoneAt === 'number' && last < undoneAt + (clock?.offsetMs ?? 0)
}

const WORST: Verdict[] = ['failed', 'INVALID', 'aborted', 'interrupted', 'passed']
export const worst = (verdicts: readonly Verdict[]): Verdict => WORST.find(verdict => verdicts.includes(verdict)) ?? 'aborted'

export function verdictOfExperiment(rounds: readonly Round[], budgets: ExperimentResult['budgets'], mode: Mode): Verdict {
  const verdict = worst(rounds.map(({ verdict }) => verdict))
  return verdict === 'passed' && mode === 'full' && budgets.some(({ held }) => !held) ? 'failed' : verdict
}

export const EXIT_CODES: Record<Verdict, number> = { passed: 0, failed: 1, INVALID: 3, aborted: 3, interrupted: 130 }
