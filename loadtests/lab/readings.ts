// Memory and restarts of the shop's pods, read now and then while the load runs.
import { type Cluster, pause } from './cluster.ts'
import type { Observation } from './observer.ts'
import { greatest, least, mean, slope } from './statistics.ts'
import type { Growth, Reading } from './verdicts.ts'

const PERIOD_MS = 15_000
/** What fills caches and pools in the first part of a load is no leak. */
const WARM_UP = 0.2
/**
 * The rest is cut into so many parts, and each counts as one reading, their mean: a connection that a burst opened is kept
 * for a minute, so readings of the same minute are no evidence apart from each other.
 */
const PARTS = 12
const HOUR_MS = 3_600_000

/** The steepest growth of all that were read, with its margin; null with too few readings. */
export function growth(readings: readonly Reading[]): Growth | null {
  const from = least(readings.map(({ at }) => at))
  const to = greatest(readings.map(({ at }) => at))
  const start = from + (to - from) * WARM_UP
  const partMs = (to - start) / PARTS || 1
  const warm = readings.filter(({ at }) => at >= start)
  const partOf = ({ at }: Reading) => Math.min(PARTS - 1, Math.floor((at - start) / partMs))
  const asOne = (part: Reading[]) => [mean(part.map(({ at }) => at)) / HOUR_MS, mean(part.map(({ value }) => value))] as const
  const each = [...Map.groupBy(warm, reading => reading.of)]
    .map(([of, read]) => ({ of, points: [...Map.groupBy(read, partOf).values()].map(asOne) }))
    .filter(({ points }) => points.length >= 3)
  if (!each.length) return null
  return each
    .map(({ of, points }) => {
      const { slope: perHour, margin } = slope(points)
      return { of, perHour, margin }
    })
    .reduce((worst, one) => (one.perHour - one.margin > worst.perHour - worst.margin ? one : worst))
}

export class Readings {
  readonly #cluster: Cluster
  readonly #memory: Reading[] = []
  #going = false

  constructor(cluster: Cluster) {
    this.#cluster = cluster
  }

  start(signal: AbortSignal) {
    this.#going = true
    void this.#read(signal)
  }

  stop() {
    this.#going = false
  }

  async #read(signal: AbortSignal) {
    while (this.#going && !signal.aborted) {
      // Without metrics-server there is no memory to read, and a budget of it cannot hold.
      const usage = await this.#cluster.memory().catch(() => [])
      this.#memory.push(...usage.map(({ pod, mebibytes }) => ({ at: Date.now(), of: pod, value: mebibytes })))
      await pause(PERIOD_MS, signal).catch(() => {})
    }
  }

  memoryGrowth = (): Growth | null => growth(this.#memory)

  connectionGrowth = (observations: readonly Observation[], from: number): Growth | null =>
    growth(
      observations
        .filter(({ at }) => at >= from)
        .flatMap(({ at, instances }) =>
          instances.flatMap(({ address, connections }) => (connections === undefined ? [] : { at, of: address, value: connections })),
        ),
    )

  /** How often containers of the shop began anew, all in all. */
  async restarts(): Promise<number> {
    const pods = await this.#cluster.shopPods()
    return pods.reduce((sum, { status }) => sum + (status?.containerStatuses ?? []).reduce((n, { restartCount }) => n + restartCount, 0), 0)
  }
}
