import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Language } from '../../loadtests/report/languages/language.ts'
import { html, type Markup, verbatim } from '../../loadtests/report/markup.ts'

/** Families as the styles call them, with what of each is used. Static faces: variable ones become outlines in a PDF. */
const FACES = [
  { family: 'Serif', file: 'source-serif-4', kinds: ['400-normal', '400-italic', '600-normal'] },
  { family: 'Sans', file: 'source-sans-3', kinds: ['400-normal', '400-italic', '600-normal'] },
  { family: 'Mono', file: 'source-code-pro', kinds: ['400-normal', '600-normal'] },
]

/** Typefaces go along with the page, so that it looks the same on every machine. */
async function typefaces(): Promise<string> {
  const rules = FACES.flatMap(({ family, file, kinds }) =>
    kinds.map(async kind => {
      const [weight, style] = kind.split('-')
      const font = await readFile(fileURLToPath(import.meta.resolve(`@fontsource/${file}/files/${file}-latin-${kind}.woff2`)))
      const source = `url(data:font/woff2;base64,${font.toString('base64')})`
      return `@font-face { font-family: "${family}"; font-weight: ${weight}; font-style: ${style}; src: ${source}; }`
    }),
  )
  return (await Promise.all(rules)).join('\n')
}

export const beside = (name: string) => readFile(new URL(name, import.meta.url), 'utf8')
/** Colours, tables and graphs look as they do in the lab's report; but on any screen a document has the colours of paper. */
const reportStyle = async () =>
  (await beside('../../loadtests/report/style.css')).replace('@media (prefers-color-scheme: dark)', '@media not all')

/** A page that needs nothing else, not even a server. */
export async function standalonePage(title: string, language: Language, style: string, body: Markup, script = ''): Promise<string> {
  return html`<!doctype html>
<html lang="${language.code}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; font-src data:; img-src data:; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${verbatim([await typefaces(), await reportStyle(), style].join('\n'))}</style>
</head>
<body>
${body}
${script && html`<script>${verbatim(script)}</script>`}
</body>
</html>
`.text
}
