import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { InjectOptions, LightMyRequestResponse } from 'fastify'
import { ProblemSchema } from '../schema.ts'
import type { Service } from '../service.ts'

/** What was asked and what came back, as far as an OpenAPI document has something to say of it. */
export interface Exchange {
  method: string
  /** Path and query. */
  url: string
  status: number
  headers: Record<string, unknown>
  body: string
}

interface Response {
  content?: Record<string, unknown>
}
interface Document {
  paths?: Record<string, Record<string, { responses?: Record<string, Response> }>>
}

/** Statuses that say what to do next in a header. */
const OWED_HEADERS: Record<number, string> = { 401: 'www-authenticate', 405: 'allow', 429: 'retry-after', 503: 'retry-after' }
/** What an orchestrator asks, and the documentation itself: not part of the document. */
const HIDDEN = /^\/(health|livez|readyz|metrics|openapi\.json|docs)\b/

/**
 * Holds every answer of a service against the service's own OpenAPI document and against what all services keep: only
 * documented statuses (405, and 404 for paths that are nobody's, go without saying), the documented content type, a body
 * that fits its schema, and a problem behind every 4xx and 5xx. A 500 is never right.
 */
export class ContractCheck {
  readonly #app: Service
  readonly #ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: true }))
  #document: Document | undefined
  readonly #seen = new Set<string>()

  constructor(app: Service) {
    this.#app = app
  }

  /** `app.inject`, checked. */
  async inject(options: InjectOptions): Promise<LightMyRequestResponse> {
    const answer = await this.#app.inject(options)
    const { statusCode: status, headers, payload: body } = answer
    this.check({ method: options.method ?? 'GET', url: String(options.url ?? options.path), status, headers, body })
    return answer
  }

  /** `fetch` over a socket to the app, which must listen; checked. The answer's body has been read. */
  async fetch(path: string, init: RequestInit = {}): Promise<{ status: number; headers: Headers; text: string }> {
    const answer = await fetch(`${this.#app.listeningOrigin}${path}`, init)
    const { status, headers } = answer
    const text = await answer.text()
    this.check({ method: init.method ?? 'GET', url: path, status, headers: Object.fromEntries(headers), body: text })
    return { status, headers, text }
  }

  /** @throws Error that says which promise an answer breaks */
  check({ method, url, status, headers, body }: Exchange): void {
    const path = url.split('?', 1)[0]!
    if (HIDDEN.test(path)) return
    const fail: (why: string) => never = why => {
      throw new Error(`${method} ${url} answered ${status}, but ${why}: ${body.slice(0, 500)}`)
    }
    const verb = method === 'HEAD' ? 'get' : method.toLowerCase()
    const templates = this.#templates(path)
    const template = templates.find(each => this.#paths[each]?.[verb])
    const type = String(headers['content-type'] ?? '').split(';', 1)[0]!

    if (!headers['x-request-id']) fail('without X-Request-Id')
    if (!headers['x-served-by']) fail('without X-Served-By')
    const owed = OWED_HEADERS[status]
    if (owed && !headers[owed]) fail(`without ${owed}`)
    if (status >= 400 && method !== 'HEAD') this.#checkProblem(status, type, body, fail)
    if (!template) {
      if (status !== (templates.length ? 405 : 404)) fail('no such operation is documented')
      return
    }
    if (status === 500) fail('a 500 is never right')
    const response = this.#paths[template]?.[verb]?.responses?.[status]
    if (!response) fail('that status is not documented')
    this.#seen.add(`${verb.toUpperCase()} ${template} ${status}`)
    if (method === 'HEAD') {
      if (body) fail('HEAD has a body')
    } else if (!response.content) {
      if (body) fail('a body is not documented')
    } else {
      if (!response.content[type]) fail(`${type || 'no content type'} is not documented`)
      const validate = this.#validator(['paths', template, verb, 'responses', String(status), 'content', type, 'schema'])
      if (!validate(parsed(body))) fail(this.#ajv.errorsText(validate.errors, { dataVar: 'body' }))
    }
  }

  /** The documented answers that no exchange had yet: `METHOD /path/{template} status`. */
  get unseen(): string[] {
    return Object.entries(this.#paths)
      .flatMap(([path, operations]) =>
        Object.entries(operations).flatMap(([verb, { responses = {} }]) =>
          Object.keys(responses).map(status => `${verb.toUpperCase()} ${path} ${status}`),
        ),
      )
      .filter(each => !this.#seen.has(each))
      .sort()
  }

  get #paths(): NonNullable<Document['paths']> {
    if (!this.#document) {
      this.#document = this.#app.swagger() as Document
      this.#ajv.addSchema({ $id: 'document', ...this.#document })
      this.#ajv.addSchema(ProblemSchema, 'problem')
    }
    return this.#document.paths ?? {}
  }

  /** The documented paths that a path may be of, those with the fewest parameters first, as a router would have it. */
  #templates(path: string): string[] {
    return Object.keys(this.#paths)
      .filter(template => new RegExp(`^${template.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{[^}]+\}/g, '[^/]+')}$`).test(path))
      .sort((one, other) => one.split('{').length - other.split('{').length)
  }

  #validator(pointer: string[]): ValidateFunction {
    const escaped = pointer.map(each => encodeURIComponent(each.replaceAll('~', '~0').replaceAll('/', '~1')))
    return this.#ajv.getSchema(`document#/${escaped.join('/')}`)!
  }

  #checkProblem(status: number, type: string, body: string, fail: (why: string) => never) {
    if (type !== 'application/problem+json') fail(`its content type is ${type || 'missing'}`)
    const problem = parsed(body) as { status?: unknown } | undefined
    const validate = this.#ajv.getSchema('problem')!
    if (!validate(problem)) fail(this.#ajv.errorsText(validate.errors, { dataVar: 'problem' }))
    if (problem?.status !== status) fail('its problem has another status')
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
