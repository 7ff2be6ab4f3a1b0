import { cp } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { migrate } from '@confeitaria/platform/migrations'
import { startDatabase } from '@confeitaria/standalone/postgres'
import pg from 'pg'
import t from 'tap'
import shop from '../seed/catalogo.json' with { type: 'json' }
import { seed } from '../seed.ts'
import { insertProducts, migrations, startMigrated } from './running-catalog.ts'

const database = await startMigrated(t, { replica: false })
const poolOf = (role: 'catalogo' | 'pedidos', max: number) => {
  const pool = new pg.Pool({ connectionString: database.primary.url(role), max })
  t.teardown(() => pool.end())
  return pool
}
const orders = poolOf('pedidos', 50)
const catalog = poolOf('catalogo', 2)
const take = async (ids: (number | null)[], quantities: (number | null)[], client: pg.Pool | pg.PoolClient = orders) =>
  (await client.query('SELECT * FROM catalogo.baixar_estoque($1, $2)', [ids, quantities])).rows
const stockOf = async (ids: number[]) =>
  (await database.primary.query('SELECT estoque FROM catalogo.produto WHERE id = ANY ($1) ORDER BY id', [ids])).map(
    ({ estoque }) => estoque,
  )

t.test('baixar_estoque takes in ascending order, sums the lines of a product and gives what an order needs', async t => {
  const [a, b] = (await insertProducts(database, [
    { nome: 'A', preco: 1.5, estoque: 5 },
    { nome: 'B', preco: 99_999_999.99, estoque: 5 },
  ])) as [number, number]
  t.strictSame(await take([b, a, b], [1, 2, 3]), [
    { produto_id: a, nome: 'A', preco: '1.50', estoque: 3, faltou: false },
    { produto_id: b, nome: 'B', preco: '99999999.99', estoque: 1, faltou: false },
  ])
  t.strictSame(await stockOf([a, b]), [3, 1])
  t.strictSame(await take([], []), [])
})

t.test('it reports each product that is short or gone, leaves it as it is, and takes the others', async t => {
  const [a, b, gone] = (await insertProducts(database, [{ nome: 'A', estoque: 1 }, { nome: 'B', estoque: 5 }, {}])) as [
    number,
    number,
    number,
  ]
  await database.primary.query('DELETE FROM catalogo.produto WHERE id = $1', [gone])
  t.match(await take([gone, b, a, a], [1, 5, 1, 1]), [
    { produto_id: a, nome: 'A', preco: '12.50', estoque: 1, faltou: true },
    { produto_id: b, estoque: 0, faltou: false },
    { produto_id: gone, nome: null, preco: null, estoque: null, faltou: true },
  ])
  t.strictSame(await stockOf([a, b]), [1, 0])
  for (const quantity of [0, -1]) {
    await t.rejects(take([b], [quantity]), /positiva/)
    await t.rejects(take([a, a], [1, quantity - 1]), /positiva/)
  }
  await t.rejects(take([a, a], [2_147_483_647, 1]), /out of range/)
  for (const [ids, quantities] of [
    [[a], [null]],
    [[a, b], [1]],
    [[null], [1]],
  ] as [(number | null)[], (number | null)[]][]) {
    const rows = await take(ids, quantities).catch(() => [{ faltou: true }])
    t.ok(
      rows.some(({ faltou }) => faltou),
      `${ids} ${quantities} is not sold`,
    )
  }
})

t.test('I4, I5: 50 transactions at once, in any order, never take what is not there and never deadlock', async t => {
  const ids = await insertProducts(database, Array(8).fill({ estoque: 60 }))
  const taken = new Map(ids.map(id => [id, 0]))
  await Promise.all(
    Array.from({ length: 50 }, async (_, worker) => {
      const client = await orders.connect()
      try {
        for (let round = 0; round < 8; round++) {
          // Each its own order of products, with one of them twice.
          const wanted = ids.map((_, at) => ids[(at * 3 + worker + round) % ids.length]!).slice(0, 4)
          const lines = [...wanted, wanted[0]!]
          await client.query('BEGIN')
          const rows = await take(
            lines,
            lines.map(() => 1),
            client,
          )
          const whole = rows.every(({ faltou }) => !faltou)
          await client.query(whole ? 'COMMIT' : 'ROLLBACK')
          if (whole) for (const id of lines) taken.set(id, taken.get(id)! + 1)
        }
      } finally {
        client.release()
      }
    }),
  )
  t.strictSame(
    await stockOf(ids),
    ids.map(id => 60 - taken.get(id)!),
  )
  t.ok(
    [...taken.values()].some(sold => sold >= 55),
    'they did fight for the last ones',
  )
})

