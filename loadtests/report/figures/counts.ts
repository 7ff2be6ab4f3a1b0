import type { Language } from '../languages/language.ts'
import { sum } from '../statistics.ts'

/** How many requests, by the name of who answered. */
export type Counts = Record<string, number>

export function add(records: readonly Counts[]): Counts {
  const total: Counts = {}
  for (const record of records) for (const [name, count] of Object.entries(record)) total[name] = (total[name] ?? 0) + count
  return total
}

export const only = (counts: Counts, keep: (name: string) => boolean): Counts =>
  Object.fromEntries(Object.entries(counts).filter(([name, count]) => count > 0 && keep(name)))

/** The share of each in words: abc12 51 %, def34 49 %. */
export function shares(counts: Counts, call: (name: string) => string, { words, percent, list }: Language): string {
  const all = sum(Object.values(counts))
  if (all === 0) return words.figures.nobody
  const names = Object.keys(counts).toSorted()
  return list(names.map(name => words.figures.share(call(name), percent(counts[name]! / all, 0))))
}

/** A pod's name without that of its deployment: what tells it from its siblings. */
export const shortName = (pod: string): string => /-([a-z0-9]{5})$/.exec(pod)?.[1] ?? pod
