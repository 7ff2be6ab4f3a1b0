/**
 * Puts the rows of the Django shop into the catalog: reads them into temporary tables, plans what becomes of each, and does all
 * of that in one transaction. What is read stays in the database, so that a million rows take no more memory here than a few.
 */
import { ConfigError } from '@confeitaria/platform/config'
import { seenEverywhere } from '@confeitaria/platform/freshness'
import { primaryUrl } from '@confeitaria/platform/migrations'
import pg from 'pg'
import { FITTING_STOCK, PLAN, REST_CHANGED, TABLES, TEXT_CHANGED } from './plan.ts'
import { type Category, type Product, type Reading, type Remark, readCategory, readProduct } from './rules.ts'
import type { Source } from './sources.ts'

/** How far a step is, in the source's units or products; without `of` nobody knows. */
export type Progress = (step: string, done?: number, of?: number) => void

/** Rows: what was read is the sum of the others. */
export interface Counts {
  lidos: number
  criados: number
  alterados: number
  /** Also categories that are one with another, and products that were deleted here. */
  iguais: number
  recusados: number
}
export type Summary = Record<'categorias' | 'doces', Counts>

/** Rows that are read, or products that are changed, by one statement. */
const BATCH = 5_000
const CREATED_BATCH = 20_000
/** How often a batch that got into a deadlock is tried: an administrator's change that waits for it gives up after 3 s. */
const ATTEMPTS = 10

/**
 * A session on the primary, with the tables for {@link importDjango}.
 * @throws ConfigError when the catalog has not been migrated
 */
export async function openCatalog(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: await primaryUrl(url), application_name: 'importar-django', keepAlive: true })
  client.on('error', () => {}) // its statement is told
  try {
    await client.connect()
    const { rows } = await client.query("SELECT to_regclass('catalogo.django_produto') IS NOT NULL AS migrated")
    if (!rows[0].migrated) throw new ConfigError('O catálogo ainda não tem suas tabelas: rode antes services/catalog/migrate.ts.')
    // Should this process be killed, a long statement ends soon after it. What is temporary waits for no replica.
    await client.query(`
      SET client_connection_check_interval = '1s'; SET synchronous_commit = off; SET work_mem = '64MB'; SET temp_buffers = '64MB'`)
    await client.query(TABLES)
    return client
  } catch (error) {
    await client.end().catch(() => {})
    throw error
  }
}

/**
 * All or nothing. Resolves once every reader finds what was written (docs/decisions/0003).
 * @param dryRun to find out what an import would do, in a read-only transaction
 * @throws ConfigError when the source cannot be read, another import is running, or the database went away: says what is in then
 */
export async function importDjango(
  client: pg.Client,
  source: Source,
  { dryRun, progress }: { dryRun: boolean; progress: Progress },
): Promise<Summary> {
  let begun = false
  let committing = false
  try {
    const read = await stage(client, source, progress)
    await client.query(dryRun ? 'BEGIN READ ONLY' : 'BEGIN; SET LOCAL synchronous_commit TO DEFAULT')
    begun = true
    if (!dryRun) await lock(client)
    for (const [i, statement] of PLAN.entries()) {
      progress('comparando', i, PLAN.length)
      await client.query(statement)
    }
    const summary = await summarise(client, read)
    if (dryRun) {
      await client.query('COMMIT')
      return summary
    }
    await apply(client, summary, progress)
    progress('gravando')
    committing = true
    await commit(client)
    await seenEverywhere()
    if (summary.doces.criados + summary.doces.alterados) {
      // Until autovacuum comes by, the planner would think that the tables are as small as before.
      progress('contando o que mudou')
      await client.query('VACUUM (ANALYZE) catalogo.produto, catalogo.ocorrencia, catalogo.palavra, catalogo.palavra_forma').catch(() => {})
    }
    return summary
  } catch (error) {
    if (begun && !committing) await client.query('ROLLBACK').catch(() => {})
    if (!(error instanceof Error) || error instanceof ConfigError || !('code' in error || /terminated|closed/i.test(error.message)))
      throw error
    throw new ConfigError(
      committing
        ? `Não se sabe se a importação foi gravada (${error.message}): repita o comando; o que já entrou não entra de novo.`
        : `O banco da loja falhou e nada foi importado (${error.message}): repita o comando.`,
    )
  }
}

