import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import net from 'node:net'
import { hostname } from 'node:os'
import { until } from '@confeitaria/standalone/process'
import t, { type Test } from 'tap'
import { Type } from 'typebox'
import { SERVER_OPTIONS } from '../http.ts'
import { unavailable } from '../problem.ts'
import { Closed, Data, IdText, Money, Text } from '../schema.ts'
import { createService, prefixOf, type Service, type ServiceOptions } from '../service.ts'

const config = { LOG_LEVEL: 'info', MAX_IN_FLIGHT: 8 }

async function build(t: Test, options: Partial<ServiceOptions> = {}) {
  const lines: Record<string, unknown>[] = []
  const app = await createService({
    servico: 'teste',
    title: 'teste',
    config,
    health: () => ({ ok: true }),
    logStream: { write: line => void lines.push(JSON.parse(line)) },
    ...options,
  })
  const body = Closed({ nome: Text(10), preco: Money(), estoque: Type.Integer({ minimum: 0, maximum: 10 }) })
  app.post('/coisas', { schema: { tags: ['x'], body } }, async (request, reply) => reply.code(201).send({ data: request.body }))
  app.get(
    '/coisas/:id',
    { schema: { tags: ['x'], params: Closed({ id: IdText() }), response: { 200: Data(Type.String()) } } },
    async request => ({
      data: request.params.id,
    }),
  )
  app.delete('/coisas/:id', { schema: { tags: ['x'] } }, async (_request, reply) => reply.code(204).send())
  app.get('/erro', { schema: { tags: ['x'] } }, async () => {
    throw Object.assign(new Error('SELECT segredo FROM tabela'), { code: '42P01' })
  })
  app.get('/fora', { schema: { tags: ['x'] } }, async () => {
    throw unavailable('fora', { cause: new Error('connect ECONNREFUSED 10.0.0.1') })
  })
  t.teardown(() => app.close())
  const post = (payload: unknown, headers = {}) =>
    app.inject({ method: 'POST', url: '/coisas', headers: { 'content-type': 'application/json', ...headers }, payload: payload as string })
  return { app, lines, post }
}
const good = { nome: 'bolo', preco: 1.5, estoque: 2 }

t.test('bodies are taken as they are meant or refused with the field named', async t => {
  const { post } = await build(t)
  const created = await post(JSON.stringify({ ...good, nome: '  pa\u0303o  ' }))
  t.equal(created.statusCode, 201)
  t.equal(created.json().data.nome, 'p\u00e3o', 'trimmed and NFC')
  for (const [campo, body] of [
    ['estoque', { ...good, estoque: '2' }],
    ['estoque', { ...good, estoque: 1.5 }],
    ['estoque', { ...good, estoque: -1 }],
    ['preco', { ...good, preco: 1.001 }],
    ['preco', { ...good, preco: -1 }],
    ['preco', { ...good, preco: 100_000_000 }],
    ['preco', { ...good, preco: '1' }],
    ['nome', { ...good, nome: '   ' }],
    ['nome', { ...good, nome: 'a\u0000b' }],
    ['nome', { ...good, nome: 'a\nb' }],
    ['nome', { ...good, nome: 'a\ud800' }],
    ['nome', { ...good, nome: 'a\u2028b' }],
    ['nome', { ...good, nome: 'a\u202eb' }],
    ['nome', { ...good, nome: '\u200b\u00a0\ufeff' }],
    ['nome', { ...good, nome: '12345678901' }],
    ['nome', { preco: 1, estoque: 1 }],
    ['cor', { ...good, cor: 'azul' }],
    ['corpo', [good]],
    ['corpo', null],
  ] as const) {
    const answer = await post(JSON.stringify(body))
    t.equal(answer.statusCode, 400, encodeURI(JSON.stringify(body)))
    t.match(answer.headers['content-type'], /^application\/problem\+json/)
    t.match(answer.json(), { type: 'pedido-invalido', status: 400, instance: '/coisas', erros: [{ campo }] })
  }
  t.equal((await post(JSON.stringify({ ...good, nome: '🍰'.repeat(10) }))).statusCode, 201, 'lengths are characters, not bytes')
})

