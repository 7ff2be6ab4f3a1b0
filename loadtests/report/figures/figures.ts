import type { TopLevelSpec } from 'vega-lite'
import { ACTIVITIES, type Activity } from '../../lab/journal.ts'
import { typicalRound, variantsOf } from '../findings.ts'
import type { Language } from '../languages/language.ts'
import { html, type Markup, type Part } from '../markup.ts'
import type { ExperimentResult, Round, Run } from '../run.ts'
import { isNumber, largest, median, smallest, sum } from '../statistics.ts'
import { draw } from './chart.ts'
import { loadPerPod } from './load-per-pod.ts'
import { overlay } from './overlay.ts'
import { binOf, furthestBehind, hasRequests, type Second, series, slowest, success, type Traced, traces } from './seconds.ts'
import { bounded, type Row, stacked } from './stacked.ts'

interface Figure {
  id: string
  title: string
  /** What is to be seen, in numbers: for who does not see the drawing, and for who does. */
  text: string
  note: string
  spec: TopLevelSpec
}

/** More columns than this do not fit beside each other. */
const COLUMNS = 3

/** The graphs of an experiment, each with a title and with what it shows in words. */
export async function figuresOf(result: ExperimentResult, run: Run, language: Language): Promise<Part> {
  const traced = traces(result.rounds, run)
  const figures = [
    ...overTime(traced, language),
    ...variantsOf(traced.map(({ round }) => round)).flatMap(([variant, rounds]) => ofOneRound(variant, rounds, traced, language)),
    ...perPod(result, language),
  ]
  const parts: Part[] = []
  for (const [nth, figure] of figures.entries()) parts.push(await figureMarkup(figure, `${result.name}-${nth + 1}`, language))
  return parts
}

async function figureMarkup({ title, text, note, spec }: Figure, id: string, language: Language): Promise<Markup> {
  return html`<figure>
<figcaption id="figure-${id}"><b>${title}.</b> ${text} <span class="aside">${note}</span></figcaption>
<div class="wide">${await draw(spec, `figure-${id}`, language)}</div>
</figure>
`
}

const chunks = <T>(items: readonly T[], size: number): T[][] =>
  items.length ? [items.slice(0, size), ...chunks(items.slice(size), size)] : []

/** Latency, success and replication lag: all rounds over each other, variants beside each other. */
function overTime(traced: Traced[], language: Language): Figure[] {
  const variants = [...new Set(traced.map(({ round }) => round.variant ?? ''))]
  return chunks(variants, COLUMNS).flatMap(columns => {
    const mine = traced.filter(({ round }) => columns.includes(round.variant ?? ''))
    const suffix = variants.length > COLUMNS ? language.words.figures.variant(columns.join(', ')) : ''
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

const notes = (traced: Traced[], bin: number, band: boolean, { words: { figures } }: Language) =>
  [figures.each(traced.length), band && figures.band, bin > 1 && figures.binned(bin)].filter(Boolean).join(' ')

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
      id: 'latency',
      title: words.figures.latency,
      text: `${ACTIVITIES.filter(activity => hasRequests(traced, activity))
        .map(sentence)
        .join('; ')}.`,
      note: notes(traced, bin, panels.bands.length > 0, language),
      spec: overlay(
        {
          ...panels,
          height: 74,
          y: { title: words.figures.latencyAxis, scale: { type: 'log', nice: true }, axis: { tickCount: 4, format: '~r' } },
        },
        language,
      ),
    },
  ]
}

