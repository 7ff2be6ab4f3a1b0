import { english } from './english.ts'
import { portuguese, type Words } from './portuguese.ts'

export type LanguageCode = 'pt-BR' | 'en'

/** A language to render in: its words and how it writes money and moments. */
export interface Language {
  code: LanguageCode
  words: Words
  /** Reais, as the language writes them: R$ 4,50 or R$4.50. */
  money(reais: number): string
  /** An ISO 8601 moment in the shop's time zone. */
  moment(iso: string): string
}

function language(code: LanguageCode, words: Words): Language {
  const currency = new Intl.NumberFormat(code, { style: 'currency', currency: 'BRL' })
  const date = new Intl.DateTimeFormat(code, { dateStyle: 'long', timeStyle: 'short', timeZone: 'America/Sao_Paulo' })
  return { code, words, money: reais => currency.format(reais), moment: iso => date.format(new Date(iso)) }
}

export const languages: Record<LanguageCode, Language> = { 'pt-BR': language('pt-BR', portuguese), en: language('en', english) }

/**
 * The language a visitor reads: the one chosen before (cookie), else English only for who asks for it first and does not
 * list Portuguese at all, else Portuguese.
 */
export function chooseLanguage(chosen: string | undefined, acceptLanguage: string | undefined): Language {
  if (chosen === 'pt-BR' || chosen === 'en') return languages[chosen]
  if (!acceptLanguage) return languages['pt-BR']
  let best = ''
  let bestWeight = 0
  for (const entry of acceptLanguage.slice(0, 500).toLowerCase().split(',')) {
    const [tag = '', ...parameters] = entry.split(';').map(part => part.trim())
    const quality = parameters.find(parameter => parameter.startsWith('q='))
    const weight = quality ? Number(quality.slice(2)) : 1
    if (!(weight > 0)) continue
    if (/^pt(-|$)/.test(tag)) return languages['pt-BR']
    if (weight > bestWeight) [best, bestWeight] = [tag, weight]
  }
  return languages[/^en(-|$)/.test(best) ? 'en' : 'pt-BR']
}
