import { isLost, lossesOf, verdictOf } from '../findings.ts'
import type { Language } from '../languages/language.ts'
import { html, type Markup } from '../markup.ts'
import { type Promised, passed, promisedBy, ranges, roundsPassed, titleOf } from '../promised.ts'
import type { ExperimentResult, Journal } from '../run.ts'
import { sum } from '../statistics.ts'
import { type Cell, type Group, table } from '../tables.ts'
import { badge, kept } from './badge.ts'

/** The page that a person in a hurry reads: does it hold, what was lost, and every promise in one table. */
export function promises(journal: Journal, language: Language): Markup {
  const { words } = language
  const verdict = verdictOf(journal)
  return html`<section id="verdict" aria-labelledby="title">
<h1 id="title">${words.title} <span class="answer ${verdict.toLowerCase()}">${words.answers[verdict]}</span></h1>
<p class="lead">${headline(journal, language)}</p>
<p class="lead">${losses(journal, language)}</p>
${journal.endedAt === null && html`<p class="note">${words.cut}</p>`}
${journal.mode === 'smoke' && html`<p class="note">${words.smoke}</p>`}
${table(
  words.promises.caption,
  columns(language),
  journal.experiments.map(experiment => rows(experiment, journal.mode, language)),
  'promises',
)}
</section>`
}

/** The verdict of the run in one sentence. */
export function headline(journal: Journal, { words, key, list, number }: Language): string {
  const verdict = verdictOf(journal)
  const sentence = words.verdictSentence[verdict]
  if (typeof sentence === 'string') return sentence
  if (verdict === 'passed')
    return words.verdictSentence.passed(
      number(journal.experiments.length),
      number(sum(journal.experiments.map(({ rounds }) => rounds.length))),
    )
  const guilty = journal.experiments.filter(experiment => experiment.verdict === verdict).map(({ title }) => title[key])
  return words.verdictSentence[verdict === 'failed' ? 'failed' : 'INVALID'](list(guilty), guilty.length)
}

/** What was lost, in one sentence, with the bound that zero losses allow. */
export function losses(journal: Journal, { words, number, percent, list }: Language): string {
  const found = lossesOf(journal.experiments.flatMap(experiment => experiment.rounds))
  const { orders, cartLines, oversold, broken, rounds, bound } = found
  const parts = [
    orders.acknowledged > 0 && words.lost.orders(number(orders.acknowledged - orders.missing), number(orders.acknowledged)),
    cartLines.acknowledged > 0 && words.lost.cartLines(number(cartLines.acknowledged - cartLines.missing), number(cartLines.acknowledged)),
    oversold.of > 0 &&
      (oversold.rounds > 0
        ? words.lost.oversold(number(oversold.rounds), number(oversold.of))
        : words.lost.notOversold(number(oversold.of))),
    broken.length > 0 && words.lost.broken(ranges(broken)),
    orders.unresolved > 0 && words.lost.unresolved(number(orders.unresolved)),
  ].filter(part => part !== false)
  if (parts.length === 0) return words.lost.unmeasured
  const isMixed = journal.experiments.filter(each => lossesOf(each.rounds).rounds > 0).length > 1
  const most = bound === null ? '' : ` ${words.lost[isMixed ? 'boundOfAll' : 'bound'](number(rounds), percent(bound))}`
  return `${isLost(found) ? words.lost.something : words.lost.nothing} ${list(parts)}.${most}`
}

const columns = ({ words: { promises } }: Language) => [
  { head: promises.experiment },
  { head: promises.promise, fixed: true as const },
  { head: promises.limit, fixed: true as const, numeric: true as const },
  { head: promises.median, fixed: true as const, numeric: true as const },
  { head: promises.worst, fixed: true as const, numeric: true as const },
  { head: promises.rounds, numeric: true as const },
  { head: promises.verdict },
]

function rows(experiment: ExperimentResult, mode: Journal['mode'], language: Language): Group {
  const { words } = language
  const promises = promisedBy(experiment, mode, language)
  const span = promises.length
  return promises.map((promised, i) => {
    const promise = cells(promised, language)
    if (i > 0) return promise
    const title: Cell = { show: html`<a href="#${experiment.name}">${titleOf(experiment, language)}</a>`, header: true, rows: span }
    const rounds: Cell = {
      show: roundsPassed(experiment, language),
      by: experiment.rounds.length ? passed(experiment) / experiment.rounds.length : null,
      rows: span,
    }
    return [title, ...promise, rounds, { show: badge(experiment.verdict, language), by: words.verdicts[experiment.verdict], rows: span }]
  })
}

const cells = ({ promise, limit, median, worst, held, counts }: Promised, language: Language): Cell[] => {
  const judged = (text: string) => html`${text} ${held !== null && kept(held, language, counts)}`
  return [{ show: promise }, { show: limit }, { show: worst === '' ? judged(median) : median }, { show: worst === '' ? '' : judged(worst) }]
}
