import type { FastifyReply, FastifyRequest } from 'fastify'

export interface FieldError {
  campo: string
  mensagem: string
}

interface ProblemDetails {
  detail?: string
  erros?: FieldError[]
  headers?: Record<string, string>
  /** Members beside RFC 9457's own, such as the products that are short. */
  extra?: Record<string, unknown>
  cause?: unknown
}

/** An answer that is an error, as RFC 9457 writes it. `type` is a relative URI reference: the name of the problem. */
export class Problem extends Error {
  readonly status: number
  readonly type: string
  readonly title: string
  readonly details: ProblemDetails

  constructor(status: number, type: string, title: string, details: ProblemDetails = {}) {
    super(details.detail ?? title, { cause: details.cause })
    this.status = status
    this.type = type
    this.title = title
    this.details = details
  }
}

export const notFound = (what: string) => new Problem(404, 'nao-encontrado', 'Não encontrado', { detail: `${what} não existe.` })

export const invalid = (erros: FieldError[]) =>
  new Problem(400, 'pedido-invalido', 'Pedido inválido', {
    detail: erros.map(({ campo, mensagem }) => `${campo}: ${mensagem}`).join('; '),
    erros,
  })

/** The service, or something that it needs, is not available now; the same request may succeed in a second. */
export const unavailable = (detail: string, { cause }: { cause?: unknown } = {}) =>
  new Problem(503, 'indisponivel', 'Indisponível no momento', { detail, headers: { 'retry-after': '1' }, cause })

/** @param instance path and query of the request */
export const problemBody = ({ type, title, status, details: { detail = title, extra, erros } }: Problem, instance: string) => ({
  type,
  title,
  status,
  detail,
  instance,
  ...extra,
  erros,
})

export function sendProblem(request: FastifyRequest, reply: FastifyReply, problem: Problem) {
  if (problem.details.headers) reply.headers(problem.details.headers)
  return reply
    .code(problem.status)
    .type('application/problem+json; charset=utf-8')
    .serializer((value: unknown) => JSON.stringify(value))
    .send(problemBody(problem, request.url))
}

/** What Fastify itself refuses, in the contract's words; anything else is ours to hide behind a 500. */
export function asProblem(error: Error & { code?: string; statusCode?: number }): Problem | undefined {
  if (error instanceof Problem) return error
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new Problem(413, 'corpo-grande-demais', 'Corpo grande demais', { detail: 'O corpo do pedido passa de 64 KiB.' })
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new Problem(415, 'tipo-nao-aceito', 'Tipo de conteúdo não aceito', { detail: 'Envie application/json.' })
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return invalid([{ campo: 'corpo', mensagem: 'não é um JSON válido' }])
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return new Problem(404, 'nao-encontrado', 'Não encontrado', { detail: 'Este endereço não existe.' })
  }
  if (error instanceof SyntaxError || (error.statusCode && error.statusCode >= 400 && error.statusCode < 500)) {
    return new Problem(error.statusCode ?? 400, 'pedido-invalido', 'Pedido inválido', { detail: 'O pedido não pôde ser lido.' })
  }
  return undefined
}
