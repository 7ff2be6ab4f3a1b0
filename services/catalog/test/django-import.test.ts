// `make importar-django` on databases that a real Django 5.2 has written, into a real catalog.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { STALENESS_MS } from '@confeitaria/platform/database'
import { claim, dataFolder, prepare, processOf, secrets } from '@confeitaria/standalone/data-folder'
import { Database } from '@confeitaria/standalone/postgres'
import { freePort, until } from '@confeitaria/standalone/process'
import pg from 'pg'
import t, { type Test } from 'tap'
import { importDjango, openCatalog } from '../django/import.ts'
import { openSource } from '../django/sources.ts'
import type { Product } from '../products.ts'
import { DjangoShop } from './django-shop.ts'
import { migrations, startInstance, startMigrated } from './running-catalog.ts'

t.setTimeout(1_200_000)
const COMMAND = join(import.meta.dirname, '../django/importar-django.ts')
const REPOSITORY = join(import.meta.dirname, '../../..')

const database = await startMigrated(t, { seeded: false })
const { primary } = database
const url = database.url('catalogo')
const scratch = t.testdir({})
const newFolder = () => mkdtempSync(`${scratch}/`)

interface Note {
  tabela: string
  linha: number | null
  id: number | null
  campo: string | null
  motivo: string
}
interface Report {
  fonte: string
  simulacao: boolean
  resumo: Record<'categorias' | 'doces', Record<string, number>>
  recusados: Note[]
  mudancas: Note[]
  avisos: Note[]
}
const counts = (lidos: number, criados: number, alterados: number, iguais: number, recusados: number) => ({
  lidos,
  criados,
  alterados,
  iguais,
  recusados,
})
const sentences = (notes: Note[]) => notes.map(({ tabela, id, campo, motivo }) => `${tabela} ${id}: ${campo} ${motivo}`)

/** Runs the command as a person does. */
function command(t: Test, args: string[], { env = {}, nodeOptions = [] as string[] } = {}) {
  const child = spawn(process.execPath, [...nodeOptions, COMMAND, ...args], { env: { ...process.env, DATABASE_URL: url, ...env } })
  let [text, errors] = ['', '']
  child.stdout.setEncoding('utf8').on('data', piece => (text += piece))
  child.stderr.setEncoding('utf8').on('data', piece => (errors += piece))
  t.teardown(() => child.kill('SIGKILL'))
  const ended = new Promise<{ code: number | null; text: string; errors: string }>(resolve =>
    child.once('close', code => resolve({ code, text, errors })),
  )
  return { child, ended }
}

/** Runs it to its end, with a report. */
async function run(t: Test, source: string, ...args: string[]) {
  const file = join(newFolder(), 'relatorio.json')
  const { code, text, errors } = await command(t, [source, '--report', file, ...args]).ended
  t.notOk(existsSync(`${file}.part`))
  if (code !== 0 && code !== 2) throw new Error(errors)
  const report: Report = JSON.parse(readFileSync(file, 'utf8'))
  return { code, text, report }
}

/** An empty catalog, and a Django shop beside it. */
async function shops() {
  await primary.query(`
    TRUNCATE catalogo.django_produto, catalogo.django_categoria, catalogo.produto, catalogo.categoria,
      catalogo.ocorrencia, catalogo.palavra_forma, catalogo.palavra RESTART IDENTITY`)
  const path = join(newFolder(), 'db.sqlite3')
  const django = new DjangoShop(`sqlite://${path}`)
  await django.do({ migrate: true })
  return { django, path }
}

const TABLES = ['categoria', 'produto', 'django_categoria', 'django_produto', 'palavra', 'palavra_forma', 'ocorrencia']
/** Every row of the catalog, and which transaction wrote it. */
async function rows() {
  const all: Record<string, unknown[]> = {}
  for (const table of TABLES) all[table] = await primary.query(`SELECT xmin::text, * FROM catalogo.${table} ORDER BY 2, 3`)
  return all
}
const products = () =>
  primary.query(
    `SELECT j.antigo_id::int AS antigo, p.nome, p.descricao, p.preco, p.estoque, c.nome AS categoria, p.imagem, p.criado_em
     FROM catalogo.produto p JOIN catalogo.categoria c ON c.id = p.categoria_id LEFT JOIN catalogo.django_produto j ON j.produto_id = p.id ORDER BY p.id`,
  )
