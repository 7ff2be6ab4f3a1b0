import { ACTIVITIES } from '../../lab/journal.ts'
import { overLimit } from '../../lab/verdicts.ts'
import { limit, measured, promise } from '../amounts.ts'
import { lossesOf } from '../findings.ts'
import type { Language } from '../languages/language.ts'
import { foreign, html, joined, type Markup, type Part } from '../markup.ts'
import type { ExperimentResult, Round } from '../run.ts'
import { isNumber, largest, median, sum } from '../statistics.ts'
import { type Cell, type Column, table } from '../tables.ts'
import { badge } from './badge.ts'

const NOTHING = '–'

/** Verdict, target, recovery, losses and reasons of every round. */
export function roundByRound({ rounds }: ExperimentResult, language: Language): Markup {
  const { words, number } = language
  const { experiment: text } = words
  const activities = ACTIVITIES.filter(activity =>
    rounds.some(({ recovery }) => recovery.some(({ of, requests }) => of === activity && requests > 0)),
  )
  const withFault = rounds.some(({ fault }) => fault !== null)
  const withVariants = rounds.some(({ variant }) => variant !== null)
  const withLedgers = rounds.some(({ ledgers }) => ledgers !== null)
  const perActivity = (over: string): Column[] => activities.map(activity => ({ head: words.activities[activity], over, numeric: true }))
  const columns: Column[] = [
    { head: text.round },
    ...(withVariants ? [{ head: text.variant }] : []),
    { head: text.verdict },
    ...(withFault ? [{ head: text.target }, ...perActivity(text.rto)] : []),
    ...perActivity(text.gap),
    { head: text.failures, numeric: true },
    ...(withLedgers
      ? [
          { head: text.orders, over: text.lost, numeric: true as const },
          { head: text.cartLines, over: text.lost, numeric: true as const },
        ]
      : []),
  ]
  const cells = (round: Round): Cell[] => [
    { show: number(round.number), by: round.number, header: true },
    ...(withVariants ? [{ show: round.variant === null ? NOTHING : language.variant(round.variant) }] : []),
    { show: badge(round.verdict, language), by: words.verdicts[round.verdict] },
    ...(withFault ? [{ show: target(round) }, ...times(round, 'rtoMs')] : []),
    ...times(round, 'longestGapMs'),
    round.load
      ? { show: `${number(round.load.failed)} / ${number(round.load.requests)}`, by: round.load.failed }
      : { show: NOTHING, by: null },
    ...(withLedgers ? lost(round) : []),
  ]
  const times = (round: Round, what: 'rtoMs' | 'longestGapMs'): Cell[] =>
    activities.map(activity => {
      const recovery = round.recovery.find(({ of, requests }) => of === activity && requests > 0)
      if (recovery?.longestGapMs == null) return { show: NOTHING, by: null }
      const ms = recovery[what]
      return ms === null
        ? { show: html`<b class="broken">${words.neverBack}</b>`, by: null }
        : { show: language.fixed(ms / 1000, 2), by: ms }
    })
  const lost = ({ ledgers }: Round): Cell[] => {
    if (!ledgers)
      return [
        { show: NOTHING, by: null },
        { show: NOTHING, by: null },
      ]
    const { orders, cartLines } = ledgers
    return [
      { missing: orders.missing, acknowledged: orders.acknowledged },
      { missing: cartLines.missing, acknowledged: cartLines.acknowledged },
    ].map(({ missing, acknowledged }) => {
      const show = `${number(missing)} / ${number(acknowledged)}`
      return { show: missing > 0 ? html`<b class="broken">${show}</b>` : show, by: missing }
    })
  }
  const { rounds: proven, bound } = lossesOf(rounds)
  return html`${table(
    text.rounds,
    columns,
    rounds.map(round => [cells(round), ...(round.reasons.length > 0 ? [[reasonsOf(round, columns.length, language)]] : [])]),
    'rounds',
  )}${bound !== null && html`<p class="note">${words.lost.bound(number(proven), language.percent(bound))}</p>`}`
}

const target = ({ target }: Round): Part =>
  target ? html`${target.name}${target.node && target.node !== target.name && html` <small>${target.node}</small>`}` : NOTHING

