// Each rule for a row of the Django shop, as docs/migrating-from-django.md states it.
import t from 'tap'
import { type Product, readCategory, readProduct } from '../django/rules.ts'

const good = { id: 7, nome: 'Bolo de fubá', descricao: 'Com goiabada.', preco: '12.50', estoque: 3, categoria_id: 2 }
const read = (fields: Record<string, unknown>) => readProduct({ model: 'doce', line: 1, fields: { ...good, ...fields } })

t.test('a good row is taken as it is, without a note', async t => {
  t.strictSame(read({ vegano: true }), {
    antigo_id: 7,
    value: {
      antigo_id: 7,
      nome: 'Bolo de fubá',
      descricao: 'Com goiabada.',
      preco: 12.5,
      estoque: 3,
      categoria_antiga: 2,
      imagem: null,
      criado_em: null,
    },
    refusals: [],
    notes: [],
  })
})

const taken: [what: string, fields: Record<string, unknown>, value: Partial<Product>, note?: RegExp][] = [
  ['spaces in a name', { nome: '\t Bolo  de\u00a0fubá\n' }, { nome: 'Bolo de fubá' }],
  ['a decomposed name', { nome: 'Bolo de fuba\u0301' }, { nome: 'Bolo de fubá' }],
  ['a name of 200 emoji', { nome: '🍰'.repeat(200) }, { nome: '🍰'.repeat(200) }],
  ['lines in a description', { descricao: 'Com\r\ngoiabada.' }, { descricao: 'Com goiabada.' }],
  ['no description', { descricao: '' }, { descricao: 'Bolo de fubá' }, /^descricao está vazia: fica o nome$/],
  ['a null description', { descricao: null }, { descricao: 'Bolo de fubá' }, /^descricao está vazia/],
  ['an integer as price', { preco: 12n }, { preco: 12 }],
  ['a price as text', { preco: 'R$ 1.234,56' }, { preco: 1234.56 }, /^preco "R\$ 1\.234,56" é um texto: fica 1234,56$/],
  ['a price with a comma', { preco: '4,5' }, { preco: 4.5 }, /"4,5" é um texto: fica 4,50/],
  ['leftovers of floating point', { preco: 0.1 + 0.2 }, { preco: 0.3 }, /0\.30000000000000004 é um resto de ponto flutuante: fica 0,30/],
  ['leftovers as text', { preco: '4.499999999999999' }, { preco: 4.5 }, /resto de ponto flutuante: fica 4,50/],
  ['a price of zero', { preco: 0 }, { preco: 0 }, /^preco é zero: o doce sai de graça; confira$/],
  ['minus zero', { preco: -0 }, { preco: 0 }, /é zero/],
  ['the highest price', { preco: '99999999.99' }, { preco: 99_999_999.99 }],
  ['stock as text', { estoque: '3' }, { estoque: 3 }],
  ['the most stock', { estoque: 1_000_000n }, { estoque: 1_000_000 }],
  ['no category', { categoria_id: null }, { categoria_antiga: 0 }, /^categoria não tem: fica em "Sem categoria"$/],
  ['the category as dumpdata names it', { categoria_id: undefined, categoria: 5 }, { categoria_antiga: 5 }],
  ['a picture', { imagem: 'doces/bolo.jpg' }, { imagem: 'doces/bolo.jpg' }],
  ['a picture that is none', { imagem: 'x'.repeat(501) }, { imagem: null }, /^imagem .* não é um caminho: fica sem imagem$/],
  ['a date as SQLite has it', { criado_em: '2024-02-03 04:05:06.500000' }, { criado_em: new Date('2024-02-03T04:05:06.5Z') }],
  ['a date as PostgreSQL has it', { criado_em: '2024-02-03 04:05:06.5+00' }, { criado_em: new Date('2024-02-03T04:05:06.5Z') }],
  ['a date as dumpdata has it', { criado_em: '2024-02-03T04:05:06.500-03:00' }, { criado_em: new Date('2024-02-03T07:05:06.5Z') }],
  ['a day, under another name', { data_cadastro: '2024-02-03' }, { criado_em: new Date('2024-02-03T00:00:00Z') }],
  ['no date', { criado_em: 'ontem' }, { criado_em: null }, /^criado_em "ontem" não é uma data: fica a hora da importação$/],
  ['a date to come', { criado_em: '2999-01-01' }, { criado_em: null }, /está no futuro/],
]
for (const [what, fields, value, note] of taken) {
  t.test(`taken: ${what}`, async t => {
    const reading = read(fields)
    t.strictSame(reading.refusals, [])
    t.match(reading.value, value)
    const notes = reading.notes.map(({ campo, motivo }) => `${campo} ${motivo}`)
    t.equal(notes.length, note ? 1 : 0, notes.join())
    if (note) t.match(notes[0], note)
  })
}

