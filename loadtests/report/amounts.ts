import type { Metric } from '../lab/definition.ts'
import type { Budget, BudgetFinding } from './findings.ts'
import type { Language } from './languages/language.ts'

/** A figure with the unit of its budget, as the language writes both. */
export function amount(value: number, { unit }: Budget, { number, words }: Language): string {
  const name = words.units[unit] ?? unit
  return `${number(value, 2)}${name === '' ? '' : `\u00a0${name}`}`
}

/** Every budget is a ceiling; one of nothing needs no sign. */
export const limit = (budget: Budget, language: Language): string =>
  budget.limit === 0 ? amount(0, budget, language) : `≤\u00a0${amount(budget.limit, budget, language)}`

export function measured(value: number | null, budget: Budget, language: Language): string {
  if (value !== null && Number.isFinite(value))
    return budget.unit === 's' ? language.seconds(value * 1000) : amount(value, budget, language)
  return budget.name.startsWith('back.') ? language.words.neverBack : language.words.notMeasured
}

/** What is promised, as a shopper would say it. The runner calls a budget by its metric, and `(median)` if it is about all rounds. */
export function promise(
  { budget: { name }, variants }: Pick<BudgetFinding, 'budget' | 'variants'>,
  { words, list, variant }: Language,
): string {
  const [, metric = name, median] = /^(.*?)( \(median\))?$/.exec(name)!
  const known = words.metrics[metric as Metric] ?? metric
  const only = variants.map(variant)
  return `${known}${median ? words.inTheMiddle : ''}${only.length > 0 ? ` (${list(only)})` : ''}`
}

export const reason = ({ reason, reasonEn }: Budget, { key }: Language): string => (key === 'pt' ? reason : (reasonEn ?? reason))
