import { STALENESS_MS } from '@confeitaria/platform/database'
import { until } from '@confeitaria/standalone/process'
import t, { type Test } from 'tap'
import type { Product } from '../products.ts'
import { aProduct, type Catalog, insertProducts, settled, startInstance, startMigrated } from './running-catalog.ts'

const database = await startMigrated(t)
const catalog = await startInstance(t, database.url('catalogo'))
const products = await catalog.read<Product[]>('/api/produtos?limite=200')

/** Reads of things old and new, four at a time, while something happens. */
async function readDuring(t: Test, { ask }: Catalog, event: () => Promise<unknown>) {
  const answers: { url: string; status: number; stale: boolean; ms: number }[] = []
  let going = true
  let at = 0
  const readers = Array.from({ length: 4 }, async () => {
    while (going) {
      const n = at++
      const product = products[n % products.length]!
      const url = [
        `/api/produtos/${product.id}`,
        `/api/produtos?limite=${1 + (n % 200)}`,
        `/api/produtos?busca=bolo&limite=${1 + (n % 200)}`,
        '/api/categorias',
      ][n % 4]!
      const started = performance.now()
      const { statusCode: status, headers } = await ask(url)
      answers.push({ url, status, stale: headers.warning !== undefined, ms: performance.now() - started })
      await new Promise(resolve => setTimeout(resolve, 5))
    }
  })
  try {
    await event()
  } finally {
    going = false
    await Promise.all(readers)
  }
  t.strictSame(
    answers.filter(({ status }) => status !== 200),
    [],
    `${answers.length} reads, the slowest took ${Math.round(Math.max(...answers.map(({ ms }) => ms)))} ms`,
  )
  t.ok(answers.length > 20)
  return answers
}

async function refusedWrite(t: Test, { write }: Catalog, withinMs: number) {
  const started = performance.now()
  const answer = await write('POST', '/api/produtos', { ...aProduct, nome: 'Não deve existir' })
  t.match(answer.json(), { status: 503 })
  t.equal(answer.headers['retry-after'], '1')
  t.ok(performance.now() - started < withinMs, `refused after ${Math.round(performance.now() - started)} ms`)
}

/** The replica takes over, and the service with it, without being started again. */
async function failOver(t: Test, { write, health }: Catalog) {
  await database.promote()
  await database.primary.requireReplica(false) // what it waits for is no matter of the service
  // Sooner than a heartbeat takes another connection, which it does every 5 s.
  await until(async () => (await write('PATCH', `/api/produtos/${products[0]!.id}`, { estoque: 7 })).statusCode === 200, 'A write', {
    ms: 3_000,
  })
  t.match(await health(), { code: 200, status: 'ok' })
  await database.rebuild()
  await until(async () => Object.values((await health()).banco).includes('replica'), 'The new replica in /health')
}

t.test('the primary is stopped: reads go on without a failure, writes are 503, /health says so, a promotion heals it', async t => {
  t.match(await catalog.health(), { code: 200, status: 'ok', respostas: 'atuais' })
  await readDuring(t, catalog, async () => {
    await database.primary.stop('fast')
    await refusedWrite(t, catalog, 1_500)
    t.match(await catalog.health(), { code: 200, status: 'degradado', respostas: 'atuais' })
    t.ok(await catalog.isReady())
    await failOver(t, catalog)
  })
})

t.test('the primary is killed: reads go on without a failure, and it is used again once it is back', async t => {
  await readDuring(t, catalog, async () => {
    await database.primary.kill()
    await refusedWrite(t, catalog, 1_500)
    await database.primary.start()
    const restock = async () => (await catalog.write('PATCH', `/api/produtos/${products[0]!.id}`, { estoque: 6 })).statusCode
    await until(async () => (await restock()) === 200, 'The primary, with a replica that confirms', { ms: 5_000 })
  })
})

t.test('the primary hangs: reads go on without a failure, writes are given up within seconds, and it may come back', async t => {
  await readDuring(t, catalog, async () => {
    database.primary.pause()
    try {
      await refusedWrite(t, catalog, 4_500)
      await until(async () => (await catalog.health()).status === 'degradado', 'The news in /health', { ms: 5_000 })
      await refusedWrite(t, catalog, 1_500)
    } finally {
      database.primary.resume()
    }
    await until(async () => (await catalog.health()).status === 'ok', 'The primary', { ms: 5_000 })
  })
  t.equal((await catalog.write('PATCH', `/api/produtos/${products[0]!.id}`, { estoque: 8 })).statusCode, 200)
})

