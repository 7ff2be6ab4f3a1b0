import { decodeCursor, encodeCursor, refuseHandmade } from '@confeitaria/platform/cursor'
import { type Database, SERVER_ADDRESS } from '@confeitaria/platform/database'
import { numericToCents, toReais } from '@confeitaria/platform/money'
import { notFound, unavailable } from '@confeitaria/platform/problem'
import { Closed, INT4_MAX, Money, Text } from '@confeitaria/platform/schema'
import type pg from 'pg'
import { type Static, Type } from 'typebox'

export const NewOrder = Closed({
  session_id: Text(128),
  cliente: Closed({
    nome: Text(120),
    email: Text(254, { pattern: '^[^\\s@]+@[^\\s@]+$', description: 'um endereço de e-mail', examples: ['ana@example.com'] }),
  }),
  total_esperado: Type.Optional(Money()),
})
export type NewOrder = Static<typeof NewOrder>

export const OrderLine = Type.Object({
  produto_id: Type.Integer(),
  nome: Type.String(),
  preco: Type.Number(),
  quantidade: Type.Integer(),
  subtotal: Type.Number(),
})
export type OrderLine = Static<typeof OrderLine>

export const Order = Type.Object({
  id: Type.Integer(),
  status: Type.Enum(['confirmado']),
  itens: Type.Array(OrderLine),
  total: Type.Number(),
  criado_em: Type.String({ format: 'date-time' }),
})
export type Order = Static<typeof Order>

/** How many of a product. */
export interface Wanted {
  produto_id: number
  quantidade: number
}

/** A product as the catalog sells it now; without a name when it is gone. */
export interface Stock {
  produto_id: number
  nome: string | null
  cents: number
  disponivel: number
  short: boolean
}

/** A line of an order that is being made: cents are those of one piece. */
export interface PricedLine extends Wanted {
  nome: string
  cents: number
}

/** What became of the wish to use an Idempotency-Key: it is ours until the transaction ends, or somebody uses it, or used it. */
export type Claim = 'ours' | 'in use' | 'used'

interface OrderRow {
  id: number
  status: 'confirmado'
  total: string
  criado_em: Date
  itens: { produto_id: number; nome: string; preco: string; quantidade: number }[]
}

/** All null where nothing was taken. */
interface StockRow {
  produto_id: number | null
  nome: string | null
  preco: string | null
  estoque: number | null
  faltou: boolean | null
}

const toStock = ({ produto_id, nome, preco, estoque, faltou }: StockRow): Stock[] =>
  produto_id === null ? [] : [{ produto_id, nome, cents: numericToCents(preco ?? '0'), disponivel: estoque ?? 0, short: faltou ?? false }]

const ORDER = `p.id, p.status, p.total, p.criado_em, (
  SELECT json_agg(json_build_object('produto_id', i.produto_id, 'nome', i.nome, 'preco', i.preco::text, 'quantidade', i.quantidade)
    ORDER BY i.produto_id)
  FROM pedidos.item i WHERE i.pedido_id = p.id) AS itens`

const toOrder = ({ id, status, total, criado_em, itens }: OrderRow): Order => ({
  id,
  status,
  itens: itens.map(({ preco, ...item }) => toLine({ ...item, cents: numericToCents(preco) })),
  total: toReais(numericToCents(total)),
  criado_em: criado_em.toISOString(),
})

export const toLine = ({ produto_id, nome, cents, quantidade }: PricedLine): OrderLine => ({
  produto_id,
  nome,
  preco: toReais(cents),
  quantidade,
  subtotal: toReais(cents * quantidade),
})

const toNumeric = (cents: number) => toReais(cents).toFixed(2)

