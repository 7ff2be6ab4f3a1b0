import type { FastifyRequest } from 'fastify'
import { type Dispatcher, Pool } from 'undici'
import { unavailable } from './problem.ts'

export interface Answer<T = unknown> {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: T
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH'

export interface CallOptions {
  method?: Method
  headers?: Record<string, string | undefined>
  body?: unknown
  /** How long each of these may take, ms: until the answer's headers, and between two parts of its body. */
  timeoutMs?: number
  /** The request on whose behalf it is made: its id and trace context are passed on. */
  request?: Pick<FastifyRequest, 'id' | 'headers'>
}

/** Behind a Service's address each try may meet another pod, and one on a lost node is silent until Kubernetes takes it out. */
const CONNECT_TIMEOUT_MS = 500
const CONNECT_TRIES = 4
const MAX_QUEUED = 256
/** Nothing was sent yet: even a write may be tried elsewhere. */
const NOT_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'UND_ERR_CONNECT_TIMEOUT'])

/**
 * Another service of the shop, at one base URL or several. What was certainly not sent is tried again, on the next URL if there is
 * one; a safe request (GET) also once more when its connection broke, or was silent for half of the call's time.
 */
export class Upstream {
  readonly #name: string
  readonly #pools: Pool[]
  #next = 0

  constructor(name: string, baseUrls: string, connections = 64) {
    this.#name = name
    this.#pools = baseUrls
      .split(',')
      .map(url => new Pool(new URL(url).origin, { connections, connect: { timeout: CONNECT_TIMEOUT_MS }, keepAliveTimeout: 30_000 }))
  }

  /** @throws Problem 503 with Retry-After when nothing answers in time, or too many calls wait already */
  async call<T>(path: string, { method = 'GET', headers = {}, body, timeoutMs = 4_000, request }: CallOptions = {}): Promise<Answer<T>> {
    // AbortSignal.timeout() would go off, and make an error, for each call that has long been answered.
    const abortion = new AbortController()
    const timer = setTimeout(() => abortion.abort(new Error(`no answer in ${timeoutMs} ms`)), timeoutMs)
    try {
      return await this.#ask<T>({
        path,
        method,
        headers: { ...onBehalfOf(request), ...defined(headers), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        body: body === undefined ? null : JSON.stringify(body),
        signal: abortion.signal,
        headersTimeout: method === 'GET' ? timeoutMs / 2 : 0,
      })
    } finally {
      clearTimeout(timer)
    }
  }

  async #ask<T>(options: Dispatcher.RequestOptions & { signal: AbortSignal }): Promise<Answer<T>> {
    const first = this.#next++
    let failure: unknown
    for (let attempt = 0, broken = 0; attempt < Math.max(CONNECT_TRIES, this.#pools.length); attempt++) {
      const pool = this.#pools[(first + attempt) % this.#pools.length]!
      if (pool.stats.queued > MAX_QUEUED) throw unavailable(`${this.#name} está sobrecarregado; tente de novo.`)
      try {
        const answer = await pool.request(options)
        const text = await answer.body.text()
        const json = /json/.test(String(answer.headers['content-type']))
        return { status: answer.statusCode, headers: answer.headers, body: (json ? JSON.parse(text) : text) as T }
      } catch (error) {
        failure = error
        const code = String((error as NodeJS.ErrnoException).code)
        if (options.signal.aborted || (!NOT_SENT.has(code) && (options.method !== 'GET' || ++broken > 1))) break
      }
    }
    throw unavailable(`${this.#name} não responde; tente de novo.`, { cause: failure })
  }

  async close() {
    await Promise.all(this.#pools.map(pool => pool.destroy()))
  }
}

const defined = (headers: Record<string, string | undefined>) =>
  Object.fromEntries(Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined))

function onBehalfOf(request: CallOptions['request']): Record<string, string> {
  if (!request) return {}
  const { traceparent, tracestate } = request.headers
  return {
    'x-request-id': request.id,
    ...(typeof traceparent === 'string' ? { traceparent } : {}),
    ...(typeof traceparent === 'string' && typeof tracestate === 'string' ? { tracestate } : {}),
  }
}
