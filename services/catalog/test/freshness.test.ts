import { STALENESS_MS } from '@confeitaria/platform/database'
import { until } from '@confeitaria/standalone/process'
import pg from 'pg'
import t, { type Test } from 'tap'
import type { Product } from '../products.ts'
import { aProduct, insertProducts, settled, startInstance, startMigrated } from './running-catalog.ts'

const database = await startMigrated(t)
const instances = [await startInstance(t, database.url('catalogo')), await startInstance(t, database.url('catalogo'))] as const
const [one, other] = instances
const orders = new pg.Pool({
  connectionString: `${database.url('pedidos').split('@')[0]}@127.0.0.1:${database.primary.port}/confeitaria`,
  max: 5,
})
t.teardown(() => orders.end())
const sell = (id: number, quantity: number) => orders.query('SELECT * FROM catalogo.baixar_estoque($1, $2)', [[id], [quantity]])

/** Keeps reading through both instances, as other clients do, so that what was true is in the caches. */
function readAllTheTime(urls: string[]) {
  let going = true
  const reading = instances.map(async ({ ask }) => {
    for (let n = 0; going; n++) {
      await ask(urls[n % urls.length]!)
      await new Promise(resolve => setTimeout(resolve, 10))
    }
  })
  return async () => {
    going = false
    await Promise.all(reading)
  }
}

/** Changes a product again and again, through one instance and the other. @returns its URL */
async function seesWhatItWrites(t: Test, word: string, rounds: number) {
  const created = await one.write('POST', '/api/produtos', { ...aProduct, nome: `Pudim ${word}`, categoria_id: 4 })
  const { id } = created.json().data
  const url = `/api/produtos/${id}`
  const list = '/api/produtos?ordem=recentes&categoria_id=4'
  const newWord = (round: number) => `/api/produtos?busca=${word.repeat(2)}${round}`
  const stop = readAllTheTime([url, list, `/api/produtos?busca=${word}`, ...Array.from({ length: rounds }, (_, round) => newWord(round))])
  const wrong: unknown[] = []
  try {
    for (let round = 0; round < rounds; round++) {
      const [writer, reader] = round % 2 ? [one, other] : [other, one]
      const nome = `Pudim ${word} ${word.repeat(2)}${round}`
      const changed = await writer.write('PATCH', url, { nome, estoque: round, preco: round / 100 })
      const expected = JSON.stringify(changed.json().data)
      for (const { read } of [writer, reader]) {
        const found = await Promise.all(
          [url, list, newWord(round), `/api/produtos?busca=${word}`].map(each => read<Product | Product[]>(each)),
        )
        for (const each of found) {
          const product = [each].flat().find(product => product.id === id)
          if (JSON.stringify(product) !== expected) wrong.push([round, product, expected])
        }
      }
    }
  } finally {
    await stop()
  }
  t.strictSame(wrong, [], `${rounds} changes of ${word}, each found in four ways through both instances`)
  return url
}

t.test('whoever wrote something finds it on the very next read, through both instances', async t => {
  const urls = await Promise.all(['aaabbb', 'cccddd', 'eeefff'].map(word => seesWhatItWrites(t, word, 10)))
  for (const url of urls) {
    t.equal((await one.write('DELETE', url)).statusCode, 204)
    for (const { ask } of instances) t.equal((await ask(url)).statusCode, 404)
  }
  const created = await other.write('POST', '/api/categorias', { nome: 'Nova' })
  for (const { read } of instances) t.ok((await read<{ nome: string }[]>('/api/categorias')).some(({ nome }) => nome === 'Nova'))
  t.equal((await one.ask(`/api/produtos?categoria_id=${created.json().data.id}`)).statusCode, 200)
})

t.test('reads are from the replica when it keeps up', async t => {
  const readsOf = async (server: typeof database.primary) =>
    Number((await server.query("SELECT seq_scan + idx_scan AS n FROM pg_stat_user_tables WHERE relname = 'categoria'"))[0]!.n)
  await settled(database, STALENESS_MS)
  const [primary, replica] = [await readsOf(database.primary), await readsOf(database.replica)]
  // Statistics are told once a second at most.
  await until(async () => {
    await one.ask('/api/categorias')
    return (await readsOf(database.replica)) >= replica + 5
  }, 'The reads on the replica')
  t.equal(await readsOf(database.primary), primary)
})

t.test('with the replay paused reads still show what was written: they move to the primary', async t => {
  await database.replica.pauseReplay()
  try {
    const url = await seesWhatItWrites(t, 'ggghhh', 3)
    const seen = await database.replica.query('SELECT FROM catalogo.produto WHERE id = $1', [url.split('/').at(-1)])
    t.equal(seen.length, 0, 'the replica knows nothing of it')
  } finally {
    await database.replica.resumeReplay()
  }
})

t.test('a sold-out product and a new price are seen by readers within 1 s, on every instance', async t => {
  for (const paused of [false, true]) {
    const [id] = await insertProducts(database, [{ nome: 'Cocada', estoque: 10 }])
    await settled(database, STALENESS_MS)
    const urls = [`/api/produtos/${id}`, '/api/produtos?ordem=recentes&limite=1']
    if (paused) await database.replica.pauseReplay()
    const stop = readAllTheTime(urls)
    try {
      for (let left = 9; left >= 0; left -= 3) {
        await sell(id!, left === 9 ? 1 : 3)
        const sold = performance.now()
        await Promise.all(
          instances.flatMap(({ read }) =>
            urls.map(async url => {
              const product = async () => [await read<never>(url)].flat()[0] as { estoque: number } | undefined
              await until(async () => (await product())?.estoque === left, `A stock of ${left} at ${url}`, { ms: 5_000 })
              t.ok(performance.now() - sold < 1_000, `${left} left, seen after ${Math.round(performance.now() - sold)} ms`)
            }),
          ),
        )
      }
    } finally {
      await stop()
      if (paused) await database.replica.resumeReplay()
    }
  }
})

t.test('what one client reads from an instance never goes backwards, whichever server it comes from', async t => {
  const [id] = await insertProducts(database, [{ estoque: 1_000_000 }])
  await settled(database, STALENESS_MS)
  let selling = true
  const sales = (async () => {
    for (let n = 0; selling; n++) {
      await sell(id!, 1)
      if (n % 40 === 20) await database.replica.pauseReplay()
      if (n % 40 === 39) await database.replica.resumeReplay()
    }
  })()
  const steps = await Promise.all(
    instances.map(async ({ read }) => {
      const seen: number[] = []
      const until = performance.now() + 3_000
      while (performance.now() < until) {
        const readings = await Promise.all([1, 2, 3].map(() => read(`/api/produtos/${id}`)))
        seen.push(...readings.map(({ estoque }) => estoque))
      }
      return seen
    }),
  )
  selling = false
  await sales
  await database.replica.resumeReplay()
  for (const seen of steps) {
    t.ok(new Set(seen).size > 5, `${new Set(seen).size} stocks seen`)
    t.strictSame(
      seen.filter((stock, n) => n > 0 && stock > seen[n - 1]!),
      [],
    )
  }
})
