/**
 * The embedded run (`make start`): PostgreSQL with its replica, Redis, the four services (the catalog twice) and the gateway, each a
 * process of its own that is started again when it dies.
 */
import { type ChildProcess, execFile } from 'node:child_process'
import { renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { ConfigError, port, readConfig } from '@confeitaria/platform/config'
import Fastify from 'fastify'
import { type Static, Type } from 'typebox'
import { claim, dataFolder, prepare, processOf, type Run, release, secrets, update } from './data-folder.ts'
import { checkPlatform, Database, type PostgresServer } from './postgres.ts'
import { DataServer, end, exited, launch, listenerOn, portIsFree, running, Sentence, signal, until } from './process.ts'
import { program, RedisServer } from './redis.ts'

const run = promisify(execFile)
const SERVICES = fileURLToPath(new URL('..', import.meta.url))

const Ports = {
  GATEWAY_PORT: port(8080),
  STOREFRONT_PORT: port(8000),
  CATALOG_PORT: port(5001),
  CATALOG_2_PORT: port(5011),
  CART_PORT: port(5002),
  ORDERS_PORT: port(5003),
  POSTGRES_A_PORT: port(55432),
  POSTGRES_B_PORT: port(55433),
  REDIS_PORT: port(56379),
}
const Config = Type.Object({
  ...Ports,
  HOST: Type.String({ default: '127.0.0.1', description: 'the address that the gateway listens on; all else stays on 127.0.0.1' }),
  ADMIN_TOKEN: Type.Optional(
    Type.String({ pattern: '^[!-~]{16,200}$', description: 'a secret of 16 to 200 printable ASCII characters without spaces' }),
  ),
})
type Config = Static<typeof Config>

/** A child of ours: a data server or a service. */
interface Part {
  readonly name: string
  readonly port: number
  readonly child: ChildProcess | undefined
  start(): Promise<void>
  stop(): Promise<void>
}

/** How long a service may take to finish what is in flight before it is killed, ms. */
const STOP_MS = 5_000
/** Pauses before a part that keeps dying is started again, ms; a part that lived longer than the last begins anew. */
const PAUSES = [0, 500, 1_000, 2_000, 5_000, 10_000]

/** What a service takes from our environment; what another of its variables says there is not meant for it. */
const inherited = () =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => /^(PATH|HOME|LANG|LC_.+|TZ|TMPDIR|LOG_LEVEL|MAX_IN_FLIGHT|OTEL_.+|NODE_.+)$/.test(name)),
  )

class NodeService implements Part {
  readonly name: string
  readonly port: number
  readonly #script: string
  readonly #env: Record<string, string>
  readonly #logFile: string
  child: ChildProcess | undefined

  constructor(name: string, script: string, port: number, env: Record<string, string>, logFolder: string) {
    this.name = name
    this.port = port
    this.#script = join(SERVICES, script)
    this.#env = env
    this.#logFile = join(logFolder, `${name}.log`)
  }

