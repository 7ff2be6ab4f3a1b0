import { readFileSync } from 'node:fs'
import { STALENESS_MS } from '@confeitaria/platform/database'
import fc from 'fast-check'
import t from 'tap'
import type { Product } from '../products.ts'
import { fold, words } from '../search.ts'
import shop from '../seed/catalogo.json' with { type: 'json' }
import { aProduct, insertProducts, settled, startInstance, startMigrated } from './running-catalog.ts'

const database = await startMigrated(t)
const catalog = await startInstance(t, database.url('catalogo'))
const { read, write } = catalog

const search = (busca: string, rest = '') => read<Product[]>(`/api/produtos?limite=200&busca=${encodeURIComponent(busca)}${rest}`)
const namesOf = async (busca: string) => (await search(busca)).map(({ nome }) => nome)
const letters = (word: string) => [...word]
const wordsOf = ({ nome, descricao }: { nome: string; descricao: string }) => everyWord(`${nome} ${descricao}`)
/** All words of a text; a query's are cut at eight. */
const everyWord = (text: string) =>
  fold(text)
    .split(/\s+/)
    .flatMap(part => words(part))

t.test('accents, case and combining marks are put aside, in the query and in the shop', async t => {
  await insertProducts(database, [
    { nome: 'Açaí na tigela', descricao: 'Frio.' },
    { nome: 'PA\u0303O DE MEL', descricao: 'Macio.' },
  ])
  await settled(database, STALENESS_MS)
  for (const query of ['acai', 'AÇAÍ', 'Açaí', 'aca\u0301i', 'ac\u0327ai\u0301'])
    t.ok((await namesOf(query)).includes('Açaí na tigela'), query)
  for (const query of ['pão de mel', 'PAO MEL', 'mel,pao!', 'mel   de - pão'])
    t.ok((await namesOf(query)).includes('PA\u0303O DE MEL'), query)
  t.strictSame(await search('açaí'), await search('ACAI'), 'the same finds in the same order')
})

t.test('every word of the shop finds its product, exactly and with one typo if it has 5 letters or more', async t => {
  const all = shop.produtos.flatMap(product => wordsOf(product).map(word => ({ word, product })))
  const long = all.filter(({ word }) => letters(word).length >= 5)
  t.ok(long.length > 500)
  const letter = fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz')
  const typo = fc.constantFrom(
    (word: string[], at: number, other: string) => word.toSpliced(at, 0, other), // insertion
    (word: string[], at: number) => word.toSpliced(at % word.length, 1), // deletion
    (word: string[], at: number, other: string) => word.toSpliced(at % word.length, 1, other), // substitution
    (word: string[], at: number) => {
      const from = at % (word.length - 1)
      return word.toSpliced(from, 2, word[from + 1]!, word[from]!) // transposition
    },
  )
  /** Several at once, since each asks the database twice. */
  const several = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: 10, maxLength: 10 })
  const finds = async (query: string, { nome }: { nome: string }) => {
    if (!(await namesOf(query)).includes(nome)) throw new Error(`${query} does not find ${nome}`)
  }
  await fc.assert(
    fc.asyncProperty(several(fc.constantFrom(...all)), async some => {
      await Promise.all(some.map(({ word, product }) => finds(word, product)))
    }),
    { numRuns: 15 },
  )
  await fc.assert(
    fc.asyncProperty(several(fc.tuple(fc.constantFrom(...long), typo, fc.nat(40), letter)), async some => {
      await Promise.all(
        some.map(async ([{ word, product }, mistype, at, other]) => {
          await finds(mistype(letters(word), at % (letters(word).length + 1), other).join(''), product)
        }),
      )
    }),
    { numRuns: 50 },
  )
})

t.test('two typos, or one in a word of fewer than 5 letters, find nothing', async t => {
  await insertProducts(database, [
    { nome: 'Xilofone', descricao: 'Quer dizer instrumento.' },
    { nome: 'Wxyz', descricao: 'Curto.' },
  ])
  await settled(database, STALENESS_MS)
  for (const query of ['xilofone', 'xilofne', 'xilofones', 'xylofone', 'xliofone']) t.strictSame(await namesOf(query), ['Xilofone'], query)
  for (const query of ['xylofonne', 'xlofne', 'xiolfoen', 'ilofoe', 'xloifone', 'xilofeon', 'nxilofoe'])
    t.strictSame(await namesOf(query), [], query)
  t.strictSame(await namesOf('wxyz'), ['Wxyz'])
  for (const query of ['wxzy', 'wayz', 'wyz', 'xyz']) t.strictSame(await namesOf(query), [], query)
})

