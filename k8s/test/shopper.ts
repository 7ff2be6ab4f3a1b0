import { randomUUID } from 'node:crypto'
import { ingress, until } from './cluster.ts'

const ORIGIN = await ingress()
const TIMEOUT_MS = 15_000

export interface Answer {
  /** 0 when there was no answer at all. */
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: what it is depends on the route
  body: any
  ms: number
}

export interface Request {
  method?: string
  headers?: Record<string, string>
  body?: unknown
}

/** One request through the Ingress; never throws. */
export async function ask(path: string, { method = 'GET', headers = {}, body }: Request = {}): Promise<Answer> {
  const started = performance.now()
  try {
    const answer = await fetch(ORIGIN + path, {
      method,
      redirect: 'manual',
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    const text = await answer.text()
    const isJson = /json/.test(answer.headers.get('content-type') ?? '')
    return {
      status: answer.status,
      headers: answer.headers,
      body: isJson && text ? JSON.parse(text) : text,
      ms: performance.now() - started,
    }
  } catch (error) {
    return { status: 0, headers: new Headers(), body: String((error as Error).cause ?? error), ms: performance.now() - started }
  }
}

export const browse = () => ask('/api/catalogo/produtos?limite=20')
export const openPage = () => ask('/')

/** A cart of its own, with what was acknowledged. */
export class Cart {
  readonly session: string
  acknowledged = 0
  /** Additions of which it is not known whether they happened. */
  unknown = 0

  private constructor(session: string) {
    this.session = session
  }

  static async open(): Promise<Cart | Answer> {
    const answer = await ask('/api/carrinho/sessao', { method: 'POST' })
    return answer.status === 201 ? new Cart(answer.body.data.session_id) : answer
  }

  async add(produto_id: number): Promise<Answer> {
    const answer = await ask(`/api/carrinho/${this.session}/adicionar`, { method: 'POST', body: { produto_id, quantidade: 1 } })
    if (answer.status === 200) this.acknowledged++
    else if (answer.status === 0 || answer.status >= 500) this.unknown++
    return answer
  }

  read = () => ask(`/api/carrinho/${this.session}`)
}

export interface Order {
  id: number
  key: string
  session: string
  total: number
  itens: { produto_id: number; quantidade: number }[]
}

/**
 * Fills a cart with one piece and orders it, with one key however often it takes.
 * @returns the order, if it was acknowledged, and every answer that was no success
 */
export async function order(produto_id: number, { patienceMs = 0 } = {}): Promise<{ order?: Order; failures: Answer[] }> {
  const failures: Answer[] = []
  const deadline = Date.now() + patienceMs
  const insist = async <T>(attempt: () => Promise<T | Answer>): Promise<T | undefined> => {
    for (;;) {
      const result = await attempt()
      if (!isAnswer(result)) return result
      failures.push(result)
      if (Date.now() >= deadline) return undefined
      await new Promise(resolve => setTimeout(resolve, 200))
    }
  }
  const cart = await insist(() => Cart.open())
  if (!cart) return { failures }
  // An addition whose outcome is not known may have been one: a second would make it two.
  const filled = await insist(async () => {
    if (cart.unknown) {
      const { status, body } = await cart.read()
      if (status === 200 && body.data.quantidade_total === 1) return true
    }
    const answer = await cart.add(produto_id)
    return answer.status === 200 ? true : answer
  })
  if (!filled) return { failures }
  const key = randomUUID()
  const body = { session_id: cart.session, cliente: { nome: 'E2E', email: 'e2e@example.com' } }
  const placed = await insist(async () => {
    const answer = await ask('/api/pedidos', { method: 'POST', headers: { 'idempotency-key': key }, body })
    return answer.status === 201 ? { ...answer.body.data, key, session: cart.session } : answer
  })
  return placed ? { order: placed as Order, failures } : { failures }
}

const isAnswer = (value: unknown): value is Answer => typeof value === 'object' && value !== null && 'headers' in value

/**
 * Repeats something, `shoppers` at a time, for as long as `meanwhile` takes, and ten times each before and after it.
 * @returns what `meanwhile` gave, and all results
 */
export async function during<T, R>(
  repeat: () => Promise<R>,
  meanwhile: () => Promise<T>,
  { shoppers = 2, pauseMs = 50 } = {},
): Promise<{ value: T; results: R[] }> {
  const results: R[] = []
  let going = true
  const loops = Array.from({ length: shoppers }, async () => {
    while (going) {
      results.push(await repeat())
      await new Promise(resolve => setTimeout(resolve, pauseMs))
    }
  })
  const tenTimes = (when: string) => {
    const enough = results.length + 10 * shoppers
    return until(`ten results of each shopper ${when}`, async () => results.length >= enough)
  }
  try {
    await tenTimes('before')
    const value = await meanwhile()
    await tenTimes('after')
    return { value, results }
  } finally {
    going = false
    await Promise.all(loops)
  }
}

export const failed = (answers: Answer[]) => answers.filter(({ status }) => status === 0 || status >= 500)
export const inShort = (answers: Answer[]) =>
  answers.slice(0, 5).map(({ status, body, ms }) => `${status} ${Math.round(ms)} ms ${JSON.stringify(body).slice(0, 300)}`)
