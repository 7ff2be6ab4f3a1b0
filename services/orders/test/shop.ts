/** A whole shop for the tests of orders: PostgreSQL with its replica, Redis, the catalog and the cart as processes of their own. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Service } from '@confeitaria/platform/service'
import { ContractCheck } from '@confeitaria/platform/test/contract-check'
import { type Database, startDatabase } from '@confeitaria/standalone/postgres'
import { exited, freePort, launch, running, until } from '@confeitaria/standalone/process'
import { startRedis } from '@confeitaria/standalone/redis'
import type { InjectOptions } from 'fastify'
import type t from 'tap'
import { build } from '../app.ts'

const run = promisify(execFile)
const services = fileURLToPath(new URL('../..', import.meta.url))
const ADMIN_TOKEN = 'a token of the tests'

export interface Line {
  produto_id: number
  quantidade: number
}

export interface NewProduct {
  nome?: string
  preco?: number | string
  estoque?: number
}

/** What a test asks for and gets, in the shape of a checkout's body. */
export const cliente = { nome: 'Ana Cecília Vasconcellos', email: 'ana.cecilia@correio.example' }

type Test = Pick<typeof t, 'teardown' | 'pass' | 'fail'>

async function startProcess(test: Test, folder: string, service: string, env: Record<string, string>) {
  const port = await freePort()
  const logFile = join(folder, `${service}.log`)
  const child = launch(process.execPath, [join(services, service, 'server.ts')], {
    cwd: folder,
    logFile,
    env: { ...process.env, PORT: String(port), LOG_LEVEL: 'warn', ...env },
    deathSignal: 'TERM',
  })
  const url = `http://127.0.0.1:${port}`
  const stop = async () => {
    if (!running(child)) return
    child.kill('SIGCONT')
    child.kill('SIGTERM')
    await exited(child)
  }
  test.teardown(stop)
  const healthy = () =>
    fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    )
  await until(healthy, `The service ${service}`, { child, logFile })
  return { url, child, stop, log: () => readFileSync(logFile, 'utf8') }
}

export type Shop = Awaited<ReturnType<typeof startShop>>

export async function startShop(test: Test) {
  const folder = mkdtempSync(join(tmpdir(), 'confeitaria-orders-'))
  test.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const [database, redis] = await Promise.all([startDatabase({ replica: true }), startRedis()])
  test.teardown(() => database.stop())
  test.teardown(() => redis.stop())
  const migrate = (service: string, role: 'catalogo' | 'pedidos') =>
    run(process.execPath, [join(services, service, 'migrate.ts')], { env: { ...process.env, DATABASE_URL: database.url(role) } })
  await migrate('catalog', 'catalogo')
  // Two pods that start at once.
  await Promise.all([migrate('orders', 'pedidos'), migrate('orders', 'pedidos')])
  await database.primary.query("INSERT INTO catalogo.categoria (nome) VALUES ('Bolos')")
  // The catalog has something to show, so that it is healthy.
  await insertProducts(database, [{}])
  const catalog = await startProcess(test, folder, 'catalog', { DATABASE_URL: database.url('catalogo'), ADMIN_TOKEN })
  const cart = await startProcess(test, folder, 'cart', { CATALOG_URL: catalog.url, REDIS_URL: redis.url, LOG_LEVEL: 'info' })

  const lines: string[] = []
  /** An instance of the service under test, in this process. */
  async function startOrders({ databaseUrl = database.url('pedidos'), cartUrl = cart.url } = {}): Promise<Orders> {
    const app = await build(
      {
        HOST: '127.0.0.1',
        PORT: 0,
        LOG_LEVEL: 'debug',
        MAX_IN_FLIGHT: 512,
        DATABASE_URL: databaseUrl,
        CART_URL: cartUrl,
      },
      { logStream: { write: line => void lines.push(line) } },
    )
    test.teardown(() => app.close())
    return asking(app)
  }

  const toCart = async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(`${cart.url}/api/carrinho${path}`, {
      method,
      ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`the cart answered ${answer.status} to ${method} ${path}: ${text}`)
    return text ? JSON.parse(text).data : undefined
  }
  const add = (session: string, line: Line) => toCart('POST', `/${session}/adicionar`, line)

  return {
    database,
    redis,
    cart,
    startOrders,
    /** The service under test as a process of its own. */
    startOrdersProcess: () => startProcess(test, folder, 'orders', { DATABASE_URL: database.url('pedidos'), CART_URL: cart.url }),
    /** Every line that instances of the service have logged. */
    log: () => lines.join(''),
    products: (...products: NewProduct[]) => insertProducts(database, products),
    add,
    /** A new session with these lines in its cart. */
    async session(...wanted: Line[]): Promise<string> {
      const { session_id } = await toCart('POST', '/sessao')
      for (const line of wanted) await add(session_id, line)
      return session_id
    },
    cartOf: async (session: string): Promise<Line[]> =>
      (await toCart('GET', `/${session}`)).itens.map(({ produto_id, quantidade }: Line) => ({ produto_id, quantidade })),
    sql: <Row extends Record<string, unknown>>(text: string, values: unknown[] = []) => database.primary.query<Row>(text, values),
    async stockOf(id: number): Promise<number> {
      return (await database.primary.query('SELECT estoque FROM catalogo.produto WHERE id = $1', [id]))[0]!.estoque
    },
    async orderCount(): Promise<number> {
      return (await database.primary.query('SELECT count(*)::int AS n FROM pedidos.pedido'))[0]!.n
    },
    /** The orders and the lines in the database that hang on a key. */
    ordersOfKey: (key: string) =>
      database.primary.query(
        `SELECT p.id, p.session_id, p.total, array_agg(i.produto_id || 'x' || i.quantidade || '@' || i.preco ORDER BY i.produto_id) AS itens
         FROM pedidos.chave c JOIN pedidos.pedido p ON p.id = c.pedido_id JOIN pedidos.item i ON i.pedido_id = p.id
         WHERE c.chave = $1 GROUP BY p.id`,
        [key],
      ),
  }
}