/** Orders in schema `pedidos`. What takes a client is a step of the transaction that the caller runs. */
export function orders(database: Database) {
  return {
    /** @throws what PostgreSQL answers while something that an order needs is not there, ours or the catalog's */
    check: () =>
      database.read({
        text: "SELECT 'catalogo.baixar_estoque(int[], int[])'::regprocedure FROM pedidos.chave, pedidos.pedido, pedidos.item LIMIT 0",
      }),

    /**
     * Takes a key for this transaction and, if that is ours now, the stock of all products; those that are short are named, and
     * the transaction must be given up. It never waits for a key: whoever finds its lock taken is told so, and the lock is free
     * only once the other's commit or rollback is there to be seen. The stock's function gets its products from the key's new row:
     * without that row they are null, and it takes nothing.
     */
    async claim(
      client: pg.PoolClient,
      key: string,
      digest: Buffer,
      wanted: Wanted[],
    ): Promise<{ claim: Claim; stock: Stock[]; server: string | null }> {
      const { rows } = await client.query<StockRow & { locked: boolean; inserted: boolean; servidor: string | null }>({
        name: 'claim',
        text: `WITH trava AS MATERIALIZED (SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS locked),
          nova AS (INSERT INTO pedidos.chave (chave, resumo) SELECT $1, $2 FROM trava WHERE locked ON CONFLICT DO NOTHING
            RETURNING $3::int[] AS ids, $4::int[] AS quantidades)
          SELECT locked, ids IS NOT NULL AS inserted, produto_id, nome, preco, estoque, faltou, ${SERVER_ADDRESS} AS servidor
          FROM trava LEFT JOIN nova ON true LEFT JOIN catalogo.baixar_estoque(ids, quantidades) ON true`,
        values: [key, digest, wanted.map(({ produto_id }) => produto_id), wanted.map(({ quantidade }) => quantidade)],
      })
      const { locked, inserted, servidor: server } = rows[0]!
      return { claim: inserted ? 'ours' : locked ? 'used' : 'in use', stock: rows.flatMap(toStock), server }
    },

    /**
     * The order that a used key made, and the digest of the payload it was made from. It writes down that it was asked: the
     * first COMMIT may have ended without a standby's word (OutcomeUnknown), so that the order stands on the primary alone.
     * The COMMIT of this write waits for a standby that has everything before it too, and only then may the caller answer.
     */
    async repeat(client: pg.PoolClient, key: string): Promise<{ digest: Buffer; order: Order }> {
      const { rows } = await client.query<OrderRow & { resumo: Buffer }>({
        name: 'repeat',
        text: `WITH c AS (UPDATE pedidos.chave SET repetida_em = clock_timestamp() WHERE chave = $1 RETURNING resumo, pedido_id)
          SELECT c.resumo, ${ORDER} FROM c JOIN pedidos.pedido p ON p.id = c.pedido_id`,
        values: [key],
      })
      return { digest: rows[0]!.resumo, order: toOrder(rows[0]!) }
    },

    async insert(
      client: pg.PoolClient,
      key: string,
      { session_id, cliente }: NewOrder,
      lines: PricedLine[],
      cents: number,
    ): Promise<Order> {
      const { rows } = await client.query<{ id: number; status: 'confirmado'; criado_em: Date }>({
        name: 'insert',
        text: `WITH novo AS (
            INSERT INTO pedidos.pedido (session_id, cliente_nome, cliente_email, total) VALUES ($2, $3, $4, $5) RETURNING id, status, criado_em),
          linhas AS (
            INSERT INTO pedidos.item (pedido_id, produto_id, nome, preco, quantidade)
            SELECT novo.id, linha.* FROM novo, unnest($6::int[], $7::text[], $8::numeric[], $9::int[]) AS linha),
          usada AS (UPDATE pedidos.chave SET pedido_id = novo.id FROM novo WHERE chave = $1)
          SELECT id, status, criado_em FROM novo`,
        values: [
          key,
          session_id,
          cliente.nome,
          cliente.email,
          toNumeric(cents),
          lines.map(({ produto_id }) => produto_id),
          lines.map(({ nome }) => nome),
          lines.map(line => toNumeric(line.cents)),
          lines.map(({ quantidade }) => quantidade),
        ],
      })
      const { id, status, criado_em } = rows[0]!
      return { id, status, itens: lines.map(toLine), total: toReais(cents), criado_em: criado_em.toISOString() }
    },

    /** @throws Problem 404 when the session has no such order; 503 when who can be asked does not know it and may not be the primary */
    async byId(session: string, id: number): Promise<Order> {
      const { rows, isLatest } = await database.readLatest<OrderRow>({
        name: 'byId',
        text: `SELECT ${ORDER} FROM pedidos.pedido p WHERE p.id = $1 AND p.session_id = $2`,
        values: [id, session],
      })
      if (rows[0]) return toOrder(rows[0])
      if (!isLatest) throw unavailable('Não se sabe agora se este pedido existe; tente de novo.')
      throw notFound(`O pedido ${id}`)
    },

    /**
     * A session's orders, newest first.
     * @returns the page, the cursor of the next one or null, and whether the newest are surely among them
     * @throws Problem 400 when the cursor is not one of this session's
     */
    async ofSession(session: string, limit: number, cursor?: string): Promise<{ page: Order[]; next: string | null; isLatest: boolean }> {
      const query = `pedidos ${session}`
      const [before] = cursor ? decodeCursor(cursor, query) : []
      const { rows, isLatest } = await database
        .readLatest<OrderRow>({
          name: 'ofSession',
          text: `SELECT ${ORDER} FROM pedidos.pedido p WHERE p.session_id = $1 AND p.id < $2 ORDER BY p.id DESC LIMIT $3`,
          values: [session, before ?? NEWEST, limit + 1],
        })
        .catch(refuseHandmade(cursor))
      const page = rows.slice(0, limit).map(toOrder)
      return { page, next: rows.length > limit ? encodeCursor([page.at(-1)!.id], query) : null, isLatest }
    },
  }
}

/** No id is higher, and the identity column stops one before it matters. */
const NEWEST = INT4_MAX

export type Orders = ReturnType<typeof orders>
