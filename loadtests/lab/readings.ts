// Memory and restarts of the shop's pods, read now and then while the load runs.
import type { Cluster } from './cluster.ts'
import type { Observation } from './observer.ts'
import { mean, slope } from './statistics.ts'
import type { Growth, Reading } from './verdicts.ts'
import { pause } from './waiting.ts'

const PERIOD_MS = 15_000
/** What fills caches and pools in the first part of a load is no leak. */
const WARM_UP = 0.2
/**
 * The rest is cut into so many parts, and each counts as one reading, their mean: a connection that a burst opened is kept
 * for a minute, so readings of the same minute are no evidence apart from each other.
 */
const PARTS = 12
/** With readings in fewer parts than these a leak could have been where nobody looked. */
const ENOUGH = 8
const HOUR_MS = 3_600_000

/** The steepest growth of all that were read from the load's start to its end, with its margin; null where readings of one lack most of it. */
export function growth(readings: readonly Reading[], from: number, to: number): Growth | null {
  const start = from + (to - from) * WARM_UP
  const partMs = (to - start) / PARTS || 1
  const warm = readings.filter(({ at }) => at >= start && at <= to)
  const partOf = ({ at }: Reading) => Math.min(PARTS - 1, Math.floor((at - start) / partMs))
  const asOne = (part: Reading[]) => [mean(part.map(({ at }) => at)) / HOUR_MS, mean(part.map(({ value }) => value))] as const
  const each = [...Map.groupBy(warm, reading => reading.of)].map(([of, read]) => ({
    of,
    points: [...Map.groupBy(read, partOf).values()].map(asOne),
  }))
  if (!each.length || each.some(({ points }) => points.length < ENOUGH)) return null
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
  #from = 0
  #to = 0

  constructor(cluster: Cluster) {
    this.#cluster = cluster
  }

  start(signal: AbortSignal) {
    this.#going = true
    this.#from = Date.now()
    void this.#read(signal)
  }

  stop() {
    if (this.#going) this.#to = Date.now()
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

  memoryGrowth = (): Growth | null => growth(this.#memory, this.#from, this.#to)

  connectionGrowth = (observations: readonly Observation[]): Growth | null =>
    growth(
      observations.flatMap(({ at, instances }) =>
        instances.flatMap(({ address, connections }) => (connections === undefined ? [] : { at, of: address, value: connections })),
      ),
      this.#from,
      this.#to,
    )

  /** How often containers of the shop began anew, all in all. */
  async restarts(): Promise<number> {
    const pods = await this.#cluster.shopPods()
    return pods.reduce((sum, { status }) => sum + (status?.containerStatuses ?? []).reduce((n, { restartCount }) => n + restartCount, 0), 0)
  }
}
