import type { Socket } from 'node:net'
import fastifyPostgres from '@fastify/postgres'
import pg from 'pg'
import { socketThatRemembers } from './lookup.ts'
import { Problem, unavailable } from './problem.ts'
import type { Service } from './service.ts'

/** No answer of the catalog is older when it is given, ms: half of it may pass in the database, half in a cache. Who keeps it adds to that. */
export const STALENESS_MS = 300
const REPLICA_LAG_MS = STALENESS_MS / 2
const HEARTBEAT_MS = 40
/**
 * How soon a server that does not let itself be asked is tried again, ms. One that is ending makes a process for each that comes, and
 * needs its time for other things: within 2 s a primary whose pod is deleted has ended as it should, or its successor waits 3 s more.
 */
const RETRY_MS = 250
/** Silence after which a server counts as gone and whatever waits for it is broken off, ms. */
const SILENCE_MS = 2_000
/** A timeout that comes so much later, ms, speaks of this process, whose event loop was late: an answer may have lain there unread. */
const LATE_MS = 200
/** How long a primary may be gone until writes are refused at once, and how long a read waits for a server that is not behind, ms. */
const SERVER_WAIT_MS = 700
/** After so long the heartbeat tries another connection, ms: a Service may have other servers behind it by now. */
const CONNECTION_MS = 5_000
const POOL_WAIT_MS = 2_000
const MAX_WAITING = 200
/** How long COMMIT may wait for a standby, ms; then it is cancelled and its outcome counts as unknown. */
const COMMIT_MS = 3_500
/**
 * How long all of a transaction may take, ms: COMMIT waits the less, the longer it took to get a connection and the rows, so that its
 * outcome is said within the 5 s after which an Ingress may end a request, as kind's does, but for whoever waited longest for both.
 */
const ANSWER_MS = 4_500
/** What COMMIT has all the same, ms: many times what a standby needs. */
const COMMIT_LEAST_MS = 500
const STATEMENT_MS = 3_000
const MAX_ATTEMPTS = 5
/** Before a transaction that lost a conflict is made again, about, times the attempts so far, ms. */
const CONFLICT_PAUSE_MS = 30

type Role = 'primary' | 'replica' | 'unknown'

/** One host of DATABASE_URL: a server, or a Service that stands for some. */
interface Host {
  name: string
  pool: pg.Pool
  clients: Set<pg.PoolClient>
  role: Role
  /** A primary that may acknowledge nothing without a standby, and has none. */
  isAlone: boolean
  /** Up to where its log is flushed (primary) or replayed (replica), and the moment for which that is known. */
  lsn: string
  lsnAt: number
}

/** A connection of a pool, and what is known of the server at its other end. */
type Client = pg.PoolClient & { freshAsOf?: number; server?: string }
type Work<T> = (client: pg.PoolClient) => Promise<T | (() => Promise<T>)>

export class OutcomeUnknown extends Problem {
  /** @param advice how the client can find out */
  constructor(cause: unknown, advice = 'Leia antes de repetir.') {
    super(503, 'resultado-desconhecido', 'Resultado desconhecido', {
      detail: `Não se sabe se foi gravado. ${advice}`,
      headers: { 'retry-after': '1' },
      cause,
    })
  }
}

export interface DatabaseOptions {
  url: string
  servico: string
  /** Connections to each host. */
  connections?: number
}

/**
 * The servers behind DATABASE_URL. A heartbeat on each tells who is primary and how far each has come, so that writes go
 * to the primary, and reads to a replica only if it has replayed what the primary had at most {@link REPLICA_LAG_MS} ago.
 */
export class Database {
  readonly #hosts: Host[] = []
  readonly #log: Service['log']
  /** The highest timeline that a primary of each system was seen on: a primary on a lower one was deposed. */
  readonly #timelines = new Map<string, number>()
  /** When a heartbeat last met a primary that can acknowledge (performance.now(), ms). */
  #primaryAt = performance.now()
  #closing = false
  #heartbeats: Promise<void>[] = []