const names = async () => (await products()).map(({ nome }) => nome)
const categories = async () => (await primary.query('SELECT nome FROM catalogo.categoria ORDER BY id')).map(({ nome }) => nome)

const doce = (pk: number, fields: Record<string, unknown> = {}): ['Doce', Record<string, unknown>] => [
  'Doce',
  { pk, nome: `Doce ${pk}`, descricao: `Descrição ${pk}`, preco: '4.50', estoque: 10, categoria_id: 1, ...fields },
]
const categoria = (pk: number, nome: string): ['Categoria', Record<string, unknown>] => ['Categoria', { pk, nome }]

t.test('the three sources say the same: what one brought in, the others leave as it is', async t => {
  const { django, path } = await shops()
  await primary.query('DROP DATABASE IF EXISTS django')
  await primary.query('CREATE DATABASE django')
  const server = primary.url().replace(/confeitaria$/, 'django')
  const fill = [
    { save: [categoria(1, 'Bolos'), categoria(2, 'Tortas')] },
    {
      save: [
        doce(1, { nome: '  Bolo  de fubá ', preco: '12.30', criado_em: '2024-02-03T04:05:06.5Z', imagem: 'doces/bolo.jpg' }),
        doce(2, { preco: '99999999.99', estoque: 0, categoria_id: 2, descricao: 'Linha 1\r\nLinha 2' }),
        doce(5, { preco: '0.10', categoria_id: null }),
      ],
    },
  ] as const
  const dump = join(newFolder(), 'doces.json')
  await django.do(...(fill as never as []), { dumpdata: dump })
  await new DjangoShop(server).do({ migrate: true }, ...(fill as never as []))
  writeFileSync(`${dump}.utf16`, `\ufeff${readFileSync(dump, 'utf8')}`, 'utf16le')
  writeFileSync(`${dump}.url`, `${server}\n`)

  const first = await run(t, path)
  t.equal(first.code, 0)
  t.strictSame(first.report.resumo, { categorias: counts(2, 2, 0, 0, 0), doces: counts(3, 3, 0, 0, 0) })
  t.match(await products(), [
    {
      antigo: 1,
      nome: 'Bolo de fubá',
      preco: '12.30',
      categoria: 'Bolos',
      imagem: 'doces/bolo.jpg',
      criado_em: new Date('2024-02-03T04:05:06.5Z'),
    },
    { antigo: 2, descricao: 'Linha 1 Linha 2', preco: '99999999.99', estoque: 0, categoria: 'Tortas' },
    { antigo: 5, preco: '0.10', categoria: 'Sem categoria' },
  ])
  t.strictSame(sentences(first.report.avisos), ['doce 5: categoria não tem: fica em "Sem categoria"'])

  const before = await rows()
  for (const source of [path, dump, `${dump}.utf16`, server, `${dump}.url`]) {
    const { code, report } = await run(t, source)
    t.equal(code, 0)
    t.strictSame(report.resumo, { categorias: counts(2, 0, 0, 2, 0), doces: counts(3, 0, 0, 3, 0) }, source)
    t.strictSame(report.mudancas, [])
    t.notMatch(report.fonte, /:[^/@]+@/, 'no password')
    t.strictSame(await rows(), before, 'not one row was written')
  }
  // By environment, as `make importar-django FONTE=…` gives it.
  t.equal((await command(t, [], { env: { FONTE: path } }).ended).code, 0)
  await primary.query('DROP DATABASE django')
})

t.test('optional columns may be missing, others that are there are none of its business', async t => {
  const { django, path } = await shops()
  await django.do(
    { save: [categoria(1, 'Bolos'), doce(1)] },
    ...['imagem', 'criado_em', 'descricao'].map(column => ({ sql: `ALTER TABLE confeitaria_doce DROP COLUMN ${column}` })),
  )
  t.equal((await run(t, path)).code, 0)
  t.match(await products(), [{ nome: 'Doce 1', descricao: 'Doce 1', categoria: 'Bolos', imagem: null }])
})

