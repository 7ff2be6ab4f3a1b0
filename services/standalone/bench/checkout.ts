/** How many orders a second, against pgbench running the same statements as one script on the same server. */
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { orders } from '@confeitaria/orders/orders'
import type pg from 'pg'
import { Sentence } from '../process.ts'
import { BOTH_CORES, LOAD_CORE, pin, SERVER_CORE } from './cores.ts'
import { load, type Round } from './load.ts'
import { type Measure, measure } from './report.ts'
import type { Running, Shop } from './shop.ts'
import { cartWith, times } from './shoppers.ts'

const run = promisify(execFile)

const CLIENTS = 16
const SECONDS = 3
const LINES = 2
/** Enough for the first round, whose speed tells how many the others need. */
const FIRST_CARTS = 4_000
const buyer = { nome: 'Ana Souza', email: 'ana@example.com' }

export async function measureCheckout(
  shop: Shop,
  { ordersService, cart, products }: { ordersService: Running; cart: Running; products: number[] },
  rounds: number,
  say: (line: string) => void,
): Promise<Measure[]> {
  const script = `${shop.folder}/checkout.pgbench`
  await writeFile(script, await pgbenchScript(products))
  const place = async (carts: number): Promise<Round> => {
    say(`  filling ${carts} carts`)
    const sessions = await times(carts, () => cartWith(cart, someOf(products)))
    const requests = sessions.map(session_id => ({
      method: 'POST',
      path: '/api/pedidos',
      body: { session_id, cliente: buyer },
      key: randomUUID(),
    }))
    const round = await load(
      ordersService,
      { requests, headers: { 'content-type': 'application/json' } },
      { seconds: SECONDS, connections: CLIENTS, folder: shop.folder },
    )
    await shop.forgetLogs()
    if (round.answers <= carts) return round
    say('  too few for this round, whose last orders were replays: once more, with twice as many')
    return place(carts * 2)
  }
  await pin([ordersService.child.pid], SERVER_CORE)
  await pin(shop.dataServers, BOTH_CORES)
  let { answers } = await place(FIRST_CARTS)
  const own: number[] = []
  const p99: number[] = []
  const reference: number[] = []
  for (let round = 0; round < rounds; round++) {
    reference.push(await pgbench(shop, script))
    const placed = await place(Math.ceil(answers * 1.5) + CLIENTS)
    answers = Math.max(answers, placed.answers)
    own.push(placed.perSecond)
    p99.push(placed.p99)
  }
  await pin([ordersService.child.pid], LOAD_CORE)
  return [
    measure('checkout: pgbench, same statements', 'orders/s', reference),
    measure('checkout: POST /api/pedidos', 'orders/s', own),
    measure('checkout: p99', 'ms', p99),
    measure(
      'checkout: of pgbench',
      '×',
      own.map((perSecond, i) => perSecond / reference[i]!),
      { atLeast: 0.5 },
    ),
  ]
}

/** One of each half, by chance, as pgbench takes them. */
const someOf = (products: number[]) => {
  const half = Math.floor(products.length / LINES)
  return Array.from({ length: LINES }, (_, line) => products[line * half + Math.floor(Math.random() * half)]!)
}

async function pgbench(shop: Shop, script: string): Promise<number> {
  const { hostname, port, username, password, pathname } = new URL(shop.postgres.primary.url('pedidos'))
  const { stdout } = await run(
    'taskset',
    [
      ...[
        '--cpu-list',
        LOAD_CORE,
        'pgbench',
        '--no-vacuum',
        '--protocol',
        'prepared',
        '--client',
        String(CLIENTS),
        '--time',
        String(SECONDS),
      ],
      ...['--file', script, '--host', hostname, '--port', port, '--username', username, pathname.slice(1)],
    ],
    { env: { ...process.env, PGPASSWORD: password } },
  )
  const failed = Number(/number of failed transactions: (\d+)/.exec(stdout)?.[1])
  const perSecond = Number(/tps = ([\d.]+)/.exec(stdout)?.[1])
  if (failed || !perSecond) throw new Sentence(`pgbench failed:\n${stdout}`)
  return perSecond
}

/**
 * The statements of an order, taken from the repository that the service uses: it is run once with a client that writes
 * down what it is asked, and each parameter becomes a pgbench variable or expression.
 */
async function pgbenchScript(products: number[]): Promise<string> {
  const statements: string[] = []
  const row = { locked: true, inserted: true, produto_id: null, id: 1, status: 'confirmado', criado_em: new Date() }
  const client = {
    query: async ({ text }: pg.QueryConfig) => {
      statements.push(text)
      return { rows: [row] }
    },
  } as unknown as pg.PoolClient
  const repository = orders(undefined as never)
  const payload = { session_id: 'session', cliente: buyer }
  await repository.claim(client, 'key', Buffer.alloc(32), [])
  await repository.insert(client, 'key', payload, [], 0)
  const [claim, insert] = statements as [string, string]

  const lines = Array.from({ length: LINES }, (_, i) => i)
  const array = (of: (line: number) => string) => `ARRAY[${lines.map(of)}]`
  const bound = (statement: string, parameters: string[]) => `${statement.replace(/\$(\d+)/g, (_, n) => parameters[n - 1]!)};`
  const quantities = array(() => '1')
  const key = `('pgbench-' || :chave)`
  // In two halves, so that the lines differ and are in ascending order, as the service asks for them.
  const half = Math.floor(products.length / LINES)
  return [
    '\\set chave random(1, 9000000000000000000)',
    ...lines.map(line => `\\set p${line} ${products[0]} + random(${line * half}, ${(line + 1) * half - 1})`),
    'BEGIN;',
    bound(claim, [key, `sha256(${key}::bytea)`, array(line => `:p${line}::int`), quantities]),
    bound(insert, [
      key,
      `'sessao-pgbench-0123456789'`,
      `'${buyer.nome}'`,
      `'${buyer.email}'`,
      '25.80',
      array(line => `:p${line}::int`),
      array(() => `'Brigadeiro tradicional'`),
      array(() => '12.90'),
      quantities,
    ]),
    'COMMIT;',
    '',
  ].join('\n')
}