/** @throws ConfigError while another import is running */
async function lock(client: pg.Client) {
  const { rows } = await client.query("SELECT pg_try_advisory_xact_lock(hashtext('importar-django')) AS locked")
  if (!rows[0].locked) throw new ConfigError('Outra importação está em curso: espere que ela termine e repita o comando.')
}

/** Reads all rows by the rules. @returns how many there were of each model */
async function stage(client: pg.Client, source: Source, progress: Progress): Promise<{ categoria: number; doce: number }> {
  const read = { categoria: 0, doce: 0 }
  const categories = new Batch<Category & { linha: number }>(client, 'categoria_lida', {
    linha: 'bigint',
    antigo_id: 'bigint',
    nome: 'text',
  })
  const products = new Batch<Product & { linha: number }>(client, 'doce_lido', {
    linha: 'bigint',
    antigo_id: 'bigint',
    nome: 'text',
    descricao: 'text',
    preco: 'numeric',
    estoque: 'int',
    categoria_antiga: 'bigint',
    imagem: 'text',
    criado_em: 'timestamptz',
  })
  const notes = new Batch<Remark & { tipo: string; tabela: string; linha: number; antigo_id: number | undefined }>(client, 'nota', {
    tipo: 'text',
    tabela: 'text',
    linha: 'bigint',
    antigo_id: 'bigint',
    campo: 'text',
    motivo: 'text',
  })
  const put = async <T extends object>(
    batch: Batch<T & { linha: number }>,
    { value, antigo_id, refusals, notes: remarks }: Reading<T>,
    { model: tabela, line: linha }: { model: string; line: number },
  ) => {
    if (value) await batch.push({ ...value, linha })
    for (const remark of refusals) await notes.push({ tipo: 'recusa', tabela, linha, antigo_id, ...remark })
    for (const remark of remarks) await notes.push({ tipo: 'aviso', tabela, linha, antigo_id, ...remark })
  }
  for await (const row of source.rows()) {
    if ((read.categoria + read.doce) % 1_000 === 0) progress('lendo', source.read(), source.total)
    read[row.model]++
    if (row.model === 'categoria') await put(categories, readCategory(row), row)
    else await put(products, readProduct(row), row)
  }
  await categories.flush()
  await products.flush()
  await notes.flush()
  await client.query('ANALYZE categoria_lida; ANALYZE doce_lido; ANALYZE nota')
  return read
}

/** Rows on their way into a temporary table. */
class Batch<T extends object> {
  readonly #client: pg.Client
  readonly #insert: string
  readonly #columns: string[]
  #rows: T[] = []

  constructor(client: pg.Client, table: string, types: Record<keyof T & string, string>) {
    this.#client = client
    this.#columns = Object.keys(types)
    const arrays = Object.values(types).map((type, i) => `$${i + 1}::${type}[]`)
    this.#insert = `INSERT INTO ${table} (${this.#columns}) SELECT * FROM unnest(${arrays})`
  }

  async push(row: T) {
    if (this.#rows.push(row) === BATCH) await this.flush()
  }

  async flush() {
    const rows = this.#rows
    this.#rows = []
    if (rows.length)
      await this.#client.query(
        this.#insert,
        this.#columns.map(column => rows.map(row => row[column as keyof T])),
      )
  }
}

async function summarise(client: pg.Client, read: { categoria: number; doce: number }): Promise<Summary> {
  const { rows } = await client.query<{ tabela: string; acao: string; n: number }>(`
    SELECT 'categoria' AS tabela, acao, count(*)::int AS n FROM categoria_plano WHERE antigo_id > 0 GROUP BY acao
    UNION ALL SELECT 'doce', acao, count(*)::int FROM doce_plano GROUP BY acao`)
  const counts = (table: 'categoria' | 'doce'): Counts => {
    const count = (...actions: string[]) =>
      rows.filter(row => row.tabela === table && actions.includes(row.acao)).reduce((sum, { n }) => sum + n, 0)
    const taken = { criados: count('criar'), alterados: count('alterar'), iguais: count('igual', 'apagado') }
    return { lidos: read[table], ...taken, recusados: read[table] - taken.criados - taken.alterados - taken.iguais }
  }
  return { categorias: counts('categoria'), doces: counts('doce') }
}

