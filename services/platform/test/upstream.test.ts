import net from 'node:net'
import { freePort } from '@confeitaria/standalone/process'
import Fastify, { type FastifyRequest } from 'fastify'
import t, { type Test } from 'tap'
import { Upstream } from '../upstream.ts'

interface Got {
  method: string
  url: string
  headers: FastifyRequest['headers']
  body: unknown
}

/** A peer over a real socket that remembers what it was asked and behaves as its path says. */
async function startPeer(t: Test, name: string) {
  const got: Got[] = []
  const app = Fastify({ forceCloseConnections: true })
  let resets = 0
  app.route({
    method: ['GET', 'POST', 'PUT', 'DELETE'],
    url: '/*',
    handler: async (request, reply) => {
      got.push({ method: request.method, url: request.url, headers: request.headers, body: request.body })
      switch (request.url.split('?')[0]) {
        case '/corta': // the connection is reset after the request was read
          request.raw.socket.resetAndDestroy()
          return reply.hijack()
        case '/corta-uma':
          if (resets++) return { de: name }
          request.raw.socket.resetAndDestroy()
          return reply.hijack()
        case '/calado': // never an answer
          return reply.hijack()
        case '/gotas': // the body comes in drops, for ever
          reply.hijack()
          reply.raw.writeHead(200, { 'content-type': 'application/json' })
          for (; !reply.raw.destroyed; await new Promise(resolve => setTimeout(resolve, 50))) reply.raw.write(' ')
          return
        case '/erro':
          return reply.code(503).header('retry-after', '7').send({ status: 503 })
        case '/texto':
          return reply.type('text/plain').send('olá')
        case '/quebrado':
          return reply.type('application/json').send('{"de":')
        default:
          return { de: name }
      }
    },
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(() => app.close())
  return { url: app.listeningOrigin, got, app }
}

function upstreamOf(t: Test, urls: string, connections?: number) {
  const upstream = new Upstream('O catálogo', urls, connections)
  t.teardown(() => upstream.close())
  return upstream
}
const is503 = { status: 503, message: /^O catálogo /, details: { headers: { 'retry-after': '1' } } }
async function problemOf(promise: Promise<unknown>) {
  const started = performance.now()
  const error = await promise.then(
    value => ({ value }),
    error => error,
  )
  return { error, ms: performance.now() - started }
}

t.test('an answer is given as it is: status, headers, JSON or text, also a 5xx', async t => {
  const { url, got } = await startPeer(t, 'a')
  const upstream = upstreamOf(t, url)
  t.match(await upstream.call('/x?y=1'), { status: 200, body: { de: 'a' } })
  t.match(got[0], { method: 'GET', url: '/x?y=1' })
  t.match(await upstream.call('/texto'), { body: 'olá' })
  t.match(await upstream.call('/erro'), { status: 503, headers: { 'retry-after': '7' }, body: { status: 503 } })
  await upstream.call('/x', { method: 'POST', body: { um: 1 }, headers: { 'x-session-id': 's', vazio: undefined } })
  t.match(got.at(-1), { method: 'POST', body: { um: 1 }, headers: { 'x-session-id': 's', 'content-type': 'application/json' } })
  t.notOk('vazio' in got.at(-1)!.headers)
  t.equal(got.length, 4)
})

t.test('the next URL answers when one refuses, reads and writes alike', async t => {
  const { url, got } = await startPeer(t, 'b')
  const upstream = upstreamOf(t, `http://127.0.0.1:${await freePort()},${url}`)
  for (let n = 0; n < 6; n++) t.match(await upstream.call(`/${n}`, n % 2 ? { method: 'POST', body: { n } } : {}), { body: { de: 'b' } })
  t.strictSame(
    got.map(({ url }) => url),
    ['/0', '/1', '/2', '/3', '/4', '/5'],
  )
  const nobody = upstreamOf(t, `http://127.0.0.1:${await freePort()}`)
  for (const method of ['GET', 'POST'] as const) t.match((await problemOf(nobody.call('/x', { method }))).error, is503)
})

t.test('calls are spread over the URLs', async t => {
  const [a, b] = [await startPeer(t, 'a'), await startPeer(t, 'b')]
  const upstream = upstreamOf(t, `${a.url},${b.url}`)
  for (let n = 0; n < 10; n++) await upstream.call('/x')
  t.strictSame([a.got.length, b.got.length], [5, 5])
})

t.test('a GET whose connection is reset is asked once more, on the next URL if there is one', async t => {
  const [a, b] = [await startPeer(t, 'a'), await startPeer(t, 'b')]
  t.match(await upstreamOf(t, a.url).call('/corta-uma'), { body: { de: 'a' } })
  t.equal(a.got.length, 2)
  t.match((await problemOf(upstreamOf(t, a.url).call('/corta'))).error, is503)
  t.equal(a.got.length, 4, 'twice and not more')
  a.got.length = 0
  const both = upstreamOf(t, `${a.url},${b.url}`)
  t.match((await problemOf(both.call('/corta'))).error, is503)
  t.strictSame([a.got.length, b.got.length], [1, 1])
})

t.test('a write that was sent is never sent again', async t => {
  const [a, b] = [await startPeer(t, 'a'), await startPeer(t, 'b')]
  const upstream = upstreamOf(t, `${a.url},${b.url}`)
  for (const method of ['POST', 'PUT', 'DELETE'] as const) {
    a.got.length = b.got.length = 0
    t.match((await problemOf(upstream.call('/corta', { method }))).error, is503)
    t.match((await problemOf(upstream.call('/calado', { method, timeoutMs: 200 }))).error, is503)
    t.equal(a.got.length + b.got.length, 2, method)
  }
})

/** Accepts connections and reads nothing. */
async function startDeaf(t: Test): Promise<string> {
  const deaf = net.createServer(socket => socket.on('error', () => {}).pause())
  await new Promise<void>(resolve => deaf.listen(0, '127.0.0.1', resolve))
  t.teardown(() => deaf.close())
  return `http://127.0.0.1:${(deaf.address() as net.AddressInfo).port}`
}

t.test('a GET that meets silence is asked once more after half of its time', async t => {
  const { url, got } = await startPeer(t, 'a')
  const upstream = upstreamOf(t, `${await startDeaf(t)},${url}`)
  t.match(await upstream.call('/x', { timeoutMs: 1_000 }), { body: { de: 'a' } })
  await upstream.call('/x')
  t.match((await problemOf(upstream.call('/x', { method: 'POST', timeoutMs: 300 }))).error, is503, 'and a write is not')
  t.equal(got.length, 2)
})

t.test('the whole call takes no longer than its time, whatever the peer does: then it is a 503 with Retry-After', async t => {
  const { url, got } = await startPeer(t, 'a')
  const deafUrl = await startDeaf(t)
  const calls = (
    [
      [url, '/calado'],
      [url, '/gotas'],
      [deafUrl, '/x'],
      [`${url},${deafUrl}`, '/calado'],
    ] as const
  ).flatMap(([where, path]) =>
    [150, 2_000].map(async timeoutMs => {
      const { error, ms } = await problemOf(upstreamOf(t, where).call(path, { timeoutMs }))
      t.match(error, is503, path)
      // With all of the time for the second try it would be half as long again.
      t.ok(ms >= timeoutMs / 2 && ms < timeoutMs + 800, `${path}: ${Math.round(ms)} ms of ${timeoutMs}`)
    }),
  )
  await Promise.all(calls)
  t.ok(got.length <= 8, `asked ${got.length} times: once more each, and not on when the time is over`)
})

t.test('an answer that cannot be read is a 503', async t => {
  const { url } = await startPeer(t, 'a')
  t.match((await problemOf(upstreamOf(t, url).call('/quebrado'))).error, is503)
})

t.test('more waiting calls than the queue holds are refused at once', async t => {
  const { url } = await startPeer(t, 'a')
  const upstream = upstreamOf(t, url, 1)
  const calls = Array.from({ length: 400 }, () => problemOf(upstream.call('/calado', { timeoutMs: 1_000 })))
  const all = await Promise.all(calls)
  for (const { error } of all) t.match(error, is503)
  t.ok(all.filter(({ ms }) => ms < 500).length >= 400 - 300, 'the last hundred did not wait')
})

t.test('the request id and the trace context are passed on', async t => {
  const { url, got } = await startPeer(t, 'a')
  const upstream = upstreamOf(t, url)
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  await upstream.call('/x', {
    request: { id: 'pedido-1', headers: { traceparent, tracestate: 'a=b', cookie: 'segredo', authorization: 'x' } },
  })
  t.match(got[0]?.headers, { 'x-request-id': 'pedido-1', traceparent, tracestate: 'a=b' })
  t.notOk('cookie' in got[0]!.headers || 'authorization' in got[0]!.headers, 'and nothing else')
  await upstream.call('/x', { request: { id: 'pedido-2', headers: { tracestate: 'a=b' } } })
  t.notOk('traceparent' in got[1]!.headers || 'tracestate' in got[1]!.headers)
})

t.test('a peer that comes back is asked again, and what was kept open to the old one costs no GET', async t => {
  const first = await startPeer(t, 'first')
  const upstream = upstreamOf(t, first.url)
  await upstream.call('/x')
  const port = Number(new URL(first.url).port)
  await first.app.close()
  t.match((await problemOf(upstream.call('/x'))).error, is503)
  const second = Fastify()
  second.get('/x', async () => ({ de: 'second' }))
  await second.listen({ host: '127.0.0.1', port })
  t.teardown(() => second.close())
  t.match(await upstream.call('/x'), { body: { de: 'second' } })
})
