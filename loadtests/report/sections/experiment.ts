import { stringify } from 'yaml'
import type { FaultKind } from '../../lab/definition.ts'
import { limit, measured, promise, reason } from '../amounts.ts'
import { figuresOf } from '../figures/figures.ts'
import { type Budget, budgetsOf, invariantsOf, proofsOf } from '../findings.ts'
import type { Language } from '../languages/language.ts'
import { foreign, html, joined, type Markup, type Part, prose } from '../markup.ts'
import { counts } from '../promised.ts'
import type { ExperimentResult, Journal, Run } from '../run.ts'
import { table } from '../tables.ts'
import { badge, kept } from './badge.ts'
import { loads, roundByRound, routes, steps } from './rounds.ts'

/** All about one experiment: what was meant to hold, what was done to the shop, what happened. */
export async function experiment(result: ExperimentResult, run: Run, language: Language): Promise<Markup> {
  const { words, key } = language
  return html`<section class="experiment" id="${result.name}" aria-labelledby="${result.name}-title">
<h3 id="${result.name}-title">${result.title[key]} ${badge(result.verdict, language)}</h3>
<p class="hypothesis"><b>${words.experiment.hypothesis}.</b> ${prose(result.hypothesis[key])}</p>
${
  result.rounds.length === 0
    ? html`<p class="note">${words.experiment.noRounds}</p>`
    : html`${fault(result, language)}
${roundByRound(result, language)}
${budgets(result, run.journal.mode, language)}
${invariants(result, language)}
${await figuresOf(result, run, language)}
${loads(result, language)}
${routes(result, language)}
${steps(result, language)}`
}
<details><summary>${words.experiment.definition}</summary><pre tabindex="0">${stringify(result.definition)}</pre></details>
</section>`
}

function fault(result: ExperimentResult, language: Language): Markup {
  const { words, number, seconds, list, code } = language
  const { experiment: text } = words
  const { rounds } = result
  const faults = rounds.flatMap(({ fault }) => fault ?? [])
  if (faults.length === 0) return html`<p>${text.noFault}</p>`
  const kinds = new Set(faults.map(({ kind }) => words.faults[kind as FaultKind] ?? kind))
  const targets = new Set(rounds.flatMap(({ target }) => (target ? (words.roles[target.role ?? ''] ?? target.role ?? target.kind) : [])))
  return html`<p>${text.faultSentence(list([...kinds]), list([...targets]) || words.none)}</p>
${table(
  text.fault,
  [
    { head: text.proof },
    { head: text.seen, numeric: true },
    { head: text.seenAfter, numeric: true },
    { head: text.seenLatest, numeric: true },
  ],
  proofsOf(result).map(({ name, seen, of, medianMs, worstMs }) => [
    [
      { show: words.proofs[name] ?? foreign(name, code), header: true },
      { show: html`${words.promises.heldIn(number(seen), number(of))} ${kept(seen === of, language)}`, by: seen / of },
      { show: medianMs === null ? '–' : seconds(medianMs), by: medianMs },
      { show: worstMs === null ? '–' : seconds(worstMs), by: worstMs },
    ],
  ]),
)}`
}

function budgets(result: ExperimentResult, mode: Journal['mode'], language: Language): Markup | null {
  const { words, number } = language
  const { experiment: text } = words
  const findings = budgetsOf(result)
  if (findings.length === 0) return null
  return table(
    text.budgets,
    [
      { head: text.budget },
      { head: text.limit, numeric: true },
      { head: text.worst, numeric: true },
      { head: text.median, numeric: true },
      { head: text.held, numeric: true },
      { head: text.reason },
    ],
    findings.map(finding => {
      const { budget, worst, median, held, of, together } = finding
      const share = together ? text.overAll : words.promises.heldIn(number(held), number(of))
      return [
        [
          { show: promise(finding, language), header: true },
          { show: limit(budget, language), by: budget.limit },
          { show: html`${measured(worst, budget, language)}${slope(budget, language)}`, by: worst },
          { show: median === null ? '–' : measured(median, budget, language), by: median },
          { show: html`${share} ${kept(held === of, language, counts(finding, mode))}`, by: held / of },
          { show: reason(budget, language) },
        ],
      ]
    }),
  )
}

/** What a growth was measured from: beside a wide margin, no growth says little. */
const slope = ({ slope, margin, unit }: Budget, { words, number }: Language): Part =>
  slope !== undefined &&
  margin !== undefined &&
  html` <small>${words.experiment.slope(`${number(slope, 2)} ± ${number(margin, 2)}\u00a0${words.units[unit] ?? unit}`)}</small>`

function invariants(result: ExperimentResult, language: Language): Markup | null {
  const { words, number } = language
  const { experiment: text } = words
  const findings = invariantsOf(result)
  if (findings.length === 0) return null
  const broken = findings.filter(finding => finding.broken !== undefined)
  return html`${table(
    text.invariants,
    [{ head: text.invariant }, { head: text.says }, { head: text.held, numeric: true }],
    findings.map(({ id, held, of }) => [
      [
        { show: id, header: true },
        { show: words.invariants[id] },
        { show: html`${words.promises.heldIn(number(held), number(of))} ${kept(held === of, language)}`, by: held / of },
      ],
    ]),
  )}${
    broken.length > 0 &&
    html`<p class="note"><b>${text.firstBroken}:</b> ${joined(
      broken.map(({ id, broken }) => html`${id}: ${foreign(broken!, language.code)}`),
      '; ',
    )}</p>`
  }`
}
