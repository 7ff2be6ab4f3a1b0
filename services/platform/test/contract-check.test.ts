import t from 'tap'
import { Type } from 'typebox'
import { notFound, unavailable } from '../problem.ts'
import { answers, Closed, Data } from '../schema.ts'
import { createService } from '../service.ts'
import { ContractCheck, type Exchange } from './contract-check.ts'

const app = await createService({
  servico: 'teste',
  title: 'teste',
  config: { LOG_LEVEL: 'silent', MAX_IN_FLIGHT: 8 },
  health: () => ({ ok: true }),
})
t.teardown(() => app.close())
const Thing = Data(Closed({ id: Type.Integer() }))
app.get('/coisas/:id', { schema: { tags: ['x'], response: answers({ 200: Thing }, 404) } }, async request => {
  const { id } = request.params as { id: string }
  if (id === 'erro') throw new Error('segredo')
  if (id === 'fora') throw unavailable('fora')
  if (!Number(id)) throw notFound('A coisa')
  return { data: { id: Number(id) } }
})
app.post('/coisas/nova', { schema: { tags: ['x'], response: answers({ 204: Type.Null() }) } }, async (_request, reply) =>
  reply.code(204).send(null),
)
await app.listen({ host: '127.0.0.1', port: 0 })

t.test('answers that keep their promises pass, by inject and over a socket, and are remembered', async t => {
  const check = new ContractCheck(app)
  t.same(check.unseen, [
    'GET /coisas/{id} 200',
    'GET /coisas/{id} 400',
    'GET /coisas/{id} 404',
    'GET /coisas/{id} 503',
    'POST /coisas/nova 204',
    'POST /coisas/nova 400',
    'POST /coisas/nova 503',
  ])
  t.equal((await check.inject({ url: '/coisas/1' })).statusCode, 200)
  t.equal((await check.inject({ method: 'HEAD', url: '/coisas/1' })).statusCode, 200)
  t.equal((await check.inject({ url: '/coisas/nada' })).statusCode, 404)
  t.equal((await check.inject({ url: '/coisas/fora' })).statusCode, 503)
  t.equal((await check.inject({ url: '/coisas/1?x=1' })).statusCode, 400)
  t.equal((await check.inject({ url: '/coisas/nova' })).statusCode, 404, 'the path of a POST may be the parameter of a GET')
  t.equal((await check.inject({ method: 'PUT', url: '/coisas/1' })).statusCode, 405)
  t.equal((await check.inject({ url: '/nada' })).statusCode, 404)
  t.equal((await check.inject({ url: '/health' })).statusCode, 200)
  t.equal((await check.fetch('/coisas/nova', { method: 'POST' })).status, 204)
  t.same(check.unseen, ['POST /coisas/nova 400', 'POST /coisas/nova 503'])
})

t.test('the document that answers are held against names the parameters that a route takes, and no other', async t => {
  const { paths } = app.swagger() as { paths: Record<string, Record<string, { parameters?: { name: string }[] }>> }
  t.same(
    paths['/coisas/{id}']?.get?.parameters?.map(({ name }) => name),
    ['id'],
  )
  t.equal(paths['/coisas/nova']?.post?.parameters, undefined)
})

t.test('a 500 never passes', async t => {
  await t.rejects(new ContractCheck(app).inject({ url: '/coisas/erro' }), /a 500 is never right/)
})

t.test('whatever breaks a promise is named', async t => {
  const headers = { 'x-request-id': '1', 'x-served-by': '1', 'content-type': 'application/json; charset=utf-8' }
  const problem = { ...headers, 'content-type': 'application/problem+json; charset=utf-8' }
  const body = (status: number) => JSON.stringify({ type: 't', title: 't', status, detail: 'd', instance: '/' })
  const right: Exchange = { method: 'GET', url: '/coisas/1', status: 200, headers, body: '{"data":{"id":1}}' }
  const check = new ContractCheck(app)
  t.doesNotThrow(() => check.check(right))
  for (const [why, wrong] of [
    [/must be integer/, { body: '{"data":{"id":"1"}}' }],
    [/must NOT have additional properties/, { body: '{"data":{"id":1,"segredo":2}}' }],
    [/must be object/, { body: 'ok' }],
    [/text\/html is not documented/, { headers: { ...headers, 'content-type': 'text/html' } }],
    [/X-Request-Id/, { headers: { ...headers, 'x-request-id': undefined } }],
    [/X-Served-By/, { headers: { ...headers, 'x-served-by': undefined } }],
    [/status is not documented/, { status: 201 }],
    [/status is not documented/, { status: 409, headers: problem, body: body(409) }],
    [/content type is application\/json/, { status: 404, body: body(404) }],
    [/must have required property 'detail'/, { status: 404, headers: problem, body: '{"type":"t","title":"t","status":404}' }],
    [/another status/, { status: 404, headers: problem, body: body(400) }],
    [/without retry-after/, { status: 503, headers: problem, body: body(503) }],
    [/without allow/, { method: 'PUT', status: 405, headers: problem, body: body(405) }],
    [/HEAD has a body/, { method: 'HEAD' }],
    [/a body is not documented/, { method: 'POST', url: '/coisas/nova', status: 204, body: '{}' }],
    [/no such operation/, { url: '/outra' }],
    [/no such operation/, { method: 'PUT', status: 404, headers: problem, body: body(404) }],
  ] as [RegExp, Partial<Exchange>][]) {
    t.throws(() => check.check({ ...right, ...wrong }), why)
  }
})
