import type { Health } from '@confeitaria/platform/service'
import type { Upstream } from '@confeitaria/platform/upstream'

const TIMEOUT_MS = 1_000
/** How old an answer about the others may be, ms. */
const KEEP_MS = 1_000

/** Whether each of the services that the shop needs says that it can do its job. */
export function upstreamHealth(upstreams: Record<string, Pick<Upstream, 'call'>>): () => Promise<Health> {
  let asked: { at: number; health: Promise<Health> } | undefined
  const ask = async (): Promise<Health> => {
    const statuses = await Promise.all(
      Object.entries(upstreams).map(async ([name, upstream]) => {
        const answer = await upstream.call('/health', { timeoutMs: TIMEOUT_MS }).catch(() => undefined)
        return [name, answer?.status === 200 ? 'ok' : 'indisponivel'] as const
      }),
    )
    return { ok: statuses.every(([, status]) => status === 'ok'), ...Object.fromEntries(statuses) }
  }
  return () => {
    if (!asked || Date.now() - asked.at > KEEP_MS) asked = { at: Date.now(), health: ask() }
    return asked.health
  }
}