t.test('after an edit only the edit is made: what was sold or changed here stays', async t => {
  const { django, path } = await shops()
  await django.do({ save: [categoria(1, 'Bolos'), categoria(2, 'Tortas'), ...[1, 2, 3, 4, 5, 6].map(pk => doce(pk))] })
  await run(t, path)
  const id = (antigo: number) => `(SELECT produto_id FROM catalogo.django_produto WHERE antigo_id = ${antigo})`
  await primary.query(`SELECT * FROM catalogo.baixar_estoque(ARRAY[${id(1)}, ${id(2)}, ${id(6)}], ARRAY[3, 3, 9])`)
  await primary.query(`UPDATE catalogo.produto SET preco = 9.99, nome = 'Mudado aqui' WHERE id = ${id(1)}`)
  await primary.query(`UPDATE catalogo.produto SET preco = 8.88, descricao = 'Mudada aqui' WHERE id = ${id(6)}`)
  await primary.query(`DELETE FROM catalogo.produto WHERE id = ${id(4)}`)
  await django.do(
    { save: [doce(1, { descricao: 'Outra descrição' }), doce(2, { estoque: 25, preco: '5.00', categoria_id: 2 })] },
    { save: [doce(4, { preco: '7.00' }), doce(6, { estoque: 2 }), doce(7)] },
    { delete: [['Doce', 5]] },
  )
  const before = await rows()
  const rehearsal = await run(t, path, '--dry-run')
  t.strictSame(await rows(), before, 'a dry run writes nothing')
  const { code, report, text } = await run(t, path)
  t.equal(code, 0)
  t.strictSame({ ...rehearsal.report, simulacao: false }, report, 'a dry run says what would happen')
  t.match(rehearsal.text, /^Simulação: nada foi mudado\. Importar db\.sqlite3 faria isto:\n/)
  t.strictSame(report.resumo, { categorias: counts(2, 0, 0, 2, 0), doces: counts(6, 1, 3, 2, 0) })
  t.strictSame(sentences(report.mudancas), [
    'doce 1: descricao Descrição 1 → Outra descrição',
    'doce 2: categoria Bolos → Tortas',
    'doce 2: estoque 7 → 22',
    'doce 2: preco 4.50 → 5.00',
    'doce 6: estoque 1 → 0',
    'doce 7: null "Doce 7" é novo, em "Bolos"',
  ])
  t.match(sentences(report.avisos), [
    'doce 4: null foi apagado aqui: não volta',
    'doce 6: estoque mudou de 10 para 2 na origem e aqui há 1: fica 0',
    /^doce 5: null não está mais na origem: fica aqui como produto \d+$/,
  ])
  t.match(text, /^categorias +2 +0 +0 +2 +0$/m)
  t.match(text, /^doces +6 +1 +3 +2 +0$/m)
  t.match(text, /^ {2}doce, linha 2, id 2: estoque 7 → 22$/m)
  t.match(await products(), [
    { antigo: 1, nome: 'Mudado aqui', descricao: 'Outra descrição', preco: '9.99', estoque: 7, categoria: 'Bolos' },
    { antigo: 2, preco: '5.00', estoque: 22, categoria: 'Tortas' },
    { antigo: 3, preco: '4.50', estoque: 10 },
    { antigo: 5 },
    { antigo: 6, descricao: 'Mudada aqui', preco: '8.88', estoque: 0 },
    { antigo: 7 },
  ])
  const after = await rows()
  for (const row of before.produto as { xmin: string; id: number; nome: string }[])
    if (['Doce 3', 'Doce 5'].includes(row.nome))
      t.strictSame(
        (after.produto as { id: number }[]).find(({ id }) => id === row.id),
        row,
        `${row.nome} was not written`,
      )
  t.strictSame((await run(t, path)).report.resumo.doces, counts(6, 0, 0, 6, 0))
  t.strictSame(await rows(), after, 'and then there is nothing left to do')
})

