/** The original's models in a real Django (django-shop/), which writes the databases that the tests of the import read. */
import { execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const DJANGO = '5.2.19'
const PSYCOPG = '3.3.9'

type Fields = Record<string, unknown>
type Kind = 'Categoria' | 'Doce'
/** What shop.py understands. */
export type Deed =
  | { save: [Kind, Fields][] }
  | { delete: [Kind, number][] }
  | { sql: string }
  | { bulk: number }
  | { dumpdata: string }
  | { migrate: true }

/** The Python of a virtual environment with these versions, which is made once and kept. */
async function python(): Promise<string> {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'confeitaria')
  const folder = join(cache, `django-${DJANGO}-psycopg-${PSYCOPG}`)
  if (!existsSync(folder)) {
    const partial = `${folder}.${process.pid}`
    await mkdir(cache, { recursive: true })
    try {
      await run('python3', ['-m', 'venv', partial])
      const packages = [`Django==${DJANGO}`, `psycopg[binary]==${PSYCOPG}`]
      await run(join(partial, 'bin/python'), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages])
      await rename(partial, folder)
    } catch (error) {
      await rm(partial, { recursive: true, force: true })
      if (!existsSync(folder))
        throw new Error('Django cannot be installed: run .ci/packages python3-venv, which needs Debian.', { cause: error })
    }
  }
  return join(folder, 'bin/python')
}

/** @param url `sqlite:///path` or a postgres:// URL */
export class DjangoShop {
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  /** @throws Error with what Python said */
  async do(...deeds: Deed[]): Promise<void> {
    const script = join(import.meta.dirname, 'django-shop/shop.py')
    const child = spawn(await python(), [script], {
      env: { ...process.env, DATABASE: this.#url, PYTHONDONTWRITEBYTECODE: '1' },
      stdio: ['pipe', 'inherit', 'pipe'],
    })
    let errors = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
    child.stdin.end(deeds.map(deed => `${JSON.stringify(deed)}\n`).join(''))
    const code = await new Promise(resolve => child.once('close', resolve))
    if (code !== 0) throw new Error(errors)
  }
}
