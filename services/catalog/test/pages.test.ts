import { encodeCursor } from '@confeitaria/platform/cursor'
import { STALENESS_MS } from '@confeitaria/platform/database'
import fc from 'fast-check'
import t from 'tap'
import type { Product } from '../products.ts'
import { aProduct, insertProducts, settled, startInstance, startMigrated } from './running-catalog.ts'

const database = await startMigrated(t)
const { ask, read } = await startInstance(t, database.url('catalogo'))

/** Names with ties, accents, case and punctuation, of few words so that searches find many. */
const names = fc.constantFrom(
  'Açaí',
  'acai',
  'Ácido',
  'Azedinha',
  'Bolo',
  'bolo',
  'Caju',
  'Çuco',
  'Cuscuz',
  'Ênclise',
  'Espuma',
  'Zabaione',
  '🍰 Torta',
)
const products = fc.record({
  nome: fc.tuple(names, fc.constantFrom('', ' de coco', ' de caju', ' especial')).map(parts => parts.join('')),
  preco: fc.constantFrom(0, 1, 1.5, 9.99, 10, 99_999_999.99),
  estoque: fc.constantFrom(0, 5),
  categoria_id: fc.integer({ min: 1, max: 3 }),
})
await insertProducts(database, fc.sample(products, { numRuns: 260, seed: 7 }))
// Some were made at the same moment.
await database.primary.query("UPDATE catalogo.produto SET criado_em = date_trunc('second', criado_em) WHERE id % 3 = 0")
await settled(database, STALENESS_MS)

const orders = ['nome', 'preco', '-preco', 'recentes', undefined] as const
const searches = [undefined, 'caju', 'bolo de coco', 'acai', 'especal'] as const

function urlOf(
  query: { ordem?: string | undefined; categoria_id?: number | undefined; busca?: string | undefined; limite?: number },
  cursor?: string,
) {
  const given = Object.entries({ ...query, cursor }).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]))
  return `/api/produtos?${new URLSearchParams(given)}`
}

/** Every product of a query, page by page. */
async function walk(query: Parameters<typeof urlOf>[0], limits: number[], between: () => Promise<unknown> = async () => {}) {
  const all: Product[] = []
  let cursor: string | undefined
  for (let page = 0; ; page++) {
    const answer = await ask(urlOf({ ...query, limite: limits[page % limits.length]! }, cursor))
    const { data, paginacao } = answer.json()
    all.push(...data)
    if (paginacao.proximo === null) return all
    if (data.length !== limits[page % limits.length]) throw new Error('a page that is not the last is not full')
    cursor = paginacao.proximo
    await between()
  }
}
const ids = (all: Product[]) => all.map(({ id }) => id)

t.test('for every order, category and search, pages of any size give each product once, in the order of one', async t => {
  for (const ordem of orders)
    for (const categoria_id of [undefined, 2])
      for (const busca of searches) {
        const whole = await walk({ ordem, categoria_id, busca }, [200])
        const name = JSON.stringify({ ordem, categoria_id, busca })
        t.ok(whole.length > 5, `${name} has something to show`)
        t.equal(new Set(ids(whole)).size, whole.length, `${name} each once`)
        await fc.assert(
          fc.asyncProperty(fc.array(fc.integer({ min: 7, max: 90 }), { minLength: 1, maxLength: 4 }), async limits => {
            t.strictSame(ids(await walk({ ordem, categoria_id, busca }, limits)), ids(whole), `${name} ${limits}`)
          }),
          { numRuns: 2 },
        )
      }
  const all = await walk({}, [200])
  t.strictSame(ids(await walk({}, [1, 200])), ids(all))
  t.equal(all.length, Number((await database.primary.query('SELECT count(*) FROM catalogo.produto'))[0]!.count))
  t.strictSame(
    ids(await walk({ categoria_id: 2 }, [200])),
    ids(all.filter(({ categoria_id }) => categoria_id === 2)),
    'a category has what is of it, in the same order',
  )
})

t.test('orders are what they say, ties by id', async t => {
  const ordered = (all: Product[], compare: (one: Product, other: Product) => number) =>
    all.every((product, n) => n === 0 || (compare(all[n - 1]!, product) || all[n - 1]!.id - product.id) < 0)
  t.ok(ordered(await walk({ ordem: 'preco' }, [200]), (a, b) => a.preco - b.preco))
  t.ok(ordered(await walk({ ordem: '-preco' }, [200]), (a, b) => b.preco - a.preco))
  const created = new Map(
    (await database.primary.query('SELECT id, criado_em::text AS em FROM catalogo.produto')).map(({ id, em }) => [id, em]),
  )
  const recent = await walk({ ordem: 'recentes' }, [200])
  t.ok(
    recent.every(({ id }, n) => {
      if (n === 0) return true
      const [before, now] = [created.get(recent[n - 1]!.id), created.get(id)]
      return before > now || (before === now && recent[n - 1]!.id > id)
    }),
    'the newest first; what came in one moment by id, the newest first too',
  )
})

t.test('names are in the order of a Portuguese dictionary: á with a, ç after c, case aside', async t => {
  const sorted = [
    'abacate',
    'Abacaxi',
    'ácido',
    'açaí',
    'Acerola',
    'água',
    'Avelã',
    'caca',
    'caça',
    'Cacau',
    'cola',
    'ênfase',
    'Épico',
    'figo',
    'Zíper',
  ]
  const collator = new Intl.Collator('pt-BR')
  sorted.sort(collator.compare)
  await database.primary.query("INSERT INTO catalogo.categoria (nome) VALUES ('Dicionário')")
  const [category] = await database.primary.query("SELECT id FROM catalogo.categoria WHERE nome = 'Dicionário'")
  await insertProducts(
    database,
    [...sorted].reverse().map(nome => ({ nome, categoria_id: category!.id })),
  )
  await settled(database, STALENESS_MS)
  t.strictSame(
    (await walk({ categoria_id: category!.id }, [4])).map(({ nome }) => nome),
    sorted,
  )
  t.strictSame(
    (await walk({ categoria_id: category!.id, ordem: 'nome' }, [200])).map(({ nome }) => nome),
    sorted,
  )
  const categories = await read<{ nome: string }[]>('/api/categorias')
  t.strictSame(
    categories.map(({ nome }) => nome),
    categories.map(({ nome }) => nome).sort(collator.compare),
  )
})

