import type { Language } from './languages/language.ts'
import { type Promised, promisedBy, roundsPassed, titleOf } from './promised.ts'
import type { Journal } from './run.ts'

/** The first table for a README: every promise, its limit, what was measured. */
export function markdownTable(journal: Journal, language: Language): string {
  const { words } = language
  const { experiment, promise, limit, median, worst, rounds, verdict } = words.promises
  const row = (cells: string[]) => `| ${cells.map(escaped).join(' | ')} |`
  const rows = journal.experiments.flatMap(result =>
    promisedBy(result, journal.mode, language).map((promised, i) =>
      row([
        i === 0 ? titleOf(result, language) : '',
        promised.promise,
        promised.limit,
        promised.worst === '' ? judged(promised.median, promised) : promised.median,
        promised.worst === '' ? '' : judged(promised.worst, promised),
        i === 0 ? roundsPassed(result, language) : '',
        i === 0 ? words.verdicts[result.verdict] : '',
      ]),
    ),
  )
  return `${[row([experiment, promise, limit, median, worst, rounds, verdict]), '|---|---|---:|---:|---:|---:|---|', ...rows].join('\n')}\n`
}

const judged = (text: string, { held, counts }: Promised) => (held === null ? text : `${text} ${held ? '✓' : counts ? '✕' : '!'}`)

/** What ends a cell or would be markup is written as text. */
const escaped = (text: string) =>
  text
    .replace(/[\\`*_[\]|]/g, '\\$&')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/\s*\n\s*/g, ' ')
