import { decodeCursor, encodeCursor, refuseHandmade } from '@confeitaria/platform/cursor'
import type { Database } from '@confeitaria/platform/database'
import { numericToCents, toReais } from '@confeitaria/platform/money'
import { notFound, Problem } from '@confeitaria/platform/problem'
import { Closed, IdText, idOf, Money, Text } from '@confeitaria/platform/schema'
import type pg from 'pg'
import { type Static, Type } from 'typebox'
import { foundSql, MOST_OF_ONE, MOST_WORDS, termsOf, words } from './search.ts'

const fields = {
  nome: Text(200),
  descricao: Text(5_000),
  preco: Money(),
  estoque: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
  categoria_id: Type.Integer({ minimum: 1 }),
}
export const NewProduct = Closed(fields)
export const ProductChange = Type.Partial(NewProduct, { additionalProperties: false, minProperties: 1 })
export const Product = Type.Object({
  id: Type.Integer(),
  nome: Type.String(),
  descricao: Type.String(),
  preco: Type.Number(),
  estoque: Type.Integer(),
  categoria_id: Type.Integer(),
  categoria: Type.String(),
  imagem: Type.Union([Type.String(), Type.Null()]),
  atualizado_em: Type.String({ format: 'date-time' }),
})
export type Product = Static<typeof Product>

export const ProductQuery = Closed({
  categoria_id: Type.Optional(IdText()),
  busca: Type.Optional(
    Text(200, { description: `valem as ${MOST_WORDS} primeiras palavras; mostra os ${MOST_OF_ONE} melhores achados de uma` }),
  ),
  ordem: Type.Optional(Type.Enum(['nome', 'preco', '-preco', 'recentes'], { description: 'padrão: nome; com busca, o melhor primeiro' })),
  limite: Type.Optional(Type.String({ pattern: '^([1-9][0-9]?|1[0-9]{2}|200)$', description: 'um inteiro de 1 a 200', default: '100' })),
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 1_500 })), // a name of 200 emoji makes one of 1,100
})
export type ProductQuery = Static<typeof ProductQuery>

interface Row {
  id: number
  nome: string
  descricao: string
  preco: string
  estoque: number
  categoria_id: number
  categoria: string
  imagem: string | null
  atualizado_em: Date
  lugar?: string | number
}

/** A page is ordered by one expression and then by id; the same pair tells where the next page begins. */
const ORDERS = {
  nome: { key: 'p.nome COLLATE "pt-BR-x-icu"', type: 'text', after: '>', direction: 'ASC' },
  preco: { key: 'p.preco', type: 'numeric', after: '>', direction: 'ASC' },
  '-preco': { key: '(-p.preco)', type: 'numeric', after: '>', direction: 'ASC' },
  // As text, since a JavaScript Date has no microseconds.
  recentes: { key: 'p.criado_em', type: 'timestamptz', after: '<', direction: 'DESC' },
  melhor: { key: 'f.custo', type: 'int', after: '>', direction: 'ASC' },
} as const

const COLUMNS = 'p.id, p.nome, p.descricao, p.preco, p.estoque, p.categoria_id, c.nome AS categoria, p.imagem, p.atualizado_em'

const toProduct = (row: Row): Product => ({
  id: row.id,
  nome: row.nome,
  descricao: row.descricao,
  preco: toReais(numericToCents(row.preco)),
  estoque: row.estoque,
  categoria_id: row.categoria_id,
  categoria: row.categoria,
  imagem: row.imagem,
  atualizado_em: row.atualizado_em.toISOString(),
})

const unknownCategory = () =>
  new Problem(422, 'categoria-desconhecida', 'Categoria desconhecida', { detail: 'A categoria indicada em categoria_id não existe.' })

