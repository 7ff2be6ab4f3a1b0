/** Markup that needs no more escaping. Only {@link html} and {@link verbatim} make it. */
export class Markup {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** What a template takes: text is escaped, nothing at all leaves nothing. */
export type Part = Markup | string | number | false | null | undefined | readonly Part[]

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function write(part: Part): string {
  if (part instanceof Markup) return part.text
  if (typeof part === 'string') return part.replace(/[&<>"']/g, character => ENTITIES[character]!)
  if (typeof part === 'number') return String(part)
  return Array.isArray(part) ? part.map(write).join('') : ''
}

/** Template tag for markup: `html`<b>${name}</b>``. */
export const html = (strings: TemplateStringsArray, ...parts: Part[]): Markup =>
  new Markup(strings.reduce((text, string, i) => text + write(parts[i - 1]) + string))

/** For what this program made itself (drawings, its own style), never for data. */
export const verbatim = (text: string): Markup => new Markup(text)

/** What the runner wrote, which is English, in a page of another language. */
export const foreign = (text: string, page: string): Part => (page === 'en' ? text : html`<span lang="en">${text}</span>`)

/** What an experiment says of itself: commands in it stand between backticks. */
export const prose = (text: string): Part => text.split('`').map((part, i) => (i % 2 ? html`<code>${part}</code>` : part))

/** Puts `separator` between parts. */
export const joined = (parts: readonly Part[], separator: Part): Part => parts.flatMap((part, i) => (i ? [separator, part] : [part]))