  static async register(app: Service, { url, servico, connections = 10 }: DatabaseOptions): Promise<Database> {
    const database = new Database(app.log)
    for (const connectionString of splitHosts(url)) {
      const name = new URL(connectionString).host
      await app.register(fastifyPostgres, {
        name,
        connectionString,
        application_name: `confeitaria-${servico}`,
        max: connections,
        connectionTimeoutMillis: POOL_WAIT_MS,
        idleTimeoutMillis: 60_000,
        maxLifetimeSeconds: 60,
        keepAlive: true,
        stream: socketThatRemembers,
        pipeline: true,
        statement_timeout: STATEMENT_MS,
        lock_timeout: STATEMENT_MS,
        idle_in_transaction_session_timeout: 5_000,
      })
      database.#add(name, (app.pg as unknown as Record<string, { pool: pg.Pool }>)[name]!.pool)
    }
    app.addHook('onClose', () => database.#stop())
    await database.#start()
    return database
  }

  private constructor(log: Service['log']) {
    this.#log = log
  }

  #add(name: string, pool: pg.Pool) {
    const host: Host = {
      name,
      pool,
      clients: new Set(),
      role: 'unknown',
      isAlone: false,
      lsn: '0/0',
      lsnAt: Number.NEGATIVE_INFINITY,
    }
    pool.on('error', () => {}) // an idle connection that broke: the pool drops it, the heartbeat tells what happened
    pool.on('connect', client => {
      client.on('error', () => {}) // a connection in use that broke: its statement is told; without a listener the process would end
      host.clients.add(client)
    })
    pool.on('remove', client => void host.clients.delete(client))
    this.#hosts.push(host)
  }

