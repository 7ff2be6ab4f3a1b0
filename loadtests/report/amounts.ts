import type { Budget } from './findings.ts'
import type { Language } from './languages/language.ts'
import { html, type Part } from './markup.ts'

/** A figure with the unit of its budget, as the language writes both. */
export function amount(value: number, { unit }: Budget, { number, words }: Language): string {
  const written = unit === 's' ? number(value, 2) : number(value, Math.abs(value) < 10 ? 2 : 1)
  return unit === '' ? written : `${written}\u00a0${words.units[unit] ?? unit}`
}

export const limit = (budget: Budget, language: Language): string =>
  `${language.words.must[budget.must ?? 'at most']}\u00a0${amount(budget.limit, budget, language)}`

/** What is not there was not measured; what has a limit in time and no value did not come back. */
export const measured = (value: number | null, budget: Budget, language: Language): string =>
  value === null ? language.words.notMeasured : amount(value, budget, language)

/** What an experiment's author wrote, in the reader's language where there is one, marked as the other's where not. */
export const budgetName = ({ name }: Budget, { words }: Language): Part => words.budgets[name] ?? name

export function reason(budget: Budget, { key }: Language): Part {
  if (key === 'pt') return budget.reason
  return budget.reasonEn ?? html`<span lang="pt-BR">${budget.reason}</span>`
}
