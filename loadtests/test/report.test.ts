/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
// The report of a stored run: the same bytes each time, nothing from elsewhere, readable by everybody.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import axe from 'axe-core'
import { chromium, type Page } from 'playwright-core'
import t from 'tap'
import { Refusal } from '../lab/refusal.ts'
import { languages } from '../report/languages/language.ts'
import { markdownTable } from '../report/markdown.ts'
import { page } from '../report/page.ts'
import { report } from '../report/report.ts'
import { readRun } from '../report/run.ts'
import { fixtureRun, HOSTILE, interruptedRun, writeRun } from './report-fixture.ts'

t.setTimeout(300_000)
const FILES = ['relatorio.html', 'relatorio.pdf', 'report.html', 'report.pdf']
const folder = t.testdir()
await writeRun(fixtureRun(), folder)
await report(folder, () => {})
const written = () => FILES.map(file => readFileSync(join(folder, file)))

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--headless', '--no-sandbox', '--disable-gpu'] })
t.teardown(() => browser.close())
async function open(file: string, then: (page: Page) => Promise<void>) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  await then(await context.newPage().then(async page => page.goto(pathToFileURL(join(folder, file)).href).then(() => page)))
  await context.close()
}

t.test('the analysis of a stored run gives the same report byte for byte', async t => {
  const first = written()
  for (const file of FILES) rmSync(join(folder, file))
  await report(folder, () => {})
  for (const [i, bytes] of written().entries()) t.ok(bytes.equals(first[i]!), FILES[i]!)
})

for (const [file, language] of [
  ['relatorio.html', languages[0]!],
  ['report.html', languages[1]!],
] as const) {
  t.test(`${file}: one page that asks for nothing, in ${language.code}`, async t => {
    const text = readFileSync(join(folder, file), 'utf8')
    t.notMatch(text, /<(?:script|img|iframe|link)[^>]*\s(?:src|href)=|url\((?!["']?(?:data:|#))|@import/)
    t.notMatch(text, HOSTILE, 'what comes from outside is text')
    t.match(text, '&lt;script&gt;')
    t.match(text, '<code>kubectl drain</code>', 'what is said of an experiment has its commands as such')
    await open(file, async page => {
      t.equal(await page.evaluate(() => document.documentElement.lang), language.code)
      await page.evaluate(axe.source)
      const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run())
      t.strictSame(
        violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`)),
        [],
      )
      const drawings = await page.evaluate(() =>
        [...document.querySelectorAll('figure svg')].map(
          svg => document.getElementById(svg.getAttribute('aria-labelledby') ?? '')?.textContent ?? svg.getAttribute('aria-label') ?? '',
        ),
      )
      t.ok(drawings.length > 5)
      for (const text of drawings) t.match(text, /\d/, 'each drawing says in numbers what it shows')
    })
  })
}

t.test("what proves a fault, and why a round failed, is said in the reader's language", async t => {
  const run = await readRun(folder)
  for (const language of languages) {
    const html = await page(run, language)
    for (const name of ['pod-gone', 'new-primary', 'new-timeline']) {
      t.match(html, language.words.proofs[name]!.replaceAll("'", '&#39;'))
      t.notMatch(html, `${name} of `)
    }
    t.match(html, `${language.words.metrics['failed.reads']}: `)
    t.notMatch(html, 'failed.reads is')
  }
})

t.test('the first page answers: every promise of every experiment is in its table', async t => {
  const { journal } = await readRun(folder)
  for (const language of languages) {
    const html = await page(await readRun(folder), language)
    const table = markdownTable(journal, language)
    for (const { title, rounds, budgets } of journal.experiments.filter(({ name }) => name !== 'no-morte')) {
      t.match(table, title[language.key])
      t.match(html, title[language.key].replaceAll("'", '&#39;'))
      for (const { reason, reasonEn } of [...(rounds[0]?.budgets ?? []), ...budgets])
        t.ok(html.includes((language.key === 'pt' ? reason : reasonEn)!.replaceAll("'", '&#39;')), `why: ${reason}`)
    }
  }
})

t.test('a press on the head of a column sorts the table by it, and again the other way round', async t => {
  await open('report.html', async page => {
    const column = () =>
      page.evaluate(() =>
        [...document.querySelectorAll('table.promises tbody')].map(group => group.querySelector('th')!.textContent!.trim()),
      )
    const before = await column()
    const head = page.locator('table.promises th button').first()
    await head.click()
    const sorted = [...before].sort(new Intl.Collator('en', { numeric: true }).compare)
    t.strictSame(await column(), sorted)
    await head.click()
    t.strictSame(await column(), sorted.reverse())
  })
})

t.test('the rows of an experiment stay together, also where it is the only one', async t => {
  const { journal, timelines } = fixtureRun()
  const only = t.testdir()
  const experiments = journal.experiments.filter(({ name }) => name === 'primario-morte')
  await writeRun({ journal: { ...journal, experiments }, timelines }, only)
  writeFileSync(join(folder, 'only.html'), await page(await readRun(only), languages[1]!))
  await open('only.html', async page => {
    const head = page.locator('table.promises th button').first()
    for (const order of ['ascending', 'descending']) {
      await head.click()
      t.equal(await page.locator('table.promises th[aria-sort]').getAttribute('aria-sort'), order)
      t.equal(await page.locator('table.promises tbody tr').first().locator('th').count(), 1, 'the row with its name is the first')
    }
  })
})

t.test('a run that was cut off has a report that says so', async t => {
  const cut = t.testdir()
  await writeRun(interruptedRun(), cut)
  for (const language of languages) t.match(await page(await readRun(cut), language), language.words.cut)
})

t.test('what is no run is refused with a sentence', async t => {
  const refused = (folder: string, sentence: RegExp) => t.rejects(readRun(folder), { constructor: Refusal, message: sentence })
  await refused(join(folder, 'nowhere'), /^There is no .*journal\.json: name the folder of a run/)
  await refused(t.testdir({ 'journal.json': '{"schema": 1' }), /is not JSON .*was the run cut off/)
  await refused(t.testdir({ 'journal.json': '{"schema": 1}' }), /is not what a run leaves/)
  const outside = t.testdir()
  await writeRun(fixtureRun(), outside)
  const journal = JSON.parse(readFileSync(join(outside, 'journal.json'), 'utf8'))
  journal.experiments[0].rounds[0].timeline = '../elsewhere.json'
  writeFileSync(join(outside, 'journal.json'), JSON.stringify(journal))
  await refused(outside, /names a timeline outside of the run's folder/)
})