const refused: [what: string, fields: Record<string, unknown>, reason: RegExp][] = [
  ['no id', { id: undefined }, /^id falta$/],
  ['an id of zero', { id: 0 }, /^id 0 não é um inteiro positivo$/],
  ['a null name', { nome: null }, /^nome está vazio$/],
  ['a name of spaces', { nome: ' \u00a0' }, /^nome está vazio$/],
  ['a name that nobody sees', { nome: '\u200b' }, /^nome está vazio$/],
  ['a number as name', { nome: 12n }, /^nome 12 não é um texto$/],
  ['a name that is too long', { nome: 'x'.repeat(201) }, /^nome tem 201 caracteres e cabem 200$/],
  ['a name of broken bytes', { nome: 'P\ufffdo' }, /^nome .* tem letras estragadas/],
  ['half a surrogate pair', { nome: 'P\ud83c' }, /^nome .* tem letras estragadas/],
  ['control characters', { nome: 'Bolo\u0007' }, /^nome .* tem caracteres de controle$/],
  ['a description that is too long', { descricao: 'x'.repeat(5_001) }, /^descricao tem 5001 caracteres e cabem 5000$/],
  ['a null price', { preco: null }, /^preco está vazio$/],
  ['a price that is none', { preco: 'a combinar' }, /^preco "a combinar" não é um preço$/],
  ['not a number', { preco: 'NaN' }, /^preco "NaN" não é um preço$/],
  ['a price that may mean two', { preco: '1.234' }, /^preco "1\.234" pode ser lido de dois modos/],
  ['a negative price', { preco: '-1.00' }, /^preco "-1\.00" é negativo$/],
  ['a third decimal', { preco: 4.505 }, /^preco 4\.505 tem mais de 2 casas decimais$/],
  ['a price that is too big', { preco: 100_000_000 }, /^preco 100000000 passa de 99\.999\.999,99$/],
  ['a null stock', { estoque: null }, /^estoque está vazio$/],
  ['a negative stock', { estoque: -2n }, /^estoque -2 é negativo$/],
  ['half a piece', { estoque: 2.5 }, /^estoque 2\.5 não é um número inteiro$/],
  ['too much stock', { estoque: 1_000_001 }, /^estoque 1000001 passa de 1\.000\.000$/],
  ['a natural key', { categoria_id: ['Bolos'] }, /^categoria \["Bolos"\] é uma chave natural/],
  ['a category that is no id', { categoria_id: 'Bolos' }, /^categoria "Bolos" não é um inteiro positivo$/],
]
for (const [what, fields, reason] of refused) {
  t.test(`refused: ${what}`, async t => {
    const { value, refusals } = read(fields)
    t.equal(value, undefined)
    t.equal(refusals.length, 1)
    t.match(`${refusals[0]!.campo} ${refusals[0]!.motivo}`, reason)
  })
}

t.test('all that is wrong with a row is said at once', async t => {
  t.strictSame(
    read({ nome: '', preco: -1, estoque: -1 }).refusals.map(({ campo }) => campo),
    ['nome', 'preco', 'estoque'],
  )
})

t.test('categories: the same rules for id and name', async t => {
  const of = (fields: Record<string, unknown>) => readCategory({ model: 'categoria', line: 1, fields })
  t.strictSame(of({ id: 1n, nome: ' Bolos ' }).value, { antigo_id: 1, nome: 'Bolos' })
  t.match(of({ id: 1, nome: 'x'.repeat(101) }).refusals, [{ campo: 'nome', motivo: 'tem 101 caracteres e cabem 100' }])
  t.match(of({ id: 1, nome: null }).refusals, [{ campo: 'nome', motivo: 'está vazio' }])
})