t.test('categories: the same but for case, accents and spaces are one, here too; renames and moves follow', async t => {
  const { django, path } = await shops()
  await primary.query("INSERT INTO catalogo.categoria (nome) VALUES ('Pães Doces')")
  await django.do({
    save: [
      ...[categoria(1, 'Bolos'), categoria(2, ' BÔLOS'), categoria(3, 'bo los'), categoria(4, 'paes doces'), categoria(5, 'Tortas')],
      ...[1, 2, 3, 4, 5].map(pk => doce(pk, { categoria_id: pk })),
    ],
  })
  const { report } = await run(t, path)
  t.strictSame(report.resumo.categorias, counts(5, 2, 0, 3, 0))
  t.strictSame(await categories(), ['Pães Doces', 'Bolos', 'Tortas'])
  t.strictSame(sentences(report.avisos), [
    'categoria 2: nome "BÔLOS" é a mesma que "Bolos"',
    'categoria 3: nome "bo los" é a mesma que "Bolos"',
    'categoria 4: nome "paes doces" é a mesma que "Pães Doces"',
  ])
  const categoryOf = async () => (await products()).map(({ categoria }) => categoria)
  t.strictSame(await categoryOf(), ['Bolos', 'Bolos', 'Bolos', 'Pães Doces', 'Tortas'])

  // Alone with its category, a row takes it along; else its products go to another, which is made if need be.
  await django.do({ save: [categoria(5, 'Tortas e quiches'), categoria(2, 'Gelados'), categoria(4, 'Salgados')] })
  const renamed = await run(t, path)
  t.strictSame(sentences(renamed.report.mudancas).slice(0, 3), [
    'categoria 2: nome "Gelados" é nova',
    'categoria 4: nome "Salgados" é nova',
    'categoria 5: nome "Tortas" → "Tortas e quiches"',
  ])
  t.strictSame(await categories(), ['Pães Doces', 'Bolos', 'Tortas e quiches', 'Gelados', 'Salgados'])
  t.strictSame(await categoryOf(), ['Bolos', 'Gelados', 'Bolos', 'Salgados', 'Tortas e quiches'])

  // What no import has made keeps its name, wherever the row that uses it came from.
  for (const nome of ['Pães Doces', 'Folhados']) {
    await django.do({ save: [categoria(4, nome)] })
    await run(t, path)
  }
  t.strictSame(await categories(), ['Pães Doces', 'Bolos', 'Tortas e quiches', 'Gelados', 'Salgados', 'Folhados'])

  // One takes a name that another gives up.
  await django.do({ save: [categoria(5, 'Gelados'), categoria(2, 'Sorvetes')] })
  await run(t, path)
  t.strictSame(await categoryOf(), ['Bolos', 'Sorvetes', 'Bolos', 'Folhados', 'Gelados'])
  const before = await rows()
  t.strictSame((await run(t, path)).report.resumo.categorias, counts(5, 0, 0, 5, 0))
  t.strictSame(await rows(), before)
})

t.test('what is refused is listed with its row and reason, by an import and by a dry run; the others are taken', async t => {
  const { django, path } = await shops()
  const raw = (pk: number, fields: Record<string, string>) => {
    const values = { nome: `'Doce ${pk}'`, descricao: "''", preco: '1', estoque: '1', categoria_id: '1', vegano: '0', ...fields }
    return { sql: `INSERT INTO confeitaria_doce (id, ${Object.keys(values)}) VALUES (${pk}, ${Object.values(values)})` }
  }
  await django.do(
    { save: [categoria(1, 'Bolos'), doce(1), doce(2, { estoque: -1 }), doce(3, { nome: '' })] },
    { save: [doce(9, { nome: 'DOCE  1', descricao: 'Descrição 1' }), doce(10, { nome: 'doce 1' })] },
    ...[raw(4, { preco: "'a combinar'" }), raw(5, { preco: "'R$ 4,50'" }), raw(6, { preco: '0.1 + 0.2' }), raw(7, { preco: '1e9' })],
    ...[raw(8, { categoria_id: '99' }), raw(11, { categoria_id: '2' }), raw(12, { nome: "CAST(x'50e36f' AS TEXT)", preco: '-1' })],
    { sql: "INSERT INTO confeitaria_categoria (id, nome) VALUES (2, ' ')" },
  )
  const expected = [
    'categoria 2: nome está vazio',
    'doce 2: estoque -1 é negativo',
    'doce 3: nome está vazio',
    'doce 4: preco "a combinar" não é um preço',
    'doce 7: preco 1000000000 passa de 99.999.999,99',
    'doce 8: categoria a categoria 99 não existe, ou foi recusada',
    'doce 9: nome é igual ao doce 1, da linha 1: mesmo nome, descrição, preço e categoria',
    'doce 11: categoria a categoria 2 não existe, ou foi recusada',
    'doce 12: nome "P\ufffdo" tem letras estragadas (não é UTF-8)',
    'doce 12: preco -1 é negativo',
  ]
  const summary = { categorias: counts(2, 1, 0, 0, 1), doces: counts(12, 4, 0, 0, 8) }
  for (const args of [['--dry-run'], [], ['--dry-run', '--allow-rejects'], ['--allow-rejects']]) {
    const { code, report, text } = await run(t, path, ...args)
    t.equal(code, args.includes('--allow-rejects') ? 0 : 2, args.join(' '))
    t.strictSame(sentences(report.recusados), expected)
    for (const { linha, tabela, id } of report.recusados) t.equal(linha, id, `${tabela} ${id}`)
    for (const line of ['doce, linha 4, id 4: preco "a combinar" não é um preço', 'categoria, linha 2, id 2: nome está vazio'])
      t.ok(text.includes(`\n  ${line}\n`), line)
    if (!args.includes('--allow-rejects')) t.strictSame(report.resumo, summary)
    t.strictSame(await names(), args[0] === '--dry-run' && !args[1] ? [] : ['Doce 1', 'Doce 5', 'Doce 6', 'doce 1'])
  }
  t.match(await products(), [{ preco: '4.50' }, { preco: '4.50' }, { preco: '0.30' }, { descricao: 'Descrição 10' }])

  // Repaired in the original, a row comes in the next time.
  await django.do({ save: [doce(2, { estoque: 0 }), doce(3, { nome: 'Com nome' })] })
  t.strictSame((await run(t, path)).report.resumo.doces, counts(12, 2, 0, 4, 6))
})

