import { isUtf8 } from 'node:buffer'
import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
  type preValidationHookHandler,
  type RawServerDefault,
} from 'fastify'
import findMyWay from 'find-my-way'
import type pino from 'pino'
import { clientErrorHandler, keepConnection, refuseInWords, SERVER_OPTIONS, statusOfAbandoned } from './http.ts'
import { createLog, type RequestLine, unescaped } from './log.ts'
import { metrics } from './metrics.ts'
import { overload } from './overload.ts'
import packageJson from './package.json' with { type: 'json' }
import { asProblem, invalid, Problem, sendProblem } from './problem.ts'
import { compileValidator, fieldErrors } from './schema.ts'
import { startTracing } from './tracing.ts'

export const VERSION: string = packageJson.version
/** Which instance answered, in X-Served-By: in a cluster the pod's name. */
export const SERVED_BY = hostname()

export type Service = FastifyInstance<
  RawServerDefault,
  import('node:http').IncomingMessage,
  import('node:http').ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

export interface Health {
  /** Whether the service can do its job. */
  ok: boolean
  /** It can, but something that it should have is away. */
  degraded?: boolean
  [detail: string]: unknown
}

export interface ServiceOptions {
  servico: string
  title: string
  /** What else the OpenAPI document says of it. */
  description?: string
  config: { LOG_LEVEL: string; MAX_IN_FLIGHT: number; OTEL_EXPORTER_OTLP_ENDPOINT?: string }
  /** What `/health` says; asked at each call, so it must be quick and never wait for a database. */
  health: () => Health | Promise<Health>
  /** Whether requests may be sent here; by default when `health` is ok. */
  ready?: () => boolean
  /** How a refusal is shown, for every path there is or is not; by default as problem+json. */
  show?: (request: FastifyRequest, reply: FastifyReply, problem: Problem) => unknown
  /** What the `security` of routes refers to, by name. */
  securitySchemes?: Record<string, { type: 'http'; scheme: string }>
  /** Where the lines of the log go; by default standard output. */
  logStream?: pino.DestinationStream
}

/**
 * A Fastify instance that keeps the conventions of all services, whatever its routes: request ids,
 * problem+json, 405 with Allow, strict validation, OpenAPI, metrics, probes, load shedding, slow clients.
 */
export async function createService(options: ServiceOptions): Promise<Service> {
  const { servico, config, show = sendProblem } = options
  const { logger, logRequest } = createLog({ level: config.LOG_LEVEL, servico, stream: options.logStream })
  const app: Service = Fastify({
    loggerInstance: logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: request => (request.requestId = requestId(request.headers['x-request-id'])),
    ...SERVER_OPTIONS,
    routerOptions: { ignoreTrailingSlash: false, maxParamLength: 200 },
    // These come before any hook.
    frameworkErrors: (error, request, reply) => {
      reply.header('x-request-id', request.id).header('x-served-by', SERVED_BY)
      void show(request, reply as never, asProblem(error) ?? unreadableUrl)
      const { id: reqId, method, url } = request
      refusedBelowHooks({ reqId, method, url, status: reply.statusCode, ms: reply.elapsedTime })
    },
    clientErrorHandler: clientErrorHandler(requestId, { 'x-served-by': SERVED_BY }, line => refusedBelowHooks(line)),
  }).withTypeProvider<TypeBoxTypeProvider>() as Service

  const refusedBelowHooks = (line: RequestLine) => {
    logRequest(line)
    app.observeRequest('OTHER', '(none)', line.status, line.ms)
  }
  app.setValidatorCompiler(compileValidator)
  app.setSchemaErrorFormatter((errors, part) => invalid(fieldErrors(errors as never, part)))
  strictJson(app)
  // Hooks that every request passes through call back: a promise that nobody waits for costs as much as what they do.
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id).header('x-served-by', SERVED_BY)
    done()
  })
  app.addHook('onRoute', route => {
    if (!route.schema?.body) route.preValidation = [refuseBody, route.preValidation ?? []].flat()
    // Unknown query parameters are named, not dropped, on routes that take none as well.
    if (!route.schema?.querystring && route.schema?.hide !== true) {
      route.schema = { ...route.schema, querystring: { type: 'object', properties: {}, additionalProperties: false } }
    }
  })
  app.decorateRequest('isAnswered', false)
  app.addHook('onResponse', (request, reply, done) => {
    request.isAnswered = true
    const { id: reqId, method, url } = request
    logRequest({ reqId, method, url, status: reply.statusCode, ms: reply.elapsedTime })
    done()
  })
  app.setErrorHandler((error: Error, request, reply) => {
    keepConnection(reply)
    const problem = asProblem(error)
    if (!problem) request.log.error({ err: error }, 'unexpected error')
    else if (problem.status >= 500) request.log.warn({ err: problem.cause ?? problem }, problem.message)
    return show(
      request,
      reply as never,
      problem ?? new Problem(500, 'erro-interno', 'Erro interno', { detail: 'Algo deu errado aqui; o erro foi registrado.' }),
    )
  })
  refuseInWords(app)
  knownPaths(app)
  // A change that lay unread in a process that stood still is too late when its client has left: it may have asked another, and changed
  // things since. The end of the connection is read a turn after the request.
  app.addHook('preHandler', (request, reply, done) => {
    if (BODILESS.has(request.method)) return done()
    const { socket } = request.raw
    setImmediate(setImmediate, () => (socket.destroyed || socket.readableEnded ? reply.hijack() : done()))
  })

  if (config.OTEL_EXPORTER_OTLP_ENDPOINT) {
    const tracing = await startTracing(servico, config.OTEL_EXPORTER_OTLP_ENDPOINT)
    await app.register(tracing.plugin)
    app.addHook('onClose', tracing.stop)
  }
  await app.register(overload, {
    maxInFlight: config.MAX_IN_FLIGHT,
    onClose: (request, { elapsedTime: ms }) => {
      if (request.isAnswered) return
      const { id: reqId, method, url, raw, routeOptions } = request
      const status = statusOfAbandoned(raw)
      logRequest({ reqId, method, url, status, ms })
      app.observeRequest(method, routeOptions.url ?? '(none)', status, ms)
    },
  })
  await app.register(metrics, { servico })
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: options.title, version: VERSION, ...(options.description ? { description: options.description } : {}) },
      components: { securitySchemes: options.securitySchemes ?? {} },
    },
    hideUntagged: true,
  })
  await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: true })
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())

  app.decorate('logRequest', logRequest)
  let closing = false
  app.addHook('preClose', async () => {
    closing = true
  })
  const answer = ({ ok, degraded, ...detail }: Health) => ({
    status: !ok ? 'indisponivel' : degraded ? 'degradado' : 'ok',
    servico,
    versao: VERSION,
    ...detail,
  })
  app.get('/health', { schema: { hide: true } }, async (_request, reply) => {
    const health = await options.health()
    return reply.code(health.ok ? 200 : 503).send(answer(health))
  })
  app.get('/livez', { schema: { hide: true } }, async () => ({ status: 'ok', servico }))
  app.get('/readyz', { schema: { hide: true } }, async (_request, reply) => {
    const ready = !closing && (options.ready?.() ?? (await options.health()).ok)
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ok' : 'indisponivel', servico })
  })
  return app
}

