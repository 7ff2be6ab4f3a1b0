// What the samples of a round say. Pure: the same samples give the same figures.
import { ACTIVITIES, type Activity, type Round, type Timeline } from './journal.ts'
import type { Load, Sample } from './samples.ts'
import { greatest, least, mean, percentile, rounded } from './statistics.ts'

/** How many in a row must succeed for something to count as back. */
export const IN_A_ROW = 20

type LoadFigures = NonNullable<Round['load']>
type Recovery = Round['recovery'][number]
type Latencies = NonNullable<LoadFigures['latency']>

export interface Asked {
  scenario: string
  rate: number | null
  /** Whether a refusal with Retry-After is what this load wants to see; else it is a failure like any other. */
  sheds: boolean
}

export function latencies(samples: readonly Sample[]): Latencies | null {
  if (samples.length === 0) return null
  const ms = samples.map(({ intended, end }) => end - intended)
  const at = (share: number) => rounded(percentile(ms, share))
  return { mean: rounded(mean(ms)), p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) }
}

const isFailure = ({ outcome }: Sample, sheds: boolean) => outcome === 'failed' || (outcome === 'shed' && !sheds)
const isRequest = ({ retry, phase }: Sample) => retry === 0 && phase !== 'setup'

export function loadFigures(load: Load, { scenario, rate, sheds }: Asked, exitCode: number | null): LoadFigures {
  const requests = load.samples.filter(isRequest)
  const start = least(requests.map(({ intended }) => intended))
  const end = greatest(requests.map(sample => sample.end))
  const durationMs = requests.length ? Math.max(1, end - start) : 0
  const ok = requests.filter(({ outcome }) => outcome === 'ok')
  return {
    scenario,
    rate,
    durationMs: rounded(durationMs),
    iterations: load.summary?.iterations?.values.count ?? 0,
    dropped: load.summary?.dropped_iterations?.values.count ?? 0,
    requests: requests.length,
    failed: requests.filter(sample => isFailure(sample, sheds)).length,
    shed: sheds ? requests.filter(({ outcome }) => outcome === 'shed').length : 0,
    throughput: durationMs ? rounded((ok.length * 1000) / durationMs, 2) : 0,
    // Failures count in the latency too: leaving them out would make an outage look quick.
    latency: latencies(requests.filter(({ outcome }) => !(sheds && outcome === 'shed'))),
    exitCode,
  }
}

export function routes(load: Load, sheds: boolean): Round['routes'] {
  const byRoute = Map.groupBy(load.samples.filter(isRequest), ({ route }) => route)
  return [...byRoute]
    .map(([route, samples]) => ({
      route,
      requests: samples.length,
      failed: samples.filter(sample => isFailure(sample, sheds)).length,
      latency: latencies(samples),
    }))
    .sort((a, b) => (a.route < b.route ? -1 : 1))
}

/** Which samples of an activity speak of it: an order is the order itself, not the steps before it. */
const speaksOf = (activity: Activity) => (sample: Sample) => sample.activity === activity && sample.phase !== 'setup'

/**
 * How one activity came through. `rtoMs`: from the injection to the end of the first success after the last failure, if at least 20 more
 * follow it (first tries and retries, in the order of their starts); 0 when nothing failed since; null when it did not come back.
 * `longestGapMs`: the longest time without a success between the injection and the load's end. Both are null when nobody asked since.
 */
export function recovery(samples: readonly Sample[], of: Activity, injectedAt: number | null, sheds: boolean): Recovery {
  const mine = samples.filter(speaksOf(of))
  const requests = mine.filter(isRequest)
  const counts = { of, requests: requests.length, failed: requests.filter(sample => isFailure(sample, sheds)).length }
  const from = injectedAt ?? least(mine.map(({ intended }) => intended))
  const since = mine.filter(({ end }) => end >= from).sort((a, b) => a.end - b.end)
  if (since.length === 0) return { ...counts, rtoMs: null, longestGapMs: null }
  const successes = since.filter(({ outcome }) => outcome === 'ok').map(({ end }) => end)
  let longest = 0
  let before = from
  for (const end of [...successes, since.at(-1)!.end]) {
    longest = Math.max(longest, end - before)
    before = end
  }
  return { ...counts, rtoMs: timeToRecovery(since, from, sheds), longestGapMs: rounded(longest) }
}

function timeToRecovery(since: readonly Sample[], from: number, sheds: boolean): number | null {
  // In the order in which shoppers came: who waited long for a failure did not come later than who was served at once.
  const inOrder = [...since].sort((a, b) => a.intended - b.intended)
  const last = inOrder.findLastIndex(sample => isFailure(sample, sheds))
  if (last === -1) return 0
  const first = inOrder[last + 1]
  return first && inOrder.length > last + 1 + IN_A_ROW ? rounded(Math.max(0, first.end - from)) : null
}

/** Requests by the pod that answered, the busiest first. */
export function served(load: Load, serviceOf: (pod: string) => string): Round['served'] {
  const byPod = Map.groupBy(
    load.samples.filter(({ pod, phase }) => pod && phase !== 'setup'),
    ({ pod }) => pod,
  )
  return [...byPod]
    .map(([pod, samples]) => ({ pod, service: serviceOf(pod), requests: samples.length }))
    .sort((a, b) => b.requests - a.requests || (a.pod < b.pod ? -1 : 1))
}

/** How far an instance was behind at a moment (ms since 1970), bytes; null: it did not answer. */
export interface Lag {
  at: number
  instance: string
  bytes: number | null
}

export function timeline(
  load: Load,
  { zero, sheds, lags, nameOfDatabase }: { zero: number; sheds: boolean; lags: Lag[]; nameOfDatabase: (address: string) => string },
  events: { at: number; what: string }[],
): Timeline {
  const secondOf = (moment: number) => Math.floor((moment - zero) / 1000)
  const samples = load.samples.filter(({ phase }) => phase !== 'setup')
  const bySecond = Map.groupBy(samples, ({ end }) => secondOf(end))
  const lagsBySecond = Map.groupBy(lags, ({ at }) => secondOf(at))
  const all = [...bySecond.keys()]
  const last = greatest(all)
  const seconds: Timeline['seconds'] = []
  for (let second = least(all); second <= last; second++) {
    const here = bySecond.get(second) ?? []
    const count = (key: (sample: Sample) => string) => {
      const counts: Record<string, number> = {}
      for (const sample of here) if (key(sample)) counts[key(sample)] = (counts[key(sample)] ?? 0) + 1
      return counts
    }
    seconds.push({
      second,
      activities: Object.fromEntries(
        ACTIVITIES.map(activity => {
          const mine = here.filter(sample => sample.activity === activity)
          const spent = latencies(mine)
          const failed = mine.filter(sample => isFailure(sample, sheds)).length
          const ok = mine.filter(({ outcome }) => outcome === 'ok').length
          return [
            activity,
            { ok, failed, shed: mine.length - ok - failed, p50: spent?.p50 ?? null, p99: spent?.p99 ?? null, max: spent?.max ?? null },
          ]
        }),
      ) as Timeline['seconds'][number]['activities'],
      pods: count(({ pod }) => pod),
      databases: count(({ database }) => (database ? nameOfDatabase(database) : '')),
      lagBytes: Object.fromEntries((lagsBySecond.get(second) ?? []).map(({ instance, bytes }) => [instance, bytes])),
    })
  }
  return { events: events.map(({ at, what }) => ({ at: rounded((at - zero) / 1000, 3), what })), seconds }
}
