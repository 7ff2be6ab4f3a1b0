import { randomUUID } from 'node:crypto'
import { Problem } from '@confeitaria/platform/problem'
import { INNER_CALL_MS } from '@confeitaria/platform/upstream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { html } from '../html.ts'
import type { Cart, Data, List, Order, ProblemBody } from '../shop.ts'
import { blocks, cartAway, cart as cartPage, emptyCart } from '../views/cart.ts'
import * as views from '../views/checkout.ts'
import { isPurchaseKey, purchaseKeyOf, rememberCart, rememberPurchase, sessionOf } from '../visitor.ts'
import { type Corrections, compareLines, readCart } from './cart.ts'
import { attempt, CHANGE_MS, type Context, form as formRoute, page, text, wholeNumber } from './context.ts'

/** How often a submission asks whether the same one still runs, ms. */
const RUNNING_PAUSE_MS = 250
const RETRY_SECONDS = 2
const ORDERS_PAGE = '20'
const MAX_RETRY_SECONDS = 30
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/

export function checkoutRoutes(app: FastifyInstance, context: Context) {
  const { site, orders } = context

  app.get('/finalizar', page, async (request, reply) => {
    const key = purchaseKeyOf(request) ?? randomUUID()
    return showForm(request, reply, { key, name: '', email: '' })
  })

  app.post('/finalizar', formRoute, async (request, reply) => {
    const session = sessionOf(request)
    const form = { key: text(request.body, 'chave'), name: text(request.body, 'nome').trim(), email: text(request.body, 'email').trim() }
    const total = text(request.body, 'total_esperado')
    if (!isPurchaseKey(form.key) || !/^[0-9]{1,9}(\.[0-9]{1,2})?$/.test(total))
      throw new Problem(400, 'formulario', 'Formulário incompleto')
    if (!session) return reply.redirect('/carrinho', 303)
    const errors = check(request, form)
    if (Object.keys(errors).length) return showForm(request, reply, form, { errors, status: 400 })

    const answer = await submit(request, session, form, Number(total)).catch((error: Problem) => error)
    if (answer instanceof Problem) {
      request.log.warn({ err: answer.details.cause ?? answer }, 'the orders service did not answer')
      // Who refuses the connection was never told of the order; any other silence leaves its outcome open.
      const refused = (answer.details.cause as NodeJS.ErrnoException | undefined)?.code === 'ECONNREFUSED'
      return pause(request, reply, form, total, refused ? 'paused' : 'unknown', 503)
    }
    if (answer.status === 201) {
      const order = answer.body.data
      // What lies in the cart beside what an earlier submission bought came later, and is not bought.
      if (answer.headers['idempotent-replayed'] && (await takeOut(request, session, order))?.itens.length)
        return showUsedKey(request, reply, form)
      rememberCart(request, reply, { session_id: session, quantidade_total: 0 })
      rememberPurchase(request, reply, undefined)
      return reply.redirect(`/pedido/${encodeURIComponent(order.id)}`, 303)
    }
    const { type = '', erros = [], itens = [], produtos = [] } = answer.body as unknown as Partial<ProblemBody>
    const { words } = site.view(request).language
    switch (answer.status) {
      case 400:
        return showForm(request, reply, form, { errors: refusals(request, erros), status: 400 })
      case 404:
        return reply.redirect('/carrinho', 303)
      case 409:
        if (isRunning(type)) return pause(request, reply, form, total, 'running', 409)
        if (isPrices(type)) {
          const now = itens.map(({ produto_id, preco }) => [produto_id, { preco }] as const)
          return showForm(request, reply, form, { alert: html`<p>${words.checkout.pricesChanged}</p>`, status: 409, now: new Map(now) })
        }
        return showShortCart(request, reply, new Map(produtos.map(({ produto_id, disponivel }) => [produto_id, { estoque: disponivel }])))
      case 422:
        if (isEmpty(type)) return reply.redirect('/carrinho', 303)
        if (!isUsedKey(type)) return showForm(request, reply, form, { errors: { formulario: words.checkout.refused }, status: 422 })
        return showUsedKey(request, reply, form)
      default: {
        const kind = type.endsWith('resultado-desconhecido') ? 'unknown' : 'paused'
        return pause(request, reply, form, total, kind, 503, Number(answer.headers['retry-after']))
      }
    }
  })

  app.get<{ Params: { id: string } }>('/pedido/:id', page, async (request, reply) => {
    const session = sessionOf(request)
    if (!session) throw new Problem(404, 'pedido', 'Pedido desconhecido')
    const path = `/api/pedidos/${encodeURIComponent(request.params.id)}`
    const answer = await attempt(orders.call<Data<Order>>(path, { headers: { 'x-session-id': session }, request }))
    const view = site.view(request)
    if (!answer || answer.status >= 500) return site.sendOwn(request, reply, views.ordersAway(view, `/pedido/${request.params.id}`), 503)
    if (answer.status !== 200) throw new Problem(404, 'pedido', 'Pedido desconhecido')
    return site.sendOwn(request, reply, views.confirmation(view, answer.body.data))
  })

  app.get('/pedidos', page, async (request, reply) => {
    const session = sessionOf(request)
    const view = site.view(request)
    const here = request.url
    if (!session) return site.sendOwn(request, reply, views.orders(view, { list: [], here }))
    const cursor = text(request.query, 'cursor')
    const query = new URLSearchParams({ session_id: session, limite: ORDERS_PAGE, ...(cursor && { cursor }) })
    const answer = await attempt(orders.call<List<Order>>(`/api/pedidos?${query}`, { headers: { 'x-session-id': session }, request }))
    if (answer?.status === 404) return site.sendOwn(request, reply, views.orders(view, { list: [], here }))
    if (!answer || answer.status >= 500) return site.sendOwn(request, reply, views.ordersAway(view, here), 503)
    if (answer.status !== 200) throw new Problem(answer.status, 'pedidos', 'O serviço de pedidos recusou')
    const { data, paginacao } = answer.body
    const next = paginacao.proximo && `/pedidos?${new URLSearchParams({ cursor: paginacao.proximo })}`
    const behind = String(answer.headers.warning ?? '').startsWith('110')
    return site.sendOwn(request, reply, views.orders(view, { list: data, here, next, behind }))
  })

  function check(request: FastifyRequest, { name, email }: views.CheckoutForm): views.CheckoutErrors {
    const { checkout } = site.view(request).language.words
    const errors: views.CheckoutErrors = {}
    if (!name) errors.nome = checkout.nameMissing
    else if ([...name].length > 120) errors.nome = checkout.nameLong
    if (!email) errors.email = checkout.emailMissing
    // The length first: on a long one the expression takes seconds.
    else if ([...email].length > 254 || !EMAIL.test(email)) errors.email = checkout.emailWrong
    return errors
  }

  /** What the orders service found wrong, beside the field that it is about. */
  function refusals(request: FastifyRequest, erros: NonNullable<ProblemBody['erros']>): views.CheckoutErrors {
    const { checkout } = site.view(request).language.words
    const errors: views.CheckoutErrors = {}
    for (const { campo } of erros) {
      if (campo.endsWith('nome')) errors.nome = checkout.nameLong
      else if (campo.endsWith('email')) errors.email = checkout.emailWrong
    }
    return Object.keys(errors).length ? errors : { formulario: checkout.refused }
  }

  /**
   * Sends the order; while the same one is still running (a double click) it waits for that one's outcome.
   * @throws Problem 503 when the orders service does not answer
   */
  async function submit(request: FastifyRequest, session: string, { key, name, email }: views.CheckoutForm, total: number) {
    const until = Date.now() + CHANGE_MS
    for (;;) {
      const answer = await orders.call<Data<Order>>('/api/pedidos', {
        method: 'POST',
        headers: { 'idempotency-key': key },
        body: { session_id: session, cliente: { nome: name, email }, total_esperado: total },
        timeoutMs: until - Date.now(),
        request,
      })
      const running = answer.status === 409 && isRunning((answer.body as unknown as ProblemBody).type)
      if (!running || Date.now() > until - 2 * RUNNING_PAUSE_MS) return answer
      await new Promise(resolve => setTimeout(resolve, RUNNING_PAUSE_MS))
    }
  }

  /**
   * The orders service may not have reached the cart with what an order bought, so that it is told here, too: it takes nothing out twice.
   * @returns what is left in it; undefined for no cart, or when nobody can tell
   */
  async function takeOut(request: FastifyRequest, session: string, { id, itens }: Order): Promise<Cart | undefined> {
    const answer = await attempt(
      context.cart.call<Data<Cart>>(`/api/carrinho/${session}/comprado`, {
        method: 'POST',
        body: { pedido_id: id, itens: itens.map(({ produto_id, quantidade }) => ({ produto_id, quantidade })) },
        timeoutMs: INNER_CALL_MS,
        request,
      }),
    )
    return answer?.status === 200 ? answer.body.data : undefined
  }

  interface Shown {
    errors?: views.CheckoutErrors
    alert?: ReturnType<typeof html>
    status?: number
    /** What the orders service has just said of the products. */
    now?: Corrections
  }

  async function showForm(
    request: FastifyRequest,
    reply: FastifyReply,
    form: views.CheckoutForm,
    { errors, alert, status = 200, now }: Shown = {},
  ) {
    const view = site.view(request)
    const cart = await readCart(context, request)
    if (cart === undefined) return site.sendOwn(request, reply.header('retry-after', '2'), cartAway(view), 503)
    if (!cart?.itens.length) return reply.redirect('/carrinho', 303)
    const { lines } = await compareLines(context, cart.itens, request, now)
    if (lines.some(blocks)) return reply.redirect('/carrinho', 303)
    if (purchaseKeyOf(request) !== form.key) rememberPurchase(request, reply, form.key)
    return site.sendOwn(request, reply, views.checkout(view, lines, form, errors, alert), status)
  }

  /** The form under a new key, for who has bought with the old one; their orders, if there is nothing more to buy. */
  async function showUsedKey(request: FastifyRequest, reply: FastifyReply, form: views.CheckoutForm) {
    const cart = await readCart(context, request)
    if (cart !== undefined && !cart?.itens.length) {
      rememberPurchase(request, reply, undefined)
      return reply.redirect('/pedidos', 303)
    }
    const { checkout, orders } = site.view(request).language.words
    const alert = html`<h2>${checkout.keyUsedTitle}</h2><p>${checkout.keyUsed} <a href="/pedidos">${orders.title}</a></p>`
    return showForm(request, reply, { ...form, key: randomUUID() }, { alert, status: 422 })
  }

  async function showShortCart(request: FastifyRequest, reply: FastifyReply, now: Corrections) {
    const view = site.view(request)
    const { checkout } = view.language.words
    const cart = await readCart(context, request)
    if (!cart?.itens.length) return site.sendOwn(request, reply, cart === undefined ? cartAway(view) : emptyCart(view, true), 409)
    const { lines, unchecked } = await compareLines(context, cart.itens, request, now)
    return site.sendOwn(request, reply, cartPage(view, lines, { unchecked, alert: [checkout.stockTitle, checkout.stock] }), 409)
  }

  function pause(
    request: FastifyRequest,
    reply: FastifyReply,
    form: views.CheckoutForm,
    total: string,
    kind: views.Pause['kind'],
    status: number,
    retryAfter = RETRY_SECONDS,
  ) {
    const seconds = Math.min(MAX_RETRY_SECONDS, Math.max(1, retryAfter || RETRY_SECONDS))
    const attempt = wholeNumber(text(request.body, 'tentativa')) ?? 0
    reply.header('retry-after', String(seconds))
    return site.sendOwn(request, reply, views.paused(site.view(request), { kind, form, total, seconds, attempt }), status)
  }
}

// How the orders service names its refusals.
const isRunning = (type: string) => type.endsWith('em-andamento')
const isPrices = (type: string) => type.endsWith('preco-mudou')
const isUsedKey = (type: string) => type.endsWith('chave-reutilizada')
const isEmpty = (type: string) => type.endsWith('carrinho-vazio')