const CATEGORIES = [
  `UPDATE catalogo.categoria c SET nome = p.nome FROM categoria_plano p WHERE p.acao = 'alterar' AND c.id = p.alvo`,
  `WITH nova AS (
     INSERT INTO catalogo.categoria (nome) SELECT nome FROM categoria_plano WHERE acao = 'criar' ORDER BY antigo_id
     ON CONFLICT (catalogo.dobra(nome)) DO NOTHING RETURNING id, nome
   )
   UPDATE categoria_plano p SET alvo = nova.id, criada = true
   FROM nova JOIN categoria_plano dela ON dela.acao = 'criar' AND dela.nome = nova.nome WHERE p.chave = dela.chave AND p.alvo IS NULL`,
  // An administrator made it meanwhile.
  `UPDATE categoria_plano p SET alvo = c.id
   FROM catalogo.categoria c, categoria_plano dela
   WHERE p.alvo IS NULL AND dela.acao = 'criar' AND dela.chave = p.chave AND catalogo.dobra(c.nome) = catalogo.dobra(dela.nome)`,
  `INSERT INTO catalogo.django_categoria AS m (antigo_id, nome, categoria_id, criada)
   SELECT antigo_id, nome, alvo, criada OR EXISTS (SELECT FROM catalogo.django_categoria o WHERE o.categoria_id = p.alvo AND o.criada)
   FROM categoria_plano p WHERE p.nome IS DISTINCT FROM p.nome_antes OR p.alvo IS DISTINCT FROM p.antes
   ON CONFLICT (antigo_id) DO UPDATE SET nome = EXCLUDED.nome, categoria_id = EXCLUDED.categoria_id, criada = EXCLUDED.criada`,
]

const CREATE = `
  WITH lote AS MATERIALIZED (
    SELECT nextval(pg_get_serial_sequence('catalogo.produto', 'id'))::int AS id, d.*
    FROM (
      SELECT d.* FROM doce_plano p JOIN doce d USING (linha)
      WHERE p.acao = 'criar' AND p.antigo_id > $1 ORDER BY p.antigo_id LIMIT ${CREATED_BATCH}
    ) AS d
  ), posto AS (
    INSERT INTO catalogo.produto (id, nome, descricao, preco, estoque, categoria_id, imagem, criado_em) OVERRIDING SYSTEM VALUE
    SELECT id, nome, descricao, preco, estoque, categoria_id, imagem, coalesce(criado_em, clock_timestamp()) FROM lote
  ), mapeado AS (
    INSERT INTO catalogo.django_produto (antigo_id, produto_id, nome, descricao, preco, estoque, categoria_id, imagem)
    SELECT antigo_id, id, nome, descricao, preco, estoque, categoria_id, imagem FROM lote
  )
  SELECT count(*)::int AS n, max(antigo_id) AS last FROM lote`

/** Where the batch ends that begins behind $1. */
const NEXT = `
  SELECT count(*)::int AS n, max(produto_id) AS last
  FROM (SELECT produto_id FROM doce_plano WHERE acao = 'alterar' AND produto_id > $1 ORDER BY produto_id LIMIT ${BATCH}) AS lote`
const CHANGED = `
  FROM doce_plano p JOIN doce d USING (linha) JOIN catalogo.django_produto j ON j.antigo_id = p.antigo_id
  WHERE p.acao = 'alterar' AND p.produto_id > $1 AND p.produto_id <= $2 AND q.id = p.produto_id`
