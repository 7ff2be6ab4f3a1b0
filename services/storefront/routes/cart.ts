import type { Answer, CallOptions } from '@confeitaria/platform/upstream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { pathOfThisShop } from '../same-origin.ts'
import type { Cart, Data, Line, Product } from '../shop.ts'
import * as views from '../views/cart.ts'
import { leaveNotice, type NoticeCode, noticeOf, purchaseKeyOf, rememberCart, rememberCount, sessionOf } from '../visitor.ts'
import { attempt, type Context, form, page, text, wholeNumber } from './context.ts'

const MAX_QUANTITY = 99

type CartAnswer = Answer<Data<Cart>>

/** What became of a change to the cart. */
interface Outcome {
  status: number
  notice: NoticeCode
  name?: string
  cart?: Cart
}

/** The visitor's cart: null when there is none, undefined when nobody can tell now. */
export async function readCart({ cart }: Pick<Context, 'cart'>, request: FastifyRequest): Promise<Cart | null | undefined> {
  const session = sessionOf(request)
  if (!session) return null
  const answer = await attempt(cart.call<Data<Cart>>(`/api/carrinho/${session}`, { request }))
  if (answer?.status === 200) return answer.body.data
  return answer?.status === 404 ? null : undefined
}

/** By product id, what is known better than from the catalog's readers. */
export type Corrections = ReadonlyMap<number, Partial<Pick<Product, 'preco' | 'estoque'>>>

/** Each line beside what the catalog says now. */
export async function compareLines({ reader }: Pick<Context, 'reader'>, lines: Line[], request: FastifyRequest, corrections?: Corrections) {
  let unchecked = false
  const compare = async (line: Line): Promise<views.ComparedLine> => {
    const answer = await reader.read<Data<Product>>(`/api/produtos/${line.produto_id}`, request).catch(() => undefined)
    if (!answer || answer.stale) unchecked = true
    if (answer?.status === 200) return { line, product: { ...answer.body.data, ...corrections?.get(line.produto_id) } }
    return { line, product: answer?.status === 404 ? null : undefined }
  }
  return { lines: await Promise.all(lines.map(compare)), unchecked }
}

