/** The technical report, in every language as HTML and PDF: `node docs/publishing/report.ts [RUN]`. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startPage } from '../../loadtests/report/figures/chart.ts'
import { type Language, languages } from '../../loadtests/report/languages/language.ts'
import { html, type Markup } from '../../loadtests/report/markup.ts'
import { print } from '../../loadtests/report/pdf.ts'
import type { Run } from '../../loadtests/report/run.ts'
import { Evidence, REPOSITORY } from './evidence.ts'
import { type Heading, type Manuscript, readManuscript } from './manuscript.ts'
import { beside, standalonePage } from './page.ts'
import { pagesOf } from './pages.ts'
import { publish } from './publish.ts'

const WORDS = {
  'pt-BR': {
    file: 'relatorio',
    source: 'relatorio.md',
    contents: 'Conteúdo',
    files: 'Onde está no repositório',
    kind: 'Relatório técnico',
    figure: 'Figura',
  },
  en: {
    file: 'technical-report',
    source: 'technical-report.md',
    contents: 'Contents',
    files: 'Where it is in the repository',
    kind: 'Technical report',
    figure: 'Figure',
  },
} satisfies Record<Language['code'], Record<string, string>>

export async function report(run: Run, folder: string, say: (line: string) => void): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const language of languages) {
    const { file, source } = WORDS[language.code]
    startPage()
    const evidence = new Evidence(run, language)
    const manuscript = await readManuscript(join(REPOSITORY, 'docs/relatorio', source), evidence)
    const paths = { from: join(folder, `${file}.html`), to: join(folder, `${file}.pdf`) }
    // On which page a section begins is known only when it is printed: so it is printed twice.
    await writeFile(paths.from, await page(manuscript, evidence, language, () => 0))
    await print([paths], run.journal.startedAt)
    const pages = pagesOf(await readFile(paths.to))
    await writeFile(paths.from, await page(manuscript, evidence, language, id => pages.get(id) ?? 0))
    await print([paths], run.journal.startedAt)
    for (const name of evidence.missing) say(`${source}: the run has no round of ${name}; the text says so.`)
    say(`Wrote ${paths.from}`)
    say(`Wrote ${paths.to}`)
  }
}

/** @param pageOf where in print an anchor lies */
async function page(manuscript: Manuscript, { run }: Evidence, language: Language, pageOf: (id: string) => number): Promise<string> {
  const { title, opening, sections, pointers } = manuscript
  const words = WORDS[language.code]
  const line = ({ id, text }: Heading, number: string, kind = '') =>
    html`<li class="${kind}"><a href="#${id}"><span class="number">${number}</span> <span>${text}</span><span class="leader"></span><span class="page">${pageOf(id)}</span></a></li>\n`
  const body: Markup = html`<header class="cover">
<p class="kind">${words.kind}</p>
<h1>${title}</h1>
${opening}
</header>
<nav class="contents" aria-labelledby="contents">
<h2 id="contents">${words.contents}</h2>
<ol>${sections.map((section, i) => [
    line(section, `${i + 1}`),
    section.headings.filter(({ depth }) => depth === 3).map((heading, j) => line(heading, `${i + 1}.${j + 1}`, 'sub')),
  ])}</ol>
</nav>
<main>
${sections.map(
  ({ id, text, body }, i) => html`<section class="chapter" id="${id}">
<h2><span class="number">${i + 1}</span> ${text}</h2>
${body}
</section>
`,
)}
<section class="files" style="page: ${sections.at(-1)!.id}">
<h2>${words.files}</h2>
<ol>${pointers.map((file, i) => html`<li id="f${i + 1}"><span class="number">F${i + 1}</span> <code>${file}</code></li>\n`)}</ol>
</section>
</main>`
  const heads = sections.map(({ id, text }) => `@page ${id} { @top-right { content: "${text}"; } }\n#${id} { page: ${id}; }`)
  const style = `${await beside('report.css')}
@page { @top-left { content: "${title}"; } @bottom-left { content: "${language.words.run} ${run}"; } }
${heads.join('\n')}
.chapter figcaption::before { content: "${words.figure} " counter(figure) ". "; }`
  return standalonePage(`${title}: ${words.kind.toLowerCase()}`, language, style, body)
}

if (import.meta.main) await publish(report)
