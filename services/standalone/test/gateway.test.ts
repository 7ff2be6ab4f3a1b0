import { once } from 'node:events'
import { connect } from 'node:net'
import { readConfig } from '@confeitaria/platform/config'
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import t, { type Test } from 'tap'
import { build, Config } from '../gateway.ts'
import { freePort } from '../process.ts'

/** A service that tells what reached it, under its own name. */
async function upstream(t: Test, name: string): Promise<{ app: FastifyInstance; url: string }> {
  const app = Fastify({
    forceCloseConnections: true,
    frameworkErrors: (_error, { url }, reply) => void (reply as FastifyReply).type('application/json').send(JSON.stringify({ name, url })),
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
  app.all('/*', async ({ method, url, headers, body }, reply) => {
    if (url.endsWith('/hangs')) return new Promise(() => {})
    if (url.endsWith('/breaks')) return reply.hijack().raw.destroy()
    if (url.endsWith('/304')) return reply.code(304).header('etag', '"1"').send()
    return reply.header('set-cookie', ['a=1', 'b=2']).send({ name, method, url, headers, body })
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(() => app.close())
  return { app, url }
}

async function shop(t: Test, env: NodeJS.ProcessEnv = {}) {
  const [storefront, catalog1, catalog2, cart, orders] = await Promise.all(
    ['storefront', 'catalog-1', 'catalog-2', 'cart', 'orders'].map(name => upstream(t, name)),
  )
  const config = readConfig(Config, {
    ...env,
    LOG_LEVEL: 'silent',
    STOREFRONT_URL: storefront!.url,
    CATALOG_URL: `${catalog1!.url},${catalog2!.url}`,
    CART_URL: cart!.url,
    ORDERS_URL: orders!.url,
  })
  const app = await build(config)
  t.teardown(() => app.close())
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return { app, url, catalogs: [catalog1!.app, catalog2!.app], orders: orders!.app, cart: cart!.app }
}

const json = async (response: Response) => (await response.json()) as { name: string; headers: Record<string, string>; body: string }

t.test('each path goes to the service that the contract names, as it came', async t => {
  const { url } = await shop(t)
  const expected = {
    '/': 'storefront',
    '/busca?q=a%C3%A7a%C3%AD&x=%2F': 'storefront',
    '/api/produtos': 'storefront',
    '/api/pedidosx': 'storefront',
    '/api/carrinho': 'cart',
    '/api/carrinho/sessao': 'cart',
    '/api/pedidos': 'orders',
    '/api/pedidos?session_id=1': 'orders',
    '/api/pedidos/7': 'orders',
    '/%zz': 'storefront',
    '/api/carrinho/%zz': 'cart',
  }
  for (const [path, name] of Object.entries(expected)) t.match(await json(await fetch(url + path)), { name, url: path }, path)
  t.match((await json(await fetch(`${url}/api/catalogo/produtos?limite=1`))).name, /^catalog-/)
})

t.test('both catalogs get their share', async t => {
  const { url } = await shop(t)
  const names = await Promise.all(Array.from({ length: 10 }, async () => (await json(await fetch(`${url}/api/catalogo/produtos`))).name))
  t.equal(names.filter(name => name === 'catalog-1').length, 5)
})

t.test('with one catalog stopped, the other answers every request', async t => {
  const { url, catalogs } = await shop(t)
  await catalogs[0]!.close()
  for (let i = 0; i < 10; i++) t.equal((await json(await fetch(`${url}/api/catalogo/produtos`))).name, 'catalog-2')
  const answer = await json(
    await fetch(`${url}/api/catalogo/produtos`, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } }),
  )
  t.equal(answer.name, 'catalog-2', 'a write that was certainly not sent, too')
})

t.test('a write whose connection broke is not sent again; a read is', async t => {
  const { url, catalogs } = await shop(t)
  let seen = 0
  for (const catalog of catalogs) catalog.server.on('request', () => seen++)
  const write = await fetch(`${url}/api/catalogo/breaks`, { method: 'POST' })
  t.equal(seen, 1)
  t.equal(write.status, 502)
  t.equal(write.headers.get('retry-after'), '1')
  t.match(await json(write), { type: 'conexao-perdida', status: 502 })
  await fetch(`${url}/api/catalogo/breaks`)
  t.equal(seen, 3)
})

t.test('the services learn who asked and how, and nobody else can tell them', async t => {
  const { url } = await shop(t)
  const { headers } = await json(
    await fetch(`${url}/api/pedidos`, {
      headers: {
        'x-forwarded-for': '203.0.113.9',
        'x-forwarded-host': 'elsewhere.example',
        'x-forwarded-proto': 'https',
        forwarded: 'for=203.0.113.9',
        'x-request-id': 'abc-1',
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      },
    }),
  )
  const host = new URL(url).host
  t.match(headers, {
    host,
    'x-forwarded-for': '127.0.0.1',
    'x-forwarded-host': host,
    'x-forwarded-proto': 'http',
    'x-request-id': 'abc-1',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  })
  t.notOk('forwarded' in headers)
  const made = await json(await fetch(`${url}/api/pedidos`, { headers: { 'x-request-id': 'not one line' } }))
  t.match(made.headers['x-request-id'], /^[\w-]{12,}-[0-9a-z]+$/)
})

t.test('what is of one connection only is not passed on, and found at once in a header of any length', async t => {
  const { url } = await shop(t)
  const ask = async () => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1').setEncoding('utf8')
    socket.write(
      `GET / HTTP/1.1\r\nHost: x\r\nX-Um: 1\r\nX-Dois: 2\r\nX-Outro: 3\r\nConnection: close , X-Um,x-dois,a${' '.repeat(15_000)}b\r\n\r\n`,
    )
    return (await socket.toArray()).join('')
  }
  const since = performance.now()
  for (const answer of await Promise.all(Array.from({ length: 10 }, ask))) {
    t.match(answer, '"x-outro":"3"')
    t.notMatch(answer, /"x-(um|dois)"/)
  }
  const ms = performance.now() - since
  t.ok(ms < 1_000, `${Math.round(ms)} ms`)
})

t.test('bodies, cookies, HEAD and 304 pass unchanged', async t => {
  const { url } = await shop(t)
  const posted = await fetch(`${url}/api/pedidos`, { method: 'POST', body: 'ação', headers: { 'content-type': 'text/plain' } })
  t.same(posted.headers.getSetCookie(), ['a=1', 'b=2'])
  t.equal((await json(posted)).body, 'ação')
  const [head, get] = [await fetch(`${url}/x`, { method: 'HEAD' }), await fetch(`${url}/x`)]
  t.equal(await head.text(), '')
  t.equal(head.status, 200)
  t.equal(get.status, 200)
  const unchanged = await fetch(`${url}/304`, { headers: { 'if-none-match': '"1"' } })
  t.equal(unchanged.status, 304)
  t.equal(unchanged.headers.get('etag'), '"1"')
})

t.test('with a service away, the answer is a 503 problem that says when to retry', async t => {
  const { url, orders } = await shop(t)
  await orders.close()
  const answer = await fetch(`${url}/api/pedidos`, { headers: { 'x-request-id': 'abc-2' } })
  t.equal(answer.status, 503)
  t.equal(answer.headers.get('retry-after'), '1')
  t.equal(answer.headers.get('x-request-id'), 'abc-2')
  t.match(answer.headers.get('content-type'), 'application/problem+json')
  const problem = await json(answer)
  t.match(problem, { type: 'indisponivel', status: 503, instance: '/api/pedidos' })
  t.notMatch(JSON.stringify(problem), /127\.0\.0\.1|ECONN/)
})

t.test('no session id is in the log of what failed', async t => {
  const url = `http://127.0.0.1:${await freePort()}`
  const config = readConfig(Config, { LOG_LEVEL: 'warn', STOREFRONT_URL: url, CATALOG_URL: url, CART_URL: url, ORDERS_URL: url })
  const lines: string[] = []
  const app = await build(config, { logStream: { write: line => void lines.push(line) } })
  t.teardown(() => app.close())
  for (const path of ['/api/carrinho/segredo/itens/1?session_id=segredo', '/api/pedidos?session_id=segredo&limite=1'])
    t.equal((await app.inject(path)).statusCode, 503)
  t.strictSame(
    lines.map(line => JSON.parse(line).url),
    ['/api/carrinho/…/itens/1?session_id=…', '/api/pedidos?session_id=…&limite=1'],
  )
  t.notMatch(lines.join(), 'segredo')
})

t.test('more than 64 KiB is a 413', async t => {
  const { url } = await shop(t)
  const answer = await fetch(`${url}/api/pedidos`, { method: 'POST', body: 'x'.repeat(65 * 1024) })
  t.equal(answer.status, 413)
  t.match(answer.headers.get('content-type'), 'application/problem+json')
})

t.test('a body that does not arrive within 10 s is a 408, a service that does not answer within 10 s a 504', async t => {
  const { url } = await shop(t)
  const slow = new Promise<string>((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => {
      socket.write('POST /api/pedidos HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{')
    })
    let received = ''
    socket
      .on('data', data => (received += data))
      .on('end', () => resolve(received))
      .on('error', reject)
  })
  const hanging = fetch(`${url}/api/pedidos/hangs`)
  const started = performance.now()
  t.match(await slow, /^HTTP\/1\.1 408 .*x-request-id: \S+.*application\/problem\+json/s)
  t.ok(performance.now() - started < 13_000)
  const late = await hanging
  t.equal(late.status, 504)
  t.equal(late.headers.get('retry-after'), '1')
})

