/**
 * The measure of all routes: answers one request with bytes that it was given, and does nothing else.
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

const [kind, port, file] = process.argv.slice(2)
const { method, route, status, headers, body }: Answer = JSON.parse(readFileSync(file!, 'utf8'))
const bytes = Buffer.from(body, 'base64')
// Whichever is faster: a short text goes out in one piece with its headers, a long one would have to be encoded each time.
const isText = !headers['content-encoding'] && bytes.length <= 4096
const content = bytes.length === 0 ? undefined : isText ? bytes.toString() : bytes

if (kind === 'fastify') {
  const app = Fastify()
  app.route({ method: method as HTTPMethods, url: route, handler: (_request, reply) => reply.code(status).headers(headers).send(content) })
  await app.listen({ port: Number(port) })
} else {
  createServer((request, response) => {
    request.resume()
    response.writeHead(status, headers).end(content)
  }).listen(Number(port), '127.0.0.1')
}
