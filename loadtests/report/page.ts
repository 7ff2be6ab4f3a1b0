import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { startPage } from './figures/chart.ts'
import { verdictOf } from './findings.ts'
import { type Language, languages } from './languages/language.ts'
import { html, type Markup, verbatim } from './markup.ts'
import type { Run } from './run.ts'
import { again } from './sections/again.ts'
import { environment } from './sections/environment.ts'
import { experiment } from './sections/experiment.ts'
import { method } from './sections/method.ts'
import { omitted } from './sections/omitted.ts'
import { promises } from './sections/promises.ts'

const beside = (name: string) => readFile(new URL(name, import.meta.url), 'utf8')

/** The whole report in one language: one page that needs nothing else, not even a server. */
export async function page(run: Run, language: Language): Promise<string> {
  startPage()
  const { words, key } = language
  const { journal } = run
  const style = `${await beside('style.css')}${runningHeads(run, language)}`
  const script = await beside('sort.js')
  const sections: Markup[] = []
  for (const result of journal.experiments) sections.push(await experiment(result, run, language))
  const { text } = html`<!doctype html>
<html lang="${language.code}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${source(style)}; script-src ${source(script)}; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${words.title} ${words.page}, ${journal.run}</title>
<style>${verbatim(style)}</style>
</head>
<body>
<a class="skip" href="#main">${words.skip}</a>
<header>
<p class="brand">${words.shop}</p>
<p>${words.run} <code>${journal.run}</code> · ${language.moment(journal.startedAt)} · ${words.verdicts[verdictOf(journal)]}</p>
<nav aria-label="${words.otherLanguage}">${languages
    .filter(other => other !== language)
    .map(other => html`<a href="${other.words.file}.html" hreflang="${other.code}" lang="${other.code}">${words.otherLanguage}</a>`)}</nav>
</header>
<main id="main">
${promises(journal, language)}
<nav class="contents" aria-labelledby="contents-title">
<h2 id="contents-title">${words.contents}</h2>
<ol>
<li><a href="#method">${words.method.title}</a></li>
<li><a href="#environment">${words.environment.title}</a></li>
<li><a href="#experiments">${words.experiment.title}</a>
<ol>${journal.experiments.map(({ name, title }) => html`<li><a href="#${name}">${title[key]}</a></li>\n`)}</ol></li>
<li><a href="#omitted">${words.omitted.title}</a></li>
<li><a href="#again">${words.again.title}</a></li>
</ol>
</nav>
${method(language)}
${environment(journal, language)}
<section id="experiments">
<h2>${words.experiment.title}</h2>
${sections}</section>
${omitted(journal, language)}
${again(journal, language)}
</main>
<script>${verbatim(script)}</script>
</body>
</html>
`
  return text
}

const source = (text: string) => verbatim(`'sha256-${createHash('sha256').update(text).digest('base64')}'`)

/** What stands at the head of each printed page: the run, and the experiment that the page is about. */
function runningHeads({ journal }: Run, { words, key }: Language): string {
  const heads = journal.experiments.map(
    ({ title }, i) => `
@page experiment-${i} { @top-right { content: ${quoted(title[key])}; } }
${i === 0 ? '#experiments > h2, ' : ''}.experiment:nth-of-type(${i + 1}) { page: experiment-${i}; }`,
  )
  return `@page { @top-left { content: ${quoted(`${words.shop} · ${words.title}`)}; } @bottom-left { content: ${quoted(`${words.run} ${journal.run}`)}; } }${heads.join('')}\n`
}

/** A CSS string: everything that could end it, or the style element, is written as its code. */
const quoted = (text: string) => `"${text.replace(/["\\<>&\p{Cc}]/gu, character => `\\${character.codePointAt(0)!.toString(16)} `)}"`
