import type { IncomingMessage, Server } from 'node:http'
import { requestId, SERVED_BY, type Service } from './service.ts'

/** An answer that lies ready. */
export interface ReadyAnswer {
  status: 200 | 304
  /** Name, value, name, value …; Date, X-Request-Id and X-Served-By are added. */
  headers: string[]
  content?: string | Buffer
  /** The pattern of the route that gives the same answer, for the metrics. */
  route: string
}

/**
 * Answers GET requests that `find` has an answer for before Fastify is entered, whose routing, validation and hooks take
 * longer than all the rest. Each has its id, its line in the log and its place in the metrics like any other; it takes no
 * place among the requests in flight, since it is over at once.
 * @param find is asked for each GET without a body, and must know by itself that Fastify would answer the same
 */
export function shortcut(app: Service, find: (request: IncomingMessage) => ReadyAnswer | undefined) {
  const server = app.server as Server
  const [enter] = server.listeners('request') as ((...exchange: unknown[]) => void)[]
  let open = true
  // From here on Fastify tells each client that its connection ends.
  app.addHook('preClose', done => {
    open = false
    done()
  })
  server.removeAllListeners('request').on('request', (request, response) => {
    const begun = performance.now()
    const { method, headers } = request
    const isPlain =
      open &&
      method === 'GET' &&
      headers.host !== undefined &&
      headers['content-length'] === undefined &&
      headers['transfer-encoding'] === undefined
    const answer = isPlain ? find(request) : undefined
    if (!answer) return enter?.(request, response)
    const { status, route, content } = answer
    const reqId = requestId(headers['x-request-id'])
    response.writeHead(status, ['x-request-id', reqId, 'x-served-by', SERVED_BY, ...answer.headers]).end(content)
    const ms = performance.now() - begun
    app.logRequest({ reqId, method: 'GET', url: request.url!, status, ms })
    app.observeRequest('GET', route, status, ms)
  })
}