  /** Who is there, by host name: for /health. */
  get roles(): Record<string, Role> {
    return Object.fromEntries(this.#hosts.map(({ name, role }) => [name, role]))
  }

  /** Whether there is a primary that can acknowledge what is written. */
  get takesWrites() {
    return this.#hosts.some(canAcknowledge)
  }

  /**
   * For work that has more to do before its transaction.
   * @throws Problem 503 when there is no primary, or no standby that could confirm what it commits
   */
  async whenItTakesWrites(): Promise<void> {
    await this.#primary(Number.NEGATIVE_INFINITY)
  }

  get isReachable() {
    return this.#hosts.some(({ role }) => role !== 'unknown')
  }

  /**
   * Runs statements in one transaction on the primary. What fails before COMMIT is sent is undone; it is tried again if
   * the connection broke or another transaction got in the way (deadlock, serialization).
   * @param work what it resolves to, or a function: the statements that this one sends at once travel together with COMMIT
   * @throws OutcomeUnknown when COMMIT was sent and its outcome is not known, or it was not replicated
   * @throws Problem 503 when there is no primary, or no standby that could confirm what it commits
   */
  async transaction<T>(work: Work<T>): Promise<T> {
    const startedAt = performance.now()
    let since = Number.NEGATIVE_INFINITY
    for (let attempt = 1; ; attempt++) {
      const host = await this.#primary(since)
      try {
        return await this.#attempt(host, work, startedAt)
      } catch (error) {
        if (error instanceof Problem) throw error
        // Who is primary now is told by the next heartbeat and not by what was known before.
        if (isConnectionError(error) || isReadOnly(error)) since = performance.now()
        else if (!isConflict(error)) throw outage(error)
        if (attempt === MAX_ATTEMPTS) throw unavailable('O banco de dados não está disponível; tente de novo.', { cause: error })
        // At once it would take its first row again before the other transaction, which waits for it, has woken up.
        if (isConflict(error)) await new Promise(resolve => setTimeout(resolve, (0.5 + Math.random()) * CONFLICT_PAUSE_MS * attempt))
      }
    }
  }

  /** @param startedAt the moment (performance.now()) when the whole transaction began, this attempt or an earlier one */
  async #attempt<T>(host: Host, work: Work<T>, startedAt: number): Promise<T> {
    const client = await this.#connect(host)
    let broken: Error | undefined
    try {
      const [begun, worked] = await Promise.allSettled(together(client, () => [client.query('BEGIN'), work(client)] as const))
      if (begun.status === 'rejected') throw begun.reason
      if (worked.status === 'rejected') throw worked.reason
      const { value } = worked
      const [rest, committed] = await Promise.allSettled(
        together(client, () => [value instanceof Function ? value() : value, this.#commit(host, client, startedAt)] as const),
      )
      // What the server refused was undone by the COMMIT behind it; if it did not answer, it may have got both.
      if (rest.status === 'rejected' && !isConnectionError(rest.reason)) throw rest.reason
      if (committed.status === 'rejected') throw committed.reason
      if (rest.status === 'rejected') throw new OutcomeUnknown(rest.reason)
      return rest.value
    } catch (error) {
      if (isConnectionError(error) || isReadOnly(error) || error instanceof OutcomeUnknown) broken = error as Error
      else await client.query('ROLLBACK').catch(failure => (broken = failure))
      throw error
    } finally {
      client.release(broken)
    }
  }

  async #commit(host: Host, client: pg.PoolClient, startedAt: number) {
    let notReplicated: Error | undefined
    const onNotice = (notice: { code: string | undefined; message: string | undefined }) => {
      if (notice.code === '01000') notReplicated = new Error(notice.message)
    }
    // statement_timeout does not reach the wait for a standby: it has to be cancelled from another connection.
    let cancelling: Promise<void> | undefined
    const patience = Math.max(COMMIT_LEAST_MS, Math.min(COMMIT_MS, startedAt + ANSWER_MS - performance.now()))
    const timer = setTimeout(() => (cancelling = cancel(host, client)), patience)
    client.on('notice', onNotice)
    let command: string
    try {
      command = (await client.query('COMMIT')).command
    } catch (error) {
      const { code } = error as { code?: string }
      throw isConnectionError(error) || !code ? new OutcomeUnknown(error) : error
    } finally {
      clearTimeout(timer)
      client.off('notice', onNotice)
      await cancelling // or it would hit whoever has the connection next
    }
    if (notReplicated) throw new OutcomeUnknown(notReplicated)
    if (command !== 'COMMIT') throw new Error('A statement of the transaction had failed, which was overlooked: it was rolled back.')
  }

  /**
   * Runs one reading statement, on a replica that is provably fresh or else on the primary; while there is no primary, on
   * any replica, since nothing newer exists.
   * @returns the rows, the moment (performance.now()) as of which they are the truth, and the server (address and port) they come from
   * @throws Problem 503 when no server answers
   */
  async read<R extends pg.QueryResultRow>(query: pg.QueryConfig): Promise<{ rows: R[]; asOf: number; server: string | undefined }> {
    const deadline = performance.now() + SERVER_WAIT_MS
    let failure: unknown
    for (let round = 0; ; round++) {
      for (const host of this.#readers()) {
        try {
          const read = await this.#over(host, async client => {
            const asOf = await this.#freshAsOf(client)
            if (asOf !== undefined) return { rows: (await client.query<R>(query)).rows, asOf, server: client.server }
            // Nobody else has answered: the next connection to a Service may be to another of its servers.
            if (round > 0) throw Object.assign(new Error('The server of this connection is too far behind.'), { code: 'EAGAIN' })
            return undefined
          })
          if (read) return read
        } catch (error) {
          if (!isConnectionError(error) && !isConflict(error) && !(error instanceof Problem)) throw outage(error)
          failure = error
        }
      }
      if (!this.isReachable || this.#closing || performance.now() > deadline) break
      await new Promise(resolve => setTimeout(resolve, HEARTBEAT_MS))
    }
    throw unavailable('O banco de dados não está disponível; tente de novo.', { cause: failure })
  }

