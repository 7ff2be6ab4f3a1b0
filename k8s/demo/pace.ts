import type { Words } from './scenes.ts'

const READY_MS = 1_200
const CHARACTERS_PER_SECOND = 7
/** How long a result stays before something else is said, at least, ms. */
const SEEN_MS = 7_000

const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, Math.max(0, ms)))

/** Goes on by itself, slowly enough to read along. @param pace 1; 2 is twice as fast */
export const byItself = (pace: number) => ({
  ready: () => pause(READY_MS / pace),
  seen: ({ pt }: Words, since: number) =>
    pause(Math.max(SEEN_MS, (pt.length / CHARACTERS_PER_SECOND) * 1000 - (performance.now() - since)) / pace),
})
