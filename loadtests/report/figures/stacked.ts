import type { TopLevelSpec } from 'vega-lite'
import type { Language } from '../languages/language.ts'
import { sum } from '../statistics.ts'
import { FAULT, INK, STEPS, steps, WIDTH } from './chart.ts'

/** What is stacked in one row of a drawing: counts by second for each name. */
export interface Row {
  title: string
  /** Names in the order in which they are stacked, with what to call them. */
  names: { name: string; label: string }[]
  counts: (second: number) => Record<string, number>
}

/** A moment worth a line: `label` stands above it in the first row. */
export interface Mark {
  second: number
  label: string
}

const AXIS = 46
const LEGEND = 170

/** As many names as there are steps from dark to light; the rest is put together. */
export function bounded(totals: Record<string, number>, call: (name: string) => string, rest: (n: number) => string): Row['names'] {
  const names = Object.keys(totals).toSorted((a, b) => totals[b]! - totals[a]! || (a < b ? -1 : 1))
  const shown = names.length > STEPS.length ? names.slice(0, STEPS.length - 1) : names
  return [
    ...shown.toSorted().map(name => ({ name, label: call(name) })),
    ...(names.length > shown.length ? [{ name: '', label: rest(names.length - shown.length) }] : []),
  ]
}

export interface Axis {
  /** Where bins begin. */
  seconds: readonly number[]
  /** How many seconds a bin has. */
  bin: number
  /** Whether second 0 is a fault, or only the start. */
  fault: boolean
  marks: Mark[]
  title: string
  /** Of each row, px. */
  height: number
}

/** Rows of stacked areas, one beneath the other, with the names beside them. */
export function stacked(rows: readonly Row[], { seconds, bin, fault, marks, title, height }: Axis, { words }: Language): TopLevelSpec {
  const x = {
    field: 'second',
    type: 'quantitative',
    scale: { domain: [seconds[0]!, seconds.at(-1)! + bin], nice: false },
  } as const
  return {
    vconcat: rows.map((row, nth) => {
      const last = nth === rows.length - 1
      const labels = row.names.map(({ label }) => label)
      const known = new Set(row.names.map(({ name }) => name))
      const values = [...seconds, seconds.at(-1)! + bin].flatMap((second, i) => {
        const counts = row.counts(Math.min(second, seconds.at(-1)!))
        const others = sum(Object.entries(counts).flatMap(([name, count]) => (known.has(name) ? [] : [count])))
        return row.names.map(({ name, label }, order) => ({
          second: seconds[i] ?? second,
          name: label,
          order,
          count: (name === '' ? others : (counts[name] ?? 0)) / bin,
        }))
      })
      return {
        title: { text: row.title, anchor: 'start', fontSize: 11.5, color: INK, offset: 4 },
        width: WIDTH - AXIS - LEGEND,
        height,
        layer: [
          {
            data: { values },
            mark: { type: 'area', interpolate: 'step-after', stroke: 'var(--paper)', strokeWidth: 0.6 },
            encoding: {
              x: { ...x, title: last ? (fault ? words.figures.second.fault : words.figures.second.start) : null, axis: { labels: last } },
              y: { field: 'count', type: 'quantitative', title, stack: 'zero', axis: { tickCount: 3 } },
              color: {
                field: 'name',
                type: 'nominal',
                scale: { domain: labels, range: steps(labels.length) },
                legend: { title: null },
              },
              order: { field: 'order', type: 'quantitative' },
            },
          },
          ...(fault ? [rule([{ second: 0, label: '' }], [4, 2])] : []),
          ...(marks.length > 0 ? [rule(marks, [1, 2])] : []),
          ...(marks.length > 0 && nth === 0
            ? [
                {
                  data: { values: marks },
                  mark: { type: 'text', color: FAULT, baseline: 'bottom', dy: -2, fontSize: 10.5, fontWeight: 'bold' },
                  encoding: { x: { field: 'second', type: 'quantitative' }, y: { value: 0 }, text: { field: 'label' } },
                },
              ]
            : []),
        ],
      }
    }),
    resolve: { scale: { color: 'independent', x: 'shared' } },
  } as TopLevelSpec
}

const rule = (marks: Mark[], strokeDash: number[]) => ({
  data: { values: marks },
  mark: { type: 'rule', color: FAULT, strokeWidth: 1.5, strokeDash },
  encoding: { x: { field: 'second', type: 'quantitative' } },
})
