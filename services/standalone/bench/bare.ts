/**
 * The measure of all rows: answers one request with bytes that it was given, and does nothing else.
 * `node bare.ts fastify|http PORT ANSWER.json`
 */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import Fastify, { type HTTPMethods } from 'fastify'

/** What a route answered once. */
export interface Answer {
  method: string
  /** As Fastify writes it: `/api/produtos/:id`. */
  route: string
  status: number
  headers: Record<string, string>
  /** Base64. */
  body: string
}

if (import.meta.main) {
  const [kind, port, file] = process.argv.slice(2)
  const { method, route, status, headers, body }: Answer = JSON.parse(readFileSync(file!, 'utf8'))
  const bytes = Buffer.from(body, 'base64')
  if (kind === 'fastify') {
    const app = Fastify()
    app.route({ method: method as HTTPMethods, url: route, handler: (_request, reply) => reply.code(status).headers(headers).send(bytes.length ? bytes : undefined) })
    await app.listen({ port: Number(port) })
  } else {
    createServer((request, response) => {
      request.resume()
      response.writeHead(status, headers).end(bytes.length ? bytes : undefined)
    }).listen(Number(port), '127.0.0.1')
  }
}
