// Runs inside the cluster, as one bundled file: `watch` writes each second who is primary and how far the others are; `audit` writes what
// the databases hold of one round's load, on each server, and takes away the products that the load made. One JSON object a line.
import { lookup } from 'node:dns/promises'
import { Redis } from 'ioredis'
import pg from 'pg'
import { bounded, pause, until } from './waiting.ts'

const PERIOD_MS = 1_000
const ANSWER_MS = 2_000
/** How long a replica may take to have what the primary had when the audit began. */
const CATCH_UP = { seconds: 60, everyMs: 250 }

export interface Instance {
  address: string
  /** Why nothing is known of it. */
  error?: string
  primary?: boolean
  /** Bytes of WAL that it has replayed, or written when it is the primary. */
  position?: number
  /** Of the primary only. */
  timeline?: number
  replicas?: number
  /** Connections to the shop's database. */
  connections?: number
}

export interface Observation {
  at: number
  instances: Instance[]
  /** Valkey: whom most sentinels call primary, and how many replicas it has that are connected. */
  carts: { primary: string | null; replicas: number }
}

export interface Question {
  /** Keys and products of the round begin with this. */
  run: string
  products: number[]
  /** Servers that must be there. */
  instances: number
}

export type Finding =
  | { instance: Instance }
  | { order: { address: string; key: string; id: number; session: string; total: number; lines: [number, number, number][] } }
  /** Orders of the round's sessions: more than one for a session is one too many. */
  | { sessions: { address: string; orders: number; sessions: number } }
  | { stock: { product: number; left: number; sold: number } }
  | { done: true }

