import { randomBytes } from 'node:crypto'
import { toCents, toReais } from '@confeitaria/platform/money'
import { notFound, Problem } from '@confeitaria/platform/problem'
import { Closed } from '@confeitaria/platform/schema'
import { type Static, Type } from 'typebox'
import type { Product } from './products.ts'
import { type Connection, isReply, PATIENCE_MS, redisAway } from './redis.ts'
import { MAX_LINES, MAX_QUANTITY } from './scripts.ts'
import type { Writer } from './writer.ts'

const Line = Closed({
  produto_id: Type.Integer(),
  nome: Type.String({ description: 'o nome que o produto tinha na última mudança da linha' }),
  preco: Type.Number({ description: 'em reais, na última mudança da linha' }),
  quantidade: Type.Integer(),
  subtotal: Type.Number(),
})
export const Cart = Closed({
  session_id: Type.String(),
  itens: Type.Array(Line, { description: 'na ordem em que foram adicionados' }),
  quantidade_total: Type.Integer(),
  total: Type.Number(),
})
export type Cart = Static<typeof Cart>

export interface Bought {
  produto_id: number
  quantidade: number
}

/** 18 random bytes, 144 bits, in base64url. */
const SESSION_BYTES = 18
const SESSION = /^[A-Za-z0-9_-]{24}$/
const keyOf = (sid: string) => `carrinho:${sid}`

/** The carts in Redis; see scripts.ts for how they lie there. Whatever changes one is atomic. */
export function carts({ reading, writer }: { reading: Connection; writer: Writer }) {
  async function change(sid: string, script: Parameters<Writer['run']>[0], args: (string | number)[], product?: Product): Promise<Cart> {
    if (!SESSION.test(sid)) throw noSession()
    const [outcome, ...rest] = await writer.run(script, keyOf(sid), args)
    if (outcome === 'ok') return cartOf(sid, rest)
    throw refusal(outcome!, Number(rest[0] ?? 0), product)
  }

  return {
    async create(): Promise<string> {
      const sid = randomBytes(SESSION_BYTES).toString('base64url')
      await writer.run('create', keyOf(sid))
      return sid
    },

    async read(sid: string): Promise<Cart> {
      if (!SESSION.test(sid)) throw noSession()
      const hash = await readHash(reading, keyOf(sid))
      if (hash._ === undefined) throw noSession()
      const flat: string[] = []
      for (const field in hash) flat.push(field, hash[field]!)
      return cartOf(sid, flat)
    },

    add: (sid: string, product: Product, quantity: number) =>
      change(sid, 'add', [product.id, quantity, product.estoque, `${toCents(product.preco)}|${product.nome}`], product),
    set: (sid: string, product: Product, quantity: number) =>
      change(sid, 'set', [product.id, quantity, product.estoque, `${toCents(product.preco)}|${product.nome}`], product),
    remove: (sid: string, productId: number) => change(sid, 'remove', [productId]),
    empty: (sid: string) => change(sid, 'empty', []),
    takeOut: (sid: string, orderId: number, lines: Bought[]) =>
      change(sid, 'bought', [orderId, ...lines.flatMap(({ produto_id, quantidade }) => [produto_id, quantidade])]),
  }
}

/** A read may be repeated: a connection that breaks under it costs a second try and not an error. */
async function readHash(connection: Connection, key: string): Promise<Record<string, string>> {
  const since = performance.now()
  for (let attempt = 1; ; attempt++) {
    await connection.ready()
    connection.gather()
    try {
      return await connection.client.hgetall(key)
    } catch (error) {
      if (attempt === 2 || isReply(error) || performance.now() - since > PATIENCE_MS) throw redisAway(error)
    }
  }
}

/** @param hash field, value, field, value … */
function cartOf(sid: string, hash: string[]): Cart {
  const lines: { number: number; line: Static<typeof Line> }[] = []
  let quantidade_total = 0
  let total = 0
  for (let i = 0; i < hash.length; i += 2) {
    if (hash[i] === '_') continue
    const value = hash[i + 1]!
    const a = value.indexOf('|')
    const b = value.indexOf('|', a + 1)
    const c = value.indexOf('|', b + 1)
    const quantidade = Number(value.slice(a + 1, b))
    const cents = Number(value.slice(b + 1, c))
    quantidade_total += quantidade
    total += quantidade * cents
    lines.push({
      number: Number(value.slice(0, a)),
      line: {
        produto_id: Number(hash[i]),
        nome: value.slice(c + 1),
        preco: toReais(cents),
        quantidade,
        subtotal: toReais(quantidade * cents),
      },
    })
  }
  const itens = lines.sort((one, other) => one.number - other.number).map(({ line }) => line)
  return { session_id: sid, itens, quantidade_total, total: toReais(total) }
}

const noSession = () => notFound('Este carrinho')

/** @param had how many of the product the cart has */
function refusal(name: string, had: number, product?: Product): Problem {
  const extra = product ? { produto_id: product.id, disponivel: product.estoque, no_carrinho: had } : {}
  switch (name) {
    case 'sem-sessao':
      return noSession()
    case 'sem-linha':
      return new Problem(404, 'nao-encontrado', 'Não encontrado', { detail: 'Este produto não está no carrinho.' })
    case 'limite-do-carrinho':
      return new Problem(409, name, 'Carrinho cheio', {
        detail: `Um carrinho leva até ${MAX_LINES} produtos diferentes.`,
        extra: { limite: MAX_LINES },
      })
    case 'limite-por-produto':
      return new Problem(409, name, 'Limite por produto', {
        detail: `Um carrinho leva até ${MAX_QUANTITY} unidades de um produto, e já tem ${had}.`,
        extra: { ...extra, limite: MAX_QUANTITY },
      })
    case 'estoque-insuficiente':
      return new Problem(409, name, 'Estoque insuficiente', {
        detail: `Há ${product?.estoque} em estoque, e o carrinho já tem ${had}.`,
        extra,
      })
    default:
      throw new Error(`the script answered ${name}`)
  }
}