/** Asks for what is never answered, and leaves when that has come to `arrival`; resolves when it is known there. */
async function leave(t: Test, url: string, { server: arrival }: Pick<FastifyInstance, 'server'>) {
  const known = once(arrival, 'request').then(([, response]) => once(response, 'close'))
  const leaving = new AbortController()
  const hanging = fetch(`${url}/api/pedidos/hangs`, { signal: leaving.signal })
  await Promise.race([once(arrival, 'request'), hanging])
  leaving.abort()
  await t.rejects(hanging, { name: 'AbortError' })
  await known
}

t.test('clients that leave give their places back', async t => {
  const { app, url } = await shop(t, { MAX_IN_FLIGHT: '2' })
  for (let n = 0; n < 4; n++) await leave(t, url, app)
  t.equal((await fetch(`${url}/api/pedidos`)).status, 200)
})

t.test('a service hears of it when who asked has left', { timeout: 5_000 }, async t => {
  const { orders, url } = await shop(t)
  await leave(t, url, orders)
})

t.test('a service that comes back is used again', async t => {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const app = await build(
    readConfig(Config, { LOG_LEVEL: 'silent', STOREFRONT_URL: url, CATALOG_URL: url, CART_URL: url, ORDERS_URL: url }),
  )
  t.teardown(() => app.close())
  t.equal((await app.inject('/')).statusCode, 503)
  const service = Fastify()
  service.get('/', async () => 'back')
  t.teardown(() => service.close())
  await service.listen({ host: '127.0.0.1', port })
  t.equal((await app.inject('/')).body, 'back')
})
