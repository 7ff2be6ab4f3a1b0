/** The embedded run's gateway: what an Ingress is in the cluster, with the same routes. */

import { BaseUrls, CommonConfig, port } from '@confeitaria/platform/config'
import { clientErrorHandler, keepConnection, refuseInWords, SERVER_OPTIONS } from '@confeitaria/platform/http'
import { withoutSession } from '@confeitaria/platform/log'
import { overload } from '@confeitaria/platform/overload'
import { asProblem, Problem, sendProblem, unavailable } from '@confeitaria/platform/problem'
import { run } from '@confeitaria/platform/run'
import { requestId, type Service, type ServiceOptions } from '@confeitaria/platform/service'
import Fastify, { type FastifyReply, type FastifyRequest, LogController } from 'fastify'
import { type Static, Type } from 'typebox'
import { errors, Pool } from 'undici'

export const Config = Type.Object({
  ...CommonConfig,
  PORT: port(8080),
  STOREFRONT_URL: BaseUrls,
  CATALOG_URL: BaseUrls,
  CART_URL: BaseUrls,
  ORDERS_URL: BaseUrls,
})

/** For a service to begin its answer and between two pieces of it, ms. */
const PATIENCE_MS = 10_000
/** Of one connection only (RFC 9110, 7.6.1), or said anew by undici or Fastify. */
const NOT_PASSED_ON = new Set(
  'connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer transfer-encoding upgrade expect content-length'.split(
    ' ',
  ),
)
/** Only who is at the edge says these. */
const SAID_BY_US = new Set(['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-forwarded-port', 'x-request-id'])
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])
/** The connection never was: nothing of the request was sent. */
const NOT_SENT = new Set(['ECONNREFUSED', 'UND_ERR_CONNECT_TIMEOUT'])

/** A Fastify instance that passes every request on to the service that the contract names. */
export async function build(config: Static<typeof Config>, { logStream }: Pick<ServiceOptions, 'logStream'> = {}): Promise<Service> {
  const refuse = (error: Error, request: FastifyRequest, reply: FastifyReply) => {
    keepConnection(reply)
    const problem = asProblem(error) ?? new Problem(500, 'erro-interno', 'Erro interno')
    if (problem.status >= 500) request.log.warn({ err: problem.cause ?? error, url: withoutSession(request.url) }, problem.message)
    return sendProblem(request, reply.header('x-request-id', request.id), problem)
  }
  const app = Fastify({
    ...SERVER_OPTIONS,
    logger: { level: config.LOG_LEVEL, base: { servico: 'gateway' }, ...(logStream && { stream: logStream }) },
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: request => (request.requestId = requestId(request.headers['x-request-id'])),
    exposeHeadRoutes: false,
    // A path that cannot be decoded is for the service to refuse, in its own way.
    frameworkErrors: (_error, request, reply) => {
      passOn(request, reply as never).catch(error => refuse(error, request, reply as never))
    },
    clientErrorHandler: clientErrorHandler(requestId),
  })
  // Bodies are passed on as they are, whole: a slow client holds a connection here and none of a service.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  app.setErrorHandler(refuse)
  refuseInWords(app)
  await app.register(overload, { maxInFlight: config.MAX_IN_FLIGHT })

  const service = (name: string, urls: string) => ({
    name,
    turn: 0,
    pools: urls.split(',').map(url => new Pool(new URL(url).origin, POOL)),
  })
  const storefront = service('A loja', config.STOREFRONT_URL)
  const apis: Record<string, Upstream> = {
    catalogo: service('O catálogo', config.CATALOG_URL),
    carrinho: service('O carrinho', config.CART_URL),
    pedidos: service('O serviço de pedidos', config.ORDERS_URL),
  }
  const passOn = (request: FastifyRequest, reply: FastifyReply) => {
    const [, api = ''] = /^\/api\/(catalogo|carrinho|pedidos)(?=[/?]|$)/.exec(request.raw.url!) ?? []
    return passOnTo(apis[api] ?? storefront, request, reply)
  }
  app.addHook('onClose', async () => {
    await Promise.all([storefront, ...Object.values(apis)].flatMap(({ pools }) => pools.map(pool => pool.close())))
  })
  app.all('/*', passOn)
  app.setNotFoundHandler(passOn) // methods that Fastify has no route for

  return app as unknown as Service
}

interface Upstream {
  name: string
  pools: Pool[]
  turn: number
}

/** Kept connections are closed before a service's own limit of 72 s, so that none is closed under a request. */
const POOL = {
  connections: 128,
  keepAliveTimeout: 30_000,
  headersTimeout: PATIENCE_MS,
  bodyTimeout: PATIENCE_MS,
  connect: { timeout: 1_000 },
}

/** Takes the instances in turn; another is tried when nothing was sent, or when the connection broke under a safe request. */
async function passOnTo(upstream: Upstream, request: FastifyRequest, reply: FastifyReply) {
  const { name, pools } = upstream
  const first = ++upstream.turn
  // Who has left waits for nothing, and the service is told so.
  const left = new AbortController()
  reply.raw.once('close', () => left.abort())
  let failure: unknown
  for (let attempt = 0; attempt < pools.length; attempt++) {
    try {
      const { statusCode, headers, body } = await pools[(first + attempt) % pools.length]!.request({
        path: request.raw.url!,
        method: request.method as 'GET',
        headers: requestHeaders(request),
        body: (request.body as Buffer | undefined) ?? null,
        signal: left.signal,
      })
      reply.code(statusCode)
      for (const [header, value] of Object.entries(headers)) {
        if (header === 'content-length' || !NOT_PASSED_ON.has(header)) reply.header(header, value)
      }
      if (request.method !== 'HEAD' && statusCode !== 204 && statusCode !== 304) return reply.send(body)
      await body.dump()
      return reply.send()
    } catch (error) {
      failure = error
      if (!NOT_SENT.has(code(error)) && (!SAFE.has(request.method) || isTimeout(error))) break
    }
  }
  throw problemFor(name, failure)
}

const code = (error: unknown) => String((error as NodeJS.ErrnoException).code)
const isTimeout = (error: unknown) => error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError

function problemFor(name: string, cause: unknown): Problem {
  if (NOT_SENT.has(code(cause))) return unavailable(`${name} não responde; tente de novo.`, { cause })
  const details = { headers: { 'retry-after': '1' }, cause }
  return isTimeout(cause)
    ? new Problem(504, 'resposta-tardia', 'Sem resposta a tempo', { ...details, detail: `${name} não respondeu em 10 s; tente de novo.` })
    : new Problem(502, 'conexao-perdida', 'Conexão perdida', { ...details, detail: `${name} interrompeu a conexão; tente de novo.` })
}

function requestHeaders(request: FastifyRequest): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {}
  const ofThisConnection = new Set((request.headers.connection ?? '').split(',').map(name => name.trim().toLowerCase()))
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined && !NOT_PASSED_ON.has(name) && !SAID_BY_US.has(name) && !ofThisConnection.has(name)) headers[name] = value
  }
  headers['x-request-id'] = request.id
  headers['x-forwarded-for'] = request.ip
  headers['x-forwarded-proto'] = 'http'
  if (request.headers.host) headers['x-forwarded-host'] = request.headers.host
  return headers
}

if (import.meta.main) {
  await run(Config, build)
}