function successRate(traced: Traced[], columns: string[], language: Language): Figure[] {
  const { words, number, percent } = language
  const bin = binOf(traced)
  const panels = panelsOf(
    traced,
    columns,
    bin,
    activity => seconds => {
      const shares = seconds.map(second => success(activity)([second])).filter(isNumber)
      const least = smallest(shares)
      return least === null ? null : least * 100
    },
    language,
  )
  if (panels.panels.length === 0) return []
  const sentence = (activity: Activity) => {
    const rounds = traced.map(({ round, seconds }) => {
      const shares = seconds.map(second => success(activity)([second])).filter(isNumber)
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
      id: 'success',
      title: words.figures.success,
      text: `${ACTIVITIES.filter(activity => hasRequests(traced, activity))
        .map(sentence)
        .join('; ')}.`,
      note: notes(traced, bin, panels.bands.length > 0, language),
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
      id: 'lag',
      title: words.figures.lag,
      text: words.figures.lagText(bytes(worst), bytes(median(maxima)!)),
      note: notes(traced, bin, false, language),
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

/** What cannot be laid over each other, since names change from round to round: shown for the round nearest to the median. */
function ofOneRound(variant: string | null, rounds: Round[], traced: Traced[], language: Language): Figure[] {
  const { words, number } = language
  const round = typicalRound(rounds)
  const seconds = traced.find(each => each.round === round)?.seconds
  if (!round || !seconds || seconds.length === 0) return []
  const bin = binOf([{ round, seconds }])
  const bins = Map.groupBy(seconds, ({ second }) => Math.floor(second / bin) * bin)
  const at = [...bins.keys()]
  const fault = round.fault !== null
  const note = `${(rounds.length > 1 ? words.figures.shown : words.figures.shownOnly)(number(round.number))}${variant === null ? '' : ` ${variant}.`}`
  const added = (pick: (second: Second) => Record<string, number>) => (moment: number) => add((bins.get(moment) ?? []).map(pick))
  const counts = (pick: (second: Second) => Record<string, number>, keep: (second: Second) => boolean) =>
    add(seconds.filter(keep).map(pick))

  const sentence = (pick: (second: Second) => Record<string, number>, call: (name: string) => string) => {
    const when: [string, (second: Second) => boolean][] = fault
      ? [
          [words.figures.before, ({ second }) => second < 0],
          [words.figures.after, ({ second }) => second >= 0],
        ]
      : [['', () => true]]
    return when
      .map(([name, keep]) => {
        const shares = sharesOf(counts(pick, keep), call, language)
        return name === '' ? shares : words.figures.shares(name, shares)
      })
      .join('; ')
  }
  const figure = (id: string, title: string, axis: string, rows: (Row & { sentence: string })[], height: number): Figure[] =>
    rows.length === 0
      ? []
      : [
          {
            id,
            title,
            text: `${rows.map(({ title, sentence }) => (rows.length > 1 ? `${title} – ${sentence}` : sentence)).join('. ')}.`,
            note,
            spec: stacked(rows, at, { fault, title: axis, height, bin }, language),
          },
        ]

  return [
    ...figure('pods', words.figures.pods, words.figures.podsAxis, podRows(round, seconds, added, sentence, language), 46),
    ...figure('databases', words.figures.databases, words.figures.podsAxis, databaseRows(round, seconds, added, sentence, language), 60),
    ...outcomes(seconds, at, added, fault, bin, note, language),
  ]
}

type Picker = (second: Second) => Record<string, number>
type Added = (pick: Picker) => Row['counts']
type Sentence = (pick: Picker, call: (name: string) => string) => string

/** A row for each service: which of its pods answered. */
function podRows(round: Round, seconds: Second[], added: Added, sentence: Sentence, { words }: Language): (Row & { sentence: string })[] {
  const services = new Map(round.served.map(({ pod, service }) => [pod, service]))
  const totals = add(seconds.map(({ pods }) => pods))
  const call = (pod: string) => `${shortName(pod)}${pod === round.target?.name ? ` (${words.figures.target})` : ''}`
  return [...Map.groupBy(Object.keys(totals), pod => services.get(pod) ?? words.figures.pods)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([service, pods]) => {
      const pick = (second: Second) => Object.fromEntries(pods.flatMap(pod => (second.pods[pod] ? [[pod, second.pods[pod]]] : [])))
      const mine = Object.fromEntries(pods.map(pod => [pod, totals[pod]!]))
      return { title: service, names: bounded(mine, call, words.figures.rest), counts: added(pick), sentence: sentence(pick, call) }
    })
}

function databaseRows(
  round: Round,
  seconds: Second[],
  added: Added,
  sentence: Sentence,
  { words }: Language,
): (Row & { sentence: string })[] {
  const totals = add(seconds.map(({ databases }) => databases))
  if (Object.keys(totals).length === 0) return []
  const call = (name: string) => `${name}${name === round.target?.name ? ` (${words.figures.target})` : ''}`
  const pick = (second: Second) => second.databases
  return [
    {
      title: words.figures.database,
      names: bounded(totals, call, words.figures.rest),
      counts: added(pick),
      sentence: sentence(pick, call),
    },
  ]
}

/** Successes, what was shed on purpose, and failures; only where something was shed. */
function outcomes(seconds: Second[], at: number[], added: Added, fault: boolean, bin: number, note: string, language: Language): Figure[] {
  const { words, number } = language
  const pick = ({ activities }: Second) =>
    add(ACTIVITIES.map(activity => ({ ok: activities[activity].ok, shed: activities[activity].shed, failed: activities[activity].failed })))
  const { ok = 0, shed = 0, failed = 0 } = add(seconds.map(pick))
  if (shed === 0) return []
  const names = (['ok', 'shed', 'failed'] as const).map(name => ({ name, label: words.figures.outcome[name] }))
  return [
    {
      id: 'outcomes',
      title: words.figures.outcomes,
      text: `${words.figures.outcomesText(number(ok), number(shed), number(failed))}.`,
      note,
      spec: stacked(
        [{ title: '', names, counts: added(pick) }],
        at,
        { fault, title: words.figures.outcomesAxis, height: 100, bin },
        language,
      ),
    },
  ]
}

/** Pods' shares of the requests, where the experiment is about how load spreads. */
function perPod({ rounds }: ExperimentResult, language: Language): Figure[] {
  const { words, percent, number } = language
  const scaled = rounds.filter(({ fault }) => fault?.kind.startsWith('scale'))
  const shares = scaled.flatMap(({ number: round, served, target }) => {
    const mine = served.filter(({ pod }) => target !== null && pod.startsWith(`${target.name}-`))
    const all = sum(mine.map(({ requests }) => requests))
    return mine.map(({ pod, requests }) => ({ round, pod: shortName(pod), share: requests / all }))
  })
  if (shares.length === 0) return []
  const pods = largest([...Map.groupBy(shares, ({ round }) => round).values()].map(group => group.length))!
  const all = shares.map(({ share }) => share)
  return [
    {
      id: 'per-pod',
      title: words.figures.loadPerPod,
      text: words.figures.loadPerPodText(percent(smallest(all)!), percent(largest(all)!), number(pods), percent(1 / pods)),
      note: '',
      spec: loadPerPod(shares, 1 / pods, language),
    },
  ]
}

function add(records: readonly Record<string, number>[]): Record<string, number> {
  const total: Record<string, number> = {}
  for (const record of records) for (const [name, count] of Object.entries(record)) total[name] = (total[name] ?? 0) + count
  return total
}

function sharesOf(counts: Record<string, number>, call: (name: string) => string, { words, percent, list }: Language): string {
  const all = sum(Object.values(counts))
  if (all === 0) return words.figures.nobody
  const names = Object.keys(counts).toSorted()
  return list(names.map(name => words.figures.share(call(name), percent(counts[name]! / all, 0))))
}

/** A pod's name without that of its deployment: what tells it from its siblings. */
const shortName = (pod: string) => /-([a-z0-9]{5})$/.exec(pod)?.[1] ?? pod
