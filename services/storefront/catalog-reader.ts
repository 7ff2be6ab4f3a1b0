import { unavailable } from '@confeitaria/platform/problem'
import type { CallOptions, Upstream } from '@confeitaria/platform/upstream'
import { LRUCache } from 'lru-cache'

/** From this age on an answer is renewed in the background, ms. */
const RENEW_AFTER_MS = 150
/** The oldest answer given while the catalog is there to ask, ms. */
const KEEP_MS = 300
/** How long somebody waits for a slow catalog when an older answer is at hand, ms. */
const PATIENCE_MS = 500
/** Answers remembered, for when the catalog is away; the least recently asked for goes first. */
const MAX_ANSWERS = 500

export interface CatalogAnswer<T> {
  /** What was asked for. */
  path: string
  status: number
  body: T
  /** Older than promised: the catalog is away, or says itself that it answers from memory. */
  stale: boolean
}

interface Kept extends CatalogAnswer<unknown> {
  etag: string | undefined
  /** When it was last asked for at the catalog (performance.now(), ms), whatever came of it. */
  askedAt: number
  renewal: { began: number; answer: Promise<Kept> } | undefined
}

/**
 * Reads of the catalog, shared by all visitors. An answer is at most 300 ms old while the catalog answers; while it does
 * not, the last good one is given, marked stale.
 */
export class CatalogReader {
  readonly #upstream: Pick<Upstream, 'call'>
  readonly #kept = new LRUCache<string, Kept>({ max: MAX_ANSWERS })
  readonly #firsts = new Map<string, Promise<Kept>>()

  constructor(upstream: Pick<Upstream, 'call'>) {
    this.#upstream = upstream
  }

  /** An answer young enough to need no renewal, without waiting. */
  fresh<T>(path: string): CatalogAnswer<T> | undefined {
    const kept = this.#kept.get(path)
    return kept && performance.now() - kept.askedAt < RENEW_AFTER_MS ? (kept as CatalogAnswer<T>) : undefined
  }

  /** @throws Problem 503 when the catalog is away and was never asked for this */
  async read<T>(path: string, request: CallOptions['request']): Promise<CatalogAnswer<T>> {
    const kept = this.#kept.get(path)
    if (!kept) return (await this.#first(path, request)) as CatalogAnswer<T>
    const age = performance.now() - kept.askedAt
    if (age < RENEW_AFTER_MS) return kept as CatalogAnswer<T>
    kept.renewal ??= { began: performance.now(), answer: this.#renew(path, kept, request) }
    if (age < KEEP_MS) return kept as CatalogAnswer<T>
    const patience = Math.max(0, kept.renewal.began + PATIENCE_MS - performance.now())
    return (await within(patience, kept.renewal.answer, { ...kept, stale: true })) as CatalogAnswer<T>
  }

  #first(path: string, request: CallOptions['request']): Promise<Kept> {
    let first = this.#firsts.get(path)
    if (!first) {
      first = this.#ask(path, undefined, request).finally(() => this.#firsts.delete(path))
      this.#firsts.set(path, first)
    }
    return first
  }

  async #renew(path: string, kept: Kept, request: CallOptions['request']): Promise<Kept> {
    try {
      return await this.#ask(path, kept, request)
    } catch {
      const old: Kept = { ...kept, stale: true, askedAt: performance.now(), renewal: undefined }
      return this.#keep(old)
    }
  }

  async #ask(path: string, kept: Kept | undefined, request: CallOptions['request']): Promise<Kept> {
    const askedAt = performance.now()
    const answer = await this.#upstream.call(path, { ...(request && { request }), headers: { 'if-none-match': kept?.etag } })
    if (answer.status >= 500 || answer.status === 429) throw unavailable('O catálogo não responde.')
    const stale = String(answer.headers.warning ?? '').startsWith('110')
    const same = answer.status === 304 && kept
    return this.#keep({
      path,
      status: same ? kept.status : answer.status,
      body: same ? kept.body : answer.body,
      etag: answer.headers.etag?.toString(),
      stale,
      askedAt,
      renewal: undefined,
    })
  }

  #keep(kept: Kept): Kept {
    this.#kept.set(kept.path, kept)
    return kept
  }
}

async function within<T>(ms: number, answer: Promise<T>, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const patience = new Promise<T>(resolve => {
    timer = setTimeout(resolve, ms, otherwise)
  })
  return Promise.race([answer, patience]).finally(() => clearTimeout(timer))
}
