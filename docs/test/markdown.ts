import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { lexer, walkTokens } from 'marked'

export const REPOSITORY = join(import.meta.dirname, '../..')
export const read = (path: string) => readFileSync(join(REPOSITORY, path), 'utf8')
/** Every file that the repository has, by its path in it. */
export const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: REPOSITORY, encoding: 'utf8' }).split('\0').filter(Boolean)

/** A fenced block: ```sh cluster has the language `sh` and is marked `cluster`. */
export interface Block {
  language: string
  mark: string
  text: string
}

export interface Document {
  path: string
  /** How deep each heading is, and its anchor as GitHub makes it. */
  headings: { depth: number; anchor: string }[]
  links: string[]
  blocks: Block[]
  /** What is set as code in running text. */
  spans: string[]
}

/** The text of a heading in small letters, without punctuation, with hyphens for spaces. */
const anchorOf = (heading: string) =>
  heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}_\- ]/gu, '')
    .replaceAll(' ', '-')

export function parse(path: string): Document {
  const document: Document = { path, headings: [], links: [], blocks: [], spans: [] }
  walkTokens(lexer(read(path)), token => {
    if (token.type === 'heading') document.headings.push({ depth: token.depth, anchor: anchorOf(token.text) })
    else if (token.type === 'link' || token.type === 'image') document.links.push(token.href)
    else if (token.type === 'html') document.links.push(...[...token.raw.matchAll(/\b(?:href|src)="([^"]*)"/g)].map(match => match[1]!))
    else if (token.type === 'codespan') document.spans.push(token.text)
    else if (token.type === 'code') {
      const [language = '', mark = ''] = (token.lang ?? '').split(' ')
      document.blocks.push({ language, mark, text: token.text })
    }
  })
  return document
}

/** The commands of a shell block, each in one line, without comments. */
export const commandsOf = ({ text }: Block) =>
  text
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .map(line => line.replace(/(^|\s)#\s.*$/, '').trim())
    .filter(Boolean)

export const isShell = ({ language }: Block) => ['sh', 'bash', 'shell', 'console'].includes(language)