  /**
   * Reads from the primary; from a replica when there is none.
   * @returns the rows, and whether they are surely the latest: not a replica's, nor those of a primary that no standby follows, since it
   * may be cut off and another in its place
   */
  async readLatest<R extends pg.QueryResultRow>(query: pg.QueryConfig): Promise<{ rows: R[]; isLatest: boolean }> {
    let failure: unknown
    for (const host of this.#hosts.filter(({ role }) => role === 'primary').concat(this.#hosts.filter(({ role }) => role === 'replica'))) {
      try {
        const { rows } = await this.#over(host, client => client.query<R>(query))
        return { rows, isLatest: canAcknowledge(host) }
      } catch (error) {
        if (!isConnectionError(error) && !isConflict(error)) throw outage(error)
        failure = error
      }
    }
    throw unavailable('O banco de dados não está disponível; tente de novo.', { cause: failure })
  }

  /** Works over a connection of the host's pool, which drops it if it broke. */
  async #over<T>(host: Host, work: (client: Client) => Promise<T>): Promise<T> {
    const client = await this.#connect(host)
    let broken: Error | undefined
    try {
      return await work(client)
    } catch (error) {
      if (isConnectionError(error)) broken = error as Error
      throw error
    } finally {
      client.release(broken)
    }
  }

  /** The replicas in turn, then the primary; broken connections get a second chance at the end. */
  #readers(): Host[] {
    const replicas = this.#hosts.filter(({ role }) => role === 'replica')
    const primaries = this.#hosts.filter(({ role }) => role === 'primary')
    return [...replicas, ...primaries, ...replicas]
  }

  /**
   * The moment as of which this connection's reads are the truth; undefined when it lags too far behind. Each connection
   * is asked for itself, since a host may be a Service with several servers behind it, one of them just promoted.
   */
  async #freshAsOf(client: Client): Promise<number | undefined> {
    const now = performance.now()
    if (client.freshAsOf !== undefined && now - client.freshAsOf <= REPLICA_LAG_MS) return client.freshAsOf
    const primary = this.#hosts.find(({ role }) => role === 'primary')
    if (!primary && client.server) return now
    const { lsn, lsnAt } = primary ?? { lsn: '0/0', lsnAt: now }
    const { rows } = await client.query({
      name: 'freshness',
      text: `SELECT pg_is_in_recovery() AS replica, ${POSITION} >= $1::pg_lsn AS fresh, ${SERVER_ADDRESS} AS server`,
      values: [lsn],
    })
    client.server = rows[0]?.server
    if (!primary) return now
    if (rows[0]?.replica && (!rows[0].fresh || now - lsnAt > REPLICA_LAG_MS)) return undefined
    client.freshAsOf = rows[0]?.replica ? lsnAt : now
    return client.freshAsOf
  }

  /**
   * A primary that can acknowledge: without a standby COMMIT would wait in vain, and whoever wants the same rows behind it.
   * @param since the moment (performance.now()) since when its heartbeat must have said that it is the primary
   */
  async #primary(since: number): Promise<Host> {
    for (;;) {
      const host = this.#hosts.find(each => canAcknowledge(each) && each.lsnAt >= since)
      if (host) return host
      if (this.#closing || performance.now() > Math.max(this.#primaryAt, since) + SERVER_WAIT_MS) {
        throw unavailable('Os pedidos e as mudanças estão em pausa enquanto o banco de dados principal volta; tente de novo.')
      }
      await new Promise(resolve => setTimeout(resolve, HEARTBEAT_MS))
    }
  }

  async #connect(host: Host): Promise<Client> {
    if (host.pool.waitingCount >= MAX_WAITING) throw unavailable('O serviço está sobrecarregado; tente de novo.')
    try {
      return await host.pool.connect()
    } catch (error) {
      // A pool that has all its connections and none free in time is overload, not an outage.
      if (host.role !== 'unknown' && /timeout exceeded when trying to connect/.test(String(error)) && host.pool.totalCount > 0) {
        throw unavailable('O serviço está sobrecarregado; tente de novo.', { cause: error })
      }
      throw Object.assign(error as Error, { code: (error as NodeJS.ErrnoException).code ?? 'ECONNREFUSED' })
    }
  }

  async #start() {
    const firstBeat = this.#hosts.map(host => new Promise<void>(beaten => this.#heartbeats.push(this.#heartbeat(host, beaten))))
    await Promise.all(firstBeat)
  }

  async #stop() {
    this.#closing = true
    await Promise.all(this.#heartbeats)
  }

  /** Asks one host again and again who it is and how far it has come, over a connection of its own. */
  async #heartbeat(host: Host, beaten: () => void) {
    let client: pg.Client | undefined
    let renewAt = 0
    while (!this.#closing) {
      /** The connection that takes over, once it is known where it leads. */
      let next: pg.Client | undefined
      let askedAt = performance.now()
      try {
        if (!client || performance.now() >= renewAt) {
          renewAt = performance.now() + CONNECTION_MS
          next = new pg.Client({ ...host.pool.options, connectionTimeoutMillis: SILENCE_MS, query_timeout: SILENCE_MS })
          next.on('error', () => {})
          await next.connect()
        }
        askedAt = performance.now()
        const { rows } = await (next ?? client!).query({ name: 'heartbeat', text: HEARTBEAT })
        const { replica, lsn, system, timeline, alone } = rows[0]
        if (next && client && replica && this.#isOnlyPrimary(host)) {
          // In a failover a Service of replicas leads past the new primary before the primary's own leads to it.
          goodbye(next)
          continue
        }
        if (next && client) goodbye(client)
        client = next ?? client
        if (replica) this.#become(host, 'replica')
        else if (this.#isNewest(system, timeline)) this.#become(host, 'primary')
        else this.#become(host, 'unknown', new Error(`It is a deposed primary: its timeline ${timeline} is over.`))
        Object.assign(host, { lsn, lsnAt: askedAt, isAlone: alone })
        if (canAcknowledge(host)) this.#primaryAt = askedAt
      } catch (error) {
        if (next) destroy(next)
        // That no other connection is made says nothing of the one that works, which is asked at once.
        if (next && client) continue
        const silent = /timeout/i.test(String(error)) && performance.now() - askedAt < SILENCE_MS + LATE_MS
        // One connection may break alone: whether the server is gone is told by the next.
        const broke = client && !silent
        if (client) destroy(client)
        client = undefined
        if (broke) continue
        this.#become(host, 'unknown', error)
        if (silent) for (const pooled of host.clients) destroy(pooled)
      }
      beaten()
      await new Promise(resolve => setTimeout(resolve, client ? HEARTBEAT_MS : RETRY_MS))
    }
    if (client) goodbye(client)
  }

  #isOnlyPrimary(host: Host): boolean {
    return host.role === 'primary' && this.#hosts.filter(({ role }) => role === 'primary').length === 1
  }

  /** Whether a primary on that timeline is the one; then whoever is on a lower one is not any more. */
  #isNewest(system: string, timeline: number): boolean {
    const known = this.#timelines.get(system) ?? 0
    if (timeline > known) {
      this.#timelines.set(system, timeline)
      for (const host of this.#hosts.filter(({ role }) => role === 'primary')) {
        this.#become(host, 'unknown')
        // One name may lead elsewhere by now; what was connected before would still ask the deposed one.
        for (const client of host.clients) destroy(client)
      }
    }
    return timeline >= known
  }

  #become(host: Host, role: Role, cause?: unknown) {
    if (host.role === role) return
    this.#log.warn({ host: host.name, was: host.role, is: role, err: cause }, 'database role changed')
    host.role = role
  }
}

