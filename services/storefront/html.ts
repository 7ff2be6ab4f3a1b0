/** A piece of markup that is already safe to send. Only {@link html} and {@link raw} make one. */
export class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

type Part = Html | string | number | false | null | undefined | readonly Part[]

const special = /[&<>"']/g
const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function written(part: Part): string {
  if (part instanceof Html) return part.text
  if (typeof part === 'string') return part.replace(special, character => entities[character]!)
  if (typeof part === 'number') return String(part)
  if (Array.isArray(part)) return part.map(written).join('')
  return ''
}

/** Template tag: everything put in is escaped, save what is {@link Html} itself; false, null and undefined leave nothing. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  let text = strings[0]!
  for (let i = 0; i < parts.length; i++) text += written(parts[i]) + strings[i + 1]
  return new Html(text)
}

/** Markup taken as it is: for constants of this program, never for data. */
export const raw = (text: string): Html => new Html(text)