t.test('what is refused is told in one sentence that says what to do', async t => {
  const { app, post } = await build(t)
  const query = Closed({
    limite: Type.Optional(Type.String({ pattern: '^[1-9]$', description: 'um inteiro de 1 a 9' })),
    ordem: Type.Optional(Type.Enum(['nome', 'preco'])),
  })
  app.get('/lista', { schema: { tags: ['x'], querystring: query } }, async () => ({ data: [] }))
  const said = async (answer: ReturnType<typeof post>) => (await answer).json().detail
  for (const [sentence, body] of [
    ['corpo: deve ser um objeto', []],
    ['nome: é obrigatório', {}],
    ['nome: deve ser um texto', { ...good, nome: 1 }],
    ['nome: não pode ficar vazio', { ...good, nome: '\u200b' }],
    ['nome: não pode ter caracteres de controle', { ...good, nome: 'a\tb' }],
    ['nome: não deve ser maior que 10 caracteres', { ...good, nome: 'x'.repeat(11) }],
    ['preco: deve ser no mínimo 0', { ...good, preco: -1 }],
    ['preco: deve ser no máximo 99999999.99', { ...good, preco: 1e9 }],
    ['preco: deve ter no máximo 2 casas decimais', { ...good, preco: 0.001 }],
    ['estoque: deve ser um número inteiro', { ...good, estoque: 0.5 }],
    ['cor: não é aceito aqui', { ...good, cor: 1 }],
  ] as const)
    t.equal(await said(post(JSON.stringify(body))), sentence)
  for (const [sentence, url] of [
    ['limite: deve ser um inteiro de 1 a 9', '/lista?limite=0'],
    ['ordem: deve ser um destes: nome, preco', '/lista?ordem=cor'],
    ['consulta: não é aceito aqui', '/lista?=1'],
    ['id: deve ser um inteiro positivo', '/coisas/0'],
  ] as const)
    t.equal(await said(app.inject(url)), sentence)
})

t.test('bodies that are not JSON in UTF-8 are refused', async t => {
  const { app, post } = await build(t)
  t.equal((await post('{')).statusCode, 400)
  t.equal((await post('')).statusCode, 400)
  t.equal((await post(JSON.stringify({ ...good, __proto__x: 1 }).replace('__proto__x', '__proto__'))).statusCode, 400)
  const latin1 = Buffer.from(JSON.stringify({ ...good, nome: 'pão' }), 'latin1')
  t.match((await post(latin1)).json().erros, [{ campo: 'corpo', mensagem: /UTF-8/ }])
  t.equal((await post('nome=bolo', { 'content-type': 'application/x-www-form-urlencoded' })).statusCode, 415)
  t.equal((await post('oi', { 'content-type': 'text/plain' })).statusCode, 415)
  const large = await post(JSON.stringify({ nome: 'x'.repeat(64 * 1024) }))
  t.match(large.json(), { status: 413, type: 'corpo-grande-demais' })
  const unasked = await app.inject({ method: 'DELETE', url: '/coisas/1', payload: { x: 1 } })
  t.match(unasked.json(), { status: 400, erros: [{ campo: 'x' }] })
})