t.test('the singular finds the plural, and the plural the singular', async t => {
  for (const [one, many] of [
    ['Kwudim', 'Kwudins'],
    ['Kwimão', 'Kwimões'],
    ['Wão', 'Wães'],
    ['Kwastel', 'Kwastéis'],
  ] as const) {
    await insertProducts(
      database,
      [one, many].map(nome => ({ nome, descricao: 'Assado.' })),
    )
    await settled(database, STALENESS_MS)
    for (const word of [one, many]) t.strictSame((await namesOf(word)).toSorted(), [one, many].toSorted(), word)
    t.equal((await namesOf(many))[0], many, 'what is said comes first')
  }
})

t.test('the last word may be the beginning of one, from 3 letters on; the others are whole', async t => {
  await insertProducts(database, [{ nome: 'Kbrulho Wxpto', descricao: 'Novo.' }])
  await settled(database, STALENESS_MS)
  for (const query of ['kbr', 'kbrul', 'wxp', 'kbrulho wxp', 'wxpto kbr']) t.strictSame(await namesOf(query), ['Kbrulho Wxpto'], query)
  for (const query of ['kb', 'kbr wxpto', 'brulh', 'wxp kbrulho']) t.strictSame(await namesOf(query), [], query)
})

t.test('several words must all be there, in the name or in the description', async t => {
  const [both, first, second] = await insertProducts(database, [
    { nome: 'Qwert', descricao: 'Com zxcvb.' },
    { nome: 'Qwert', descricao: 'Sem mais.' },
    { nome: 'Zxcvb', descricao: 'Sem mais.' },
  ])
  await settled(database, STALENESS_MS)
  const idsOf = async (query: string) => (await search(query)).map(({ id }) => id)
  t.strictSame(await idsOf('qwert zxcvb'), [both])
  t.strictSame(await idsOf('zxcvb qwert'), [both])
  t.strictSame(await idsOf('qwrt zxcvvb'), [both], 'with a typo in each')
  t.strictSame(await idsOf('qwert'), [both, first])
  t.strictSame(await idsOf('zxcvb'), [second, both])
  t.strictSame(await idsOf('qwert nadadisso'), [])
  t.strictSame(await idsOf('qwert zxcvb mais'), [], 'two of three are not enough')
  t.strictSame(await idsOf('qwert sem mais'), [first])
  t.strictSame(await idsOf('!!!'), [], 'signs are no words')
  t.strictSame(
    (await search('qwert', '&categoria_id=2')).map(({ id }) => id),
    [],
    'and within the category only',
  )
  await fc.assert(
    fc.asyncProperty(
      fc
        .constantFrom(...shop.produtos)
        .chain(product => fc.tuple(fc.constant(product), fc.subarray([...new Set(wordsOf(product))], { minLength: 2, maxLength: 5 }))),
      async ([product, some]) => {
        const found = await search(some.join(' '))
        if (!found.some(({ nome }) => nome === product.nome)) throw new Error(`${some} does not find ${product.nome}`)
      },
    ),
    { numRuns: 100 },
  )
})

t.test('exact names come before descriptions, those before beginnings, those before typos', async t => {
  const ranks = [
    { nome: 'Jkmnopq dos bons' },
    { nome: 'Outro', descricao: 'Leva jkmnopq.' },
    { nome: 'Jkmnopqrst' },
    { nome: 'Outro', descricao: 'Leva jkmnopqrst.' },
    { nome: 'Jkmnop' },
    { nome: 'Outro', descricao: 'Leva jkmonpq.' },
  ]
  const ids = (await insertProducts(database, [...ranks].reverse())).reverse()
  await settled(database, STALENESS_MS)
  t.strictSame(
    (await search('jkmnopq')).map(({ id }) => id),
    ids,
  )
})

