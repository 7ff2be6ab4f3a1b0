import { hash } from 'node:crypto'
import { type Database, OutcomeUnknown } from '@confeitaria/platform/database'
import { MAX_PRICE, toCents, toReais } from '@confeitaria/platform/money'
import { notFound, Problem, unavailable } from '@confeitaria/platform/problem'
import type { Service } from '@confeitaria/platform/service'
import { INNER_CALL_MS, type Upstream } from '@confeitaria/platform/upstream'
import type { FastifyRequest } from 'fastify'
import client from 'prom-client'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { type NewOrder, type Order, type Orders, type PricedLine, type Stock, toLine, type Wanted } from './orders.ts'

const CartAnswer = Compile(
  Type.Object({ data: Type.Object({ itens: Type.Array(Type.Object({ produto_id: Type.Integer(), quantidade: Type.Integer() })) }) }),
)

/** How long an order that is made may keep its buyer waiting for the cart to be emptied, ms. */
const EMPTYING_MS = 500

export interface Placed {
  order: Order
  /** It was made by an earlier request with the same key. */
  replayed: boolean
  /** The PostgreSQL server that the order was made or found on. */
  server: string | null
}

interface Dependencies {
  app: Service
  database: Database
  repository: Orders
  cart: Upstream
}

/** The use case: what lies in a session's cart becomes an order, once for each Idempotency-Key. */
export function checkout({ app, database, repository, cart }: Dependencies) {
  const counted = metrics(app)
  const emptying = new Set<Promise<void>>()

  /** @throws Problem every refusal of `POST /api/pedidos` that its schema names */
  async function place(payload: NewOrder, key: string, request: FastifyRequest): Promise<Placed> {
    try {
      await database.whenItTakesWrites() // else the crowd that waits for the primary would busy the cart, too
      const placed = await placeOnce(payload, key, await readCart(payload.session_id, request))
      counted.checkouts.inc({ resultado: placed.replayed ? 'repetido' : 'confirmado' })
      request.log.info({ pedido: placed.order.id, replayed: placed.replayed }, 'order placed')
      await emptyCart(payload.session_id, placed.order, request)
      return placed
    } catch (error) {
      counted.checkouts.inc({ resultado: error instanceof Problem ? error.type : 'erro-interno' })
      throw error instanceof OutcomeUnknown ? repeatWithKey(error) : error
    }
  }

  /** Two round trips: BEGIN with the key and the stock, the order with COMMIT. */
  const placeOnce = (payload: NewOrder, key: string, wanted: Wanted[] | Problem): Promise<Placed> =>
    database.transaction<Placed>(async client => {
      const digest = digestOf(payload)
      const { claim, stock, server } = await repository.claim(client, key, digest, wanted instanceof Problem ? [] : wanted)
      if (claim === 'in use') throw stillRunning()
      if (claim === 'used') {
        const first = await repository.repeat(client, key)
        if (!first.digest.equals(digest)) throw keyOfAnotherPayload()
        return { order: first.order, replayed: true, server }
      }
      // Only now: a key that is known is a replay, whatever has become of the cart since.
      if (wanted instanceof Problem) throw wanted
      const lines = priced(wanted, stock)
      const cents = lines.reduce((sum, line) => sum + line.cents * line.quantidade, 0)
      if (payload.total_esperado !== undefined && toCents(payload.total_esperado) !== cents) throw priceChanged(lines, cents)
      if (cents > toCents(MAX_PRICE)) throw tooExpensive()
      return async () => ({ order: await repository.insert(client, key, payload, lines, cents), replayed: false, server })
    })

  /** What is bought, summed per product in ascending id order; or the problem that a new order would meet. */
  async function readCart(session: string, request: FastifyRequest): Promise<Wanted[] | Problem> {
    try {
      const path = `/api/carrinho/${encodeURIComponent(session)}`
      const { status, body } = await cart.call(path, { request, timeoutMs: INNER_CALL_MS })
      if (status === 404) return notFound('A sessão')
      if (status !== 200 || !CartAnswer.Check(body)) {
        return unavailable('O carrinho não responde; tente de novo.', { cause: new Error(`the cart answered ${status}`) })
      }
      return summed(body.data.itens) ?? emptyCartProblem()
    } catch (error) {
      if (error instanceof Problem) return error
      throw error
    }
  }

  /**
   * Takes what was bought out of the cart. The cart knows which orders it has seen, so a replay asks again: that heals a
   * crash between the commit and here. The order stands whatever happens.
   */
  async function emptyCart(session: string, { id, itens }: Order, request: FastifyRequest) {
    const asked: Promise<void> = cart
      .call(`/api/carrinho/${encodeURIComponent(session)}/comprado`, {
        method: 'POST',
        body: { itens: itens.map(({ produto_id, quantidade }) => ({ produto_id, quantidade })), pedido_id: id },
        request,
      })
      .then(({ status }) => {
        // A session that has expired has nothing left to empty.
        if (status >= 300 && status !== 404) throw new Error(`the cart answered ${status}`)
      })
      .catch(error => {
        counted.cartsNotEmptied.inc()
        request.log.warn({ err: error, pedido: id }, 'the order stands, its cart was not emptied')
      })
      .finally(() => emptying.delete(asked))
    emptying.add(asked)
    await Promise.race([asked, new Promise(resolve => setTimeout(resolve, EMPTYING_MS).unref())])
  }

  return {
    place,
    /** Resolves when no cart is being emptied any more. */
    settled: async () => void (await Promise.all(emptying)),
  }
}

