import t from 'tap'
import { request } from 'undici'
import { createService } from '../service.ts'
import { shortcut } from '../shortcut.ts'

const lines: string[] = []
const app = await createService({
  servico: 'teste',
  title: 'teste',
  config: { LOG_LEVEL: 'info', MAX_IN_FLIGHT: 10 },
  health: () => ({ ok: true }),
  logStream: { write: line => void lines.push(line) },
})
app.get('/doce/:id', async () => 'from Fastify')
shortcut(app, ({ url }) =>
  url === '/doce/1'
    ? { status: 200, headers: ['content-type', 'text/plain'], content: 'from the shortcut', route: '/doce/:id' }
    : undefined,
)
const origin = await app.listen({ port: 0, host: '127.0.0.1' })
t.teardown(() => app.close())

const ask = async (path: string, options: Parameters<typeof request>[1] = {}) => {
  const { statusCode, headers, body } = await request(origin + path, options)
  return { statusCode, headers, text: await body.text() }
}

t.test('a ready answer is sent, and what is not ready goes to Fastify', async t => {
  t.equal((await ask('/doce/1')).text, 'from the shortcut')
  t.equal((await ask('/doce/2')).text, 'from Fastify')
  t.equal((await ask('/nada')).statusCode, 404)
})

t.test('so does whatever is no plain GET', async t => {
  t.equal((await ask('/doce/1', { method: 'HEAD' })).headers['content-length'], String('from Fastify'.length))
  t.equal((await ask('/doce/1', { method: 'POST' })).statusCode, 405)
  const headers = { 'content-type': 'application/json' }
  t.equal((await ask('/doce/1', { method: 'GET', headers, body: '{"x":1}' })).text, 'from Fastify')
})

t.test('it has its id, its line in the log and its place in the metrics', async t => {
  lines.length = 0
  const before = (await ask('/metrics')).text
  const { headers } = await ask('/doce/1', { headers: { 'x-request-id': 'meu-id' } })
  t.equal(headers['x-request-id'], 'meu-id')
  t.match((await ask('/doce/1', { headers: { 'x-request-id': 'not an id' } })).headers['x-request-id'], /^[\w-]{12,}-[0-9a-z]+$/)
  const line = lines.map(each => JSON.parse(each)).find(({ reqId }) => reqId === 'meu-id')
  t.match(line, { servico: 'teste', method: 'GET', url: '/doce/1', status: 200, ms: Number, msg: 'request' })
  const count = (text: string) => {
    const lines = text.split('\n').filter(line => line.startsWith('http_request_duration_seconds_count'))
    const own = lines.find(line => ['method="GET"', 'route="/doce/:id"', 'status="200"'].every(label => line.includes(label)))
    return Number(own?.split(' ').at(-1))
  }
  t.equal(count((await ask('/metrics')).text) - count(before), 2)
})