t.test('what is renamed or deleted leaves the index, and what is new is in it at once', async t => {
  const created = await write('POST', '/api/produtos', { ...aProduct, nome: 'Ghjklmn', descricao: 'Feito de vbnmqw.' })
  const url = String(created.headers.location)
  t.strictSame(await namesOf('ghjklmn'), ['Ghjklmn'])
  t.strictSame(await namesOf('vbnmqw'), ['Ghjklmn'])
  await write('PATCH', url, { nome: 'Tyuiopa' })
  t.strictSame(await namesOf('ghjklmn'), [])
  t.strictSame(await namesOf('tyuiopa'), ['Tyuiopa'])
  t.strictSame(await namesOf('vbnmqw'), ['Tyuiopa'], 'its description is still there')
  await write('PATCH', url, { descricao: 'Feito de tyuiopa.' })
  t.strictSame(await namesOf('vbnmqw'), [])
  await write('DELETE', url)
  t.strictSame(await namesOf('tyuiopa'), [])
  const left = await database.primary.query(
    'SELECT FROM catalogo.ocorrencia o WHERE NOT EXISTS (SELECT FROM catalogo.produto p WHERE p.id = o.produto_id)',
  )
  t.equal(left.length, 0, 'nothing is left of it')
})

t.test('fold() is catalogo.dobra and words() is catalogo.palavras, for any text', async t => {
  const portuguese = fc.string({
    unit: fc.constantFrom(...'aáàâãbcçdeéêfghiíjklmnoóôõpqrstuúüvwxyzAÁÀÂÃÇÉÊÍÓÔÕÚÜ0123456789 -,.!?\'"/()ºª½²%&\u0301\u0327'),
    maxLength: 60,
  })
  // Of combining marks only those that Portuguese has: which others are letters changes from one Unicode to the next.
  const unicode = [...Array(0x20000).keys()]
    .filter(point => point > 0 && (point < 0x3000 || point % 31 === 0) && (point < 0xd800 || point > 0xdfff))
    .map(point => String.fromCodePoint(point))
    .filter(letter => /\P{M}|[\u0300-\u036f]/u.test(letter))
  const anything = fc.string({ unit: fc.constantFrom(...unicode), maxLength: 20 })
  const texts = [
    ...unicode.map(letter => `a${letter}b`),
    ...fc.sample(portuguese, 1_000),
    ...fc.sample(anything, 1_000),
    'ΟΔΥΣΣΕΥΣ İstanbul STRASSE ẞ ﬁ Ǆ ½ kg 2ª x² Ⅷ ٣ 𝒜ço',
    'x'.repeat(45),
    '𝒜'.repeat(45),
    ...shop.produtos.map(({ descricao }) => descricao),
  ]
  const rows = await database.primary.query(
    'SELECT unicode_assigned(texto) AS known, catalogo.dobra(texto) AS dobra, ARRAY(SELECT catalogo.palavras(texto)) AS palavras FROM unnest($1::text[]) WITH ORDINALITY AS u (texto, n) ORDER BY n',
    [texts],
  )
  const different = texts.flatMap((text, n) => {
    const { known, dobra, palavras } = rows[n]!
    if (!known) return [] // Node knows characters that came after this PostgreSQL
    const own = [
      ...new Set(
        fold(text)
          .split(/\s+/)
          .flatMap(part => words(part)),
      ),
    ]
    // A query has eight words at most.
    const same =
      fold(text) === dobra &&
      (words(text).length === 8 ? words(text).every(word => palavras.includes(word)) : own.sort().join() === palavras.sort().join())
    return same ? [] : [{ text, dobra, fold: fold(text), palavras, words: words(text) }]
  })
  t.strictSame(different.slice(0, 5), [])
})

t.test('two instances that insert products with the same new words at the same moment do not wait for each other in a circle', async t => {
  const other = await startInstance(t, database.url('catalogo'))
  // The service makes such a transaction again: only the server's log tells.
  const deadlocks = () => readFileSync(database.primary.logFile, 'utf8').split('deadlock detected').length - 1
  const statuses: number[] = []
  for (const round of ['alfa', 'beta', 'gama']) {
    const fresh = Array.from({ length: 40 }, (_, at) => `${round}${round}${at}`)
    await Promise.all(
      Array.from({ length: 12 }, async (_, n) => {
        // Half of them in one order, half in the other.
        const descricao = (n % 2 ? fresh : fresh.toReversed()).join(' ')
        const answer = await (n % 4 < 2 ? catalog : other).write('POST', '/api/produtos', { ...aProduct, descricao })
        statuses.push(answer.statusCode)
      }),
    )
  }
  t.ok(
    statuses.every(status => status === 201),
    String(statuses),
  )
  t.equal(deadlocks(), 0)
  for (const word of ['alfaalfa0', 'gamagama39']) t.equal((await search(word)).length, 12, word)
})