t.test('a dumpdata with an id twice, natural keys, or products alone', async t => {
  const { django } = await shops()
  const dump = join(newFolder(), 'doces.json')
  await django.do({ save: [categoria(1, 'Bolos'), doce(1), doce(2)] }, { dumpdata: dump })
  const [bolos, one, two] = JSON.parse(readFileSync(dump, 'utf8'))
  const user = { model: 'auth.user', pk: 1, fields: {} }
  // Products may come before their category.
  writeFileSync(dump, JSON.stringify([user, one, two, { ...one, fields: { ...one.fields, nome: 'De novo' } }, bolos]))
  const { report } = await run(t, dump)
  t.strictSame(sentences(report.recusados), ['doce 1: id repete o da linha 2'])
  t.strictSame(report.recusados[0]!.linha, 4)
  t.strictSame(await names(), ['Doce 1', 'Doce 2'])
  // The mapping knows the category.
  writeFileSync(
    dump,
    JSON.stringify([
      { ...two, pk: 3, fields: { ...two.fields, nome: 'Doce 3' } },
      { ...two, fields: { ...two.fields, categoria: ['Bolos'] } },
    ]),
  )
  const alone = await run(t, dump)
  t.match(sentences(alone.report.recusados), [/^doce 2: categoria \["Bolos"\] é uma chave natural/])
  t.strictSame(sentences(alone.report.mudancas), ['doce 3: null "Doce 3" é novo, em "Bolos"'])
  t.strictSame(alone.report.resumo.doces, counts(2, 1, 0, 0, 1))
})

t.test('what cannot be is one sentence that says what to do, and nothing is imported', async t => {
  const { django, path } = await shops()
  const folder = t.testdir({
    'empty.json': '',
    'text.txt': 'doces',
    'no.json': '[{"model": "auth.user", "pk": 1, "fields": {}}]',
    'odd.json': '[1]',
  })
  const dump = join(folder, 'doces.json')
  await django.do({ save: [categoria(1, 'Bolos'), ...Array.from({ length: 300 }, (_, i) => doce(i + 1))] }, { dumpdata: dump })
  const size = readFileSync(dump).length
  truncateSync(dump, size - 100)
  writeFileSync(join(folder, 'cut.sqlite3'), readFileSync(path).subarray(0, 12_288))
  const other = join(folder, 'other.sqlite3')
  await new DjangoShop(`sqlite://${other}`).do({ sql: 'CREATE TABLE confeitaria_categoria (id integer)' })
  const cases: [args: string[], sentence: RegExp, env?: Record<string, string>][] = [
    [[], /^Uso: importar-django FONTE/],
    [[path, '--dryrun'], /^Uso: importar-django FONTE/],
    [[join(folder, 'none')], /none não existe: informe o banco SQLite/],
    [[folder], /é uma pasta: informe/],
    [[join(folder, 'empty.json')], /não é um banco SQLite nem um JSON de `manage\.py dumpdata confeitaria`/],
    [[join(folder, 'text.txt')], /não é um banco SQLite nem um JSON/],
    [[join(folder, 'no.json')], /não tem objetos confeitaria\.categoria nem confeitaria\.doce/],
    [[join(folder, 'odd.json')], /O objeto 1 de .* não é de um dumpdata/],
    [[dump], /doces\.json não é um JSON inteiro .*: exporte de novo/],
    [[join(folder, 'cut.sqlite3')], /cut\.sqlite3 não pode ser lido até o fim como banco SQLite/],
    [[other], /A tabela confeitaria_categoria de other\.sqlite3 não tem nome/],
    [[primary.url()], /postgres:\/\/127\.0\.0\.1:\d+\/confeitaria não tem a tabela confeitaria_categoria: é mesmo o banco da loja/],
    [[`postgres://a:b@127.0.0.1:${await freePort()}/django`], /não atende \(.*\): confira o endereço e a senha/],
    [[path, '--report', join(folder, 'none/r.json')], /O relatório .* não pode ser escrito \(ENOENT\): informe outro --report/],
    [[path], /DATABASE_URL is not set/, { DATABASE_URL: '' }],
    [
      [path],
      /O catálogo ainda não tem suas tabelas: rode antes services\/catalog\/migrate\.ts/,
      { DATABASE_URL: primary.url().replace(/confeitaria$/, 'postgres') },
    ],
  ]
  for (const [args, sentence, env] of cases) {
    const { code, text, errors } = await command(t, args, { env: env ?? {} }).ended
    t.equal(code, 1, String(sentence))
    t.equal(text, '')
    const told = errors.split('\n').filter(line => line && !/^[█·]+ /.test(line))
    t.match(told, [sentence])
    t.equal(told.length, 1, errors)
  }
  t.strictSame(await names(), [])
})

