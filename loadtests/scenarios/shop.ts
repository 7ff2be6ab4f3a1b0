import { sleep } from 'k6'
import exec from 'k6/execution'
import http, { type Response } from 'k6/http'
import { Rate, Trend } from 'k6/metrics'
import type { Options } from 'k6/options'
import { type Activity, type Outcome, write } from './ledger.ts'
import { RUN, seconds, text } from './parameters.ts'

const TARGET = text('TARGET_URL', 'http://traefik.traefik.svc')
const HOST = text('TARGET_HOST', '')
const COMMON_HEADERS: Record<string, string> = HOST ? { Host: HOST } : {}
/** A shopper waits no longer for one answer. */
const TIMEOUT_S = 10
/** A shopper who heard "try again" goes on for so long, and asks so often. */
export const PATIENCE_S = seconds('PATIENCE', 60)
const RETRY_S = 0.25

/** `setup` is no scenario. */
function phase(): string {
  try {
    return exec.scenario.name
  } catch {
    return 'setup'
  }
}

const latency = new Trend('shop_latency', true)
const failed = new Rate('shop_failed')
/** How much later than it was due an iteration began, ms: a k6 that gets no CPU measures itself. */
const late = new Trend('shop_late', true)

/** What decides k6's exit code. Under a fault only that the load was as asked: the rest is for the lab to judge. */
const thresholds = {
  // The latency of a request that was not sent in time is missing.
  dropped_iterations: ['count==0'],
  // Where nothing is broken nothing may fail, and a shopper notices a second.
  ...(text('FAULT', '') ? {} : { shop_failed: ['rate==0'], shop_latency: ['p(95)<1000'] }),
}

/** Options that every scenario has. */
export const common = {
  thresholds,
  discardResponseBodies: false,
  summaryTrendStats: ['avg', 'min', 'med', 'p(95)', 'p(99)', 'max'],
  setupTimeout: '60s',
  // Requests of one shopper may meet different pods: connections are kept, as a browser does.
  noConnectionReuse: false,
  batchPerHost: 20,
  userAgent: `confeitaria-loadtest/${RUN}`,
} satisfies Options

let planned = 0
/** Writes down how many iterations are due, with those that are not `arrivals`. To be called by `setup`. */
export const plan = (others = 0) => write('planned', Math.floor(planned) + others)

/**
 * An open model: iterations start when they are due, whether or not those before have ended.
 * @param longestS how long one of them takes at worst: so many can be waiting in an outage, and none has to be made while it is measured
 */
export function arrivals(name: string, rate: number, duration: number, { startAfter = 0, longestS = TIMEOUT_S + 2 } = {}) {
  const perTenSeconds = Math.max(1, Math.round(rate * 10))
  planned += (perTenSeconds * duration) / 10
  return {
    executor: 'constant-arrival-rate' as const,
    exec: name,
    rate: perTenSeconds,
    timeUnit: '10s',
    duration: `${duration}s`,
    startTime: `${startAfter}s`,
    preAllocatedVUs: Math.max(5, Math.ceil(rate * longestS)),
    gracefulStop: `${PATIENCE_S + TIMEOUT_S}s`,
  }
}

/** When this iteration was due. Exact as long as none was dropped, and then the load is not valid anyway. */
export function due(rate: number): number {
  const { startTime, iterationInTest } = exec.scenario
  const at = startTime + (iterationInTest * 1000) / (Math.max(1, Math.round(rate * 10)) / 10)
  late.add(Math.max(0, Date.now() - at))
  return at
}

export interface Ask {
  activity: Activity
  /** The path with its parameters' names in place of their values. */
  route: string
  path: string
  method?: string
  body?: unknown
  headers?: Record<string, string>
  /** When it was due; by default now. */
  intended?: number
  expected?: number[]
  retry?: number
  /** Nobody looks at the body. */
  bodiless?: boolean
  /** Asked beside the load: its answer is no shopper's, and is not counted. */
  apart?: boolean
}