function summed(items: Wanted[]): Wanted[] | undefined {
  const sums = new Map<number, number>()
  for (const { produto_id, quantidade } of items) sums.set(produto_id, (sums.get(produto_id) ?? 0) + quantidade)
  if (sums.size === 0) return undefined
  return [...sums].map(([produto_id, quantidade]) => ({ produto_id, quantidade })).sort((a, b) => a.produto_id - b.produto_id)
}

/** @throws Problem 409 that names each product which is short */
function priced(wanted: Wanted[], stock: Stock[]): PricedLine[] {
  const quantities = new Map(wanted.map(({ produto_id, quantidade }) => [produto_id, quantidade]))
  const lines = stock.map(({ produto_id, nome, cents, disponivel, short }) => ({
    produto_id,
    nome: nome ?? '',
    cents,
    disponivel,
    short,
    quantidade: quantities.get(produto_id)!,
  }))
  const missing = lines.filter(({ short }) => short)
  if (missing.length) throw outOfStock(missing)
  return lines
}

/**
 * SHA-256 of what a payload says, however it was written: validation has trimmed and NFC-normalised its words, and neither
 * the order of its members nor the spelling of its number (12.5, 12.50, 1.25e1) is part of it.
 */
function digestOf({ session_id, cliente, total_esperado }: NewOrder): Buffer {
  const cents = total_esperado === undefined ? null : toCents(total_esperado)
  return hash('sha256', JSON.stringify([session_id, cliente.nome, cliente.email, cents]), 'buffer')
}

function metrics(app: Service) {
  const registers = [app.metrics]
  return {
    checkouts: new client.Counter({
      name: 'checkouts_total',
      help: 'Checkouts by result: confirmado, repetido, or the type of the problem that was answered',
      labelNames: ['resultado'],
      registers,
    }),
    cartsNotEmptied: new client.Counter({
      name: 'carts_not_emptied_total',
      help: 'Orders that stand although the cart did not confirm to be emptied',
      registers,
    }),
  }
}

const repeatWithKey = ({ cause }: OutcomeUnknown) =>
  new OutcomeUnknown(cause, 'Repita o mesmo pedido com a mesma Idempotency-Key para saber.')

const stillRunning = () =>
  new Problem(409, 'em-andamento', 'Pedido em andamento', {
    detail: 'Um pedido com esta Idempotency-Key está em andamento; repita daqui a pouco para saber o resultado.',
    headers: { 'retry-after': '1' },
  })

const keyOfAnotherPayload = () =>
  new Problem(422, 'chave-reutilizada', 'Chave reutilizada', {
    detail: 'Esta Idempotency-Key já fez um pedido com outros dados; use uma chave nova.',
  })

const emptyCartProblem = () =>
  new Problem(422, 'carrinho-vazio', 'Carrinho vazio', { detail: 'O carrinho está vazio; ponha nele o que quer comprar.' })

const outOfStock = (lines: (PricedLine & Pick<Stock, 'disponivel'>)[]) =>
  new Problem(409, 'estoque-insuficiente', 'Estoque insuficiente', {
    detail: `Não há o bastante de: ${lines.map(({ nome, produto_id, disponivel }) => `${nome || `produto ${produto_id}`} (${disponivel})`).join(', ')}.`,
    extra: {
      produtos: lines.map(({ produto_id, nome, quantidade, disponivel }) => ({ produto_id, nome: nome || null, quantidade, disponivel })),
    },
  })

const priceChanged = (lines: PricedLine[], cents: number) =>
  new Problem(409, 'preco-mudou', 'Preço mudou', {
    detail: `O total agora é R$ ${toReais(cents).toFixed(2).replace('.', ',')}; confira e confirme de novo.`,
    extra: { total: toReais(cents), itens: lines.map(toLine) },
  })

const tooExpensive = () =>
  new Problem(422, 'total-acima-do-limite', 'Total acima do limite', {
    detail: 'O total passa de R$ 99.999.999,99; divida a compra em mais de um pedido.',
  })