/** A session of somebody else's, whose locks an import has to wait for. */
async function session(t: Test): Promise<pg.Client> {
  const client = new pg.Client(primary.url())
  await client.connect()
  t.teardown(() => client.end())
  return client
}
const waiting = () =>
  primary
    .query("SELECT FROM pg_stat_activity WHERE application_name = 'importar-django' AND wait_event_type = 'Lock'")
    .then(rows => rows.length)
const gone = () => primary.query("SELECT FROM pg_stat_activity WHERE application_name = 'importar-django'").then(rows => !rows.length)

t.test('killed in the middle it leaves nothing, and the next run does all of it; only one at a time', async t => {
  const { django, path } = await shops()
  await django.do({ save: [categoria(1, 'Bolos'), doce(1)] })
  await run(t, path)
  await django.do({ save: [categoria(2, 'Tortas'), doce(1, { preco: '5.00' }), ...[2, 3].map(pk => doce(pk, { categoria_id: 2 }))] })
  const before = await rows()
  const buyer = await session(t)
  for (const signal of ['SIGKILL', 'SIGINT'] as const) {
    await buyer.query('BEGIN; SELECT FROM catalogo.produto FOR UPDATE')
    const report = join(newFolder(), 'r.json')
    const { child, ended } = command(t, [path, '--report', report])
    await until(waiting, 'The import, with everything new in place, at the product that is being bought')
    const second = await command(t, [path]).ended
    t.equal(second.code, 1)
    t.match(second.errors, /^Outra importação está em curso: espere que ela termine e repita o comando\.$/m)
    child.kill(signal)
    const { code, errors } = await ended
    t.equal(code, signal === 'SIGINT' ? 130 : null)
    if (signal === 'SIGINT') t.match(errors, /^Interrompido \(SIGINT\): .*nada foi importado/m)
    t.notOk(existsSync(report))
    if (signal === 'SIGINT') t.notOk(existsSync(`${report}.part`))
    // Its statement ends although the product is still held.
    await until(gone, "The end of the killed import's session")
    await buyer.query('COMMIT')
    t.strictSame(await rows(), before)
  }
  t.strictSame((await run(t, path)).report.resumo, { categorias: counts(2, 1, 0, 1, 0), doces: counts(3, 2, 1, 0, 0) })
  t.strictSame(await names(), ['Doce 1', 'Doce 2', 'Doce 3'])
})

t.test('with the primary gone in the middle nothing is in, and the sentence says so', async t => {
  const { django, path } = await shops()
  await django.do({ save: [categoria(1, 'Bolos'), doce(1)] })
  await run(t, path)
  await django.do({ save: [doce(1, { preco: '5.00' }), doce(2)] })
  const before = await rows()
  const buyer = await session(t)
  await buyer.query('BEGIN; SELECT FROM catalogo.produto FOR UPDATE')
  const { ended } = command(t, [path])
  await until(waiting, 'The import')
  await primary.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'importar-django'")
  const { code, errors } = await ended
  t.equal(code, 1)
  t.match(errors, /^O banco da loja falhou e nada foi importado \(.*\): repita o comando\.$/m)
  await buyer.query('ROLLBACK')
  t.strictSame(await rows(), before)
})

