/** What lies below Fastify's hooks, for the services and the gateway alike. */
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { RequestLine } from './log.ts'
import { invalid, Problem, problemBody } from './problem.ts'

/** How long the headers, and the whole request, may take to arrive, ms. */
const SLOW_CLIENT_MS = 10_000
/** What is logged and counted when a client has left before its answer was sent; no answer carries it. */
const CLIENT_LEFT = 499

/** Options of Fastify. */
export const SERVER_OPTIONS = {
  bodyLimit: 64 * 1024,
  requestTimeout: SLOW_CLIENT_MS,
  // The default keep-alive of 72 s outlives the idle time of the proxies in front, so a kept connection is never closed under a request.
  http: { headersTimeout: SLOW_CLIENT_MS, connectionsCheckingInterval: 1_000, requireHostHeader: false },
  return503OnClosing: false,
  forceCloseConnections: 'idle',
} as const

/**
 * Fastify ends the connection of a body that it refuses. What is still on its way would then meet a reset, which can
 * overtake the answer: a proxy in between makes a 502 of it. The rest is read and dropped instead, no longer than SLOW_CLIENT_MS.
 */
export const keepConnection = (reply: Pick<FastifyReply, 'removeHeader'>) => reply.removeHeader('connection')

/** What Node itself would refuse without a word: a request without Host is told so, an expectation that nobody knows is ignored. */
export function refuseInWords(app: Pick<FastifyInstance, 'addHook' | 'server'>) {
  app.addHook('onRequest', (request, _reply, done) => done(isWithoutHost(request.raw) ? withoutHost : undefined))
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response))
}
const isWithoutHost = ({ headers, httpVersionMinor }: IncomingMessage) => headers.host === undefined && httpVersionMinor === 1

const withoutHost = invalid([{ campo: 'host', mensagem: 'é obrigatório' }])
const unreadable = invalid([{ campo: 'pedido', mensagem: 'não é HTTP/1.1 válido' }])
const PROBLEMS: Record<string, Problem> = {
  ERR_HTTP_REQUEST_TIMEOUT: new Problem(408, 'pedido-lento', 'Pedido lento demais', {
    detail: `O pedido não chegou inteiro em ${SLOW_CLIENT_MS / 1_000} s.`,
  }),
  HPE_HEADER_OVERFLOW: new Problem(431, 'cabecalhos-grandes-demais', 'Cabeçalhos grandes demais', {
    detail: 'Os cabeçalhos do pedido passam de 16 KiB.',
  }),
}

/** What was answered below Fastify on a socket. */
const refused = new WeakMap<Socket, number>()

/** The status that a request ended with whose answer Fastify could not send. */
export const statusOfAbandoned = ({ socket }: IncomingMessage) => refused.get(socket) ?? CLIENT_LEFT

/**
 * Answers what cannot be read as HTTP, or has not come in time.
 * @param newId makes the id of a request that never became one of Fastify's
 * @param headers what every answer carries besides
 * @param report is told of such a request
 */
export const clientErrorHandler =
  (newId: () => string, headers: Record<string, string> = {}, report: (line: RequestLine) => void = () => {}) =>
  (error: Error & { code: string }, socket: Socket) => {
    if (error.code === 'ECONNRESET' || socket.destroyed) return
    // As Node's own handler knows whether it would write into an answer that has begun.
    const answer = (socket as { _httpMessage?: (ServerResponse & { req: IncomingMessage }) | null })._httpMessage
    const request = answer?.req
    // What comes behind a whole request is not about it: that is being carried out, and a refusal would say that it is not.
    if (request?.complete) return socket.destroy(error)
    const problem = PROBLEMS[error.code] ?? unreadable
    const { status } = problem
    const reqId = request?.requestId ?? newId()
    if (socket.writable && !answer?.headersSent) {
      const body = JSON.stringify(problemBody(problem, request?.url ?? ''))
      const all = {
        ...headers,
        'x-request-id': reqId,
        'content-type': 'application/problem+json; charset=utf-8',
        'content-length': Buffer.byteLength(body),
        connection: 'close',
      }
      const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
      socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`)
    }
    refused.set(socket, status)
    socket.destroy(error)
    if (!request) report({ reqId, method: '-', url: '-', status, ms: 0 })
  }

declare module 'node:http' {
  interface IncomingMessage {
    /** Set once Fastify has it. */
    requestId?: string
  }
}