/** What was over its limit in the reader's words; what else the runner wrote, as it wrote it. */
function reasonsOf({ reasons, budgets }: Round, columns: number, language: Language): Cell {
  const { words, code } = language
  const said = reasons.map(reason => {
    const budget = budgets.find(budget => overLimit(budget) === reason)
    if (!budget) return foreign(reason, code)
    const named = `${promise({ budget, variants: [] }, language)}${budget.of ? ` (${budget.of})` : ''}`
    return words.experiment.over(named, measured(budget.measured, budget, language), limit(budget, language))
  })
  return { show: html`<b>${words.experiment.reasons}</b> ${joined(said, ' ')}`, columns, kind: 'reasons' }
}

/** What was asked of the shop in each round, and how quick it was. */
export function loads({ rounds }: ExperimentResult, language: Language): Markup | null {
  const { words, number } = language
  const { experiment: text } = words
  const loaded = rounds.filter(({ load }) => load !== null)
  if (loaded.length === 0) return null
  const over = text.latency
  const withShed = loaded.some(({ load }) => load!.shed > 0)
  const figure = (value: number | undefined, digits = 0): Cell =>
    value === undefined ? { show: NOTHING, by: null } : { show: number(value, digits), by: value }
  const numeric = true as const
  return table(
    text.load,
    [
      { head: text.round },
      { head: text.requests, numeric },
      { head: text.failed, numeric },
      ...(withShed ? [{ head: text.shed, numeric }] : []),
      { head: text.throughput, numeric },
      { head: text.mean, over, numeric },
      { head: 'p50', over, numeric },
      { head: 'p95', over, numeric },
      { head: 'p99', over, numeric },
      { head: text.max, over, numeric },
    ],
    loaded.map(({ number: round, load }) => [
      [
        { ...figure(round), header: true },
        figure(load!.requests),
        figure(load!.failed),
        ...(withShed ? [figure(load!.shed)] : []),
        figure(load!.throughput, 1),
        ...(['mean', 'p50', 'p95', 'p99', 'max'] as const).map(key => figure(load!.latency?.[key], 1)),
      ],
    ]),
  )
}

/** Every route over all rounds; percentiles cannot be added up, so the middle one and the worst are shown. */
export function routes({ rounds }: ExperimentResult, { words, number }: Language): Markup | null {
  const { experiment: text } = words
  const byRoute = Map.groupBy(
    rounds.flatMap(({ routes }) => routes),
    ({ route }) => route,
  )
  if (byRoute.size === 0) return null
  const figure = (value: number | null, digits = 0): Cell => ({ show: value === null ? NOTHING : number(value, digits), by: value })
  return table(
    text.routes,
    [
      { head: text.route },
      { head: text.requests, numeric: true },
      { head: text.failed, numeric: true },
      { head: text.routeMedian, numeric: true },
      { head: text.routeWorst, numeric: true },
    ],
    [...byRoute].map(([route, results]) => [
      [
        { show: html`<code>${route}</code>`, by: route, header: true },
        figure(sum(results.map(({ requests }) => requests))),
        figure(sum(results.map(({ failed }) => failed))),
        figure(median(results.map(({ latency }) => latency?.p50).filter(isNumber)), 1),
        figure(largest(results.map(({ latency }) => latency?.p99).filter(isNumber)), 1),
      ],
    ]),
  )
}

/** What the lab did, in the rounds that did not pass. */
export function steps({ rounds }: ExperimentResult, { words, number, code }: Language): Markup | null {
  const { experiment: text } = words
  const rows = rounds
    .filter(({ verdict }) => verdict !== 'passed')
    .flatMap(round =>
      round.steps.map(step => [
        [
          { show: number(round.number), by: round.number, header: true as const },
          { show: foreign(step.name, code) },
          { show: number((step.at - round.startedAt) / 1000, 1), by: step.at - round.startedAt },
          { show: number(step.ms / 1000, 1), by: step.ms },
          { show: text.statuses[step.status] },
          { show: foreign(step.detail ?? '', code) },
        ],
      ]),
    )
  if (rows.length === 0) return null
  return html`<details><summary>${text.steps}</summary>
${table(
  text.steps,
  [
    { head: text.round },
    { head: text.step },
    { head: text.at, numeric: true },
    { head: text.took, numeric: true },
    { head: text.status },
    { head: text.detail },
  ],
  rows,
)}</details>`
}