const canAcknowledge = ({ role, isAlone }: Host) => role === 'primary' && !isAlone

const POSITION = 'CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END'
/** Address and port of the server that a statement runs on; null over a Unix socket. */
export const SERVER_ADDRESS = `host(inet_server_addr()) || ':' || inet_server_port()`
/** The name of a log file begins with its timeline, in 8 hexadecimal digits. */
const HEARTBEAT = `
  SELECT pg_is_in_recovery() AS replica, ${POSITION}::text AS lsn, (SELECT system_identifier::text FROM pg_control_system()) AS system,
    CASE WHEN NOT pg_is_in_recovery() THEN ('x' || left(pg_walfile_name(pg_current_wal_flush_lsn()), 8))::bit(32)::int END AS timeline,
    current_setting('synchronous_standby_names') <> '' AND NOT EXISTS (SELECT FROM pg_stat_get_wal_senders()) AS alone`

/** postgres://u:p@a:1,b:2/db → one URL for each host. */
export function splitHosts(url: string): string[] {
  const [, head, hosts, tail] = /^(postgres(?:ql)?:\/\/(?:[^@/]*@)?)([^/?]+)(.*)$/.exec(url) ?? []
  if (!hosts) throw new Error('DATABASE_URL has no host: expected postgres://user:password@host:port,host:port/database')
  return hosts.split(',').map(host => `${head}${host}${tail}`)
}

