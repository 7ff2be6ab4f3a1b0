import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Refusal } from '../lab/refusal.ts'
import { languages } from './languages/language.ts'
import { markdownTable } from './markdown.ts'
import { page } from './page.ts'
import { print } from './pdf.ts'
import { readRun } from './run.ts'

const USAGE = 'Usage: node loadtests/report/report.ts RUN_FOLDER [--table]'

/** Writes the report of a run into its folder, in every language as HTML and PDF; says what it wrote. */
export async function report(folder: string, say: (line: string) => void): Promise<void> {
  const run = await readRun(folder)
  const written = languages.map(({ words }) => ({ from: join(folder, `${words.file}.html`), to: join(folder, `${words.file}.pdf`) }))
  for (const [i, language] of languages.entries()) {
    await writeFile(written[i]!.from, await page(run, language))
    say(`Wrote ${written[i]!.from}`)
  }
  await print(written, run.journal.startedAt)
  for (const { to } of written) say(`Wrote ${to}`)
}

if (import.meta.main) {
  try {
    const { positionals, values } = parseArgs({ allowPositionals: true, options: { table: { type: 'boolean' } } })
    const [folder] = positionals
    if (folder === undefined || positionals.length > 1) throw new Refusal(USAGE)
    if (values.table) for (const language of languages) console.log(markdownTable((await readRun(folder)).journal, language))
    else await report(folder, console.log)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    console.error(error.message)
    process.exitCode = 2
  }
}
