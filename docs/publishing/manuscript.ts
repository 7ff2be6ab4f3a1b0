/** A manuscript is Markdown with {{placeholders}}, pointers at files of the repository, and drawings beside it. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { Lexer, Marked, type Token, type Tokens } from 'marked'
import { Refusal } from '../../loadtests/lab/refusal.ts'
import { html, type Markup, type Part, verbatim } from '../../loadtests/report/markup.ts'
import { type Evidence, REPOSITORY } from './evidence.ts'

export interface Heading {
  id: string
  depth: number
  text: string
}

export interface Section extends Heading {
  body: Markup
  /** What is quoted: for who speaks, not for who looks. */
  notes: Markup
  headings: Heading[]
}

export interface Manuscript {
  title: string
  /** What stands before the first section. */
  opening: Markup
  sections: Section[]
  /** The files that it points at, in the order in which it does. */
  pointers: string[]
}

interface Placeholder extends Tokens.Generic {
  text: string
  html?: string
}

const placeholder = (level: 'block' | 'inline', pattern: RegExp) => ({
  name: `${level}-placeholder`,
  level,
  start: (text: string) => (level === 'inline' ? text.indexOf('{{') : undefined),
  tokenizer(text: string): Placeholder | undefined {
    const [raw, inside] = pattern.exec(text) ?? []
    return raw === undefined ? undefined : { type: `${level}-placeholder`, raw, text: inside! }
  },
  renderer: (token: Tokens.Generic) => (token as Placeholder).html ?? '',
})

/** Throws {@link Refusal} when it names something that there is not. */
export async function readManuscript(path: string, evidence: Evidence): Promise<Manuscript> {
  const name = relative(REPOSITORY, path)
  const pointers: string[] = []
  const drawings = new Map<string, string>()
  let current: { id: string; headings: Heading[] } = { id: 's0', headings: [] }

  const marked = new Marked({
    extensions: [placeholder('block', /^\{\{([^}]+)\}\}[ \t]*(?:\n+|$)/), placeholder('inline', /^\{\{([^}]+)\}\}/)],
    renderer: {
      link({ href, tokens }) {
        const text = this.parser.parseInline(tokens)
        if (/^https?:/.test(href)) return `<a href="${href}">${text}</a>`
        const file = relative(REPOSITORY, join(dirname(path), href))
        if (!existsSync(join(REPOSITORY, file))) throw new Refusal(`${name} points at ${file}, which does not exist.`)
        if (!pointers.includes(file)) pointers.push(file)
        const number = pointers.indexOf(file) + 1
        return `${text}<a class="pointer" href="#f${number}" title="${file}">F${number}</a>`
      },
      paragraph({ tokens }) {
        const [only] = tokens
        if (tokens.length > 1 || only?.type !== 'image') return false
        const { href, text } = only as Tokens.Image
        const caption = verbatim(this.parser.parseInline(Lexer.lexInline(text)))
        return html`<figure class="picture"><figcaption>${caption}</figcaption>${verbatim(drawings.get(href)!)}</figure>\n`.text
      },
      heading({ tokens, depth, text }) {
        const id = `${current.id}-${current.headings.length + 1}`
        current.headings.push({ id, depth, text })
        return `<h${depth} id="${id}">${this.parser.parseInline(tokens)}</h${depth}>\n`
      },
    },
  })

  const tokens = marked.lexer(await readFile(path, 'utf8'))
  const found: Token[] = []
  marked.walkTokens(tokens, token => void found.push(token))
  for (const token of found) {
    if (token.type.endsWith('-placeholder')) {
      ;(token as Placeholder).html = await set((token as Placeholder).text, token.type.startsWith('block'))
    } else if (token.type === 'image') drawings.set(token.href, await picture(join(dirname(path), token.href), token.text, name))
  }

  async function set(placeholder: string, block: boolean): Promise<string> {
    const filling = await evidence.fill(placeholder)
    if (typeof filling === 'object' && filling !== null && 'markdown' in filling) return marked.parser(marked.lexer(filling.markdown))
    return block && typeof filling === 'string' ? html`<p>${filling}</p>\n`.text : html`${filling as Part}`.text
  }

  const render = (part: Token[]) => verbatim(marked.parser(part).replace(/<table>.*?<\/table>/gs, '<div class="wide">$&</div>'))
  const opening: Token[] = []
  const sections: { heading: Tokens.Heading; tokens: Token[] }[] = []
  let title = ''
  for (const token of tokens) {
    if (token.type === 'heading' && token.depth === 1) title = token.text
    else if (token.type === 'heading' && token.depth === 2) sections.push({ heading: token as Tokens.Heading, tokens: [] })
    else (sections.at(-1)?.tokens ?? opening).push(token)
  }
  return {
    title,
    opening: render(opening),
    sections: sections.map(({ heading, tokens }, i) => {
      current = { id: `s${i + 1}`, headings: [] }
      const body = render(tokens.filter(({ type }) => type !== 'blockquote'))
      const notes = render(tokens.flatMap(token => (token.type === 'blockquote' ? (token as Tokens.Blockquote).tokens : [])))
      return { ...current, depth: 2, text: heading.text, body, notes }
    }),
    pointers,
  }
}

/** A drawing becomes part of the page, so that it takes the page's colours; a photograph is carried along. */
async function picture(path: string, caption: string, name: string): Promise<string> {
  const { text } = html`${caption.replaceAll('`', '')}`
  const bytes = await readFile(path).catch(() => {
    throw new Refusal(`${name} shows ${relative(REPOSITORY, path)}, which does not exist.`)
  })
  if (path.endsWith('.svg')) return bytes.toString().replace('<svg ', `<svg role="img" aria-label="${text}" `)
  return `<img alt="${text}" src="data:image/jpeg;base64,${bytes.toString('base64')}">`
}
