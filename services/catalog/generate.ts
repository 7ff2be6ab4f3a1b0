import { parseArgs } from 'node:util'
import { ConfigError, databaseUrl } from '@confeitaria/platform/config'
import { onPrimary } from '@confeitaria/platform/migrations'
import { runCommand } from '@confeitaria/platform/run'
import { type GeneratedProduct, generateProducts, MAX_GENERATED } from './seed/names.ts'

const BATCH = 20_000
const COLUMNS = ['nome', 'descricao', 'preco', 'estoque', 'categoria'] as const

const INSERT = `
  INSERT INTO catalogo.produto (nome, descricao, preco, estoque, categoria_id)
  SELECT p.nome, p.descricao, p.preco, p.estoque, c.id
  FROM unnest($1::text[], $2::text[], $3::numeric[], $4::int[], $5::text[])
    WITH ORDINALITY AS p (nome, descricao, preco, estoque, categoria, n)
  JOIN catalogo.categoria c ON c.nome = p.categoria ORDER BY p.n`

/**
 * What catalogo.indexar does, for all products above an id at once. No word reaches across a space, so that words are only
 * looked for in each different piece between spaces, of which there are thousands, and not in each product.
 */
const INDEX_FOR_SEARCH = (above: number) => `
  CREATE TEMPORARY TABLE peca ON COMMIT DROP AS
    SELECT id AS produto_id, 0::smallint AS classe, string_to_table(nome, ' ') AS texto FROM catalogo.produto WHERE id > ${above}
    UNION ALL
    SELECT id, 1::smallint, string_to_table(descricao, ' ') FROM catalogo.produto WHERE id > ${above};
  CREATE TEMPORARY TABLE peca_palavra ON COMMIT DROP AS
    SELECT texto, catalogo.palavras(texto) AS palavra FROM (SELECT DISTINCT texto FROM peca) AS cada;
  ANALYZE peca; ANALYZE peca_palavra;
  INSERT INTO catalogo.palavra (texto) SELECT DISTINCT palavra FROM peca_palavra ORDER BY palavra ON CONFLICT DO NOTHING;
  INSERT INTO catalogo.palavra_forma (forma, palavra_id)
    SELECT catalogo.formas(p.texto), p.id FROM catalogo.palavra p WHERE p.texto IN (SELECT palavra FROM peca_palavra)
    ON CONFLICT DO NOTHING;
  INSERT INTO catalogo.ocorrencia (palavra_id, classe, produto_id)
    SELECT p.id, min(peca.classe), peca.produto_id
    FROM peca JOIN peca_palavra USING (texto) JOIN catalogo.palavra p ON p.texto = peca_palavra.palavra
    GROUP BY p.id, peca.produto_id`

/** How to drop and how to make again each index of the products, save their ids', and the one of the words' places. */
const INDEXES = `
  SELECT indexrelid::regclass AS name, format('DROP INDEX %s', indexrelid::regclass) AS drop, pg_get_indexdef(indexrelid) AS make
  FROM pg_index WHERE indrelid = 'catalogo.produto'::regclass AND NOT indisprimary
  UNION ALL
  SELECT conindid::regclass, format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),
    format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
  FROM pg_constraint WHERE conrelid = 'catalogo.ocorrencia'::regclass AND contype = 'p'`

export interface Progress {
  /** How many products are in. */
  products: number
  /** What is being done once they are. */
  step?: string
}

/**
 * Adds made-up products to a catalog that has its categories, in one transaction. The indexes are dropped and made anew
 * at the end, which is many times faster than to keep them; nobody else can read or write the products meanwhile.
 * @param seed the same seed makes the same products
 */
export async function generate(
  url: string,
  { count, seed = 1 }: { count: number; seed?: number },
  report: (progress: Progress) => void = () => {},
) {
  const made = generateProducts(count, seed)
  await onPrimary(url, async client => {
    await client.query(`BEGIN; SET LOCAL work_mem = '256MB'; SET LOCAL maintenance_work_mem = '256MB'; SET LOCAL lock_timeout = '10s'`)
    await client.query('LOCK TABLE catalogo.produto IN ACCESS EXCLUSIVE MODE')
    const { rows: indexes } = await client.query<{ name: string; drop: string; make: string }>(INDEXES)
    for (const { drop } of indexes) await client.query(drop)
    await client.query('ALTER TABLE catalogo.produto DISABLE TRIGGER ao_inserir')
    const { rows } = await client.query('SELECT coalesce(max(id), 0) AS last FROM catalogo.produto')

    let batch: GeneratedProduct[] = []
    let products = 0
    const put = async () => {
      const { rowCount } = await client.query(
        INSERT,
        COLUMNS.map(column => batch.map(product => product[column])),
      )
      if (rowCount !== batch.length)
        throw new ConfigError('The catalog lacks some of the shop’s categories: run services/catalog/seed.ts first.')
      products += batch.length
      batch = []
      report({ products })
    }
    for (const product of made) if (batch.push(product) === BATCH) await put()
    if (batch.length) await put()

    report({ products, step: 'indexing their words' })
    await client.query(INDEX_FOR_SEARCH(rows[0].last))
    await client.query('ALTER TABLE catalogo.produto ENABLE TRIGGER ao_inserir')
    for (const [i, { name, make }] of indexes.entries()) {
      report({ products, step: `making index ${i + 1} of ${indexes.length} (${name})` })
      await client.query(make)
    }
    report({ products, step: 'committing' })
    await client.query('COMMIT')
    // Until autovacuum comes by, the planner would think that the tables are as small as before.
    await client.query('VACUUM (ANALYZE) catalogo.produto, catalogo.ocorrencia, catalogo.palavra, catalogo.palavra_forma')
  })
}

if (import.meta.main) {
  await runCommand(async () => {
    const url = databaseUrl()
    const { count, seed } = options()
    const started = performance.now()
    const { isTTY } = process.stdout
    let shown = Number.NEGATIVE_INFINITY
    await generate(url, { count, seed }, ({ products, step }) => {
      const seconds = Math.floor((performance.now() - started) / 1000)
      // Into a file, a line a second is enough.
      if (!isTTY && seconds === shown) return
      shown = seconds
      const filled = Math.floor((products / count) * 30)
      const line = `${'█'.repeat(filled)}${'·'.repeat(30 - filled)} ${products} of ${count} products, ${seconds} s${step ? `, ${step}` : ''}`
      process.stdout.write(isTTY ? `\r\x1b[K${line}` : `${line}\n`)
    })
    console.log(`${isTTY ? '\n' : ''}catalogo: made ${count} products in ${Math.round((performance.now() - started) / 1000)} s`)
  })
}

/** @throws ConfigError that says how the command is used */
function options(): { count: number; seed: number } {
  const usage = `Use: node services/catalog/generate.ts --produtos N [--semente N], with N from 1 to ${MAX_GENERATED} products and a whole number as seed.`
  try {
    const { values } = parseArgs({ options: { produtos: { type: 'string' }, semente: { type: 'string', default: '1' } } })
    const [count, seed] = [values.produtos, values.semente].map(text => (/^[0-9]{1,9}$/.test(text ?? '') ? Number(text) : Number.NaN))
    if (count! >= 1 && count! <= MAX_GENERATED && !Number.isNaN(seed)) return { count: count!, seed: seed! }
  } catch {
    // an option that there is not
  }
  throw new ConfigError(usage)
}
