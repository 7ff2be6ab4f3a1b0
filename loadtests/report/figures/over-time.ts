import { ACTIVITIES, type Activity } from '../../lab/journal.ts'
import type { Language } from '../languages/language.ts'
import { isNumber, largest, median, smallest } from '../statistics.ts'
import type { Figure } from './figure.ts'
import { overlay } from './overlay.ts'
import { binOf, furthestBehind, hasRequests, leastSuccess, type Second, series, slowest, success, type Traced } from './seconds.ts'

/** More columns than this do not fit beside each other. */
const COLUMNS = 3

const chunks = <T>(items: readonly T[], size: number): T[][] =>
  items.length ? [items.slice(0, size), ...chunks(items.slice(size), size)] : []

/** Latency, success and replication lag: all rounds over each other, variants beside each other. */
export function overTime(traced: Traced[], language: Language): Figure[] {
  const variants = [...new Set(traced.map(({ round }) => round.variant ?? ''))]
  return chunks(variants, COLUMNS).flatMap(columns => {
    const mine = traced.filter(({ round }) => columns.includes(round.variant ?? ''))
    const suffix = variants.length > COLUMNS ? language.words.figures.variant(columns.map(language.variant).join(', ')) : ''
    return [latency, successRate, lag]
      .flatMap(figure => figure(mine, columns, language))
      .map(figure => ({ ...figure, title: figure.title + suffix }))
  })
}

const isFaulty = (traced: readonly Traced[]) => traced.some(({ round }) => round.fault !== null)

function panelsOf(
  traced: Traced[],
  columns: string[],
  bin: number,
  value: (activity: Activity) => (seconds: readonly Second[]) => number | null,
  language: Language,
) {
  const activities = ACTIVITIES.filter(activity => hasRequests(traced, activity))
  const name = (activity: Activity) => language.words.activities[activity]
  return {
    panels: activities.map(name),
    columns,
    fault: isFaulty(traced),
    lines: activities.flatMap(activity =>
      traced.map(({ round, seconds }) => ({
        panel: name(activity),
        column: round.variant ?? '',
        round: round.number,
        values: series(seconds, bin, value(activity)),
      })),
    ),
    bands: activities.flatMap(activity =>
      columns.flatMap(column => {
        const rtos = traced
          .filter(({ round }) => (round.variant ?? '') === column)
          .flatMap(({ round }) => round.recovery)
          .flatMap(({ of, rtoMs }) => (of === activity && rtoMs !== null ? rtoMs : []))
        const middle = median(rtos)
        return middle !== null && middle > 0 ? [{ panel: name(activity), column, seconds: middle / 1000 }] : []
      }),
    ),
  }
}

/** A median is of the rounds of its column. */
const countsOf = (traced: Traced[], columns: string[]) =>
  columns.map(column => traced.filter(({ round }) => (round.variant ?? '') === column).length)

const notes = (counts: number[], bin: number, band: boolean, { words: { figures } }: Language) =>
  [figures.each(counts), band && figures.band, bin > 1 && figures.binned(bin)].filter(Boolean).join(' ')

function latency(traced: Traced[], columns: string[], language: Language): Figure[] {
  const { words, milliseconds } = language
  const bin = binOf(traced)
  const panels = panelsOf(traced, columns, bin, slowest, language)
  if (panels.panels.length === 0) return []
  const sentence = (activity: Activity) => {
    const p99 = (keep: (second: Second) => boolean) =>
      traced.flatMap(({ seconds }) => seconds.filter(keep).map(({ activities }) => activities[activity].p99)).filter(isNumber)
    const written = (ms: number | null) => (ms === null ? '–' : milliseconds(ms))
    const name = words.activities[activity]
    return panels.fault
      ? words.figures.latencyText(
          name,
          written(median(p99(({ second }) => second < 0))),
          written(largest(p99(({ second }) => second >= 0))),
        )
      : words.figures.latencyFree(name, written(median(p99(() => true))), written(largest(p99(() => true))))
  }
  return [
    {
      title: words.figures.latency,
      text: `${ACTIVITIES.filter(activity => hasRequests(traced, activity))
        .map(sentence)
        .join('; ')}.`,
      note: notes(countsOf(traced, columns), bin, panels.bands.length > 0, language),
      spec: overlay(
        {
          ...panels,
          height: 74,
          y: {
            title: words.figures.latencyAxis,
            scale: { type: 'log', nice: true },
            axis: { values: [0.1, 1, 10, 100, 1000, 10_000, 100_000], format: '~r' },
          },
        },
        language,
      ),
    },
  ]
}

function successRate(traced: Traced[], columns: string[], language: Language): Figure[] {
  const { words, number, percent } = language
  const bin = binOf(traced)
  const panels = panelsOf(traced, columns, bin, leastSuccess, language)
  if (panels.panels.length === 0) return []
  const sentence = (activity: Activity) => {
    const rounds = traced.map(({ round, seconds }) => {
      const shares = seconds.map(second => success(second, activity)).filter(isNumber)
      return { round: round.number, least: smallest(shares) ?? 1, below: shares.filter(share => share < 1).length }
    })
    const worst = rounds.reduce((a, b) => (b.below > a.below ? b : a))
    const least = Math.min(...rounds.map(each => each.least))
    const name = words.activities[activity]
    return worst.below === 0
      ? words.figures.successAll(name)
      : words.figures.successText(name, percent(least), number(worst.below), number(worst.round))
  }
  return [
    {
      title: words.figures.success,
      text: `${ACTIVITIES.filter(activity => hasRequests(traced, activity))
        .map(sentence)
        .join('; ')}.`,
      note: notes(countsOf(traced, columns), bin, panels.bands.length > 0, language),
      spec: overlay(
        { ...panels, height: 56, y: { title: words.figures.successAxis, scale: { domain: [0, 100] }, axis: { values: [0, 50, 100] } } },
        language,
      ),
    },
  ]
}

function lag(traced: Traced[], columns: string[], language: Language): Figure[] {
  const { words, bytes } = language
  const maxima = traced.map(({ seconds }) => furthestBehind(seconds)).filter(isNumber)
  const worst = largest(maxima)
  if (worst === null) return []
  const bin = binOf(traced)
  const unit = worst >= 1e6 ? 1e6 : worst >= 1e3 ? 1e3 : 1
  return [
    {
      title: words.figures.lag,
      text: words.figures.lagText(bytes(worst), bytes(median(maxima)!)),
      note: notes(countsOf(traced, columns), bin, false, language),
      spec: overlay(
        {
          panels: [''],
          columns,
          fault: isFaulty(traced),
          bands: [],
          lines: traced.map(({ round, seconds }) => ({
            panel: '',
            column: round.variant ?? '',
            round: round.number,
            values: series(seconds, bin, group => {
              const furthest = furthestBehind(group)
              return furthest === null ? null : furthest / unit
            }),
          })),
          height: 74,
          y: {
            title: `${words.figures.lagAxis} (${unit === 1e6 ? 'MB' : unit === 1e3 ? 'kB' : 'B'})`,
            scale: { domainMin: 0 },
            axis: { tickCount: 3 },
          },
        },
        language,
      ),
    },
  ]
}
