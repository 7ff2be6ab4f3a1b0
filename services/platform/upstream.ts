import type { FastifyRequest } from 'fastify'
import { type Dispatcher, Pool } from 'undici'
import { lookup } from './lookup.ts'
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
  /** How long the whole call may take, ms: all tries and the answer's body. */
  timeoutMs?: number
  /** The request on whose behalf it is made: its id and trace context are passed on. */
  request?: Pick<FastifyRequest, 'id' | 'headers'>
}

/** How long a call may take that another call waits for, ms: less than that one has, so that whoever made it hears what does not answer. */
export const INNER_CALL_MS = 3_000
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
      .map(
        url => new Pool(new URL(url).origin, { connections, connect: { timeout: CONNECT_TIMEOUT_MS, lookup }, keepAliveTimeout: 30_000 }),
      )
  }

  /** @throws Problem 503 with Retry-After when nothing answers in time, or too many calls wait already */
  async call<T>(path: string, { method = 'GET', headers = {}, body, timeoutMs = 4_000, request }: CallOptions = {}): Promise<Answer<T>> {
    const options = {
      path,
      method,
      headers: { ...onBehalfOf(request), ...defined(headers), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      body: body === undefined ? null : JSON.stringify(body),
    }
    const end = performance.now() + timeoutMs
    const first = this.#next++
    let failure: unknown
    for (let attempt = 0, broken = 0; attempt < Math.max(CONNECT_TRIES, this.#pools.length); attempt++) {
      const pool = this.#pools[(first + attempt) % this.#pools.length]!
      if (pool.stats.queued > MAX_QUEUED) throw unavailable(`${this.#name} está sobrecarregado; tente de novo.`)
      const silentUntil = method === 'GET' && !broken ? Math.min(end, performance.now() + timeoutMs / 2) : end
      try {
        return await answerOf<T>(pool, options, { silentUntil, end })
      } catch (error) {
        failure = error
        const sent = !NOT_SENT.has(String((error as NodeJS.ErrnoException).code))
        if (performance.now() >= end || (sent && (method !== 'GET' || ++broken > 1))) break
      }
    }
    throw unavailable(`${this.#name} não responde; tente de novo.`, { cause: failure })
  }

  async close() {
    await Promise.all(this.#pools.map(pool => pool.destroy()))
  }
}

/**
 * undici's own headersTimeout is up to a second late, and a signal and a stream for each answer cost more than the answer.
 * @param until when there must be headers, and the whole body (performance.now(), ms)
 */
function answerOf<T>(pool: Pool, options: Dispatcher.DispatchOptions, until: { silentUntil: number; end: number }): Promise<Answer<T>> {
  return new Promise((resolve, reject) => {
    const received: Buffer[] = []
    let status = 0
    let headers: Answer['headers'] = {}
    let controller: Dispatcher.DispatchController | undefined
    let late: Error | undefined
    // A timer may be a millisecond early, and there would be time left for one more try.
    const endAt = (at: number) => setTimeout(giveUp, Math.ceil(at - performance.now()) + 1)
    let timer = endAt(until.silentUntil)
    function giveUp() {
      late = new Error('no answer in time')
      controller?.abort(late)
      reject(late)
    }
    pool.dispatch(options, {
      onRequestStart(started) {
        controller = started
        if (late) started.abort(late)
      },
      onResponseStart(_controller, statusCode, responseHeaders) {
        clearTimeout(timer)
        timer = endAt(until.end)
        status = statusCode
        headers = responseHeaders
      },
      onResponseData(_controller, chunk) {
        received.push(chunk)
      },
      onResponseEnd() {
        clearTimeout(timer)
        const text = Buffer.concat(received).toString()
        try {
          resolve({ status, headers, body: (/json/.test(String(headers['content-type'])) ? JSON.parse(text) : text) as T })
        } catch (error) {
          reject(error)
        }
      },
      onResponseError(_controller, error) {
        clearTimeout(timer)
        reject(error)
      },
    })
  })
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
