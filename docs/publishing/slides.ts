/** The slides as HTML and PDF, and the speaker's notes as PDF: `node docs/publishing/slides.ts [RUN]`. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startPage } from '../../loadtests/report/figures/chart.ts'
import { languages } from '../../loadtests/report/languages/language.ts'
import { html } from '../../loadtests/report/markup.ts'
import { print } from '../../loadtests/report/pdf.ts'
import type { Run } from '../../loadtests/report/run.ts'
import { Evidence, REPOSITORY } from './evidence.ts'
import { readManuscript } from './manuscript.ts'
import { beside, standalonePage } from './page.ts'
import { publish } from './publish.ts'

const [portuguese] = languages

export async function slides(run: Run, folder: string, say: (line: string) => void): Promise<void> {
  await mkdir(folder, { recursive: true })
  startPage()
  const evidence = new Evidence(run, portuguese!)
  const { title, sections } = await readManuscript(join(REPOSITORY, 'docs/apresentacao/apresentacao.md'), evidence)
  const body = html`<main>
${sections.map(
  ({ id, text, body, notes }, i) => html`<div class="sheet">
<section class="slide" id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${text}</h2>
<div class="content">
${body}</div>
<footer><span>Confeitaria</span><span>${run.journal.run}</span><span>${i + 1} / ${sections.length}</span></footer>
</section>
<aside class="notes" aria-label="Notas de quem apresenta">${notes}</aside>
</div>
`,
)}
</main>`
  const page = await standalonePage(title, portuguese!, await beside('slides.css'), body, await beside('slides.js'))
  const deck = join(folder, 'apresentacao.html')
  const notes = join(folder, 'notas.html')
  await writeFile(deck, page)
  await writeFile(notes, page.replace('<html ', '<html class="notes" '))
  const pages = [deck, notes].map(from => ({ from, to: from.replace(/html$/, 'pdf') }))
  await print(pages, run.journal.startedAt)
  for (const name of evidence.missing) say(`apresentacao.md: the run has no round of ${name}; the text says so.`)
  for (const { from, to } of pages) for (const path of [from, to]) say(`Wrote ${path}`)
}

if (import.meta.main) await publish(slides)
