/** What a run measured, how it is judged, and how it is shown. */

export interface Target {
  atLeast?: number
  atMost?: number
}

/** A measured number: the median of the rounds, and between which values they lay. */
export interface Measure {
  name: string
  median: number
  low: number
  high: number
  /** '×' for a ratio. */
  unit: string
  target?: Target
}

export interface Report {
  date: string
  commit: string
  machine: string
  versions: string
  options: Record<string, unknown>
  seconds: number
  measures: Measure[]
}

const median = (values: number[]) => {
  const sorted = values.toSorted((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2
}

export const measure = (name: string, unit: string, rounds: number[], target?: Target): Measure => ({
  name,
  unit,
  median: median(rounds),
  low: Math.min(...rounds),
  high: Math.max(...rounds),
  ...(target && { target }),
})

export const isMissed = ({ median, target = {} }: Measure) =>
  !(median >= (target.atLeast ?? Number.NEGATIVE_INFINITY) && median <= (target.atMost ?? Number.POSITIVE_INFINITY))

const figure = (value: number) => (value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toFixed(value >= 10 ? 1 : 2))

const cells = (each: Measure): string[] => {
  const { name, median, low, high, unit, target } = each
  const wanted = target?.atLeast !== undefined ? `≥ ${target.atLeast}` : target?.atMost !== undefined ? `≤ ${target.atMost}` : ''
  return [
    name,
    `${figure(median)} ${unit}`,
    low === high ? '' : `${figure(low)}–${figure(high)}`,
    wanted,
    wanted && (isMissed(each) ? 'MISSED' : 'reached'),
  ]
}

/** A table that reads well in a terminal and is Markdown. */
export function table(measures: Measure[]): string {
  const rows = [['', 'median', 'min–max', 'target', ''], ...measures.map(cells)]
  const widths = rows[0]!.map((_, column) => Math.max(3, ...rows.map(row => row[column]!.length)))
  const line = (row: string[]) =>
    `| ${row.map((cell, column) => (column ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!))).join(' | ')} |`
  const rule = `|${widths.map((width, column) => (column ? `${'-'.repeat(width + 1)}:` : '-'.repeat(width + 2))).join('|')}|`
  return [line(rows[0]!), rule, ...rows.slice(1).map(line)].join('\n')
}

export const markdown = ({ date, commit, machine, versions, options, seconds, measures }: Report) =>
  `Run of ${date}, commit ${commit}, ${Math.round(seconds)} s, on ${machine}; ${versions}; options ${JSON.stringify(options)}.\n\n${table(measures)}`