export const products = (database: Database) => {
  const one = {
    name: 'produto',
    text: `SELECT ${COLUMNS} FROM catalogo.produto p JOIN catalogo.categoria c ON c.id = p.categoria_id WHERE p.id = $1`,
  }
  const byIdOn = async (client: pg.PoolClient, id: number) => (await client.query<Row>({ ...one, values: [id] })).rows.map(toProduct)[0]

  return {
    async byId(id: number): Promise<{ product: Product; asOf: number; server: string | undefined }> {
      const { rows, ...source } = await database.read<Row>({ ...one, values: [id] })
      if (!rows[0]) throw notFound(`O produto ${id}`)
      return { product: toProduct(rows[0]), ...source }
    },

    /** One page. @throws Problem 400 on a cursor of another query, 404 on an unknown category */
    async page({
      categoria_id,
      busca,
      ordem,
      limite = '100',
      cursor,
    }: ProductQuery): Promise<{ page: Product[]; next: string | null; asOf: number; server?: string | undefined }> {
      const query = busca === undefined ? undefined : words(busca)
      const scope = JSON.stringify([categoria_id, query, ordem])
      const order = ORDERS[ordem ?? (query ? 'melhor' : 'nome')]
      const place = cursor === undefined ? undefined : decodeCursor(cursor, scope)
      const values: unknown[] = [Number(limite) + 1]
      const bind = (value: unknown) => `$${values.push(value)}`

      let asOf = Number.POSITIVE_INFINITY
      let categoria: string | undefined
      if (categoria_id !== undefined) {
        const id = idOf(categoria_id, 'A categoria')
        const known = await database.read({ name: 'categoria-existe', text: 'SELECT FROM catalogo.categoria WHERE id = $1', values: [id] })
        if (!known.rows.length) throw notFound(`A categoria ${categoria_id}`)
        asOf = known.asOf
        categoria = bind(id)
      }
      let from = 'catalogo.produto p'
      if (query) {
        const meant = query.length ? await termsOf(database, query) : { terms: [], asOf: performance.now() }
        asOf = Math.min(asOf, meant.asOf)
        if (!meant.terms.length) return { page: [], next: null, asOf }
        const first = values.length + 1
        for (const column of ['n', 'palavra_id', 'custo'] as const) bind(meant.terms.map(term => term[column]))
        from = `${foundSql({ words: query.length, categoria, first })} f JOIN catalogo.produto p ON p.id = f.produto_id`
      }
      const conditions = [
        ...(categoria ? [`p.categoria_id = ${categoria}`] : []),
        ...(place ? [`(${order.key}, p.id) ${order.after} (${bind(place[0])}::${order.type}, ${bind(place[1])}::int)`] : []),
      ]
      const text = `
        SELECT ${COLUMNS}, p.lugar FROM (
          SELECT p.*, ${order.key}::text AS lugar, ${order.key} AS chave FROM ${from}
          ${conditions.length ? `WHERE ${conditions.join(' AND ')}` : ''}
          ORDER BY ${order.key} ${order.direction}, p.id ${order.direction} LIMIT $1) AS p
        JOIN catalogo.categoria c ON c.id = p.categoria_id
        ORDER BY p.chave ${order.direction}, p.id ${order.direction}`
      const { rows, asOf: rowsAsOf, server } = await database.read<Row>({ text, values }).catch(refuseHandmade(cursor))
      const more = rows.length > Number(limite)
      const shown = more ? rows.slice(0, -1) : rows
      const last = shown.at(-1)
      return {
        page: shown.map(toProduct),
        next: more && last ? encodeCursor([last.lugar, last.id], scope) : null,
        asOf: Math.min(asOf, rowsAsOf),
        server,
      }
    },

    /** @throws Problem 422 when the category does not exist */
    create: (product: Static<typeof NewProduct>): Promise<Product> =>
      database.transaction(async client => {
        const { nome, descricao, preco, estoque, categoria_id } = product
        const { rows } = await client.query<{ id: number }>(
          `INSERT INTO catalogo.produto (nome, descricao, preco, estoque, categoria_id)
           SELECT $1, $2, $3, $4, id FROM catalogo.categoria WHERE id = $5::numeric RETURNING id`,
          [nome, descricao, preco, estoque, categoria_id],
        )
        if (!rows[0]) throw unknownCategory()
        return (await byIdOn(client, rows[0].id))!
      }),

    /**
     * Changes what is given and nothing else.
     * @param unless what is asked of the product as it stands, before it is changed (If-Match)
     * @throws Problem 404 without such a product, 422 without such a category
     */
    update: (id: number, change: Static<typeof ProductChange>, unless: (current: Product) => void): Promise<Product> =>
      database.transaction(async client => {
        await client.query('SELECT FROM catalogo.produto WHERE id = $1 FOR UPDATE', [id])
        const current = await byIdOn(client, id)
        if (!current) throw notFound(`O produto ${id}`)
        unless(current)
        const { categoria_id, ...rest } = change
        if (categoria_id !== undefined) {
          const { rowCount } = await client.query(
            'UPDATE catalogo.produto p SET categoria_id = c.id FROM catalogo.categoria c WHERE p.id = $1 AND c.id = $2::numeric',
            [id, categoria_id],
          )
          if (!rowCount) throw unknownCategory()
        }
        const columns = Object.keys(rest) as (keyof typeof rest)[]
        const assignments = [...columns.map((column, index) => `${column} = $${index + 2}`), 'atualizado_em = clock_timestamp()']
        await client.query(`UPDATE catalogo.produto SET ${assignments.join(', ')} WHERE id = $1`, [
          id,
          ...columns.map(column => rest[column]),
        ])
        return (await byIdOn(client, id))!
      }),

    /** Orders keep the lines that name it. @throws Problem 404 */
    remove: (id: number): Promise<void> =>
      database.transaction(async client => {
        const { rowCount } = await client.query('DELETE FROM catalogo.produto WHERE id = $1', [id])
        if (!rowCount) throw notFound(`O produto ${id}`)
      }),
  }
}
