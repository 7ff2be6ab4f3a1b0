import { budgetName, limit, measured } from '../amounts.ts'
import { type BudgetFinding, budgetsOf, invariantsOf, lossesOf, verdictOf } from '../findings.ts'
import type { Language } from '../languages/language.ts'
import { html, type Markup, type Part } from '../markup.ts'
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
${journal.mode === 'smoke' && html`<p class="note">${words.smoke}</p>`}
${table(
  words.promises.caption,
  columns(language),
  journal.experiments.map(experiment => rows(experiment, language)),
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
  const { orders, cartLines, oversold, rounds, bound } = lossesOf(journal.experiments.flatMap(experiment => experiment.rounds))
  const parts = [
    orders.acknowledged > 0 && words.lost.orders(number(orders.acknowledged - orders.missing), number(orders.acknowledged)),
    cartLines.acknowledged > 0 && words.lost.cartLines(number(cartLines.acknowledged - cartLines.missing), number(cartLines.acknowledged)),
    oversold.of > 0 &&
      (oversold.rounds > 0
        ? words.lost.oversold(number(oversold.rounds), number(oversold.of))
        : words.lost.notOversold(number(oversold.of))),
    orders.unresolved > 0 && words.lost.unresolved(number(orders.unresolved)),
  ].filter(part => part !== false)
  if (parts.length === 0) return words.lost.unmeasured
  const lost = orders.missing + cartLines.missing + oversold.rounds > 0
  return `${lost ? words.lost.something : words.lost.nothing} ${list(parts)}.${bound === null ? '' : ` ${words.lost.bound(number(rounds), percent(bound))}`}`
}

const columns = ({ words: { promises } }: Language) => [
  { head: promises.experiment },
  { head: promises.promise, fixed: true as const },
  { head: promises.limit, fixed: true as const, numeric: true as const },
  { head: promises.measured, fixed: true as const, numeric: true as const },
  { head: promises.rounds, numeric: true as const },
  { head: promises.verdict },
]

function rows(experiment: ExperimentResult, language: Language): Group {
  const { words, key } = language
  const promises = promisesOf(experiment, language)
  const passed = experiment.rounds.filter(({ verdict }) => verdict === 'passed').length
  const span = promises.length
  return promises.map((promise, i) => {
    if (i > 0) return promise
    const title: Cell = { show: html`<a href="#${experiment.name}">${experiment.title[key]}</a>`, header: true, rows: span }
    const rounds: Cell = {
      show: roundsPassed(passed, experiment.rounds.length, language),
      by: experiment.rounds.length ? passed / experiment.rounds.length : null,
      rows: span,
    }
    return [title, ...promise, rounds, { show: badge(experiment.verdict, language), by: words.verdicts[experiment.verdict], rows: span }]
  })
}

const roundsPassed = (passed: number, of: number, { words, number }: Language) =>
  of === 0 ? words.promises.noRound : words.promises.heldIn(number(passed), number(of))

/** The rows of an experiment: promise, limit, measured. */
function promisesOf(experiment: ExperimentResult, language: Language): Cell[][] {
  const { words, number } = language
  const budgets = budgetsOf(experiment).map(finding => [
    { show: budgetName(finding.budget, language) },
    { show: limit(finding.budget, language) },
    { show: html`${worstAndMedian(finding, language)} ${kept(finding.held === finding.of, language)}` },
  ])
  const invariants = invariantsOf(experiment.rounds)
  if (invariants.length > 0) {
    const held = experiment.rounds.filter(round => round.invariants.length > 0 && round.invariants.every(({ held }) => held)).length
    const of = experiment.rounds.filter(round => round.invariants.length > 0).length
    budgets.push([
      { show: words.promises.invariants(ranges(invariants.map(({ id }) => id))) },
      { show: words.promises.everyRound },
      { show: html`${words.promises.heldIn(number(held), number(of))} ${kept(held === of, language)}` },
    ])
  }
  return budgets.length > 0 ? budgets : [[{ show: words.promises.noBudget }, { show: '' }, { show: words.notMeasured }]]
}

function worstAndMedian({ budget, worst, median }: BudgetFinding, language: Language): Part {
  const text = measured(worst, budget, language)
  return median === null || median === worst
    ? text
    : html`${text} <small>${language.words.promises.median(measured(median, budget, language))}</small>`
}

/** I1, I2, I3, I8 as I1–I3, I8. */
export function ranges(ids: readonly string[]): string {
  const numbers = ids.map(id => Number(id.slice(1)))
  const runs = numbers.reduce<[number, number][]>((runs, n) => {
    const last = runs.at(-1)
    if (last && n === last[1] + 1) last[1] = n
    else runs.push([n, n])
    return runs
  }, [])
  return runs.map(([from, to]) => (from === to ? `I${from}` : to === from + 1 ? `I${from}, I${to}` : `I${from}–I${to}`)).join(', ')
}
