/** What a thousand times more products cost: the same questions to two catalogs, each question one that the cache cannot answer. */
import { readFileSync } from 'node:fs'
import { encodeCursor } from '@confeitaria/platform/cursor'
import pg from 'pg'
import { Client } from 'undici'
import { Sentence } from '../process.ts'
import { LOAD_CORE, pin, SERVER_CORE } from './cores.ts'
import { load } from './load.ts'
import { type Measure, measure } from './report.ts'
import type { Running, Shop } from './shop.ts'

const IDS = 300
const DEEP_PAGES = 100
const SEARCHES = 100
/** Longer than the catalog keeps an answer, ms. */
const FORGOTTEN_MS = 350

interface Catalog {
  service: Running
  questions: Record<'by id' | 'first page' | 'deep page' | 'search', string[]>
}

/** @param services of the small catalog and of the large one, over databases of these names, started alike and not used yet */
export async function measureGrowth(
  shop: Shop,
  services: [Running, Running],
  databases: [string, string],
  rounds: number,
  say: (line: string) => void,
): Promise<Measure[]> {
  const sides = await Promise.all(
    services.map(async (service, i): Promise<Catalog> => ({ service, questions: await questionsOf(shop, databases[i]!) })),
  )
  const [small, large] = sides as [Catalog, Catalog]
  await pin(
    services.map(({ child }) => child.pid),
    SERVER_CORE,
  )
  const kinds = ['by id', 'first page', 'deep page', 'search'] as const
  const times = new Map(kinds.map(kind => [kind, { small: [] as number[], large: [] as number[], askedAt: -Infinity }]))
  for (let round = 0; round <= rounds; round++) {
    for (const kind of kinds) {
      say(`  round ${round} of ${rounds}: ${kind}`)
      const found = times.get(kind)!
      if (performance.now() - found.askedAt < FORGOTTEN_MS)
        throw new Sentence(`${kind}: the questions came again before their answers were forgotten.`)
      const one = await medianTime(small.service, small.questions[kind])
      const other = await medianTime(large.service, large.questions[kind])
      found.askedAt = performance.now()
      if (round) {
        found.small.push(one)
        found.large.push(other)
      }
    }
  }
  say('  memory after the same load on both')
  const memory = []
  for (const { service, questions } of sides) {
    const requests = [...questions['by id'], ...questions['first page'], ...questions['deep page']].map(path => ({ path }))
    await load(service, { requests }, { seconds: 5, connections: 32, folder: shop.folder })
    await shop.forgetLogs()
    memory.push(residentMiB(service))
  }
  await pin(
    services.map(({ child }) => child.pid),
    LOAD_CORE,
  )
  const [smallMiB, largeMiB] = memory as [number, number]
  return [
    ...kinds.flatMap(kind => {
      const { small, large } = times.get(kind)!
      return [
        measure(`growth, ${kind}: small catalog`, 'ms', small),
        measure(`growth, ${kind}: large catalog`, 'ms', large),
        measure(
          `growth, ${kind}`,
          '×',
          large.map((time, i) => time / small[i]!),
          { atMost: kind === 'search' ? 4 : 1.3 },
        ),
      ]
    }),
    measure('growth, resident memory: small catalog', 'MiB', [smallMiB]),
    measure('growth, resident memory: large catalog', 'MiB', [largeMiB]),
    measure('growth, resident memory', '×', [largeMiB / smallMiB], { atMost: 1.2 }),
  ]
}

/** One after the other over one connection. @returns the median time of an answer, ms */
async function medianTime({ name, origin }: Running, paths: string[]): Promise<number> {
  const client = new Client(origin)
  const times: number[] = []
  try {
    for (const path of paths) {
      const begun = performance.now()
      const { statusCode, body } = await client.request({ path, method: 'GET' })
      await body.dump()
      times.push(performance.now() - begun)
      if (statusCode !== 200) throw new Sentence(`${name}, GET ${path}: ${statusCode}`)
    }
  } finally {
    await client.close()
  }
  return times.sort((a, b) => a - b)[times.length >> 1]!
}

/** As many of each kind in a small catalog as in a large one, spread over all that it has. */
async function questionsOf(shop: Shop, database: string): Promise<Catalog['questions']> {
  const client = new pg.Client(shop.superuserUrl(database))
  await client.connect()
  try {
    const { rows: spread } = await client.query<{ id: number }>(
      `SELECT min(id) AS id FROM (SELECT id, ntile($1) OVER (ORDER BY id) AS part FROM catalogo.produto) AS p GROUP BY part ORDER BY 1`,
      [IDS],
    )
    // From 80 % to 95 % of the way.
    const { rows: deep } = await client.query<{ nome: string; id: number }>(
      `SELECT nome, id FROM (SELECT nome, id, row_number() OVER o AS n, count(*) OVER () AS all FROM catalogo.produto
         WINDOW o AS (ORDER BY nome COLLATE "pt-BR-x-icu", id)) AS p
       WHERE n IN (SELECT floor(p.all * (0.8 + 0.15 * i / $1)) FROM generate_series(1, $1) AS i)`,
      [DEEP_PAGES],
    )
    const { rows: categories } = await client.query<{ id: number }>('SELECT id FROM catalogo.categoria ORDER BY id')
    // The first products are the same in both: the large one has what the small one has, and more.
    const { rows: named } = await client.query<{ nome: string }>('SELECT nome FROM catalogo.produto ORDER BY id LIMIT $1', [SEARCHES])
    const orders = ['nome', 'preco', '-preco', 'recentes']
    const scopes = ['', ...categories.map(({ id }) => `categoria_id=${id}&`)]
    return {
      'by id': spread.map(({ id }) => `/api/produtos/${id}`),
      'first page': [100, 99, 98].flatMap(limit =>
        scopes.flatMap(scope => orders.map(order => `/api/produtos?${scope}ordem=${order}&limite=${limit}`)),
      ),
      'deep page': deep.map(
        ({ nome, id }) => `/api/produtos?ordem=nome&cursor=${encodeCursor([nome, id], JSON.stringify([undefined, undefined, 'nome']))}`,
      ),
      search: named.map(({ nome }, i) => `/api/produtos?limite=24&busca=${encodeURIComponent(searchFor(nome, i))}`),
    }
  } finally {
    await client.end()
  }
}

/** One word of a name, two of them, or one with a letter missing, in turn. */
function searchFor(name: string, i: number): string {
  const words = name.split(' ').filter(word => word.length >= 5)
  const [first = name, second = ''] = words
  if (i % 3 === 0) return first
  if (i % 3 === 1) return `${first} ${second}`.trim()
  return first.slice(0, 2) + first.slice(3)
}

const residentMiB = ({ child }: Running) => Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))![1]) / 1024
