import type { TopLevelSpec } from 'vega-lite'
import type { Language } from '../languages/language.ts'
import { html, type Markup } from '../markup.ts'
import { draw } from './chart.ts'

export interface Figure {
  title: string
  /** What is to be seen, in numbers: for who does not see the drawing, and for who does. */
  text: string
  /** How to read it. */
  note: string
  spec: TopLevelSpec
}

/** The drawing under its caption, which is also its text alternative. */
export async function figureMarkup({ title, text, note, spec }: Figure, id: string, language: Language): Promise<Markup> {
  return html`<figure>
<figcaption id="figure-${id}"><b>${title}.</b> ${text} <span class="aside">${note}</span></figcaption>
<div class="wide">${await draw(spec, `figure-${id}`, language)}</div>
</figure>
`
}
