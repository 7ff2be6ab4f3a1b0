import { isJudged } from '../lab/verdicts.ts'
import { limit, measured, promise } from './amounts.ts'
import { type BudgetFinding, budgetsOf, invariantsOf, notRun } from './findings.ts'
import type { Language } from './languages/language.ts'
import type { ExperimentResult, Journal } from './run.ts'

/** One promise, its limit and what was measured: a line of the first table, in words. */
export interface Promised {
  promise: string
  limit: string
  /** Over the rounds, and in the worst of them; one is empty where only the other is meant. */
  median: string
  worst: string
  /** Null where nothing was measured. */
  held: boolean | null
  /** Whether a limit that was not held fails the run. */
  counts: boolean
}

/** An experiment's title, with what of it was left out. */
export function titleOf(experiment: ExperimentResult, { words, key, list, variant }: Language): string {
  const left = notRun(experiment).map(variant)
  return `${experiment.title[key]}${left.length > 0 ? ` (${words.promises.without(list(left))})` : ''}`
}

export const passed = ({ rounds }: ExperimentResult) => rounds.filter(({ verdict }) => verdict === 'passed').length

/** In how many of its rounds all went as promised: of 3 rounds that says less than of 26. */
export const roundsPassed = (experiment: ExperimentResult, { words, number }: Language): string =>
  experiment.rounds.length === 0
    ? words.promises.noRound
    : words.promises.heldIn(number(passed(experiment)), number(experiment.rounds.length))

/** What an experiment promises: its budgets, then the guarantees that it checks. */
export function promisedBy(experiment: ExperimentResult, mode: Journal['mode'], language: Language): Promised[] {
  const { words, number } = language
  const budgets = budgetsOf(experiment).map(finding => ({
    promise: promise(finding, language),
    limit: limit(finding.budget, language),
    ...amounts(finding, language),
    held: finding.held === finding.of,
    counts: counts(finding, mode),
  }))
  const { rounds } = experiment
  const wanted = invariantsOf(experiment).map(({ id }) => id)
  const held = rounds.filter(({ invariants }) => wanted.every(id => invariants.some(result => result.id === id && result.held))).length
  const guarantees = {
    promise: words.promises.invariants(ranges(wanted)),
    limit: words.promises.everyRound,
    median: '',
    worst: words.promises.heldIn(number(held), number(rounds.length)),
    held: held === rounds.length,
    counts: true,
  }
  const all = [...budgets, ...(wanted.length > 0 ? [guarantees] : [])]
  const nothing = { promise: words.promises.noBudget, limit: '', median: '', worst: words.notMeasured, held: null, counts: false }
  return all.length > 0 ? all : [nothing]
}

function amounts({ budget, worst, median, together }: BudgetFinding, language: Language): Pick<Promised, 'median' | 'worst'> {
  const value = measured(worst, budget, language)
  return together ? { median: value, worst: '' } : { median: median === null ? '' : measured(median, budget, language), worst: value }
}

export const counts = ({ budget: { name }, worst, underFault }: BudgetFinding, mode: Journal['mode']) =>
  isJudged(mode, { name, measured: worst }, underFault)

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