/**
 * Cancels what a connection of the pool waits for, or breaks the connection if that cannot be done. It takes a connection of
 * its own, since all of the pool's may be waiting, and what is not cancelled goes on on the server, with its locks.
 */
async function cancel(host: Host, client: pg.PoolClient) {
  const other = new pg.Client({ ...host.pool.options, query_timeout: SILENCE_MS })
  other.on('error', () => {})
  try {
    await other.connect()
    const { rows } = await other.query('SELECT pg_cancel_backend($1) AS done', [(client as unknown as { processID: number }).processID])
    if (!rows[0].done) destroy(client) // it is on another server than the one that this name leads to now
  } catch {
    destroy(client)
  } finally {
    destroy(other)
  }
}

const socketOf = (client: pg.Client | pg.PoolClient) => (client as unknown as { connection: { stream: Socket } }).connection.stream
const destroy = (client: pg.Client | pg.PoolClient) => socketOf(client).destroy()

/** Ends a session. A server that hangs would never let go of it. */
function goodbye(client: pg.Client) {
  setTimeout(() => destroy(client), SILENCE_MS).unref()
  void client.end()
}

/** What is asked of a connection at once goes out at once, as one write. */
function together<T>(client: pg.PoolClient, ask: () => T): T {
  const socket = socketOf(client)
  socket.cork()
  try {
    return ask()
  } finally {
    socket.uncork()
  }
}

/** Classes 08 and 57P (shutdown, crash, cannot connect now), idle for too long, and what the socket says: the statement did not happen, or was undone. */
export function isConnectionError(error: unknown): boolean {
  const { code = '', message = '' } = error as { code?: string; message?: string }
  return (
    /^(08|25P03|57P0[1-5]|53300|E[A-Z_]+$)/.test(code) ||
    /Connection terminated|connection timeout|Client has encountered a connection error/i.test(message)
  )
}

const isReadOnly = (error: unknown) => (error as { code?: string }).code === '25006'
/** Also a replica's statement that stood in the way of what it had to replay. */
const isConflict = (error: unknown) => ['40001', '40P01'].includes((error as { code?: string }).code ?? '')
/** Statement cancelled, lock not had in time, disk or memory full: the request was fine, the database is not. */
const outage = (error: unknown) =>
  /^(57014|55P03|53)/.test((error as { code?: string }).code ?? '')
    ? unavailable('O banco de dados está ocupado; tente de novo.', { cause: error })
    : error