export function ask({
  activity,
  route,
  path,
  method = 'GET',
  body,
  headers = {},
  intended,
  expected = [200],
  retry = 0,
  bodiless = false,
  apart = false,
}: Ask): Response {
  const started = intended ?? Date.now()
  const answer = http.request(method, TARGET + path, body === undefined ? null : JSON.stringify(body), {
    headers: {
      ...COMMON_HEADERS,
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    timeout: `${TIMEOUT_S}s`,
    redirects: 0,
    responseType: bodiless ? 'none' : 'text',
    tags: { name: route },
  })
  const ms = Math.max(0, Math.round((Date.now() - started) * 10) / 10)
  const { status } = answer
  const isShed = (status === 429 || status === 503) && answer.headers['Retry-After'] !== undefined
  const outcome: Outcome = expected.includes(status) ? 'ok' : isShed ? 'shed' : 'failed'
  latency.add(ms, { activity })
  failed.add(outcome !== 'ok', { activity })
  const [pod, database] = [answer.headers['X-Served-By'] ?? '', answer.headers['X-Database'] ?? '']
  write('request', started, ms, activity, `${method} ${route}`, status, outcome, pod, database, retry, apart ? 'setup' : phase())
  return answer
}

// biome-ignore lint/suspicious/noExplicitAny: what it is depends on the route
export const data = (answer: Response): any => (answer.json() as any).data

const adminHeaders = () => ({ ...COMMON_HEADERS, Authorization: `Bearer ${text('ADMIN_TOKEN', '')}` })

/** Products of this run's own, with so much in stock, so that what was sold of them can be added up. @returns their ids */
export function makeProducts(stocks: number[]): number[] {
  if (!text('ADMIN_TOKEN', ''))
    throw new Error('ADMIN_TOKEN is missing: this scenario makes products of its own and needs the shop’s admin token.')
  const categories = data(http.get(`${TARGET}/api/catalogo/categorias`, { headers: COMMON_HEADERS }))
  const params = { headers: { ...adminHeaders(), 'Content-Type': 'application/json' } }
  // All at once: a change of the catalog is answered only when no cache has what was true before.
  const answers = http.batch(
    stocks.map((stock, i) => ({
      method: 'POST',
      url: `${TARGET}/api/catalogo/produtos`,
      body: JSON.stringify({
        nome: `Prova ${RUN} ${i + 1}`,
        descricao: 'Para uma experiência do laboratório',
        preco: 1.25 + i,
        estoque: stock,
        categoria_id: categories[0].id,
      }),
      params,
    })),
  )
  return answers.map((answer, i) => {
    if (answer.status !== 201) throw new Error(`No product to sell: ${answer.status} ${answer.body}`)
    const { id } = data(answer)
    write('product', id, stocks[i]!)
    return id
  })
}

/** Takes them out of the shop again; where the lab is to audit them first (AUDITED), it does. */
export function removeProducts(ids: number[]) {
  if (text('AUDITED', '')) return
  http.batch(ids.map(id => ({ method: 'DELETE', url: `${TARGET}/api/catalogo/produtos/${id}`, params: { headers: adminHeaders() } })))
}

export const ROUTE = {
  list: '/api/catalogo/produtos',
  product: '/api/catalogo/produtos/:id',
  page: '/',
  session: '/api/carrinho/sessao',
  cart: '/api/carrinho/:sid',
  add: '/api/carrinho/:sid/adicionar',
  orders: '/api/pedidos',
  order: '/api/pedidos/:id',
}

export const openCart = (intended?: number, retry = 0) =>
  ask({
    activity: 'carts',
    route: ROUTE.session,
    path: ROUTE.session,
    method: 'POST',
    expected: [201],
    retry,
    ...(intended ? { intended } : {}),
  })

export const addToCart = (session: string, product: number, quantity: number, intended?: number, retry = 0) =>
  ask({
    activity: 'carts',
    route: ROUTE.add,
    path: `/api/carrinho/${session}/adicionar`,
    method: 'POST',
    body: { produto_id: product, quantidade: quantity },
    retry,
    ...(intended ? { intended } : {}),
  })

export const isRefusal = (status: number) => status >= 400 && status < 500 && status !== 408 && status !== 429

/** Tries until there is a success, a refusal, or no patience left; waits as long as it is told to. @returns the last answer, and how many came before it */
export function insist(
  attempt: (retry: number) => Response,
  isFinal: (answer: Response) => boolean,
): { answer: Response; retries: number } {
  const deadline = Date.now() + PATIENCE_S * 1000
  for (let retries = 0; ; retries++) {
    const answer = attempt(retries)
    if (isFinal(answer) || Date.now() > deadline) return { answer, retries }
    sleep(Number(answer.headers['Retry-After'] ?? RETRY_S))
  }
}

export interface Cart {
  session: string
  /** What it was acknowledged to hold. */
  lines: [product: number, quantity: number][]
}

/** A cart with these products in it. An addition of which nothing was heard is looked up before it is made again. */
export function fillCart(lines: Cart['lines'], intended?: number): Cart | undefined {
  const opened = insist(
    retry => openCart(retry ? undefined : intended, retry),
    ({ status }) => status === 201,
  ).answer
  if (opened.status !== 201) return undefined
  const cart: Cart = { session: data(opened).session_id, lines: [] }
  const { session } = cart
  for (const [product, quantity] of lines) {
    const { answer } = insist(
      retry => {
        if (retry) {
          const seen = ask({ activity: 'carts', route: ROUTE.cart, path: `/api/carrinho/${session}`, retry })
          const there =
            seen.status === 200 && data(seen).itens.some((item: { produto_id: number; quantidade: number }) => item.produto_id === product)
          if (there || seen.status !== 200) return seen
        }
        const added = addToCart(session, product, quantity, undefined, retry)
        if (added.status === 0 || added.status >= 500) write('doubt', session, product, quantity)
        return added
      },
      ({ status }) => status === 200 || isRefusal(status),
    )
    if (answer.status !== 200) {
      kept(cart)
      return undefined
    }
    cart.lines.push([product, quantity])
  }
  return cart
}

/** Writes down what a cart that is not ordered was acknowledged to hold: it is read again. */
function kept({ session, lines }: Cart) {
  for (const [product, quantity] of lines) write('line', session, product, quantity)
}

/** Writes down what a cart was acknowledged to hold, and what was in it. */
function carried({ session, lines }: Cart, there: Cart['lines']) {
  const found = new Map(there)
  for (const [product, quantity] of lines) write('carried', session, product, quantity, found.get(product) ?? 0)
}

/** That the same key is still being worked on is no refusal. */
const isBeingMade = ({ status, body }: Response) => status === 409 && String(body).includes('em-andamento')

interface Ordering {
  expected?: number[]
  key?: string
  apart?: boolean
  /** When it was due, for the first try. */
  intended?: number
}

/** Orders what is in the cart, with one key however often it takes, and writes down what came of it. */
export function order(cart: Cart, { expected = [201], key = ownKey(), apart = false, intended }: Ordering = {}) {
  const { session } = cart
  const { answer, retries } = insist(
    retry =>
      ask({
        activity: 'orders',
        route: ROUTE.orders,
        path: ROUTE.orders,
        method: 'POST',
        headers: { 'Idempotency-Key': key },
        body: { session_id: session, cliente: { nome: 'Laboratório', email: 'laboratorio@example.com' } },
        expected,
        retry,
        apart,
        ...(intended && !retry ? { intended } : {}),
      }),
    answer => answer.status === 201 || (isRefusal(answer.status) && !isBeingMade(answer)),
  )
  if (answer.status === 201) {
    const { id, total, itens } = data(answer)
    const lines = itens.map(({ produto_id, quantidade, preco }: Record<string, number>) => [produto_id, quantidade, preco])
    write('order', key, id, session, total, lines, Date.now(), retries, answer.headers['X-Database'] ?? '')
    carried(
      cart,
      lines.map(([product, quantity]: [number, number]) => [product, quantity]),
    )
    return { id: id as number, status: 201 }
  }
  const isPending = isBeingMade(answer)
  if (isRefusal(answer.status) && !isPending) write('refused', key, answer.status)
  else write('unresolved', key)
  // No such cart, or nothing in it.
  if (answer.status === 404 || answer.status === 422) carried(cart, [])
  if (answer.status === 409 && !isPending && !apart) kept(cart)
  return { status: answer.status }
}

const ownKey = () => `${RUN}-${exec.vu.idInTest}-${exec.vu.iterationInInstance}-${exec.scenario.name}`

export const pick = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)]!

/** k6's own summary as the last line. */
// biome-ignore lint/suspicious/noExplicitAny: k6's summary has no exact type
export const summary = (result: any) => ({ stdout: `${JSON.stringify({ summary: result.metrics })}\n` })