t.test('a deadlock with somebody else costs neither side its work', async t => {
  const { django, path } = await shops()
  await django.do({ save: [categoria(1, 'Bolos'), doce(1), doce(2)] })
  await run(t, path)
  await django.do({ save: [doce(1, { preco: '5.00' }), doce(2, { preco: '5.00' })] })
  const buyer = await session(t)
  const sell = (antigo: number) =>
    buyer.query(
      'UPDATE catalogo.produto SET estoque = estoque - 1 WHERE id = (SELECT produto_id FROM catalogo.django_produto WHERE antigo_id = $1)',
      [antigo],
    )
  // The other side is patient, so that PostgreSQL breaks off the import's statement.
  await buyer.query("SET deadlock_timeout = '1min'; BEGIN")
  await sell(2)
  const { ended } = command(t, [path])
  await until(waiting, 'The import')
  await sell(1)
  await buyer.query('COMMIT')
  t.equal((await ended).code, 0)
  t.match(await products(), [
    { preco: '5.00', estoque: 9 },
    { preco: '5.00', estoque: 9 },
  ])
  t.ok(readFileSync(primary.logFile, 'utf8').includes('deadlock detected'))
})

t.test('a commit that no replica confirmed is not called done', async t => {
  const { django, path } = await shops()
  await django.do({ save: [categoria(1, 'Bolos'), doce(1)] })
  database.replica.pause()
  try {
    const { ended } = command(t, [path])
    const committing = () =>
      primary.query<{ pid: number }>(
        "SELECT pid FROM pg_stat_activity WHERE application_name = 'importar-django' AND wait_event = 'SyncRep'",
      )
    const found = await until(async () => (await committing())[0], 'The wait for the replica')
    await primary.query('SELECT pg_cancel_backend($1)', [found!.pid])
    const { code, errors } = await ended
    t.equal(code, 1)
    t.match(errors, /^Não se sabe se a importação foi gravada \(.*\): repita o comando; o que já entrou não entra de novo\.$/m)
  } finally {
    database.replica.resume()
  }
  t.equal((await run(t, path)).code, 0)
  t.strictSame(await names(), ['Doce 1'])
})

t.test('once it is done every reader finds it, on every instance: page, product, search, category', async t => {
  const { django, path } = await shops()
  await django.do({ save: [categoria(1, 'Bolos'), ...Array.from({ length: 30 }, (_, i) => doce(i + 1))] })
  await run(t, path)
  const instances = [await startInstance(t, url), await startInstance(t, url)]
  const [found] = await instances[0]!.read<Product[]>('/api/produtos?busca=doce')
  const { id } = found!
  const antigo = Number(found!.nome.split(' ')[1])
  const urls = [`/api/produtos/${id}`, '/api/produtos?ordem=preco', '/api/produtos?busca=descrição&limite=200']
  let reading = true
  const readers = instances.map(async ({ ask }) => {
    for (let n = 0; reading; n++) {
      await ask(urls[n % urls.length]!)
      await new Promise(resolve => setTimeout(resolve, 5))
    }
  })
  const wrong: unknown[] = []
  try {
    for (let round = 1; round <= 8; round++) {
      await django.do({ save: [doce(antigo, { preco: `${round}.00`, descricao: `Descrição ${antigo} da rodada${round}` })] })
      const client = await openCatalog(url)
      const source = await openSource(path)
      await importDjango(client, source, { dryRun: false, progress: () => {} })
      const seen = await Promise.all(
        instances.flatMap(({ read }) => [...urls, `/api/produtos?busca=rodada${round}`].map(url => read<Product | Product[]>(url))),
      )
      for (const each of seen) {
        const product = [each].flat().find(product => product.id === id)
        if (product?.preco !== round) wrong.push([round, product])
      }
      await source.close()
      await client.end()
    }
  } finally {
    reading = false
    await Promise.all(readers)
  }
  t.strictSame(wrong, [], `within ${STALENESS_MS} ms`)
})

