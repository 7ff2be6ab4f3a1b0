import type { TopLevelSpec } from 'vega-lite'
import type { Language } from '../languages/language.ts'
import { isNumber, largest, median, smallest } from '../statistics.ts'
import { ACCENT, FAINT, FAULT, WIDTH } from './chart.ts'

/** One line of a panel: a round's values by second. */
export interface Line {
  panel: string
  column: string
  round: number
  values: Map<number, number | null>
}

/** From the fault until something was back, s: shaded in its panel. */
export interface Band {
  panel: string
  column: string
  seconds: number
}

export interface Overlay {
  lines: Line[]
  bands: Band[]
  panels: string[]
  columns: string[]
  fault: boolean
  y: { title: string; scale: object; axis: object }
  height: number
}

const AXIS = 46

/** Panels one above the other with every round as a thin line and their median as a thick one, the fault marked. */
export function overlay({ lines, bands, panels, columns, fault, y, height }: Overlay, { words }: Language): TopLevelSpec {
  const rounds = lines.flatMap(({ panel, column, round, values }) =>
    [...values].map(([second, value]) => ({ kind: 'round', panel, column, round, second, value })),
  )
  const medians = panels.flatMap(panel =>
    columns.flatMap(column => {
      const mine = lines.filter(line => line.panel === panel && line.column === column)
      const seconds = [...new Set(mine.flatMap(({ values }) => [...values.keys()]))].sort((a, b) => a - b)
      return seconds.map(second => ({
        kind: 'median',
        panel,
        column,
        round: 0,
        second,
        value: middle(mine.map(({ values }) => values.get(second))),
      }))
    }),
  )
  const seconds = rounds.map(({ second }) => second)
  const domain = [smallest(seconds), largest(seconds)]
  const title = fault ? words.figures.second.fault : words.figures.second.start
  const x = { field: 'second', type: 'quantitative', title, scale: { domain, nice: false }, axis: { tickMinStep: 1 } } as const
  const line = { x, y: { field: 'value', type: 'quantitative', ...y, title: y.title }, detail: { field: 'round' } } as const
  const only = (kind: string) => [{ filter: `datum.kind === '${kind}'` }]
  const each = columns.length > 1 ? Math.floor((WIDTH - AXIS - 14 * (columns.length - 1)) / columns.length) : WIDTH - AXIS - 8
  const layer = [
    ...(bands.length > 0
      ? [{ transform: only('band'), mark: { type: 'rect', color: FAULT, opacity: 0.12 }, encoding: { x, x2: { field: 'until' } } }]
      : []),
    ...(fault
      ? [
          {
            data: { values: [{}] },
            mark: { type: 'rule', color: FAULT, strokeWidth: 1.5, strokeDash: [4, 2] },
            encoding: { x: { datum: 0 } },
          },
        ]
      : []),
    {
      transform: only('round'),
      mark: { type: 'line', color: FAINT, strokeWidth: 0.7, opacity: 0.75, invalid: 'break-paths-show-path-domains' },
      encoding: line,
    },
    {
      transform: only('median'),
      mark: { type: 'line', color: ACCENT, strokeWidth: 2, invalid: 'break-paths-show-path-domains' },
      encoding: line,
    },
  ]
  const values = [
    ...rounds,
    ...medians,
    ...bands.map(({ panel, column, seconds }) => ({ kind: 'band', panel, column, second: 0, until: seconds })),
  ]
  const facet = {
    ...(panels.length > 1 || panels[0] !== '' ? { row: { field: 'panel', type: 'nominal', sort: panels } } : {}),
    ...(columns.length > 1
      ? {
          column: {
            field: 'column',
            type: 'nominal',
            sort: columns,
            header: { labelFontWeight: 'normal', labelExpr: named(columns, words.variants) },
          },
        }
      : {}),
  }
  const panel = { width: each, height, layer }
  return (Object.keys(facet).length > 0 ? { data: { values }, facet, spec: panel } : { data: { values }, ...panel }) as TopLevelSpec
}

/** The median of what there is; nothing where most rounds have nothing, so that an outage shows as a gap. */
function middle(values: readonly (number | null | undefined)[]): number | null {
  const there = values.filter(isNumber)
  const asked = values.filter(value => value !== undefined)
  return there.length * 2 > asked.length ? median(there) : null
}

/** An expression that calls each column as the language does. */
const named = (columns: string[], names: Record<string, string>) =>
  `(${JSON.stringify(Object.fromEntries(columns.map(column => [column, names[column] ?? column])))})[datum.value]`