t.test('unknown paths are 404, known paths with another method 405 with Allow, unknown parameters a 400', async t => {
  const { app } = await build(t)
  t.match((await app.inject('/nada')).json(), { status: 404, instance: '/nada' })
  const wrong = await app.inject({ method: 'PUT', url: '/coisas/1' })
  t.equal(wrong.statusCode, 405)
  t.equal(wrong.headers.allow, 'DELETE, GET, HEAD')
  for (const method of ['PUT', 'QUERY'] as const)
    for (const headers of [{}, { 'content-type': 'application/json' }, { 'content-type': 'text/plain' }]) {
      const answer = await app.inject({ method: method as 'PUT', url: '/coisas/1', headers, payload: '{' })
      t.equal(answer.statusCode, 405, 'whatever the body is like')
    }
  t.match((await app.inject('/coisas/1?a=b')).json(), { status: 400, erros: [{ campo: 'a' }] })
  for (const id of ['0', '-1', '1.5', 'abc', '%00', '1%20', '01', 'é']) t.equal((await app.inject(`/coisas/${id}`)).statusCode, 400, id)
  t.match((await app.inject('/coisas/%zz')).json(), { status: 400 })
})

t.test('HEAD answers as GET without the body', async t => {
  const { app } = await build(t)
  const [get, head] = await Promise.all([app.inject('/coisas/1'), app.inject({ method: 'HEAD', url: '/coisas/1' })])
  t.equal(head.statusCode, 200)
  t.equal(head.body, '')
  t.equal(head.headers['content-length'], get.headers['content-length'])
})

t.test('a 5xx tells nothing of the inside', async t => {
  const { app, lines } = await build(t)
  for (const url of ['/erro', '/fora']) {
    const { body, headers } = await app.inject(url)
    t.notMatch(body, /SELECT|42P01|ECONN|10\.0|stack|at /)
    t.match(headers['content-type'], /problem\+json/)
  }
  t.equal((await app.inject('/fora')).headers['retry-after'], '1')
  t.ok(
    lines.some(line => JSON.stringify(line).includes('segredo')),
    'the log does',
  )
})

t.test('the request id is taken if it is sound, made otherwise, returned and logged', async t => {
  const { app, lines } = await build(t)
  const taken = await app.inject({ url: '/coisas/1', headers: { 'x-request-id': 'abc.1_2-3' } })
  t.equal(taken.headers['x-request-id'], 'abc.1_2-3')
  t.ok(lines.some(({ reqId }) => reqId === 'abc.1_2-3'))
  for (const bad of ['a b', 'é', 'x'.repeat(129), '']) {
    const made = await app.inject({ url: '/coisas/1', headers: { 'x-request-id': bad } })
    t.match(made.headers['x-request-id'], /^[\w-]{12,}-[0-9a-z]+$/)
  }
  for (const url of ['/nada', '/coisas/%zz', '/coisas/1']) {
    const { headers } = await app.inject(url)
    t.ok(headers['x-request-id'], 'also on errors')
    t.equal(headers['x-served-by'], hostname(), 'and which instance it was')
  }
})

t.test('a session id is in no line of the log', async t => {
  const { app, lines } = await build(t)
  await app.inject('/api/carrinho/segredo1/itens/7?x=1')
  await app.inject('/api/pedidos?limite=1&session_id=segredo2')
  await app.inject('/api/%63arrinho/segredo3?nome=p%C3%A3o%20de%20mel')
  await app.inject('/api/pedidos?session%5Fid=segredo4')
  await app.inject('/api/carrinho//segredo5/adicionar')
  t.ok(lines.some(({ url }) => url === '/api/carrinho/…?nome=p%C3%A3o%20de%20mel'))
  t.ok(lines.some(({ url }) => url === '/api/carrinho/…/itens/7?x=1'))
  t.notMatch(JSON.stringify(lines), /segredo/)
})

t.test('links begin with the prefix that a request came by, however its path is written', async t => {
  for (const url of ['/api/catalogo/coisas?a=%2F', '/api/catalogo/%63ois%61s']) t.equal(prefixOf({ url }, '/coisas'), '/api/catalogo')
})

