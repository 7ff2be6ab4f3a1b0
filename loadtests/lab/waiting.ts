// Nothing is waited for without end.
import { setTimeout } from 'node:timers/promises'

/** @throws the signal's reason, when it comes first */
export const pause = (ms: number, signal?: AbortSignal): Promise<void> =>
  setTimeout(ms, undefined, signal && { signal }).catch(error => {
    throw signal?.aborted ? signal.reason : error
  })

/** @throws Error when there is no answer in time */
export async function bounded<T>(what: string, ms: number, work: Promise<T>): Promise<T> {
  const over = new AbortController()
  const late = pause(ms, over.signal).then(() => {
    throw new Error(`${what}: no answer within ${ms / 1000} s.`)
  })
  return Promise.race([work, late]).finally(() => over.abort())
}

/** Asks again until there is an answer. @throws Error that says what was waited for, with what was in the way */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false>,
  { seconds = 120, everyMs = 500, signal }: { seconds?: number; everyMs?: number; signal?: AbortSignal | undefined } = {},
): Promise<T> {
  const deadline = Date.now() + seconds * 1000
  for (;;) {
    let obstacle: unknown
    try {
      const answer = await ask()
      if (answer) return answer
    } catch (error) {
      obstacle = error
    }
    signal?.throwIfAborted()
    if (Date.now() > deadline) {
      const why = obstacle instanceof Error ? ` (${obstacle.message.split('\n')[0]})` : ''
      throw new Error(`Not within ${seconds} s: ${what}${why}.`, { cause: obstacle })
    }
    await pause(everyMs, signal)
  }
}
