import type { Language } from '../languages/language.ts'
import { html, type Markup } from '../markup.ts'
import type { Journal } from '../run.ts'
import { table } from '../tables.ts'

export const omitted = (journal: Journal, { key, words: { omitted } }: Language): Markup => html`<section id="omitted">
<h2>${omitted.title}</h2>
${
  journal.omitted.length === 0
    ? html`<p>${omitted.nothing}</p>`
    : table(
        omitted.title,
        [{ head: omitted.what }, { head: omitted.why }],
        journal.omitted.map(({ name, reason }) => [[{ show: name, header: true as const }, { show: reason[key] }]]),
      )
}</section>`
