import { LRUCache } from 'lru-cache'
import { STALENESS_MS } from './database.ts'

/** From this age on a value that somebody asks for is loaded anew, so that nobody has to wait for it later, ms. */
const RENEW_MS = (STALENESS_MS * 2) / 3

/**
 * Until no cache anywhere takes what was true before for fresh, so that whoever wrote finds it on the next read. Nothing is
 * thrown away: it may be the last good answer yet. A timer may be a millisecond early.
 */
export const seenEverywhere = () => new Promise(resolve => setTimeout(resolve, STALENESS_MS + 2))

export interface Kept<T> {
  value: T
  /** A moment (performance.now(), ms) at which the value was certainly the truth. */
  asOf: number
}

export interface Renewal<T> {
  load: () => Promise<Kept<T>>
  /** Whether a failure of `load` says nothing of the value. */
  isOutage: (error: unknown) => boolean
}

/**
 * Answers kept for as long as they are provably at most {@link STALENESS_MS} old, and beyond that only while nothing
 * newer can be had. Callers that ask for the same thing at the same time share one load.
 */
export class FreshCache<T> {
  readonly #kept: LRUCache<string, Kept<T>>
  readonly #loading = new Map<string, { started: number; promise: Promise<Kept<T>> }>()

  /** @param maxBytes how much is kept, the least recently used dropped first; `bytes` weighs a value */
  constructor(maxBytes: number, bytes: (value: T) => number) {
    this.#kept = new LRUCache({ maxSize: maxBytes, sizeCalculation: ({ value }, key) => bytes(value) + key.length + 200 })
  }

  /** The value if it is fresh, without waiting; given a renewal, one that will soon not be is loaded meanwhile. */
  fresh(key: string, renewal?: Renewal<T>): T | undefined {
    const kept = this.#kept.get(key)
    const age = kept ? performance.now() - kept.asOf : Number.POSITIVE_INFINITY
    if (age > STALENESS_MS) return undefined
    if (renewal && age > RENEW_MS && !this.#loading.has(key)) {
      this.#load(key, renewal.load).catch(error => {
        // An outage is for those to meet who find the value too old.
        if (!renewal.isOutage(error)) this.#kept.delete(key)
      })
    }
    return kept?.value
  }

  /**
   * The value, loaded if need be.
   * @returns the value and, when it is the last good one because loading failed, its age in ms and why
   * @throws what `load` throws when there is no last good value, or when `isOutage` says that the failure is an answer
   */
  async get(
    key: string,
    load: () => Promise<Kept<T>>,
    isOutage: (error: unknown) => boolean,
  ): Promise<{ value: T; staleMs?: number; cause?: unknown }> {
    const kept = this.#kept.get(key)
    if (kept && performance.now() - kept.asOf <= STALENESS_MS) return kept
    try {
      return await this.#load(key, load)
    } catch (error) {
      if (isOutage(error)) {
        if (kept) return { value: kept.value, staleMs: performance.now() - kept.asOf, cause: error }
      } else this.#kept.delete(key)
      throw error
    }
  }

  #load(key: string, load: () => Promise<Kept<T>>): Promise<Kept<T>> {
    const now = performance.now()
    const running = this.#loading.get(key)
    // A load that began long ago may not know what was written since: it is not joined.
    if (running && now - running.started < STALENESS_MS / 2) return running.promise
    const promise = load()
      .then(loaded => {
        const kept = this.#kept.get(key)
        if (kept && kept.asOf > loaded.asOf) return kept // a load that began later was quicker
        this.#kept.set(key, loaded)
        return loaded
      })
      .finally(() => {
        if (this.#loading.get(key)?.promise === promise) this.#loading.delete(key)
      })
    this.#loading.set(key, { started: now, promise })
    return promise
  }
}
