/** A real catalog for its tests: PostgreSQL with its replica, migrated and seeded, and instances of the service on it. */
import { migrate } from '@confeitaria/platform/migrations'
import type { Service } from '@confeitaria/platform/service'
import { ContractCheck } from '@confeitaria/platform/test/contract-check'
import { type Database, startDatabase } from '@confeitaria/standalone/postgres'
import { until } from '@confeitaria/standalone/process'
import type { InjectOptions } from 'fastify'
import type t from 'tap'
import { build } from '../app.ts'
import type { Product } from '../products.ts'
import { seed } from '../seed.ts'

export const ADMIN_TOKEN = 'um segredo só dos testes'
const authorization = `Bearer ${ADMIN_TOKEN}`
export const migrations = new URL('../migrations', import.meta.url)

type Test = Pick<typeof t, 'teardown'>
export type Catalog = ReturnType<typeof asking>
export interface NewProduct {
  nome?: string
  descricao?: string
  preco?: number
  estoque?: number
  categoria_id?: number
}
export const aProduct = { nome: 'Bolo de fubá', descricao: 'Com goiabada.', preco: 12.5, estoque: 3, categoria_id: 1 }

export async function startMigrated(test: Test, { seeded = true, replica = true } = {}) {
  const database = await startDatabase({ replica })
  test.teardown(() => database.stop())
  await migrate({ url: database.url('catalogo'), schema: 'catalogo', dir: migrations })
  if (seeded) await seed(database.url('catalogo'))
  return database
}

/** An instance of the service in this process, with every answer held against its OpenAPI document. */
export async function startInstance(test: Test, url: string, { ready = true } = {}): Promise<Catalog> {
  const lines: string[] = []
  const app = await build(
    { HOST: '127.0.0.1', PORT: 0, LOG_LEVEL: 'info', MAX_IN_FLIGHT: 512, DATABASE_URL: url, ADMIN_TOKEN },
    { logStream: { write: line => void lines.push(line) } },
  )
  test.teardown(() => app.close())
  await app.ready()
  const catalog = asking(app, lines)
  if (ready) await until(catalog.isReady, 'The readiness of the catalog')
  return catalog
}

function asking(app: Service, lines: string[]) {
  const contract = new ContractCheck(app)
  const ask = (options: InjectOptions | string) => contract.inject(typeof options === 'string' ? { url: options } : options)
  const write = (method: 'POST' | 'PATCH' | 'DELETE' | 'PUT', url: string, payload?: unknown, headers: Record<string, string> = {}) =>
    ask({ method, url, headers: { authorization, ...headers }, ...(payload === undefined ? {} : { payload: payload as object }) })
  return {
    app,
    contract,
    ask,
    write,
    /** What is asked of it as data. @throws unless it answers 200 */
    async read<T = Product>(url: string): Promise<T> {
      const answer = await ask(url)
      if (answer.statusCode !== 200) throw new Error(`${url} answered ${answer.statusCode}: ${answer.body}`)
      return answer.json().data
    },
    isReady: async () => (await app.inject('/readyz')).statusCode === 200,
    health: async () => {
      const answer = await app.inject('/health')
      return { code: answer.statusCode, ...answer.json() }
    },
    log: () => lines.join(''),
  }
}

/** Products straight into the primary. @returns their ids, in order */
export async function insertProducts({ primary }: Database, products: NewProduct[]): Promise<number[]> {
  const all = products.map(product => ({ ...aProduct, ...product }))
  const rows = await primary.query<{ id: number }>(
    `INSERT INTO catalogo.produto (nome, descricao, preco, estoque, categoria_id)
     SELECT nome, descricao, preco, estoque, categoria_id
     FROM ROWS FROM (jsonb_to_recordset($1) AS (nome text, descricao text, preco numeric, estoque int, categoria_id int))
       WITH ORDINALITY AS p (nome, descricao, preco, estoque, categoria_id, n) ORDER BY n RETURNING id`,
    [JSON.stringify(all)],
  )
  return rows.map(({ id }) => id)
}

/** Until the replica has replayed what the primary has written so far, and no cache holds anything from before. */
export async function settled(database: Database, staleness: number) {
  await database.caughtUp()
  const written = performance.now()
  await until(() => performance.now() - written > staleness, 'The end of what caches hold')
}