/** What was changed here, and not there, stays as it is here. */
const CHANGE = [
  // Apart, since a new text is a new entry in the search.
  `UPDATE catalogo.produto q SET
     nome = CASE WHEN d.nome = j.nome THEN q.nome ELSE d.nome END,
     descricao = CASE WHEN d.descricao = j.descricao THEN q.descricao ELSE d.descricao END,
     atualizado_em = clock_timestamp()
   ${CHANGED} AND ${TEXT_CHANGED}`,
  `UPDATE catalogo.produto q SET
     preco = CASE WHEN d.preco = j.preco THEN q.preco ELSE d.preco END,
     estoque = ${FITTING_STOCK},
     categoria_id = CASE WHEN d.categoria_id = j.categoria_id THEN q.categoria_id ELSE d.categoria_id END,
     imagem = CASE WHEN d.imagem IS NOT DISTINCT FROM j.imagem THEN q.imagem ELSE d.imagem END,
     atualizado_em = clock_timestamp()
   ${CHANGED} AND ${REST_CHANGED}`,
  `UPDATE catalogo.django_produto j SET
     nome = d.nome, descricao = d.descricao, preco = d.preco, estoque = d.estoque, categoria_id = d.categoria_id, imagem = d.imagem
   FROM doce_plano p JOIN doce d USING (linha)
   WHERE p.acao = 'alterar' AND p.produto_id > $1 AND p.produto_id <= $2 AND j.antigo_id = p.antigo_id`,
]

interface Made {
  n: number
  /** The old id of the last; null: there was none left. */
  last: string | null
}

async function apply(client: pg.Client, { doces }: Summary, progress: Progress) {
  await batch(client, async () => {
    for (const statement of CATEGORIES) await client.query(statement)
  })
  for (let done = 0, last: string | null = '0'; last !== null; ) {
    if (done < doces.criados) progress('criando', done, doces.criados)
    const { rows }: pg.QueryResult<Made> = await batch(client, () => client.query(CREATE, [last]))
    done += rows[0]!.n
    last = rows[0]!.last
  }
  // Last of all, since whoever buys one of these waits for the commit; in the order in which orders take them.
  await batch(client, () =>
    client.query(`
      SELECT count(*) FROM (
        SELECT FROM catalogo.produto q JOIN doce_plano p ON p.produto_id = q.id
        WHERE p.acao = 'alterar' ORDER BY q.id FOR NO KEY UPDATE OF q
      ) AS taken`),
  )
  for (let done = 0, from = 0; ; ) {
    if (done < doces.alterados) progress('alterando', done, doces.alterados)
    const { rows } = await client.query<{ n: number; last: number | null }>(NEXT, [from])
    const { n, last } = rows[0]!
    if (last === null) break
    await batch(client, async () => {
      for (const statement of CHANGE) await client.query(statement, [from, last])
    })
    done += n
    from = last
  }
}

/** Work that is done again when it got into a deadlock with an administrator's change. */
async function batch<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    await client.query('SAVEPOINT lote')
    try {
      const done = await work()
      await client.query('RELEASE SAVEPOINT lote')
      return done
    } catch (error) {
      if ((error as { code?: string }).code !== '40P01' || attempt === ATTEMPTS) throw error
      await client.query('ROLLBACK TO SAVEPOINT lote; RELEASE SAVEPOINT lote')
    }
  }
}

/** @throws Error when it is not known whether the commit outlives the loss of the primary */
async function commit(client: pg.Client) {
  let warning: string | undefined
  client.on('notice', notice => {
    if (notice.code === '01000') warning = notice.message
  })
  await client.query('COMMIT')
  if (warning) throw Object.assign(new Error(warning), { code: '01000' })
}

export interface Note {
  tabela: string
  linha: number | null
  id: number | null
  campo: string | null
  motivo: string
}

const NOTES = {
  recusa: '',
  aviso: '',
  mudanca: `UNION ALL
    SELECT 'doce', p.linha, p.antigo_id, NULL, format('"%s" é novo, em "%s"', d.nome, d.categoria)
    FROM doce_plano p JOIN doce d USING (linha) WHERE p.acao = 'criar'`,
}

/** What there is to say of the rows, after {@link importDjango}: categories first, in the order of the source. */
export async function* notesOf(client: pg.Client, kind: keyof typeof NOTES): AsyncGenerator<Note> {
  await client.query('BEGIN READ ONLY')
  try {
    await client.query(`
      DECLARE notas NO SCROLL CURSOR FOR
      SELECT tabela, linha::float8, antigo_id::float8 AS id, campo, motivo FROM nota WHERE tipo = '${kind}' ${NOTES[kind]}
      ORDER BY tabela, linha NULLS LAST, id, campo`)
    for (;;) {
      const { rows } = await client.query<Note>(`FETCH ${BATCH} FROM notas`)
      yield* rows
      if (rows.length < BATCH) return
    }
  } finally {
    await client.query('ROLLBACK')
  }
}
