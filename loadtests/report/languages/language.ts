import { english } from './english.ts'
import { portuguese, type Words } from './portuguese.ts'

export type LanguageCode = 'pt-BR' | 'en'

/** A language to write a report in: its words, and how it writes figures. Nothing depends on the machine's own language or time zone. */
export interface Language {
  code: LanguageCode
  /** What of `{pt, en}` is meant for its readers. */
  key: 'pt' | 'en'
  words: Words
  /** A number with at most `digits` decimals. */
  number(value: number, digits?: number): string
  /** A number with exactly `digits` decimals, for columns. */
  fixed(value: number, digits: number): string
  /** A share of 1 as a percentage. */
  percent(share: number, digits?: number): string
  /** A duration in ms as seconds with two decimals: 3.21 s. */
  seconds(ms: number): string
  /** A latency in ms: 4.2 ms, 180 ms. */
  milliseconds(ms: number): string
  /** A duration in ms for people: 1 h 4 min. */
  duration(ms: number): string
  /** A number of bytes: 1.4 MB. */
  bytes(count: number): string
  /** A moment in UTC. */
  moment(ms: number): string
  list(items: readonly string[]): string
  /** A variant of a fault, as an experiment names it. */
  variant(name: string): string
  /** The characters between the digits of numbers, for axes. */
  digits: { decimal: string; thousands: string }
}

const NARROW = ' '

function language(code: LanguageCode, key: 'pt' | 'en', words: Words): Language {
  const format = (value: number, least: number, most: number) =>
    new Intl.NumberFormat(code, { minimumFractionDigits: least, maximumFractionDigits: most }).format(value)
  const moment = new Intl.DateTimeFormat(code, { dateStyle: 'long', timeStyle: 'medium', timeZone: 'UTC', hourCycle: 'h23' })
  const list = new Intl.ListFormat(code, { type: 'conjunction' })
  const part = (type: string) => new Intl.NumberFormat(code).formatToParts(12_345.6).find(part => part.type === type)!.value
  return {
    code,
    key,
    words,
    number: (value, digits = 0) => format(value, 0, digits),
    fixed: (value, digits) => format(value, digits, digits),
    percent: (share, digits = 1) => `${format(share * 100, 0, digits)}${NARROW}%`,
    seconds: ms => `${format(ms / 1000, 2, 2)}${NARROW}s`,
    milliseconds: ms => `${ms < 10 ? format(ms, 1, 1) : format(ms, 0, 0)}${NARROW}ms`,
    duration(ms) {
      const s = Math.round(ms / 1000)
      const parts = [
        s >= 3600 && `${Math.floor(s / 3600)}${NARROW}h`,
        s >= 60 && `${Math.floor((s % 3600) / 60)}${NARROW}min`,
        s < 3600 && `${s % 60}${NARROW}s`,
      ]
      return parts.filter(Boolean).join(' ')
    },
    bytes(count) {
      const step = count < 1000 ? 0 : count < 1e6 ? 1 : count < 1e9 ? 2 : 3
      return `${format(count / 1000 ** step, 0, step ? 1 : 0)}${NARROW}${['B', 'kB', 'MB', 'GB'][step]}`
    },
    moment: ms => `${moment.format(ms)} UTC`,
    list: items => list.format(items),
    variant: name => words.variants[name] ?? name,
    digits: { decimal: part('decimal'), thousands: part('group') },
  }
}

export const languages: readonly Language[] = [language('pt-BR', 'pt', portuguese), language('en', 'en', english)]
