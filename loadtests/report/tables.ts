import { html, type Markup, type Part } from './markup.ts'

export interface Column {
  head: string
  /** Heading over several columns that stand beside each other. */
  over?: string
  numeric?: true
  /** Columns can be sorted by unless told otherwise. */
  fixed?: true
}

export interface Cell {
  show: Part
  /** What the column is sorted by, where it is not the text shown; null sorts last. */
  by?: number | string | null
  /** How many rows it stands for: in the first row of a group. */
  rows?: number
  /** How many columns it takes: in a row below that has no columns of its own. */
  columns?: number
  /** Names the row. */
  header?: true
  kind?: string
}

/** Rows that stay together when the table is sorted; by its first row. */
export type Group = readonly (readonly Cell[])[]

/** A table whose columns can be sorted from their heads, by mouse or keyboard; without the script it is a plain one. */
export function table(caption: string, columns: readonly Column[], groups: readonly Group[], kind = ''): Markup {
  const together = groups.some(group => group.length > 1)
  const rows = groups.map(group => {
    // What the first row spans is not there in those below it.
    const below = columns.filter((_, i) => (group[0]?.[i]?.rows ?? 1) === 1)
    return group.map((row, nth) => html`<tr>${row.map((cell, i) => td(cell, (nth ? below : columns)[i]))}</tr>\n`)
  })
  return html`<div class="wide"><table class="${kind}"${together && html` data-groups`}><caption>${caption}</caption>
<thead>${heads(columns)}</thead>
${together ? rows.map(group => html`<tbody>${group}</tbody>\n`) : html`<tbody>${rows}</tbody>`}</table></div>\n`
}

function heads(columns: readonly Column[]): Part {
  const single = columns.every(({ over }) => over === undefined)
  const head = (column: Column, i: number, rows = 1) =>
    html`<th scope="col"${rows > 1 && html` rowspan="${rows}"`}${column.numeric && html` class="n"`}>${
      column.fixed ? column.head : html`<button type="button" data-column="${i}">${column.head}</button>`
    }</th>`
  if (single) return html`<tr>${columns.map((column, i) => head(column, i))}</tr>`
  const upper = columns.map((column, i) => {
    if (column.over === undefined) return head(column, i, 2)
    if (columns[i - 1]?.over === column.over) return null
    const span = columns.slice(i).findIndex(({ over }) => over !== column.over)
    return html`<th scope="colgroup" colspan="${span < 0 ? columns.length - i : span}">${column.over}</th>`
  })
  return html`<tr>${upper}</tr><tr>${columns.map((column, i) => column.over !== undefined && head(column, i))}</tr>`
}

function td({ show, by, rows, columns, header, kind }: Cell, column: Column | undefined): Markup {
  const classes = [column?.numeric && columns === undefined && 'n', kind].filter(Boolean).join(' ')
  const attributes = html`${classes && html` class="${classes}"`}${by !== undefined && html` data-by="${by ?? ''}"`}${
    rows !== undefined && rows > 1 && html` rowspan="${rows}"`
  }${columns !== undefined && html` colspan="${columns}"`}`
  return header ? html`<th scope="${rows && rows > 1 ? 'rowgroup' : 'row'}"${attributes}>${show}</th>` : html`<td${attributes}>${show}</td>`
}
