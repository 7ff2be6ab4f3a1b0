import type { Activity } from '../../lab/journal.ts'
import type { Round, Run, Timeline } from '../run.ts'
import { isNumber, largest, smallest } from '../statistics.ts'

export type Second = Timeline['seconds'][number]

/** One round as graphs need it: its seconds within the window that is shown. */
export interface Traced {
  round: Round
  seconds: Second[]
}

/** A graph shows as many points as its width can carry; longer rounds are put together in bins. */
const MOST_POINTS = 240
const BEFORE = 15
const AFTER_RECOVERY = 20

/** The rounds that have a timeline, cut to what matters: some seconds before the fault until all is long back. */
export function traces(rounds: readonly Round[], run: Run): Traced[] {
  const whole = rounds.flatMap(round => {
    const timeline = run.timelineOf(round)
    return timeline && timeline.seconds.length > 0 ? [{ round, seconds: timeline.seconds }] : []
  })
  const recovery = whole.flatMap(({ round }) => round.recovery.map(({ rtoMs }) => rtoMs)).filter(isNumber)
  const everyBack = whole.every(({ round }) => round.recovery.every(({ rtoMs, requests }) => requests === 0 || rtoMs !== null))
  const undone = whole.flatMap(({ round: { fault } }) =>
    fault && fault.undoneAt !== null ? (fault.undoneAt - fault.injectedAt) / 1000 : [],
  )
  const until = everyBack ? Math.max((largest(recovery) ?? 0) / 1000, largest(undone) ?? 0) + AFTER_RECOVERY : Infinity
  return whole.map(({ round, seconds }) => ({
    round,
    seconds: round.fault ? seconds.filter(({ second }) => second >= -BEFORE && second <= until) : seconds,
  }))
}

/** How many seconds one point stands for. */
export const binOf = (traced: readonly Traced[]): number =>
  Math.max(1, Math.ceil((largest(traced.map(({ seconds }) => seconds.length)) ?? 0) / MOST_POINTS))

/** A value for each bin of a round, by what `worst` makes of the bin's seconds. */
export const series = (
  seconds: readonly Second[],
  bin: number,
  worst: (seconds: readonly Second[]) => number | null,
): Map<number, number | null> =>
  new Map([...Map.groupBy(seconds, ({ second }) => Math.floor(second / bin) * bin)].map(([at, group]) => [at, worst(group)]))

/** ms; never less than a logarithmic axis can show. */
export const slowest = (activity: Activity) => (seconds: readonly Second[]) => {
  const worst = largest(seconds.map(({ activities }) => activities[activity].p99).filter(isNumber))
  return worst === null ? null : Math.max(worst, 0.1)
}

/** The share of requests that succeeded, 0–1; what was shed on purpose is neither success nor failure. */
export function success({ activities }: Second, activity: Activity): number | null {
  const { ok, failed } = activities[activity]
  return ok + failed === 0 ? null : ok / (ok + failed)
}

/** In the worst of some seconds, %. */
export const leastSuccess = (activity: Activity) => (seconds: readonly Second[]) => {
  const least = smallest(seconds.map(second => success(second, activity)).filter(isNumber))
  return least === null ? null : least * 100
}

export const furthestBehind = (seconds: readonly Second[]) =>
  largest(seconds.flatMap(({ lagBytes }) => Object.values(lagBytes)).filter(isNumber))

export const hasRequests = (traced: readonly Traced[], activity: Activity) =>
  traced.some(({ seconds }) =>
    seconds.some(({ activities }) => activities[activity].ok + activities[activity].failed + activities[activity].shed > 0),
  )
