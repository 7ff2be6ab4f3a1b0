/** `make bench`: every speed that is promised, measured side by side on this machine. Exit code 1 when one is missed. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Redis } from 'ioredis'
import { measureCheckout } from './bench/checkout.ts'
import { prefer, requireTwoCores } from './bench/cores.ts'
import { measureFreshness } from './bench/freshness.ts'
import { measureGrowth } from './bench/growth.ts'
import { isMissed, type Measure, markdown, measure, type Report, table } from './bench/report.ts'
import { measureRow, type Row } from './bench/routes.ts'
import { type Running, Shop } from './bench/shop.ts'
import { cartWith, times } from './bench/shoppers.ts'
import { Sentence } from './process.ts'

const RESULTS = fileURLToPath(new URL('../../bench-results/', import.meta.url))
const ROUTES = ['product', 'list', 'not-modified', 'not-modified-same', 'home', 'cart-read', 'cart-add'] as const
const STEPS = [...ROUTES, 'cart-memory', 'checkout', 'freshness', 'growth'] as const
type Step = (typeof STEPS)[number]

/** Products in the small catalog, which all other steps use too. */
const SMALL = 1_000
const LARGE_DATABASE = 'confeitaria_grande'
const PLENTY = 1_000_000
/** So many carts are added to in turn that none reaches its limit of 99. */
const CARTS = 4_000
/** Different products that are added: as many as the home page shows. */
const POPULAR = 24
/** How much is put into Redis to see what a line takes. */
const MEASURED_CARTS = 100
const MEASURED_LINES = 40
const USAGE = `Use: node services/standalone/bench.ts [--only ${STEPS.join('|')}] [--rounds N] [--products N] or --table FILE.`

const started = performance.now()
const say = (line: string) => console.log(`${String(Math.round((performance.now() - started) / 1000)).padStart(4)} s  ${line}`)

interface Options {
  only: Step | undefined
  rounds: number
  products: number
  file: string | undefined
}

function options(): Options {
  try {
    const { values } = parseArgs({
      options: {
        only: { type: 'string' },
        rounds: { type: 'string', default: '5' },
        products: { type: 'string', default: '1000000' },
        table: { type: 'string' },
      },
    })
    const [rounds, products] = [Number(values.rounds), Number(values.products)]
    const only = STEPS.find(step => step === values.only)
    const isRange = (value: number, low: number, high: number) => Number.isInteger(value) && value >= low && value <= high
    if ((only || values.only === undefined) && isRange(rounds, 1, 50) && isRange(products, SMALL, 1_000_000))
      return { only, rounds, products, file: values.table }
  } catch {
    // an option that there is not
  }
  throw new Sentence(`${USAGE} N is 1 to 50 rounds, ${SMALL} to 1000000 products.`)
}

async function main(): Promise<number> {
  const { only, rounds, products, file } = options()
  if (file) {
    console.log(markdown(JSON.parse(readFileSync(file, 'utf8'))))
    return 0
  }
  requireTwoCores()
  prefer('self')
  const shop = new Shop()
  let interrupted = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      interrupted = true
      say('stopping what was started')
      void shop.close().finally(() => process.exit(130))
    })
  }
  try {
    const steps = only ? [only] : [...STEPS]
    const options = { only, rounds, products }
    const measures: Measure[] = []
    let report: Report | undefined
    let kept = ''
    mkdirSync(RESULTS, { recursive: true })
    for await (const more of measureAll(shop, { steps, rounds, products })) {
      measures.push(...more)
      for (const each of more)
        if (each.target) say(`  ${each.name} ${each.median.toFixed(2)} ${each.unit}${isMissed(each) ? ' MISSED' : ''}`)
      // After each step, so that one that fails takes nothing with it.
      report = { ...(report ?? (await circumstances(shop))), options, seconds: (performance.now() - started) / 1000, measures }
      kept = `${RESULTS}${report.date.replaceAll(':', '-')}.json`
      writeFileSync(kept, `${JSON.stringify(report, null, 2)}\n`)
    }
    const missed = measures.filter(isMissed)
    console.log(`\n${table(measures)}\n\nKept in ${kept}`)
    console.log(missed.length ? `MISSED: ${missed.map(({ name }) => name).join('; ')}` : 'Every target was reached.')
    return missed.length ? 1 : 0
  } catch (error) {
    // What fails because everything was stopped is no news.
    if (interrupted) return await new Promise<never>(() => {})
    throw error
  } finally {
    if (!interrupted) await shop.close()
  }
}

