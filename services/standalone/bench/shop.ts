/** The shop as the embedded run has it, real PostgreSQL with its replica and real Redis, in a temporary folder. */
import { type ChildProcess, execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { readFile, rm, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Redis } from 'ioredis'
import pg from 'pg'
import { Database, newPasswords } from '../postgres.ts'
import { exited, freePort, launch, processesIn, running, signal, until } from '../process.ts'
import { RedisServer } from '../redis.ts'
import { LOAD_CORE, pin, prefer } from './cores.ts'

const run = promisify(execFile)
const program = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))

export interface Running {
  name: string
  origin: string
  child: ChildProcess
  logFile: string
}

export class Shop {
  readonly folder = mkdtempSync(join(tmpdir(), 'confeitaria-bench-'))
  readonly adminToken = randomBytes(24).toString('hex')
  readonly #children: Running[] = []
  postgres!: Database
  redis!: RedisServer

  async open(say: (line: string) => void) {
    this.redis = new RedisServer({
      folder: join(this.folder, 'redis'),
      port: await freePort(),
      password: randomBytes(24).toString('hex'),
      logFile: join(this.folder, 'redis.log'),
    })
    await this.redis.start()
    this.postgres = await Database.open({
      folder: this.folder,
      ports: [await freePort(), await freePort()],
      passwords: newPasswords(),
      logFolder: this.folder,
      say,
    })
    for (const { pid } of [...this.postgres.servers, this.redis]) prefer(pid!)
  }

  /** The process ids of the data servers and what they forked. */
  get dataServers(): number[] {
    return [...this.postgres.servers, this.redis].flatMap(({ folder }) => processesIn(folder))
  }

  /** DATABASE_URL of a role, in the shop's database or in another one of the same servers. */
  databaseUrl(role: 'catalogo' | 'pedidos', database = 'confeitaria') {
    return this.postgres.url(role).replace(/confeitaria$/, database)
  }

  superuserUrl(database = 'confeitaria') {
    return this.postgres.primary.url().replace(/confeitaria$/, database)
  }

  /** One more database beside the shop's, with the same roles and schemas. */
  async addDatabase(name: string) {
    await this.postgres.primary.query(`CREATE DATABASE ${name}`)
    const client = new pg.Client(this.superuserUrl(name))
    await client.connect()
    try {
      await client.query((await readFile(program('platform/database.sql'), 'utf8')).replaceAll('DATABASE confeitaria', `DATABASE ${name}`))
    } finally {
      await client.end()
    }
  }

  /** Runs one of the shop's commands to its end. @returns what it printed */
  async command(path: string, env: Record<string, string>, words: string[] = [], onLine?: (line: string) => void): Promise<string> {
    const child = run(process.execPath, [program(path), ...words], { env: { ...process.env, ...env } })
    if (onLine) createInterface(child.child.stdout!).on('line', onLine)
    return (await child).stdout
  }

  /** Of PostgreSQL and Redis. */
  async versions(): Promise<string> {
    const [postgres] = await this.postgres.primary.query<{ server_version: string }>('SHOW server_version')
    const redis = new Redis(this.redis.url)
    const server = await redis.info('server').finally(() => redis.disconnect())
    return `PostgreSQL ${postgres!.server_version}, Redis ${/redis_version:(\S+)/.exec(server)?.[1]}`
  }

  /** Starts a service, or `path` with `words`, and waits until it answers `probe`, and no 5xx. */
  async start(
    name: string,
    {
      path = `${name}/server.ts`,
      words = [],
      probe = '/readyz',
      ...env
    }: { path?: string; words?: string[]; probe?: string; [variable: string]: unknown },
  ) {
    const port = await freePort()
    const logFile = join(this.folder, `${name}-${port}.log`)
    const child = launch(process.execPath, [program(path), ...words.map(word => word.replace('PORT', String(port)))], {
      cwd: this.folder,
      logFile,
      env: { ...process.env, ...(env as Record<string, string>), PORT: String(port), HOST: '127.0.0.1' },
      deathSignal: 'TERM',
    })
    const started: Running = { name, origin: `http://127.0.0.1:${port}`, child, logFile }
    this.#children.push(started)
    await until(
      () =>
        fetch(started.origin + probe).then(
          ({ status }) => status < 500,
          () => false,
        ),
      `${name} on port ${port}`,
      { child, logFile },
    )
    prefer(child.pid!)
    await pin([child.pid], LOAD_CORE)
    return started
  }

  async stop({ child }: Running) {
    if (!running(child)) return
    signal(child.pid, 'SIGTERM')
    await exited(child)
  }

  /** A second of load is megabytes of log. */
  async forgetLogs() {
    for (const { logFile } of this.#children) await truncate(logFile)
  }

  async close() {
    await Promise.all(this.#children.map(each => this.stop(each)))
    await this.postgres?.stop('immediate')
    await this.redis?.stop()
    await rm(this.folder, { recursive: true, force: true })
  }
}