const environment = (name: string): string => {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is missing.`)
  return value
}
const write = (value: Observation | Finding) => console.log(JSON.stringify(value))

type Role = 'catalogo' | 'pedidos'
const client = (host: string, role: Role) =>
  new pg.Client({
    host,
    user: role,
    password: environment(`PASSWORD_${role.toUpperCase()}`),
    database: 'confeitaria',
    connectionTimeoutMillis: ANSWER_MS,
    query_timeout: CATCH_UP.seconds * 1_000,
    application_name: 'lab',
  })

// A position in WAL as a number of bytes; a primary has written it, a replica replayed it.
const STATE = `SELECT NOT pg_is_in_recovery() AS primary,
  (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END - '0/0'::pg_lsn)::float8 AS position,
  CASE WHEN pg_is_in_recovery() THEN NULL ELSE ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int END AS timeline,
  (SELECT count(*)::int FROM pg_stat_replication) AS replicas,
  (SELECT numbackends FROM pg_stat_database WHERE datname = 'confeitaria') AS connections`

/** One server of PostgreSQL, asked over one connection as long as that holds. */
class Server {
  readonly address: string
  #client: pg.Client | undefined

  constructor(address: string) {
    this.address = address
  }

  async look(): Promise<Instance> {
    const { address } = this
    try {
      if (!this.#client) {
        const fresh = client(address, 'catalogo')
        fresh.on('error', () => this.close())
        await fresh.connect()
        this.#client = fresh
      }
      const { rows } = await bounded(address, ANSWER_MS, this.#client.query(STATE))
      const { primary, position, timeline, replicas, connections } = rows[0]
      return { address, primary, position, connections, ...(primary ? { timeline, replicas } : {}) }
    } catch (error) {
      this.close()
      return { address, error: (error as Error).message }
    }
  }

  close() {
    this.#client?.end().catch(() => {}) // it is gone already
    this.#client = undefined
  }
}

const redis = (host: string, port: number, password?: string) => {
  const options = { host, port, lazyConnect: true, connectTimeout: ANSWER_MS, commandTimeout: ANSWER_MS, maxRetriesPerRequest: 0 }
  const connection = new Redis({ ...options, enableOfflineQueue: true, ...(password ? { password } : {}) })
  connection.on('error', () => {}) // each command says so itself
  return connection
}

/** Valkey's servers with the sentinels beside them, by the names of their pods, which are those of the pods' own Services. */
function cartServers() {
  const service = environment('VALKEY')
  const names = [0, 1, 2].map(i => `${service}-${i}`)
  const sentinels = names.map(name => redis(name, 26379))
  const servers = new Map(names.map(name => [name, redis(name, 6379, environment('VALKEY_PASSWORD'))]))
  const podAt = new Map<string, string>()
  return async (): Promise<Observation['carts']> => {
    for (const name of names.slice(podAt.size)) {
      const addresses = await addressesOf(name).catch(() => []) // DNS is one of the things that break
      for (const address of addresses) podAt.set(address, name)
    }
    const said = await Promise.all(
      sentinels.map(sentinel =>
        (sentinel.call('SENTINEL', 'GET-PRIMARY-ADDR-BY-NAME', 'confeitaria') as Promise<string[]>).then(
          ([address]) => podAt.get(address ?? ''),
          () => undefined,
        ),
      ),
    )
    const primary = said.find((name, i) => name && said.indexOf(name) !== i)
    const information = await servers
      .get(primary ?? '')
      ?.info('replication')
      .catch(() => undefined)
    if (!primary || !information?.includes('role:master')) return { primary: null, replicas: 0 }
    return { primary, replicas: [...information.matchAll(/^slave\d+:.*state=online/gm)].length }
  }
}

/** As the system resolves names, with the namespace's suffixes: all that the name has. */
const addressesOf = async (name: string) => (await lookup(name, { all: true, family: 4 })).map(({ address }) => address)

async function watch() {
  const service = environment('INSTANCES')
  const servers = new Map<string, Server>()
  const carts = cartServers()
  for (;;) {
    const started = Date.now()
    const addresses = await addressesOf(service).catch(() => [...servers.keys()]) // DNS is one of the things that break
    for (const address of addresses) if (!servers.has(address)) servers.set(address, new Server(address))
    for (const [address, server] of servers) {
      if (addresses.includes(address)) continue
      server.close()
      servers.delete(address)
    }
    const [instances, primary] = await Promise.all([Promise.all([...servers.values()].map(server => server.look())), carts()])
    write({ at: started, instances, carts: primary })
    await pause(Math.max(0, started + PERIOD_MS - Date.now()))
  }
}

async function audit({ run, products, instances: wanted }: Question) {
  let addresses: string[] = []
  const findAll = async () => {
    addresses = await addressesOf(environment('INSTANCES'))
    return addresses.length >= wanted
  }
  await until(`${wanted} servers have addresses`, findAll, CATCH_UP).catch(tell)
  const look = (address: string) => {
    const server = new Server(address)
    return server.look().finally(() => server.close())
  }
  const findPrimary = async () => (await Promise.all(addresses.map(look))).find(instance => instance.primary)
  const primary = await until('there is a primary', findPrimary, CATCH_UP)
  for (const address of addresses) {
    // Of one that stays away nothing is said; of the others all is.
    const hasAll = async () => ((await look(address)).position ?? -1) >= primary.position!
    if (!(await until(`${address} has what the primary has`, hasAll, CATCH_UP).catch(tell))) continue
    write({ instance: await look(address) })
    const connection = await connected(address, 'pedidos')
    const orders = await connection.query(
      `SELECT c.chave, p.id, p.session_id, p.total::float8,
         (SELECT json_agg(json_build_array(i.produto_id, i.quantidade, i.preco) ORDER BY i.produto_id) FROM pedidos.item i WHERE i.pedido_id = p.id) AS lines
       FROM pedidos.chave c LEFT JOIN pedidos.pedido p ON p.id = c.pedido_id WHERE c.chave LIKE $1 || '-%'`,
      [run],
    )
    for (const { chave, id, session_id, total, lines } of orders.rows) {
      write({ order: { address, key: chave, id: id ?? 0, session: session_id ?? '', total, lines: lines ?? [] } })
    }
    const [count] = (
      await connection.query(
        `SELECT count(*)::int AS orders, count(DISTINCT session_id)::int AS sessions FROM pedidos.pedido
         WHERE id IN (SELECT pedido_id FROM pedidos.item WHERE produto_id = ANY ($1))`,
        [products],
      )
    ).rows
    write({ sessions: { address, ...count } })
    await connection.end()
  }
  await stocks(primary.address, products)
  await Promise.all(products.map(takeAway))
  write({ done: true })
}

const tell = (error: Error) => console.error(error.message)

async function stocks(address: string, products: number[]) {
  const [catalog, orders] = [await connected(address, 'catalogo'), await connected(address, 'pedidos')]
  const left = (await catalog.query('SELECT id, estoque FROM catalogo.produto WHERE id = ANY ($1)', [products])).rows
  const sold = (
    await orders.query('SELECT produto_id, sum(quantidade)::int AS sold FROM pedidos.item WHERE produto_id = ANY ($1) GROUP BY 1', [
      products,
    ])
  ).rows
  for (const { id, estoque } of left) {
    write({ stock: { product: id, left: estoque, sold: sold.find(({ produto_id }) => produto_id === id)?.sold ?? 0 } })
  }
  await Promise.all([catalog.end(), orders.end()])
}

/** A server that was away a moment ago may be slow to let anybody in. */
function connected(address: string, role: Role) {
  const connect = async () => {
    const fresh = client(address, role)
    await fresh.connect()
    return fresh
  }
  return until(`${address} lets ${role} in`, connect, CATCH_UP)
}

async function takeAway(product: number) {
  const host = process.env.TARGET_HOST
  await fetch(`${environment('TARGET_URL')}/api/catalogo/produtos/${product}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${environment('ADMIN_TOKEN')}`, ...(host ? { host } : {}) },
    signal: AbortSignal.timeout(10_000),
  }).catch(error => console.error(`Product ${product} stays in the catalog: ${error.message}`))
}

if (process.argv[2] === 'watch') await watch()
if (process.argv[2] === 'audit') {
  await audit(JSON.parse(environment('QUESTION')))
  process.exit(0)
}