async function* measureAll(
  shop: Shop,
  { steps, rounds, products }: { steps: Step[]; rounds: number; products: number },
): AsyncGenerator<Measure[]> {
  const wanted = (...some: Step[]) => some.some(step => steps.includes(step))
  say('starting PostgreSQL with its replica, Redis and the services')
  await shop.open(line => say(`  ${line}`))
  await fill(shop, 'confeitaria', SMALL)
  await shop.postgres.primary.query('UPDATE catalogo.produto SET estoque = $1', [PLENTY])
  const catalogOf = (database: string) =>
    shop.start('catalog', { DATABASE_URL: shop.databaseUrl('catalogo', database), ADMIN_TOKEN: shop.adminToken })
  const catalog = await catalogOf('confeitaria')
  const cart = await shop.start('cart', { CATALOG_URL: catalog.origin, REDIS_URL: shop.redis.url })
  const orders = await shop.start('orders', { DATABASE_URL: shop.databaseUrl('pedidos'), CART_URL: cart.origin })
  const storefront = await shop.start('storefront', { CATALOG_URL: catalog.origin, CART_URL: cart.origin, ORDERS_URL: orders.origin })
  const ids = (await shop.postgres.primary.query<{ id: number }>('SELECT id FROM catalogo.produto ORDER BY id')).map(({ id }) => id)

  for (const step of ROUTES.filter(step => wanted(step))) {
    say(`${step}: ${rounds} rounds against bare Fastify`)
    yield await measureRow(shop, await rowOf(step, { catalog, cart, storefront, ids }), rounds)
  }
  if (wanted('cart-memory')) {
    say('cart-memory: bytes of a line in Redis')
    yield [await cartLineBytes(shop, cart, ids)]
  }
  if (wanted('checkout')) {
    say(`checkout: ${rounds} rounds against pgbench`)
    yield await measureCheckout(shop, { ordersService: orders, cart, products: ids }, rounds, say)
  }
  if (wanted('freshness')) {
    say('freshness: changes under load')
    const second = await catalogOf('confeitaria')
    yield await measureFreshness(shop, { catalogs: [catalog, second], cart, orders, storefront }, ids, say)
    await shop.stop(second)
  }
  if (wanted('growth')) {
    say(`growth: making a catalog of ${products} products`)
    await shop.addDatabase(LARGE_DATABASE)
    await fill(shop, LARGE_DATABASE, products)
    const services: [Running, Running] = [await catalogOf('confeitaria'), await catalogOf(LARGE_DATABASE)]
    yield await measureGrowth(shop, services, ['confeitaria', LARGE_DATABASE], rounds, say)
  }
}

/** Schemas, the shop's own goods and made-up ones, `count` in all. */
async function fill(shop: Shop, database: string, count: number) {
  const catalog = { DATABASE_URL: shop.databaseUrl('catalogo', database) }
  await shop.command('catalog/migrate.ts', catalog)
  await shop.command('orders/migrate.ts', { DATABASE_URL: shop.databaseUrl('pedidos', database) })
  const printed = await shop.command('catalog/seed.ts', catalog)
  const own = Number(/put in (\d+) products/.exec(printed)?.[1])
  await shop.command('catalog/generate.ts', catalog, ['--produtos', String(count - own)], line => say(`  ${line}`))
  await shop.postgres.caughtUp()
}

async function rowOf(
  step: (typeof ROUTES)[number],
  { catalog, cart, storefront, ids }: { catalog: Running; cart: Running; storefront: Running; ids: number[] },
): Promise<Row> {
  const product = { service: catalog, route: '/api/produtos/:id', load: { requests: [{ path: `/api/produtos/${ids[6]}` }] } }
  switch (step) {
    case 'product':
      return { name: 'product by id', ...product, atLeast: 0.75, withHttp: true }
    case 'list':
      return {
        name: 'list of 100',
        service: catalog,
        route: '/api/produtos',
        load: { requests: [{ path: '/api/produtos' }] },
        atLeast: 0.75,
      }
    case 'not-modified':
    case 'not-modified-same': {
      const requests = [{ path: '/api/produtos' }]
      const { headers } = await fetch(`${catalog.origin}/api/produtos`)
      const row = { service: catalog, route: '/api/produtos', load: { requests, headers: { 'If-None-Match': headers.get('etag')! } } }
      return step === 'not-modified'
        ? { name: '304 for the list of 100, against the list', ...row, instead: { requests }, atLeast: 1 }
        : { name: '304, against 304', ...row, withHttp: true }
    }
    case 'home':
      return {
        name: 'storefront home',
        service: storefront,
        route: '/',
        load: { requests: [{ path: '/' }], headers: { 'Accept-Encoding': 'gzip, deflate, br' } },
        atLeast: 0.5,
      }
    case 'cart-read': {
      const session = await cartWith(cart, ids.slice(0, 3))
      return {
        name: 'cart read',
        service: cart,
        route: '/api/carrinho/:sid',
        load: { requests: [{ path: `/api/carrinho/${session}` }] },
        atLeast: 0.45,
      }
    }
    case 'cart-add': {
      const sessions = await times(CARTS, () => cartWith(cart, []))
      const requests = sessions.map((session, i) => ({
        method: 'POST',
        path: `/api/carrinho/${session}/adicionar`,
        body: { produto_id: ids[i % POPULAR], quantidade: 1 },
      }))
      return {
        name: 'cart add',
        service: cart,
        route: '/api/carrinho/:sid/adicionar',
        load: { requests, headers: { 'Content-Type': 'application/json' } },
        atLeast: 0.25,
      }
    }
  }
}

async function cartLineBytes(shop: Shop, cart: Running, ids: number[]): Promise<Measure> {
  const redis = new Redis(shop.redis.url)
  try {
    const used = async () => Number(/used_memory:(\d+)/.exec(await redis.info('memory'))![1])
    const before = await used()
    await times(MEASURED_CARTS, i => cartWith(cart, ids.slice(i, i + MEASURED_LINES)))
    return measure('cart: a line in Redis', 'bytes', [((await used()) - before) / (MEASURED_CARTS * MEASURED_LINES)], { atMost: 250 })
  } finally {
    redis.disconnect()
  }
}

async function circumstances(shop: Shop): Promise<Pick<Report, 'date' | 'commit' | 'machine' | 'versions'>> {
  const output = (command: string, ...words: string[]) => execFileSync(command, words, { encoding: 'utf8' }).trim()
  const [cpu] = cpus()
  return {
    date: new Date().toISOString().slice(0, 19),
    commit: output('git', 'describe', '--always', '--dirty'),
    machine: `${cpu?.model.trim()}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}`,
    versions: `Node ${process.versions.node}, ${await shop.versions()}, ${output('pgbench', '--version')}`,
  }
}

try {
  process.exitCode = await main()
} catch (error) {
  console.error(error instanceof Sentence ? error.message : error)
  process.exitCode = 1
}