t.test('probes, metrics, OpenAPI and its page', async t => {
  let ok = true
  const { app } = await build(t, { health: () => ({ ok, banco: {} }) })
  t.match((await app.inject('/health')).json(), { status: 'ok', servico: 'teste' })
  ok = false
  t.equal((await app.inject('/health')).statusCode, 503)
  t.equal((await app.inject('/livez')).statusCode, 200, 'the process lives')
  ok = true
  t.equal((await app.inject('/readyz')).statusCode, 200)
  await app.inject('/coisas/77')
  const metrics = await app.inject('/metrics')
  t.match(metrics.headers['content-type'], /openmetrics/)
  t.match(metrics.body, /http_request_duration_seconds_count\{[^}]*route="\/coisas\/:id"/)
  t.notMatch(metrics.body, /coisas\/77/, 'labels are bounded')
  t.notMatch(metrics.body, /route="\/(health|livez|readyz|metrics)"/, 'probes are no requests of shoppers')
  t.match(metrics.body, /# EOF\n$/)
  t.equal((await app.inject({ url: '/metrics', headers: { 'x-forwarded-for': '1.2.3.4' } })).statusCode, 404, 'not through a gateway')
  t.match((await app.inject('/openapi.json')).json(), { openapi: '3.1.0', paths: { '/coisas/{id}': { get: {} } } })
  t.equal((await app.inject('/docs/')).statusCode, 200)
})

/** Sends these bytes and resolves with all that comes back; the client leaves when `leave` resolves, by default never. */
const exchange = (port: number, sent: string, leave?: Promise<unknown>) =>
  new Promise<string>(resolve => {
    const socket = net.connect(port, '127.0.0.1')
    let answer = ''
    socket
      .on('data', data => (answer += data))
      .on('close', () => resolve(answer))
      .on('error', () => {}) // what was sent and not read resets the connection
    socket.write(sent)
    void leave?.then(() => socket.destroy())
  })
const listen = async (app: Service) => Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port)
const post = 'POST /coisas HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n'
const counted = async (app: Service, labels: string) =>
  (await app.inject('/metrics')).body
    .split('\n')
    .filter(line => line.startsWith('http_request_duration_seconds_count') && line.includes(labels))

