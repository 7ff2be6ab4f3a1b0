/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
// The technical report and the slides, made from a run: nothing in them is typed that should have been measured, and they have the shape that was asked for.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { chromium, type Page } from 'playwright-core'
import t from 'tap'
import { load, names } from '../../loadtests/lab/definition.ts'
import { Refusal } from '../../loadtests/lab/refusal.ts'
import { languages } from '../../loadtests/report/languages/language.ts'
import { readRun } from '../../loadtests/report/run.ts'
import { fixtureRun, writeRun } from '../../loadtests/test/report-fixture.ts'
import { Evidence, REPOSITORY } from '../publishing/evidence.ts'
import { readManuscript } from '../publishing/manuscript.ts'
import { pageCount, pagesOf } from '../publishing/pages.ts'
import { report } from '../publishing/report.ts'
import { slides } from '../publishing/slides.ts'

t.setTimeout(300_000)
const SOURCES = ['docs/relatorio/relatorio.md', 'docs/relatorio/technical-report.md', 'docs/apresentacao/apresentacao.md']
const [portuguese, english] = languages.map(language => language)
const source = (path: string) => readFileSync(join(REPOSITORY, path), 'utf8')
const placeholdersOf = (path: string) => [...source(path).matchAll(/\{\{([^}]+)\}\}/g)].map(match => match[1]!)

/** A made-up run with every experiment there is. */
const folder = t.testdir()
const { journal, timelines } = fixtureRun()
const like = journal.experiments.find(({ name }) => name === 'primario-morte')!
const others = names().filter(name => !journal.experiments.some(experiment => experiment.name === name))
const more = others.map(name => ({ ...like, name, title: load(name).title, hypothesis: load(name).hypothesis }))
await writeRun({ journal: { ...journal, experiments: [...journal.experiments, ...more] }, timelines }, folder)
const run = await readRun(folder)

const built = t.testdir({ built: {} })
const said: string[] = []
await report(run, built, line => said.push(line))
await slides(run, built, line => said.push(line))
const output = (file: string) => readFileSync(join(built, file))

t.test('every placeholder means something, in each language', async t => {
  for (const language of [portuguese!, english!]) {
    const evidence = new Evidence(run, language)
    for (const placeholder of new Set(SOURCES.flatMap(placeholdersOf))) await t.resolves(evidence.fill(placeholder), placeholder)
  }
  for (const file of ['relatorio.html', 'technical-report.html', 'apresentacao.html']) t.notMatch(output(file).toString(), /\{\{/, file)
})

t.test('no measure is typed: figures with a unit are placeholders', async t => {
  for (const path of SOURCES) {
    const prose = source(path)
      .replace(/^```.*?^```/gms, '')
      .replace(/\]\([^)]*\)|`[^`]*`|\{\{[^}]*\}\}/g, '')
    t.strictSame(prose.match(/(?<!\w)\d[\d.,]*\s*(?:%|×|(?:ms|s|min|h|[kMG]i?B|req\/s)\b)/g) ?? [], [], path)
  }
})

t.test('both languages say the same: sections, placeholders, pointers, drawings', async t => {
  const [one, other] = await Promise.all(
    [SOURCES[0]!, SOURCES[1]!].map((path, i) => readManuscript(join(REPOSITORY, path), new Evidence(run, languages[i]!))),
  )
  const shape = ({ sections, pointers }: typeof one & object) => ({
    sections: sections.map(({ headings }) => headings.map(({ id, depth }) => ({ id, depth }))),
    pointers,
  })
  t.strictSame(shape(other!), shape(one!))
  t.strictSame(placeholdersOf(SOURCES[1]!), placeholdersOf(SOURCES[0]!))
  const paragraphs = (path: string) =>
    source(path)
      .split(/\n\n+/)
      .map(text => /^[#|`!-]*/.exec(text)![0])
  t.strictSame(paragraphs(SOURCES[1]!), paragraphs(SOURCES[0]!))
})

t.test('the sections are as long as the plan wants them, and the contents name their pages', async t => {
  const PLAN: [least: number, most: number][] = [
    [2, 3],
    [3, 4],
    [4, 5],
    [3, 4],
    [1, 2],
  ]
  for (const file of ['relatorio', 'technical-report']) {
    const pdf = output(`${file}.pdf`)
    const pages = pagesOf(pdf)
    for (const [i, [least, most]] of PLAN.entries()) {
      const length = pages.get(`s${i + 2}`)! - pages.get(`s${i + 1}`)!
      t.ok(length >= least && length <= most, `${file}: section ${i + 1} has ${length} pages, ${least} to ${most} were asked for`)
    }
    t.ok(pages.get('s6')! <= pageCount(pdf))
    const html = output(`${file}.html`).toString()
    const contents = [...html.matchAll(/<a href="#(s[\d-]+)">.*?<span class="page">(\d+)</gs)]
    t.ok(contents.length > 20)
    for (const [, id, page] of contents) t.equal(Number(page), pages.get(id!), `${file}: ${id}`)
  }
})