t.test('what stays is seen once and in its place while products come and go between the pages', async t => {
  const stay = new Set(ids(await walk({}, [200])))
  for (const ordem of orders)
    for (const busca of [undefined, 'caju']) {
      const before = ids(await walk({ ordem, busca }, [200])).filter(id => stay.has(id))
      let passing: number[] = []
      const seen = ids(
        await walk({ ordem, busca }, [40, 55], async () => {
          // The ones at the very place of the cursor go, others come before and behind it.
          await database.primary.query('DELETE FROM catalogo.produto WHERE id = ANY ($1)', [passing])
          passing = await insertProducts(database, fc.sample(products, { numRuns: 6 }))
        }),
      )
      t.equal(new Set(seen).size, seen.length, `${ordem} ${busca}: nothing twice`)
      t.strictSame(
        seen.filter(id => stay.has(id)),
        before,
        `${ordem} ${busca}: what stays, in order`,
      )
      await database.primary.query('DELETE FROM catalogo.produto WHERE NOT id = ANY ($1)', [[...stay]])
    }
})

t.test('a product that is deleted is no stumbling block: its cursor still leads on', async t => {
  await settled(database, STALENESS_MS)
  const all = ids(await walk({ ordem: 'preco' }, [200]))
  const first = (await ask('/api/produtos?ordem=preco&limite=10')).json()
  await database.primary.query('DELETE FROM catalogo.produto WHERE id = $1', [all[9]])
  await settled(database, STALENESS_MS)
  t.strictSame(ids((await ask(urlOf({ ordem: 'preco', limite: 10 }, first.paginacao.proximo))).json().data), all.slice(10, 20))
})

t.test('a cursor is a 400 once a character is changed, cut or added, and with any other query', async t => {
  const query = { ordem: 'nome', limite: 3, busca: 'caju', categoria_id: 1 }
  const cursor: string = (await ask(urlOf(query))).json().paginacao.proximo
  t.equal((await ask(urlOf(query, cursor))).statusCode, 200)
  const refused = async (other: Parameters<typeof urlOf>[0], word: string) => {
    const answer = await ask(urlOf(other, word))
    return answer.statusCode === 400 && answer.json().erros[0].campo === 'cursor'
  }
  for (let at = 0; at < cursor.length; at++) {
    const letter = cursor[at] === 'A' ? 'B' : 'A'
    t.ok(await refused(query, cursor.slice(0, at) + letter + cursor.slice(at + 1)), `changed at ${at}`)
    if (at) t.ok(await refused(query, cursor.slice(0, at)), `cut at ${at}`)
  }
  for (const word of [`${cursor}A`, `A${cursor}`, `${cursor}=`, ` ${cursor}`, cursor.toUpperCase(), 'null', '[]'])
    t.ok(await refused(query, word), word)
  for (const other of [
    { ordem: 'preco' },
    { ordem: undefined },
    { busca: 'bolo' },
    { busca: undefined },
    { categoria_id: 2 },
    { categoria_id: undefined },
  ])
    t.ok(await refused({ ...query, ...other }, cursor), JSON.stringify(other))
  t.equal((await ask(urlOf({ ...query, limite: 50 }, cursor))).statusCode, 200, 'but pages of another size may follow')
})

t.test('a cursor made by hand, whose check is right, is a 400 when it leads nowhere', async t => {
  const handmade = (ordem: (typeof orders)[number], place: unknown) =>
    ask(urlOf({ ordem }, encodeCursor(place as unknown[], JSON.stringify([null, null, ordem]))))
  for (const [ordem, place] of [
    ['nome', ['Bolo', 'abc']],
    ['nome', ['Bolo', 2 ** 31]],
    ['nome', ['\0', 1]],
    ['preco', ['abc', 1]],
    ['-preco', [{}, 1]],
    ['recentes', ['2026-99-99', 1]],
    ['recentes', null],
    ['recentes', { 0: 'now', 1: 1 }],
  ] as const) {
    const answer = await handmade(ordem, place)
    t.equal(answer.statusCode, 400, JSON.stringify(place))
    t.equal(answer.json().erros[0].campo, 'cursor')
  }
  t.equal((await handmade('preco', ['1.5', 1])).statusCode, 200)
})

t.test('a cursor behind the longest name of the widest characters is taken back', async t => {
  for (const letter of ['🍰', '"', '\\', 'é']) {
    await insertProducts(database, [
      { ...aProduct, nome: `zz${letter.repeat(198)}`, categoria_id: 3 },
      { ...aProduct, nome: `zz${letter.repeat(198)}`, categoria_id: 3 },
    ])
    await settled(database, STALENESS_MS)
    const whole = await walk({ categoria_id: 3 }, [200])
    t.strictSame(ids(await walk({ categoria_id: 3 }, [1, 200, 1])), ids(whole))
    const cursor = (await ask(urlOf({ categoria_id: 3, limite: whole.findLastIndex(({ nome }) => nome.startsWith(`zz${letter}`)) }))).json()
      .paginacao.proximo
    t.equal((await ask(urlOf({ categoria_id: 3 }, cursor))).statusCode, 200, letter)
  }
})
