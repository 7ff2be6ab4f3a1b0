import type { Words } from './scenes.ts'

export interface Cue {
  /** ms since the beginning */
  from: number
  to: number
  words: Words
}

/** 83_500 → 00:01:23.500 */
const moment = (ms: number) => new Date(ms).toISOString().slice(11, 23)

/** A WebVTT file. */
export const webVtt = (cues: readonly Cue[], language: keyof Words): string =>
  ['WEBVTT', ...cues.map(({ from, to, words }) => `${moment(from)} --> ${moment(to)}\n${words[language]}`), ''].join('\n\n').trimEnd() +
  '\n'