  async start(): Promise<void> {
    let rest = ''
    const child = launch(process.execPath, [this.#script], {
      cwd: SERVICES,
      logFile: this.#logFile,
      env: { ...inherited(), NODE_ENV: 'production', PORT: String(this.port), ...this.#env },
      deathSignal: 'TERM',
      onOutput: text => {
        const lines = (rest + text).split('\n')
        rest = lines.pop()!
        for (const line of lines) if (line && (!line.startsWith('{') || /^{"level":[56]0/.test(line))) say(`${this.name} | ${line}`)
      },
    })
    this.child = child
    const ready = () =>
      fetch(`http://${reachable(this.#env.HOST)}:${this.port}${this.name === 'gateway' ? '/health' : '/readyz'}`, {
        signal: AbortSignal.timeout(2_000),
      }).then(
        ({ ok }) => ok,
        () => false,
      )
    await until(ready, `${this.name} on port ${this.port}`, { child, logFile: this.#logFile, ms: 60_000 })
  }

  async stop(): Promise<void> {
    if (running(this.child)) signal(this.child.pid, 'SIGCONT')
    const onLate = () => say(`${this.name} did not end within ${STOP_MS / 1000} s: killing it`)
    await end(this.child, 'SIGTERM', 'SIGKILL', { ms: STOP_MS, onLate })
  }
}

/** Where a server that listens on `host` is found from this machine. */
const reachable = (host = '127.0.0.1') =>
  host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host

const started = performance.now()
function say(line: string) {
  console.log(`${`${((performance.now() - started) / 1000).toFixed(1)} s`.padStart(8)}  ${line}`)
}

/** Starts parts, starts them again when they die, and stops them all. */
class Supervisor {
  readonly #folder: string
  readonly #note: Run
  /** In the order of their start. */
  readonly #parts: Part[] = []
  /** Stopped on purpose. */
  readonly #held = new Set<Part>()
  #stopping = false

  constructor(folder: string, note: Run) {
    this.#folder = folder
    this.#note = note
  }

  get stopping(): boolean {
    return this.#stopping
  }

  /** From now on stop() ends it. */
  add(part: Part): void {
    if (!this.#parts.includes(part)) this.#parts.push(part)
  }

  async start(part: Part): Promise<void> {
    this.add(part)
    await part.start()
    say(`${part.name} answers on port ${part.port}`)
    await this.keep(part)
  }

  /** Looks after a part that runs. */
  async keep(part: Part, restart: () => Promise<void> = () => part.start()): Promise<void> {
    this.#held.delete(part)
    this.add(part)
    this.#writeNote()
    void this.#look(part, restart)
  }

  async #look(part: Part, restart: () => Promise<void>): Promise<void> {
    for (let deaths = 0; ; ) {
      const since = performance.now()
      const end = await exited(part.child!)
      if (this.#stopping || this.#held.has(part)) return
      if (performance.now() - since > PAUSES.at(-1)!) deaths = 0
      const pause = PAUSES[Math.min(deaths++, PAUSES.length - 1)]!
      say(`${part.name} ${end}: starting it again${pause ? ` in ${pause / 1000} s` : ''}`)
      await wait(pause)
      if (this.#stopping || this.#held.has(part)) return
      try {
        await restart()
        say(`${part.name} is back`)
        this.#writeNote()
      } catch (error) {
        if (this.#stopping) return
        say((error as Error).message)
      }
    }
  }

  /** Leaves a part alone from now on, so that it can be stopped for a while. */
  hold(part: Part): void {
    this.#held.add(part)
  }

  #writeNote(): void {
    this.#note.children = this.#parts.flatMap(({ name, child }) => (running(child) ? [processOf(name, child.pid)] : []))
    update(this.#folder, this.#note)
  }

  /** The gateway, then the services, then the data servers. */
  async stop(): Promise<void> {
    this.#stopping = true
    const services = this.#parts.filter(part => part instanceof NodeService)
    for (const part of services.filter(({ name }) => name === 'gateway')) await part.stop()
    await Promise.all(services.map(part => part.stop()))
    for (const part of this.#parts) if (!(part instanceof NodeService)) await part.stop()
  }

  /** Ends everything at once, and resolves once it is gone; what was acknowledged is on disk. */
  async kill(): Promise<void> {
    this.#stopping = true
    await Promise.all(this.#parts.map(part => (part instanceof DataServer ? part.kill() : end(part.child, 'SIGKILL', 'SIGKILL'))))
  }
}

/** Whether a port is free, or is at once: the socket of a process that was just killed outlives it for a moment. */
async function becomesFree(port: number, host: string): Promise<boolean> {
  for (let tries = 0; tries < 40; tries++) {
    if (await portIsFree(port, host)) return true
    if (!listenerOn(port).startsWith('another program')) return false
    await wait(50)
  }
  return false
}

/** What the system calls it when one cannot listen on an address. */
const NO_ADDRESS = ['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL', 'ENOTFOUND']

async function checkPorts(config: Config): Promise<void> {
  const ports = Object.keys(Ports).map(name => ({ name, port: config[name as keyof typeof Ports] }))
  const sentences: string[] = []
  for (const { name, port } of ports) {
    const host = name === 'GATEWAY_PORT' ? config.HOST : '127.0.0.1'
    const same = ports.find(other => other.port === port)!
    try {
      if (same.name !== name) sentences.push(`${same.name} and ${name} are both ${port}: give each its own.`)
      else if (!(await becomesFree(port, host)))
        sentences.push(`Port ${port} is taken by ${listenerOn(port)}: stop it, or set ${name} to a free port.`)
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException
      if (code === 'EACCES') sentences.push(`Port ${port} is not for this user to take: set ${name} to one from 1024 on.`)
      else if (!NO_ADDRESS.includes(code)) throw error
      else sentences.push(`HOST=${host} is no address of this machine (${code}): set it to one, or to 0.0.0.0 for all there are.`)
    }
  }
  if (sentences.length) throw new Sentence(sentences.join('\n'))
}

/** What demo-failover.ts asks for, over a socket in the data folder that only its owner can enter. */
async function control(folder: string, supervisor: Supervisor, database: Database, keep: (server: PostgresServer) => Promise<void>) {
  const app = Fastify({ forceCloseConnections: true })
  const roles = () => ({ primary: database.primary.name, replica: database.replica.name })
  app.setErrorHandler((error: Error, _request, reply) => reply.code(409).send({ detail: error.message }))
  app.get('/', async () => ({
    ...roles(),
    replication: database.primary.pid
      ? await database.primary.query('SELECT application_name, state, sync_state, replay_lsn FROM pg_stat_replication')
      : [],
  }))
  app.post('/kill-primary', async () => {
    supervisor.hold(database.primary)
    await database.primary.kill()
    say(`${database.primary.name} was killed on request; it stays away`)
    return roles()
  })
  app.post('/promote', async () => {
    supervisor.hold(database.primary)
    await database.promote()
    say(`${database.primary.name} is the primary now`)
    return roles()
  })
  app.post('/rebuild', async () => {
    await database.rebuild()
    await keep(database.replica)
    say(`${database.replica.name} was made anew and follows ${database.primary.name}`)
    return roles()
  })
  // For a demonstration that was cut short.
  app.post('/heal', async () => {
    if (!database.primary.pid) {
      await database.primary.start()
      await keep(database.primary)
    }
    if (!database.replica.pid) {
      await database.startReplica()
      await keep(database.replica)
    }
    return roles()
  })
  // A relative path: the whole one may be longer than a socket's name can be.
  process.chdir(folder)
  await app.listen({ path: 'control' })
  return app
}

async function start(config: Config, folder: string, note: Run, supervisor: Supervisor): Promise<Awaited<ReturnType<typeof control>>> {
  const kept = secrets(folder)
  const adminToken = config.ADMIN_TOKEN ?? kept.adminToken
  const logFolder = join(folder, 'logs')
  rmSync(`${logFolder}.previous`, { recursive: true, force: true })
  try {
    renameSync(logFolder, `${logFolder}.previous`)
  } catch {
    // the first run
  }

  const redis = new RedisServer({
    folder: join(folder, 'redis'),
    port: config.REDIS_PORT,
    password: kept.redis,
    logFile: join(logFolder, 'redis.log'),
  })
  await supervisor.start(redis)
  const ports: [number, number] = [config.POSTGRES_A_PORT, config.POSTGRES_B_PORT]
  const database = new Database({ folder, ports, passwords: kept.postgres, logFolder, say })
  for (const server of database.servers) supervisor.add(server)
  await database.open()
  const restart = (server: PostgresServer) => () => (server === database.replica ? database.startReplica() : server.start())
  const keep = (server: PostgresServer) => supervisor.keep(server, restart(server))
  for (const server of database.servers) await keep(server)

  const [catalogo, pedidos] = [database.url('catalogo'), database.url('pedidos')]
  const command = async (script: string, DATABASE_URL: string) => {
    const { stdout } = await run(process.execPath, [join(SERVICES, script)], { env: { ...inherited(), DATABASE_URL } }).catch(error => {
      throw new Sentence(`${script} failed: ${error.stderr || error.message}`)
    })
    say(stdout.trim().split('\n').at(-1) || `${script} is done`)
  }
  await command('catalog/migrate.ts', catalogo)
  await Promise.all([command('orders/migrate.ts', pedidos), command('catalog/seed.ts', catalogo)])

  const at = (...ports: number[]) => ports.map(port => `http://127.0.0.1:${port}`).join()
  const CATALOG_URL = at(config.CATALOG_PORT, config.CATALOG_2_PORT)
  const CART_URL = at(config.CART_PORT)
  const upstreams = { CATALOG_URL, CART_URL, ORDERS_URL: at(config.ORDERS_PORT) }
  const catalog = { DATABASE_URL: catalogo, ADMIN_TOKEN: adminToken }
  const service = (name: string, script: string, port: number, env: Record<string, string>) =>
    new NodeService(name, script, port, env, logFolder)
  const services = [
    service('catalog-1', 'catalog/server.ts', config.CATALOG_PORT, catalog),
    service('catalog-2', 'catalog/server.ts', config.CATALOG_2_PORT, catalog),
    service('cart', 'cart/server.ts', config.CART_PORT, { CATALOG_URL, REDIS_URL: redis.url }),
    service('orders', 'orders/server.ts', config.ORDERS_PORT, { DATABASE_URL: pedidos, CART_URL }),
    service('storefront', 'storefront/server.ts', config.STOREFRONT_PORT, upstreams),
    service('gateway', 'standalone/gateway.ts', config.GATEWAY_PORT, {
      HOST: config.HOST,
      STOREFRONT_URL: at(config.STOREFRONT_PORT),
      ...upstreams,
    }),
  ]
  await Promise.all(services.map(part => supervisor.start(part)))
  const app = await control(folder, supervisor, database, keep)
  note.open = true
  update(folder, note)
  console.log(`
The shop is open:
  shop         ${note.gateway}
  admin page   ${note.gateway}/admin   token: ${adminToken}
  catalog      http://localhost:${config.CATALOG_PORT}/docs   http://localhost:${config.CATALOG_2_PORT}/docs
  cart         http://localhost:${config.CART_PORT}/docs
  orders       http://localhost:${config.ORDERS_PORT}/docs
  PostgreSQL   127.0.0.1:${database.primary.port} primary, 127.0.0.1:${database.replica.port} replica
  Redis        127.0.0.1:${config.REDIS_PORT}
  data, logs   ${folder}
Ctrl-C ends it.
`)
  return app
}

async function main(): Promise<void> {
  const config = readConfig(Config)
  checkPlatform()
  program()
  const folder = dataFolder()
  prepare(folder)
  const host = config.HOST === '127.0.0.1' ? 'localhost' : reachable(config.HOST)
  const note: Run = { supervisor: processOf('supervisor', process.pid), children: [], gateway: `http://${host}:${config.GATEWAY_PORT}` }
  await claim(folder, note, say)
  const supervisor = new Supervisor(folder, note)
  let app: Awaited<ReturnType<typeof control>> | undefined
  const endWith = async (code: number) => {
    await app?.close()
    await supervisor.stop()
    release(folder)
    process.exit(code)
  }
  const onSignal = async (name: NodeJS.Signals) => {
    if (supervisor.stopping) {
      say('ending at once')
      await supervisor.kill()
      release(folder)
      process.exit(130)
    }
    say(`${name}: closing the shop (again to end at once)`)
    await endWith(0)
  }
  process.stdout.on('error', () => {}) // the terminal went away; SIGHUP tells
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, onSignal)
  try {
    await checkPorts(config)
    app = await start(config, folder, note, supervisor)
  } catch (error) {
    if (supervisor.stopping) return // the signal's handler ends us
    complain(error)
    await endWith(1)
  }
}

function complain(error: unknown): void {
  if (error instanceof Sentence || error instanceof ConfigError) console.error(error.message)
  else if ((error as NodeJS.ErrnoException).code === 'ENOSPC') console.error('The disk is full: free some space and start again.')
  else console.error(error)
}

await main().catch(error => {
  complain(error)
  process.exit(1)
})
