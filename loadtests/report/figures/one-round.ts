import { ACTIVITIES } from '../../lab/journal.ts'
import { proofsOfRound } from '../findings.ts'
import type { Language } from '../languages/language.ts'
import type { Round } from '../run.ts'
import { add, type Counts, only, shares, shortName } from './counts.ts'
import type { Figure } from './figure.ts'
import { binOf, type Second, type Traced } from './seconds.ts'
import { type Axis, bounded, type Mark, type Row, stacked } from './stacked.ts'

type Pick = (second: Second) => Counts

/** A row of a drawing, and what it shows in words. */
type Told = Row & { told: string }

/**
 * Who answered, which database instance, what was shed. Names change from round to round, so these cannot be laid over each other:
 * one round stands for the others (`of` them).
 */
export function oneRound(traced: Traced, of: number, definition: unknown, language: Language): Figure[] {
  const { round, seconds } = traced
  const { words } = language
  const bin = binOf([traced])
  const bins = Map.groupBy(seconds, ({ second }) => Math.floor(second / bin) * bin)
  const marks = marksOf(round, seconds, definition, language)
  const axis = { seconds: [...bins.keys()], fault: round.fault !== null, bin, marks }
  const note = noteOf(round, of, marks, language)
  const row = (title: string, pick: Pick, call: (name: string) => string): Told => ({
    title,
    names: bounded(add(seconds.map(pick)), call, words.figures.rest),
    counts: second => add((bins.get(second) ?? []).map(pick)),
    told: told(seconds, axis.fault, pick, call, language),
  })
  const figure = (title: string, rows: Told[], height: number): Figure[] => {
    const text = `${rows.map(({ title, told }) => (rows.length > 1 ? `${title} – ${told}` : told)).join('. ')}.`
    return rows.length ? [{ title, text, note, spec: stacked(rows, { ...axis, title: words.figures.podsAxis, height }, language) }] : []
  }
  return [
    ...figure(words.figures.pods, podRows(round, seconds, row, language), 46),
    ...figure(words.figures.databases, databaseRows(round, seconds, row, language), 60),
    ...outcomes(seconds, bins, { ...axis, title: words.figures.outcomesAxis, height: 100 }, note, language),
  ]
}

function noteOf(round: Round, of: number, marks: (Mark & { what: string })[], { words, number, seconds, list, variant }: Language): string {
  const lines = marks.map(({ label, what, second }) => words.figures.mark(label, what, seconds(second * 1000)))
  return [
    (of > 1 ? words.figures.shown : words.figures.shownOnly)(number(round.number)),
    round.variant !== null && `${words.experiment.variant}: ${variant(round.variant)}.`,
    lines.length > 0 && words.figures.marks(list(lines)),
  ]
    .filter(Boolean)
    .join(' ')
}

/** When what proves the fault was seen, and when it was undone. */
function marksOf(round: Round, seconds: readonly Second[], definition: unknown, { words }: Language): (Mark & { what: string })[] {
  const { fault } = round
  const proofs = proofsOfRound(round, definition).flatMap(({ name, afterMs }) =>
    afterMs === null ? [] : [{ what: words.proofs[name] ?? name, ms: afterMs }],
  )
  const undone = fault && fault.undoneAt !== null ? [{ what: words.figures.undone, ms: fault.undoneAt - fault.injectedAt }] : []
  const end = seconds.at(-1)!.second + 1
  return [...proofs, ...undone]
    .filter(({ ms }) => ms / 1000 <= end)
    .sort((a, b) => a.ms - b.ms)
    .map(({ what, ms }, i) => ({ second: ms / 1000, label: String(i + 1), what }))
}

/** Shares before and after the fault, or of the whole round. */
function told(seconds: readonly Second[], fault: boolean, pick: Pick, call: (name: string) => string, language: Language): string {
  const { figures } = language.words
  const counted = (keep: (second: Second) => boolean) => shares(add(seconds.filter(keep).map(pick)), call, language)
  if (!fault) return counted(() => true)
  const before = figures.shares(
    figures.before,
    counted(({ second }) => second < 0),
  )
  const after = figures.shares(
    figures.after,
    counted(({ second }) => second >= 0),
  )
  return `${before}; ${after}`
}

type MakeRow = (title: string, pick: Pick, call: (name: string) => string) => Told

/** A row for each service: which of its pods answered. */
function podRows({ served, target }: Round, seconds: readonly Second[], row: MakeRow, { words }: Language): Told[] {
  const services = new Map(served.map(({ pod, service }) => [pod, service]))
  const totals = only(add(seconds.map(({ pods }) => pods)), () => true)
  const call = (pod: string) => `${shortName(pod)}${pod === target?.name ? ` (${words.figures.target})` : ''}`
  const serviceOf = (pod: string) => services.get(pod) ?? ''
  return [...new Set(Object.keys(totals).map(serviceOf))]
    .toSorted()
    .map(service => row(words.roles[service] ?? service, ({ pods }) => only(pods, pod => serviceOf(pod) === service), call))
}

function databaseRows({ target }: Round, seconds: readonly Second[], row: MakeRow, { words }: Language): Told[] {
  const call = (name: string) => `${name}${name === target?.name ? ` (${words.figures.target})` : ''}`
  const any = seconds.some(({ databases }) => Object.keys(databases).length > 0)
  return any ? [row(words.figures.database, ({ databases }) => databases, call)] : []
}

/** Successes, what was shed on purpose, and failures; only where something was shed. */
function outcomes(seconds: readonly Second[], bins: Map<number, Second[]>, axis: Axis, note: string, language: Language): Figure[] {
  const { words, number } = language
  const pick = ({ activities }: Second) =>
    add(ACTIVITIES.map(activity => ({ ok: activities[activity].ok, shed: activities[activity].shed, failed: activities[activity].failed })))
  const { ok = 0, shed = 0, failed = 0 } = add(seconds.map(pick))
  if (shed === 0) return []
  const names = (['ok', 'shed', 'failed'] as const).map(name => ({ name, label: words.figures.outcome[name] }))
  const row = { title: '', names, counts: (second: number) => add((bins.get(second) ?? []).map(pick)) }
  const text = `${words.figures.outcomesText(number(ok), number(shed), number(failed))}.`
  return [{ title: words.figures.outcomes, text, note, spec: stacked([row], axis, language) }]
}
