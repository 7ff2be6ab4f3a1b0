import { createServer, get, type OutgoingHttpHeaders } from 'node:http'
import { until } from '@confeitaria/standalone/process'
import Fastify from 'fastify'
import t from 'tap'
import { createService } from '../service.ts'
import { Upstream } from '../upstream.ts'

interface Span {
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  kind: number
  attributes: { key: string; value: Record<string, unknown> }[]
}
interface Export {
  resourceSpans: { resource: { attributes: { key: string; value: Record<string, unknown> }[] }; scopeSpans: { spans: Span[] }[] }[]
}

/** A collector: OTLP over HTTP as JSON. */
const exported: Export[] = []
const collector = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', chunk => chunks.push(chunk))
  request.on('end', () => {
    if (request.url === '/v1/traces') exported.push(JSON.parse(Buffer.concat(chunks).toString()))
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
})
await new Promise<void>(resolve => collector.listen(0, '127.0.0.1', resolve))
t.teardown(() => collector.close())
const { port } = collector.address() as { port: number }
const spans = () =>
  exported.flatMap(({ resourceSpans }) => resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)))
const attribute = ({ attributes }: Pick<Span, 'attributes'>, name: string) =>
  Object.values(attributes.find(({ key }) => key === name)?.value ?? {})[0]

/** By node:http, which is not traced here, as fetch is. @returns the status */
const ask = (url: string, headers: OutgoingHttpHeaders = {}) =>
  new Promise<number | undefined>((resolve, reject) => {
    get(url, { headers }, response => response.resume().on('end', () => resolve(response.statusCode))).on('error', reject)
  })

const startTraced = () =>
  createService({
    servico: 'teste',
    title: 'teste',
    config: { LOG_LEVEL: 'silent', MAX_IN_FLIGHT: 8, OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}/` },
    health: () => ({ ok: true }),
  })

t.test('a request is a span with its route, in the trace it came with, and calls to other services go on in it', async t => {
  const seen: Record<string, unknown>[] = []
  const peer = Fastify()
  peer.get('/dentro', async request => {
    seen.push({ ...request.headers, raw: request.raw.rawHeaders })
    return {}
  })
  await peer.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(() => peer.close())
  const upstream = new Upstream('O outro', peer.listeningOrigin)
  t.teardown(() => upstream.close())

  const app = await startTraced()
  app.get('/coisas/:id', { schema: { tags: ['x'] } }, async request => (await upstream.call('/dentro', { request })).body)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const trace = '0af7651916cd43dd8448eb211c80319c'
  t.equal(await ask(`${app.listeningOrigin}/coisas/7`, { traceparent: `00-${trace}-b7ad6b7169203331-01` }), 200)
  t.equal(await ask(`${app.listeningOrigin}/health`), 200)
  t.equal(await ask(`${app.listeningOrigin}/coisas/8`), 200, 'one without a trace of its own')
  await app.close()
  await until(() => spans().length > 0, 'The spans')

  const request = spans().find(span => span.parentSpanId === 'b7ad6b7169203331')!
  t.equal(request.traceId, trace)
  t.equal(attribute(request, 'http.route'), '/coisas/:id')
  t.equal(attribute(request, 'http.request.method') ?? attribute(request, 'http.method'), 'GET')
  t.equal(attribute(exported[0]!.resourceSpans[0]!.resource, 'service.name'), 'confeitaria-teste')

  const sent = (seen[0]!.raw as string[]).flatMap((name, n, all) =>
    n % 2 === 0 && name.toLowerCase() === 'traceparent' ? [all[n + 1]] : [],
  )
  t.equal(sent.length, 1, `one traceparent goes on: ${sent}`)
  const [, traceId, parent] = String(sent[0]).split('-')
  t.equal(traceId, trace)
  const outgoing = spans().find(({ spanId }) => spanId === parent)
  t.equal(outgoing?.kind, 3, 'its parent is the span of the call')
  t.equal(outgoing?.traceId, trace)
  t.ok(
    spans().every(({ attributes }) => !JSON.stringify(attributes).includes('/health')),
    'probes are not traced',
  )
  const own = spans().filter(({ traceId }) => traceId !== trace)
  t.equal(new Set(own.map(({ traceId }) => traceId)).size, 1)
  t.match(seen[1]?.traceparent, new RegExp(`^00-${own[0]?.traceId}-`), 'a request without one begins one')
})

t.test('no session id is in a trace', async t => {
  const peer = Fastify()
  peer.get('/api/carrinho/:sid', async () => ({}))
  await peer.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(() => peer.close())
  const upstream = new Upstream('O outro', peer.listeningOrigin)
  t.teardown(() => upstream.close())
  const path = '/api/carrinho/segredo'
  const app = await startTraced()
  app.get(
    '/api/carrinho/:sid',
    { schema: { tags: ['x'] } },
    async request => (await upstream.call(`${path}?session_id=segredo`, { request })).body,
  )
  await app.listen({ host: '127.0.0.1', port: 0 })
  t.equal(await ask(app.listeningOrigin + path), 200)
  await app.close()
  const urls = (name: string) => spans().map(span => attribute(span, name))
  await until(() => urls('url.path').includes('/api/carrinho/…'), 'The span of the request')
  t.ok(urls('url.full').includes(`${peer.listeningOrigin}/api/carrinho/…?session_id=…`), 'the span of the call')
  t.notMatch(JSON.stringify(exported), 'segredo')
})