t.test('what comes before any hook is refused as a problem with an id, logged and counted', async t => {
  const { app, lines } = await build(t)
  const port = await listen(app)
  for (const [what, status, sent] of [
    ['no HTTP', 400, 'bolo\r\n\r\n'],
    ['a method that there is not', 400, 'BOLO / HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a header that is none', 400, 'GET / HTTP/1.1\r\nHost: x\r\nUm Cabeçalho\r\n\r\n'],
    ['two lengths', 400, `${post}Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}`],
    ['a chunk without a length', 400, `${post}Transfer-Encoding: chunked\r\n\r\nzz\r\n`],
    ['headers without end', 431, `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(17_000)}`],
    ['no Host', 400, 'GET /coisas/1 HTTP/1.1\r\nConnection: close\r\n\r\n'],
    ['a path that cannot be decoded', 400, 'GET /coisas/%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
  ] as const) {
    const before = (await counted(app, `status="${status}"`)).join()
    const [head = '', body = ''] = (await exchange(port, sent)).split('\r\n\r\n')
    t.match(head, new RegExp(`^HTTP/1.1 ${status} `), what)
    t.match(head, /content-type: application\/problem\+json/i, what)
    t.match(head, `x-served-by: ${hostname()}`, what)
    t.match(JSON.parse(body), { status, type: String, title: String, detail: String, instance: String }, what)
    const [, reqId] = /x-request-id: (\S+)/i.exec(head) ?? []
    t.match(
      lines.filter(line => line.reqId === reqId),
      [{ status, msg: 'request' }],
      what,
    )
    t.not((await counted(app, `status="${status}"`)).join(), before, what)
  }
  t.match(await exchange(port, `${post}Expect: milagre\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}`), /^HTTP\/1\.1 400 .*nome/s)
})

t.test('a body that is too large is refused in words while it still comes, and its connection goes on', async t => {
  const { app } = await build(t)
  const port = await listen(app)
  const half = 'a'.repeat(SERVER_OPTIONS.bodyLimit)
  const chunk = `${half.length.toString(16)}\r\n${half}\r\n`
  for (const [what, first, rest] of [
    ['length told', `${post}Content-Length: ${2 * half.length}\r\n\r\n${half}`, half],
    ['chunks', `${post}Transfer-Encoding: chunked\r\n\r\n${chunk}${chunk}`, `${chunk}0\r\n\r\n`],
  ] as const) {
    const socket = net.connect(port, '127.0.0.1')
    let received = ''
    socket.setEncoding('utf8').on('data', data => (received += data))
    socket.on('error', error => t.fail(error))
    socket.write(first)
    await until(() => received.endsWith('}'), 'The refusal')
    t.match(received, /^HTTP\/1\.1 413 .*"type":"corpo-grande-demais"/s, what)
    received = ''
    socket.write(`${rest}GET /coisas/1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
    await once(socket, 'close')
    t.match(received, /^HTTP\/1\.1 200 /, what)
  }
})

t.test('a slow client gets 408 and its socket is closed', { timeout: 30_000 }, async t => {
  const { app, lines } = await build(t)
  const port = await listen(app)
  const started = performance.now()
  const answers = await Promise.all([
    exchange(port, 'GET /coisas/1 HTTP/1.1\r\nHost: x\r\n'),
    exchange(port, `${post}X-Request-Id: devagar\r\nContent-Length: 50\r\n\r\n{`),
  ])
  for (const answer of answers) t.match(answer, /^HTTP\/1\.1 408 .*application\/problem\+json.*"type":"pedido-lento"/s)
  t.match(answers[1], /x-request-id: devagar/)
  t.ok(performance.now() - started < 15_000)
  t.equal(lines.filter(({ status }) => status === 408).length, 2)
  t.match(
    lines.find(({ reqId }) => reqId === 'devagar'),
    { url: '/coisas', status: 408 },
  )
  t.match(await counted(app, 'route="/coisas",status="408"'), [/ 1$/])
})

t.test('a client that leaves gives its place back, and is logged and counted', async t => {
  const { app, lines } = await build(t)
  let release = () => {}
  const held = new Promise<void>(resolve => (release = resolve))
  app.get('/devagar', { schema: { tags: ['x'] } }, async () => {
    await held
    return { data: 1 }
  })
  const port = await listen(app)
  let arrived = 0
  app.server.on('request', () => arrived++)
  let left = 0
  for (const sent of ['GET /devagar HTTP/1.1\r\nHost: x\r\n\r\n', `${post}Content-Length: 50\r\n\r\n{`]) {
    left += config.MAX_IN_FLIGHT
    const leave = until(() => arrived === left, 'All of them')
    await Promise.all(Array.from({ length: config.MAX_IN_FLIGHT }, () => exchange(port, sent, leave)))
    await until(() => lines.filter(({ msg }) => msg === 'request').length === left, 'A line for each')
  }
  release()
  t.equal((await fetch(`http://127.0.0.1:${port}/coisas/1`)).status, 200)
  t.match(await counted(app, 'route="/devagar",status="499"'), [new RegExp(` ${config.MAX_IN_FLIGHT}$`)])
  t.match(await counted(app, 'route="/coisas",status="4'), [new RegExp(` ${config.MAX_IN_FLIGHT}$`)])
})

t.test('a request that is being carried out is not refused for what comes behind it', async t => {
  const { app, lines } = await build(t)
  let finish: (() => void) | undefined
  app.get('/devagar', { schema: { tags: ['x'] } }, () => new Promise<void>(resolve => (finish = resolve)))
  await app.listen()
  const socket = net.connect((app.server.address() as net.AddressInfo).port, '127.0.0.1').setEncoding('utf8')
  socket.write('GET /devagar HTTP/1.1\r\nhost: x\r\n\r\n')
  await until(() => finish !== undefined, 'Its arrival')
  socket.write('nada disso\r\n\r\n')
  t.equal((await socket.toArray()).join(''), '')
  finish?.()
  await until(() => lines.some(({ url }) => url === '/devagar'), 'Its line')
  t.match(
    lines.find(({ url }) => url === '/devagar'),
    { status: 499 },
  )
})

t.test('what a client asked for that has left meanwhile is not done', async t => {
  const { app, lines, post } = await build(t)
  let done = 0
  app.put('/vezes', { schema: { tags: ['x'] } }, async () => ++done)
  await app.listen()
  const { port } = app.server.address() as net.AddressInfo
  // This process stands still until the other has gone, as a frozen node does: the request and the end of its connection lie unread.
  const left = `require('net').connect(${port}, '127.0.0.1').end('PUT /vezes HTTP/1.1\\r\\nhost: x\\r\\n\\r\\n', process.exit)`
  t.equal(spawnSync(process.execPath, ['-e', left]).status, 0)
  await until(() => lines.some(({ url }) => url === '/vezes'), 'Its line')
  t.equal(done, 0)
  t.equal((await post(JSON.stringify(good))).statusCode, 201)
})

t.test('more at once than the service takes is shed with Retry-After, and probes are answered all the same', async t => {
  const { app } = await build(t)
  let release = () => {}
  const held = new Promise<void>(resolve => (release = resolve))
  app.get('/devagar', { schema: { tags: ['x'] } }, async () => {
    await held
    return { data: 1 }
  })
  const all = Array.from({ length: 12 }, () => app.inject('/devagar').then(answer => answer))
  const shed = await Promise.all(all.slice(8))
  for (const answer of shed) {
    t.equal(answer.statusCode, 503)
    t.equal(answer.headers['retry-after'], '1')
  }
  t.equal((await app.inject('/health')).statusCode, 200)
  release()
  for (const answer of await Promise.all(all.slice(0, 8))) t.equal(answer.statusCode, 200)
  t.equal((await app.inject('/devagar')).statusCode, 200, 'places are given back')
})

t.test('with an event loop that is a second behind a crowd is shed, and a few are served', async t => {
  const { app } = await build(t, { config: { ...config, MAX_IN_FLIGHT: 100 } })
  await app.ready()
  const crowd = async () => {
    const statuses = (await Promise.all(Array.from({ length: 80 }, () => app.inject('/coisas/1')))).map(({ statusCode }) => statusCode)
    return [200, 503].map(status => statuses.filter(each => each === status).length)
  }
  let behind: number[] = []
  await until(
    async () => {
      const end = performance.now() + 1_500
      while (performance.now() < end);
      behind = await crowd()
      return behind[1]
    },
    'The event loop is behind',
    { ms: 20_000 },
  )
  t.strictSame(behind, [64, 16])
  await until(() => app.memoryUsage().eventLoopDelay < 1_000, 'The event loop is on time', { ms: 20_000 })
  t.strictSame(await crowd(), [80, 0])
})

t.test('closing finishes what is in flight, and is not ready any more', async t => {
  const { app } = await build(t)
  let release = () => {}
  const entered = new Promise<void>(resolve => {
    app.get('/devagar', { schema: { tags: ['x'] } }, async () => {
      resolve()
      await new Promise<void>(done => (release = done))
      return { data: 1 }
    })
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as net.AddressInfo
  const probe = net.connect(port, '127.0.0.1')
  probe.write('GET /readyz HTTP/1.1\r\nHost: x\r\n')
  const answer = fetch(`http://127.0.0.1:${port}/devagar`)
  await entered
  const closed = app.close()
  probe.write('\r\n')
  t.match(String(await once(probe, 'data')), /^HTTP\/1\.1 503 /)
  release()
  const { status, headers } = await answer
  t.equal(status, 200)
  t.equal(headers.get('connection'), 'close', 'or its connection would be waited for')
  await closed
})
