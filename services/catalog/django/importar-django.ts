// node importar-django.ts FONTE [--dry-run] [--allow-rejects] [--report FILE]: the Django shop's categories and products come into the catalog
// (docs/migrating-from-django.md). FONTE may also be a variable of the environment, as DATABASE_URL is. Exit code 0: all rows were taken, or
// some refused and that allowed; 1: nothing was imported; 2: imported without the rows that the report lists as refused.
import { once } from 'node:events'
import { createWriteStream, openSync, renameSync, rmSync } from 'node:fs'
import { finished } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import { ConfigError, databaseUrl } from '@confeitaria/platform/config'
import { runCommand } from '@confeitaria/platform/run'
import { importDjango, openCatalog, type Progress } from './import.ts'
import { type Result, type Write, writeJson, writeText } from './report.ts'
import { openSource } from './sources.ts'

const USAGE =
  'Uso: importar-django FONTE [--dry-run] [--allow-rejects] [--report ARQUIVO.json]; FONTE é o banco SQLite do Django, um JSON de dumpdata ou postgres://…'

const BAR = 30
/** Into a file, a line every so often is enough, ms. */
const LINE_MS = 5_000

/** @throws ConfigError that says how the command is used */
function options() {
  try {
    const { values, positionals } = parseArgs({
      options: { 'dry-run': { type: 'boolean' }, 'allow-rejects': { type: 'boolean' }, report: { type: 'string' } },
      allowPositionals: true,
    })
    const from = positionals[0] ?? process.env.FONTE
    if (from && positionals.length <= 1)
      return { from, dryRun: values['dry-run'] ?? false, allowRejects: values['allow-rejects'] ?? false, report: values.report }
  } catch {
    // an option that there is not
  }
  throw new ConfigError(USAGE)
}

const writer =
  (stream: NodeJS.WritableStream): Write =>
  async text =>
    stream.write(text) || once(stream, 'drain')

/** A file that has its name once it is whole. @throws ConfigError when it cannot be made, before anything is imported */
class ReportFile {
  readonly #path: string
  readonly #stream
  readonly write: Write

  constructor(path: string) {
    this.#path = path
    try {
      this.#stream = createWriteStream('', { fd: openSync(`${path}.part`, 'w') })
    } catch (error) {
      throw new ConfigError(`O relatório ${path} não pode ser escrito (${(error as NodeJS.ErrnoException).code}): informe outro --report.`)
    }
    this.#stream.on('error', () => {}) // told where it is written
    this.write = writer(this.#stream)
  }

  async keep() {
    this.#stream.end()
    await finished(this.#stream)
    renameSync(`${this.#path}.part`, this.#path)
  }

  discard() {
    rmSync(`${this.#path}.part`, { force: true })
  }
}

function progressBar(): { show: Progress; end: () => void } {
  const { isTTY } = process.stderr
  const started = performance.now()
  let shown = Number.NEGATIVE_INFINITY
  let open = false
  return {
    show(step, done = 0, of = 0) {
      const now = performance.now()
      if (!isTTY && now - shown < LINE_MS) return
      shown = now
      const filled = of ? Math.floor((done / of) * BAR) : 0
      const line = `${'█'.repeat(filled)}${'·'.repeat(BAR - filled)} ${step}${of ? ` ${Math.floor((done / of) * 100)} %` : ''}, ${Math.floor((now - started) / 1000)} s`
      process.stderr.write(isTTY ? `\r\x1b[K${line}` : `${line}\n`)
      open = isTTY
    },
    end() {
      if (open) process.stderr.write('\r\x1b[K')
      open = false
    },
  }
}

await runCommand(async () => {
  const { from, dryRun, allowRejects, report } = options()
  const url = databaseUrl()
  const bar = progressBar()
  const file = report === undefined ? undefined : new ReportFile(report)
  const stop = (signal: NodeJS.Signals) => {
    bar.end()
    file?.discard()
    console.error(`Interrompido (${signal}): se ainda não estava gravando, nada foi importado. Repetir o comando não põe nada duas vezes.`)
    process.exit(130)
  }
  process.once('SIGINT', stop).once('SIGTERM', stop)
  await using open = new AsyncDisposableStack()
  open.defer(() => {
    bar.end()
    file?.discard()
  })
  const source = open.adopt(await openSource(from), source => source.close())
  const catalog = open.adopt(await openCatalog(url), client => client.end())

  const resumo = await importDjango(catalog, source, { dryRun, progress: bar.show })
  bar.end()
  const result: Result = { fonte: source.name, simulacao: dryRun, resumo }
  try {
    if (file) await writeJson(catalog, result, file.write)
    await file?.keep()
    process.stdout.on('error', () => {}) // told where it is written
    await writeText(catalog, result, writer(process.stdout))
  } catch (error) {
    throw new ConfigError(`A importação terminou, mas o relatório não pôde ser escrito (${(error as Error).message}).`)
  }
  if (resumo.categorias.recusados + resumo.doces.recusados && !allowRejects) process.exitCode = 2
})
