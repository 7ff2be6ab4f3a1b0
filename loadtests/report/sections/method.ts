import type { Language } from '../languages/language.ts'
import { html, type Markup } from '../markup.ts'

export const method = ({ words: { method } }: Language): Markup => html`<section id="method">
<h2>${method.title}</h2>
${method.paragraphs.map(paragraph => html`<p>${paragraph}</p>\n`)}</section>`