export function cartRoutes(app: FastifyInstance, context: Context) {
  const { site, cart } = context

  app.get('/carrinho', page, async (request, reply) => {
    const view = site.view(request)
    const found = await readCart(context, request)
    if (found === undefined) return site.sendOwn(request, reply.header('retry-after', '2'), views.cartAway(view), 503)
    rememberCountIfOther(request, reply, found?.quantidade_total ?? 0)
    if (!found?.itens.length) return site.sendOwn(request, reply, views.emptyCart(view, purchaseKeyOf(request) !== undefined))
    const { lines, unchecked } = await compareLines(context, found.itens, request)
    return site.sendOwn(request, reply, views.cart(view, lines, { unchecked }))
  })

  app.post('/carrinho/adicionar', form, async (request, reply) => {
    const back = pathOfThisShop(text(request.body, 'voltar'))
    return answer(request, reply, back, await add(request))
  })

  app.post<{ Params: { id: string } }>('/carrinho/itens/:id', form, async (request, reply) => {
    const session = sessionOf(request)
    const id = wholeNumber(request.params.id)
    if (!session || !id) return answer(request, reply, '/carrinho', { status: 404, notice: 'notInCart' })
    const path = `/api/carrinho/${session}/itens/${id}`
    if (text(request.body, 'acao') === 'remover') {
      const removed = await attempt(cart.call<Data<Cart>>(path, { method: 'DELETE', request }))
      // A line that is not there any more was removed by a click before, or in another tab.
      const outcome: Outcome = removed?.status === 404 ? { status: 200, notice: 'removed' } : outcomeOf(removed, 'removed')
      return answer(request, reply, '/carrinho', outcome)
    }
    const quantidade = wholeNumber(text(request.body, 'quantidade'))
    if (!isQuantity(quantidade)) return answer(request, reply, '/carrinho', { status: 400, notice: 'badQuantity' })
    const changed = await attempt(cart.call<Data<Cart>>(path, { method: 'PUT', body: { quantidade }, request }))
    // A 404 is either the product or the line.
    const found = changed?.status === 404 ? await readCart(context, request) : undefined
    const isGone = found !== undefined && !found?.itens.some(each => each.produto_id === id)
    return answer(request, reply, '/carrinho', isGone ? { status: 404, notice: 'notInCart' } : outcomeOf(changed, 'updated'))
  })

  /** Lines whose price is not today's are put again as they are, which gives them today's. */
  app.post('/carrinho/precos', form, async (request, reply) => {
    const found = await readCart(context, request)
    if (found === null) return reply.redirect('/carrinho', 303)
    if (!found) return answer(request, reply, '/carrinho', { status: 503, notice: 'cartAway' })
    let outcome: Outcome = { status: 200, notice: 'refreshed', cart: found }
    const { lines } = await compareLines(context, found.itens, request)
    for (const { line } of lines.filter(each => views.priceChanged(each) && !views.blocks(each))) {
      const path = `/api/carrinho/${found.session_id}/itens/${line.produto_id}`
      const put = outcomeOf(
        await attempt(cart.call<Data<Cart>>(path, { method: 'PUT', body: { quantidade: line.quantidade }, request })),
        'refreshed',
      )
      outcome = outcome.status === 200 ? put : outcome
    }
    return answer(request, reply, '/carrinho', outcome)
  })

  app.post('/carrinho/esvaziar', form, async (request, reply) => {
    const session = sessionOf(request)
    const emptied = session ? await attempt(cart.call(`/api/carrinho/${session}`, { method: 'DELETE', request })) : { status: 404 }
    if (emptied?.status !== 204 && emptied?.status !== 404) return answer(request, reply, '/carrinho', { status: 503, notice: 'cartAway' })
    rememberCount(request, reply, 0)
    return answer(request, reply, '/carrinho', { status: 200, notice: 'cleared' })
  })

  async function add(request: FastifyRequest): Promise<Outcome> {
    const produto_id = wholeNumber(text(request.body, 'produto_id'))
    const quantidade = wholeNumber(text(request.body, 'quantidade'))
    if (!produto_id) return { status: 404, notice: 'gone' }
    if (!isQuantity(quantidade)) return { status: 400, notice: 'badQuantity' }
    const put = (session: string) =>
      attempt(cart.call<Data<Cart>>(`/api/carrinho/${session}/adicionar`, { method: 'POST', body: { produto_id, quantidade }, request }))

    let session = sessionOf(request) ?? (await openSession(request))
    let answer = session ? await put(session) : undefined
    // A 404 is either the product or a cart that nobody touched for a week: then a new one is opened.
    if (session && answer?.status === 404 && (await readCart(context, request)) === null) {
      session = await openSession(request)
      answer = session ? await put(session) : undefined
    }
    const outcome = outcomeOf(answer, 'added')
    const line = outcome.cart?.itens.find(each => each.produto_id === produto_id)
    return { ...outcome, name: line?.nome ?? '' }
  }

  async function openSession(request: CallOptions['request']): Promise<string | undefined> {
    const answer = await attempt(
      cart.call<Data<{ session_id: string }>>('/api/carrinho/sessao', { method: 'POST', ...(request && { request }) }),
    )
    return answer?.status === 201 ? answer.body.data.session_id : undefined
  }

  /** As JSON to the script, else by a notice on the page that one is sent back to. */
  function answer(request: FastifyRequest, reply: FastifyReply, back: string, { status, notice, name, cart: now }: Outcome) {
    if (now) rememberCart(request, reply, now)
    if (request.headers.accept === 'application/json') {
      const { words } = site.view(request).language
      const { text: mensagem, link: ligacao } = noticeOf(words, notice, name)
      const count = now && { quantidade_total: now.quantidade_total, itens: words.cart.count(now.quantidade_total) }
      return reply
        .code(status)
        .header('cache-control', 'private, no-store')
        .send({ mensagem, ligacao, ...count })
    }
    leaveNotice(request, reply, notice, name)
    return reply.redirect(back, 303)
  }
}

const isQuantity = (n: number | undefined): n is number => n !== undefined && n >= 1 && n <= MAX_QUANTITY

function outcomeOf(answer: CartAnswer | undefined, done: NoticeCode): Outcome {
  switch (answer?.status) {
    case 200:
      return { status: 200, notice: done, cart: answer.body.data }
    case 400:
      return { status: 400, notice: 'badQuantity' }
    case 404:
      return { status: 404, notice: 'gone' }
    case 409:
      return { status: 409, notice: 'notEnough' }
    default:
      return { status: 503, notice: 'cartAway' }
  }
}

function rememberCountIfOther(request: FastifyRequest, reply: FastifyReply, count: number) {
  if ((request.cookies.itens ?? '0') !== String(count)) rememberCount(request, reply, count)
}