t.test('role pedidos can do nothing else in schema catalogo', async t => {
  const client = await orders.connect()
  const refused = async (sql: string) => t.rejects(client.query(sql), { code: '42501' }, sql)
  for (const table of ['categoria', 'produto', 'palavra', 'palavra_forma', 'ocorrencia', 'migracao']) {
    await refused(`SELECT * FROM catalogo.${table}`)
    await refused(`DELETE FROM catalogo.${table}`)
    await refused(`TRUNCATE catalogo.${table}`)
    await refused(`DROP TABLE catalogo.${table}`)
    await refused(`SELECT FROM catalogo.${table} FOR UPDATE`)
  }
  await refused("INSERT INTO catalogo.categoria (nome) VALUES ('X')")
  await refused('UPDATE catalogo.produto SET estoque = 5')
  const functions = await database.primary.query(`
    SELECT p.oid::regprocedure::text AS name, has_function_privilege('pedidos', p.oid, 'EXECUTE') AS may
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'catalogo'`)
  t.strictSame(
    functions.filter(({ may }) => may).map(({ name }) => name),
    ['catalogo.baixar_estoque(integer[],integer[])'],
  )
  await refused("SELECT catalogo.dobra('x')")
  await refused('SELECT catalogo.indexar(ARRAY[1])')
  await refused('CREATE TABLE catalogo.minha (id int)')
  await refused('CREATE TABLE public.minha (id int)')
  await refused('CREATE SCHEMA outra')
  await refused('CREATE TEMPORARY TABLE produto (id int)')
  await refused('SET ROLE catalogo')
  // What it calls runs with the catalog's rights: it must not be led to another table of that name.
  await client.query('CREATE SCHEMA IF NOT EXISTS pedidos').catch(() => {})
  await client.query('CREATE TABLE pedidos.produto (id int, nome text, preco numeric, estoque int, atualizado_em timestamptz)')
  await client.query('INSERT INTO pedidos.produto VALUES (1, NULL, 0, 999999, now())')
  await client.query('SET search_path = pedidos')
  const [before] = await stockOf([1])
  t.match(await take([1], [1], client), [{ produto_id: 1, nome: shop.produtos[0]!.nome, estoque: before! - 1 }])
  await client.query('DROP TABLE pedidos.produto')
  client.release(true)
})

t.test('role catalogo cannot read pedidos', async t => {
  await orders.query('CREATE TABLE pedidos.segredo (id int)')
  for (const sql of [
    'SELECT * FROM pedidos.segredo',
    'DELETE FROM pedidos.segredo',
    'CREATE TABLE pedidos.minha (id int)',
    'SET ROLE pedidos',
  ])
    await t.rejects(catalog.query(sql), { code: '42501' }, sql)
  await orders.query('DROP TABLE pedidos.segredo')
})

t.test('migrations and the seed may run twice, and two at once on an empty database', async t => {
  const empty = await startDatabase({ replica: false })
  t.teardown(() => empty.stop())
  // In a folder as one has it on a desktop.
  const folder = `${t.testdir()}/Área de Trabalho`
  await cp(migrations, folder, { recursive: true })
  const options = { url: empty.url('catalogo'), schema: 'catalogo', dir: pathToFileURL(folder) }
  await Promise.all([migrate(options), migrate(options), migrate(options)])
  const applied = () => empty.primary.query('SELECT name, run_on FROM catalogo.migracao ORDER BY id')
  const once = await applied()
  t.match(once, [{ name: '0001_catalogo' }])
  await migrate(options)
  t.strictSame(await applied(), once)
  const counts = await Promise.all([seed(options.url), seed(options.url), seed(options.url)])
  t.strictSame(
    counts.sort((a, b) => a - b),
    [0, 0, shop.produtos.length],
  )
  t.equal(await seed(options.url), 0)
  const [{ produtos, categorias } = {}] = await empty.primary.query(
    'SELECT (SELECT count(*) FROM catalogo.produto)::int AS produtos, (SELECT count(*) FROM catalogo.categoria)::int AS categorias',
  )
  t.strictSame([produtos, categorias], [shop.produtos.length, shop.categorias.length])
  await empty.primary.query('DELETE FROM catalogo.produto WHERE nome = $1', [shop.produtos[0]!.nome])
  t.equal(await seed(options.url), 0, 'a shop that was changed is left alone')
})

t.test('migrations only go forward: none says how to undo itself, and a wrong password is told at once', async t => {
  const { readdir, readFile } = await import('node:fs/promises')
  for (const file of await readdir(migrations)) {
    t.match(file, /^\d{4}_\w+\.sql$/)
    t.notMatch(await readFile(new URL(`${migrations}/${file}`), 'utf8'), /^-- Down Migration/im)
  }
  const started = performance.now()
  await t.rejects(migrate({ url: database.url('catalogo').replace(/:[^:@]*@/, ':errada@'), schema: 'catalogo', dir: migrations }), {
    code: '28P01',
  })
  t.ok(performance.now() - started < 5_000)
})