t.test('nine concepts have a place and a command, in the report and on the slides', async t => {
  for (const file of ['relatorio.html', 'technical-report.html', 'apresentacao.html']) {
    const tables = output(file).toString().split('<table>')
    const nine = tables.filter(table => (table.split('</table>')[0]!.match(/<tr>/g) ?? []).length === 10)
    t.ok(
      nine.some(table => table.includes('make teste-falhas')),
      file,
    )
  }
})

async function open(file: string, then: (page: Page) => Promise<void>) {
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--headless', '--no-sandbox', '--disable-gpu'] })
  try {
    const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } })
    const asked: string[] = []
    page.on('request', request => asked.push(request.url()))
    await page.goto(pathToFileURL(join(built, file)).href)
    await page.evaluate(() => document.fonts.ready)
    await then(page)
    t.strictSame(
      asked.filter(url => !/^(file|data):/.test(url)),
      [],
      `${file} asks for nothing`,
    )
  } finally {
    await browser.close()
  }
}

t.test('ten slides, each with notes, each within its frame, each a page', async t => {
  t.equal(pageCount(output('apresentacao.pdf')), 10)
  t.equal(pageCount(output('notas.pdf')), 10)
  await open('apresentacao.html', async page => {
    const found = await page.evaluate(() =>
      [...document.querySelectorAll('.slide')].map(slide => {
        const frame = slide.getBoundingClientRect()
        const beyond = [...slide.querySelectorAll('h2, p, li, pre, td, svg, img, figcaption')].filter(part => {
          const { right, bottom, width } = part.getBoundingClientRect()
          return width > 0 && (right > frame.right - 90 || bottom > slide.querySelector('footer')!.getBoundingClientRect().top)
        })
        return {
          title: slide.querySelector('h2')!.textContent,
          width: frame.width,
          height: frame.height,
          beyond: beyond.map(part => part.textContent),
          notes: slide.parentElement!.querySelector('.notes')!.textContent!.trim().length > 200,
        }
      }),
    )
    t.equal(found.length, 10)
    for (const { title, ...rest } of found) t.strictSame(rest, { width: 1920, height: 1080, beyond: [], notes: true }, title!)
    t.match(found[7]!.title, /Demonstração/)
  })
})

t.test('the slides turn by keys, and show their notes', async t => {
  await open('apresentacao.html', async page => {
    const shown = () =>
      page.waitForFunction(() => {
        const at = [...document.querySelectorAll('.slide')].findIndex(slide => Math.abs(slide.getBoundingClientRect().top) < 2)
        return at >= 0 && at + 1
      })
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    t.equal(await (await shown()).jsonValue(), 3)
    await page.keyboard.press('End')
    t.equal(await (await shown()).jsonValue(), 10)
    t.notOk(await page.locator('.notes').last().isVisible())
    await page.keyboard.press('n')
    t.ok(await page.locator('.notes').last().isVisible())
  })
})

t.test('an experiment that the run does not have is said to be not measured, in the text and to whoever makes it', async t => {
  const without = { ...run, journal: { ...run.journal, experiments: run.journal.experiments.filter(({ name }) => name !== 'sobrecarga') } }
  const evidence = new Evidence(without, portuguese!)
  t.equal(await evidence.fill('verdict sobrecarga'), portuguese!.words.notMeasured)
  t.strictSame([...evidence.missing], ['sobrecarga'])
})

t.test('what is not there is refused with a sentence', async t => {
  const evidence = new Evidence(run, portuguese!)
  const refused = (work: Promise<unknown>, sentence: RegExp) => t.rejects(work, { constructor: Refusal, message: sentence })
  await refused(evidence.fill('nothing'), /^Nothing is called \{\{nothing\}\}/)
  await refused(evidence.fill('verdict no-such'), /^No experiment is called no-such/)
  await refused(evidence.fill('median primario-morte speed'), /^primario-morte has no budget speed/)
  await refused(evidence.fill('figure primario-morte colours'), /^No graph is called colours/)
  await refused(evidence.fill('chart catalog.pods'), /^The chart has no value catalog\.pods/)
  const manuscripts = t.testdir({ 'file.md': '[a](nowhere.ts)', 'drawing.md': '![a](nowhere.svg)' })
  await refused(readManuscript(join(manuscripts, 'file.md'), evidence), /points at .*nowhere\.ts, which does not exist/)
  await refused(readManuscript(join(manuscripts, 'drawing.md'), evidence), /shows .*nowhere\.svg, which does not exist/)
  const failed = await promisify(execFile)('node', ['docs/publishing/slides.ts', join(folder, 'nowhere')], { cwd: REPOSITORY }).catch(
    error => error,
  )
  t.equal(failed.code, 2)
  t.match(failed.stderr, /^There is no .*journal\.json: name the folder of a run.*\n$/)
})