t.test('the replica hangs or is killed: reads go on without a failure, from the primary', async t => {
  await readDuring(t, catalog, async () => {
    database.replica.pause()
    try {
      await until(async () => !Object.values((await catalog.health()).banco).includes('replica'), 'The news in /health', { ms: 6_000 })
    } finally {
      database.replica.resume()
    }
    await until(async () => Object.values((await catalog.health()).banco).includes('replica'), 'The replica', { ms: 5_000 })
    await database.replica.kill()
    await until(async () => !Object.values((await catalog.health()).banco).includes('replica'), 'The news in /health', { ms: 6_000 })
    await until(async () => (await catalog.health()).status === 'degradado', 'The news that nobody confirms a write', { ms: 5_000 })
    t.equal((await catalog.health()).code, 200)
    await database.replica.start()
    await until(async () => Object.values((await catalog.health()).banco).includes('replica'), 'The replica', { ms: 5_000 })
  })
})

t.test('every database is gone: the last good answers with Warning and Age, 503 for the rest; they come back by themselves', async t => {
  const [late] = await insertProducts(database, [{ nome: 'Chegou depois' }])
  await settled(database, STALENESS_MS)
  // Another instance has only what it read when it started; a write in between takes nothing of that away.
  const fresh = await startInstance(t, database.url('catalogo'))
  t.equal((await catalog.read(`/api/produtos/${late}`)).nome, 'Chegou depois')
  const read = '/api/produtos?busca=chegou&limite=3'
  const before = await catalog.ask(read)
  for (const { write } of [catalog, fresh])
    t.equal((await write('PATCH', `/api/produtos/${products[1]!.id}`, { estoque: 9 })).statusCode, 200)
  await database.primary.stop('immediate')
  await database.replica.stop('immediate')
  await until(async () => (await catalog.health()).respostas === 'as últimas boas', 'The news in /health', { ms: 6_000 })
  await until(async () => (await fresh.health()).respostas === 'as últimas boas', 'The news in /health', { ms: 6_000 })

  const lastGood = async ({ ask }: Catalog, url: string) => {
    const answer = await ask(url)
    t.equal(answer.statusCode, 200, url)
    t.match(answer.headers.warning, /^110 /, url)
    t.match(String(answer.headers.age), /^\d+$/, url)
    t.match(answer.headers.etag, /^"/)
    const known = await ask({ url, headers: { 'if-none-match': String(answer.headers.etag) } })
    t.equal(known.statusCode, 304)
    t.match(known.headers.warning, /^110 /)
    return answer
  }
  t.equal((await lastGood(catalog, read)).body, before.body, 'what was read before')
  t.equal((await lastGood(catalog, `/api/produtos/${late}`)).json().data.nome, 'Chegou depois')
  for (const each of [catalog, fresh]) {
    t.match(await each.health(), { code: 200, status: 'degradado', respostas: 'as últimas boas' })
    t.ok(await each.isReady())
    t.ok((await lastGood(each, '/api/produtos')).json().data.length >= products.length)
    const { data: categories } = (await lastGood(each, '/api/categorias')).json()
    for (const { id } of categories) t.ok((await lastGood(each, `/api/produtos?categoria_id=${id}`)).json().data.length)
    for (const { id } of products) t.equal((await lastGood(each, `/api/produtos/${id}`)).json().data.id, id)
    for (const url of ['/api/produtos?busca=nuncalido', '/api/produtos/2000000', '/api/produtos?limite=199&ordem=preco']) {
      const answer = await each.ask(url)
      t.equal(answer.statusCode, 503, url)
      t.equal(answer.headers['retry-after'], '1')
    }
    t.equal((await each.ask('/api/produtos/9999999999')).statusCode, 404, 'no database is needed to know that')
    t.equal((await each.ask('/api/produtos?limite=0')).statusCode, 400)
    await refusedWrite(t, each, 1_500)
  }
  const age = async () => Number((await catalog.ask(read)).headers.age)
  const first = await age()
  await until(async () => (await age()) > first, 'A greater age', { ms: 3_000 })

  // An instance that starts without any database waits for one.
  const early = await startInstance(t, database.url('catalogo'), { ready: false })
  t.notOk(await early.isReady())
  t.match(await early.health(), { code: 503, status: 'indisponivel' })
  t.equal((await early.app.inject('/livez')).statusCode, 200)
  t.equal((await early.ask('/api/produtos')).statusCode, 503)

  await database.primary.start()
  await database.replica.start()
  await until(early.isReady, 'The readiness of the one that had to wait', { ms: 10_000 })
  for (const each of [catalog, fresh, early]) {
    await until(async () => (await each.health()).status === 'ok', 'Health', { ms: 5_000 })
    await until(async () => (await each.ask(read)).headers.warning === undefined, 'A fresh answer', { ms: 5_000 })
    t.equal((await each.ask(read)).headers.age, undefined)
    t.equal((await each.ask('/api/produtos?busca=nuncalido')).statusCode, 200)
    const restock = async () => (await each.write('PATCH', `/api/produtos/${late}`, { estoque: 1 })).statusCode
    await until(async () => (await restock()) === 200, 'The primary, with a replica that confirms', { ms: 5_000 })
  }
  t.strictSame(
    await database.primary.query("SELECT FROM catalogo.produto WHERE nome = 'Não deve existir'"),
    [],
    'a refused write left nothing',
  )
})