export type Orders = ReturnType<typeof asking>

function asking(app: Service) {
  const contract = new ContractCheck(app)
  /** Every answer is held against the OpenAPI document. */
  const ask = (options: InjectOptions) => contract.inject(options)
  const place = (session_id: string, key: string, more: Record<string, unknown> = {}) =>
    ask({ method: 'POST', url: '/api/pedidos', headers: { 'idempotency-key': key }, payload: { session_id, cliente, ...more } })
  type Answer = Awaited<ReturnType<typeof place>>
  /** The same checkout again until its answer is another, as a client does that heeds Retry-After. */
  async function placeWhile(passing: (answer: Answer) => boolean, ...checkout: Parameters<typeof place>): Promise<Answer> {
    for (const end = performance.now() + 30_000; ; ) {
      const answer = await place(...checkout)
      if (!passing(answer) || performance.now() > end) return answer
      await wait(100)
    }
  }
  return {
    app,
    contract,
    ask,
    /** A checkout. */
    place,
    /** A checkout, again while the shop is busy. */
    placeUntilTold: (...checkout: Parameters<typeof place>) => placeWhile(({ statusCode }) => statusCode === 503, ...checkout),
    /** A checkout, again until it is neither under way nor unknown. */
    placeUntilKnown: (...checkout: Parameters<typeof place>) =>
      placeWhile(answer => answer.statusCode === 503 || answer.json().type === 'em-andamento', ...checkout),
    read: (session: string, id: number | string) => ask({ url: `/api/pedidos/${id}`, headers: { 'x-session-id': session } }),
    list: (session: string, query = '') => ask({ url: `/api/pedidos?session_id=${session}${query}`, headers: { 'x-session-id': session } }),
  }
}

/** New products, which both servers have when it resolves. */
async function insertProducts(database: Database, products: NewProduct[]): Promise<number[]> {
  const rows = await database.primary.query<{ id: number }>(
    `INSERT INTO catalogo.produto (nome, descricao, preco, estoque, categoria_id)
     SELECT p.nome, 'Uma delícia', p.preco, p.estoque, 1
     FROM unnest($1::text[], $2::numeric[], $3::int[]) WITH ORDINALITY AS p (nome, preco, estoque, n) ORDER BY n RETURNING id`,
    [
      products.map(({ nome = 'Bolo de cenoura' }) => nome),
      products.map(({ preco = 10 }) => preco),
      products.map(({ estoque = 100 }) => estoque),
    ],
  )
  const ids = rows.map(({ id }) => id)
  const known = () => database.replica.query('SELECT 1 FROM catalogo.produto WHERE id = $1', [ids.at(-1)])
  if (database.replica.pid) await until(async () => (await known()).length === 1, 'The product on the replica')
  return ids
}