t.test('many rows take no more memory than few, and come in batch by batch', async t => {
  const { django, path } = await shops()
  const dump = join(newFolder(), 'doces.json')
  await django.do({ bulk: 60_000 }, { dumpdata: dump })
  for (const source of [path, dump]) {
    // All of them together would need more.
    const { code, text, errors } = await command(t, [source, '--dry-run'], { nodeOptions: ['--max-old-space-size=40'] }).ended
    t.equal(code, 0, errors.slice(-2_000))
    t.match(text, /^doces +60000 +60000 +0 +0 +0$/m)
    t.match(errors, /^[█·]{30} lendo 0 %, \d+ s$/m)
  }
  await django.do({ sql: 'DELETE FROM confeitaria_doce WHERE id > 21000' })
  t.strictSame((await run(t, path)).report.resumo.doces, counts(21_000, 21_000, 0, 0, 0))
  const found = await primary.query(
    "SELECT FROM catalogo.ocorrencia o JOIN catalogo.palavra p ON p.id = o.palavra_id WHERE p.texto = 'goiabada'",
  )
  t.equal(found.length, 21_000, 'and the search finds each')
  await django.do({ sql: 'UPDATE confeitaria_doce SET preco = preco + 1 WHERE id > 9000' })
  t.strictSame((await run(t, path)).report.resumo.doces, counts(21_000, 0, 12_000, 9_000, 0))
  const [prices] = await primary.query(
    `SELECT count(*) FILTER (WHERE p.preco <> j.preco)::int AS others, sum(p.preco) FILTER (WHERE j.antigo_id > 9000) AS sum
     FROM catalogo.produto p JOIN catalogo.django_produto j ON j.produto_id = p.id`,
  )
  const expected = Array.from({ length: 12_000 }, (_, i) => ((i + 9_000) % 9_000) * 100 + 200 + ((i + 9_000) % 100))
  t.strictSame(prices, { others: 0, sum: (expected.reduce((sum, cents) => sum + cents, 0) / 100).toFixed(2) })
})

t.test('make importar-django: into the shop that runs, or a sentence', async t => {
  const { django, path } = await shops()
  await django.do({ save: [categoria(1, 'Bolos'), doce(1), doce(2, { estoque: -1 })] })
  const ports: [number, number] = [await freePort(), await freePort()]
  const env = {
    ...process.env,
    XDG_DATA_HOME: newFolder(),
    POSTGRES_A_PORT: String(ports[0]),
    POSTGRES_B_PORT: String(ports[1]),
    DATABASE_URL: '',
  }
  // It runs services/standalone/importar-django.ts. The packages are installed: nothing is to be made anew in the middle of the tests.
  const make = (...words: string[]) =>
    new Promise<{ code: number | null; output: string }>(resolve => {
      const child = spawn('make', ['--no-print-directory', '-o', 'node_modules/.package-lock.json', 'importar-django', ...words], {
        cwd: REPOSITORY,
        env,
      })
      let output = ''
      for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', piece => (output += piece))
      child.once('close', code => resolve({ code, output }))
    })
  t.match(await make(`FONTE=${path}`), {
    code: 2,
    output: /^A loja está fechada: abra-a com make start em outro terminal, ou informe DATABASE_URL\.$/m,
  })

  const folder = dataFolder(env)
  prepare(folder)
  await claim(folder, { supervisor: processOf('supervisor', process.pid), children: [], gateway: '', open: true }, () => {})
  const shop = await Database.open({
    folder,
    ports,
    passwords: secrets(folder).postgres,
    logFolder: folder,
    replica: false,
    durable: false,
  })
  t.teardown(() => shop.stop('immediate'))
  const { migrate } = await import('@confeitaria/platform/migrations')
  await migrate({ url: shop.url('catalogo'), schema: 'catalogo', dir: migrations })
  const taken = () => shop.primary.query('SELECT nome FROM catalogo.produto')
  const report = join(newFolder(), 'r.json')
  const rehearsal = await make(`FONTE=${path}`, 'SIMULAR=1', `RELATORIO=${report}`)
  t.match(rehearsal.output, /^Simulação: nada foi mudado\./m)
  t.match(rehearsal.output, /Error 2$/m)
  t.ok(JSON.parse(readFileSync(report, 'utf8')).simulacao)
  t.strictSame(await taken(), [])
  t.equal((await make(`FONTE=${path}`, 'ACEITAR=1')).code, 0)
  t.strictSame(await taken(), [{ nome: 'Doce 1' }])
})