/**
 * Tries until it succeeds, from the start of the app to its end.
 * @param attempt without which the service cannot do its job
 * @returns whether it has succeeded
 */
export function onceReady(app: Service, attempt: () => Promise<unknown>): () => boolean {
  let ready = false
  let closing = false
  const tryOn = async () => {
    while (!ready && !closing) {
      await attempt().then(
        () => (ready = true),
        error => app.log.warn({ err: error }, 'not ready yet'),
      )
      if (!ready) await new Promise(resolve => setTimeout(resolve, READY_PAUSE_MS))
    }
  }
  app.addHook('onReady', async () => void tryOn())
  app.addHook('preClose', async () => {
    closing = true
  })
  return () => ready
}
const READY_PAUSE_MS = 250

/** The one that was sent, if it is fit, else one of this process's own. */
export const requestId = (sent?: string | string[]) =>
  typeof sent === 'string' && /^[A-Za-z0-9._-]{1,128}$/.test(sent) ? sent : `${PROCESS_ID}-${(++requests).toString(36)}`
const PROCESS_ID = randomBytes(9).toString('base64url')
let requests = 0

const refuseBody: preValidationHookHandler = ({ body }, _reply, done) => {
  if (body === undefined || body === null) return done()
  const members = typeof body === 'object' ? Object.keys(body) : ['corpo']
  done(members.length ? invalid(members.map(campo => ({ campo, mensagem: 'não é aceito aqui' }))) : undefined)
}

const unreadableUrl = invalid([{ campo: 'url', mensagem: 'não pode ser lida' }])

/** JSON alone is taken; bytes that are not UTF-8 are refused instead of replaced. */
function strictJson(app: Service) {
  app.removeAllContentTypeParsers()
  const parse = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    if (body.length === 0) return done(null, undefined)
    if (!isUtf8(body)) return done(invalid([{ campo: 'corpo', mensagem: 'não está em UTF-8' }]))
    parse(request, body.toString(), done)
  })
}

/** 404 for unknown paths; 405 with Allow where the path is known with another method. */
function knownPaths(app: Service) {
  const router = findMyWay({ maxParamLength: 200 })
  const methods = new Map<string, Set<string>>()
  app.addHook('onRoute', ({ url, method }) => {
    if (!methods.has(url)) {
      const allowed = new Set<string>()
      methods.set(url, allowed)
      router.on('GET', url, () => {}, allowed)
    }
    for (const each of [method].flat()) methods.get(url)?.add(each)
  })
  const refusal = ({ method, url }: FastifyRequest) => {
    const allowed = router.find('GET', url.split('?', 1)[0] ?? '/')?.store as Set<string> | undefined
    if (!allowed || allowed.has(method))
      return new Problem(404, 'nao-encontrado', 'Não encontrado', { detail: 'Este endereço não existe.' })
    const allow = [...allowed].sort().join(', ')
    return new Problem(405, 'metodo-nao-aceito', 'Método não aceito', { detail: `Este endereço aceita ${allow}.`, headers: { allow } })
  }
  // Before the body is read, whose faults would be told instead.
  app.addHook('onRequest', (request, _reply, done) => done(request.is404 && !BODILESS.has(request.method) ? refusal(request) : undefined))
  app.setNotFoundHandler(request => {
    throw refusal(request)
  })
}
const BODILESS = new Set(['GET', 'HEAD'])

/** The prefix of the mount point that a request came by, for Location and Link: `/api` or `/api/catalogo`. */
export const prefixOf = ({ url }: Pick<FastifyRequest, 'url'>, pattern: string) => {
  const plain = unescaped(url)
  return plain.slice(0, plain.indexOf(pattern))
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Whether its answer was sent; if not when it is over, its client has left. */
    isAnswered: boolean
  }
  interface FastifyInstance {
    /** Writes the one line of a request that Fastify's hooks do not see. */
    logRequest: (line: RequestLine) => void
  }
}
