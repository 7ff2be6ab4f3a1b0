import t from 'tap'
import { startInstance, startMigrated } from './running-catalog.ts'

const database = await startMigrated(t, { replica: false })
const { app, read, ask } = await startInstance(t, database.url('catalogo'))
const origin = await app.listen({ port: 0, host: '127.0.0.1' })
const [category] = await read<{ id: number }[]>('/api/categorias')

/** What varies from one answer to the next, and what belongs to the connection. */
const VARYING = ['date', 'connection', 'keep-alive', 'x-request-id']
const lasting = (headers: Record<string, unknown>) =>
  Object.entries(headers)
    .filter(([name]) => !VARYING.includes(name))
    .sort()

for (const path of [
  '/api/produtos/7',
  '/api/catalogo/produtos/7',
  '/api/produtos',
  '/api/catalogo/produtos?limite=3&ordem=-preco',
  '/api/produtos?busca=bolo&limite=2',
  `/api/categorias/${category!.id}`,
  '/api/categorias',
]) {
  t.test(`${path} is answered to the byte as Fastify answers it, from the first time to the third, and revalidated`, async t => {
    // inject() goes to Fastify, whatever stands before it.
    const { headers, body, statusCode } = await ask(path)
    t.equal(statusCode, 200)
    t.match(headers['x-database'], /^127\.0\.0\.1:\d+$/)
    for (let time = 1; time <= 3; time++) {
      const answer = await fetch(origin + path)
      t.equal(answer.status, 200)
      t.equal(await answer.text(), body)
      t.strictSame(lasting(Object.fromEntries(answer.headers)), lasting(headers))
      t.match(answer.headers.get('x-request-id'), /^[\w-]{12,}-[0-9a-z]+$/)
    }
    const conditional = { 'if-none-match': `"other", W/${headers.etag}` }
    const expected = await ask({ url: path, headers: conditional })
    const revalidated = await fetch(origin + path, { headers: conditional })
    t.equal(revalidated.status, 304)
    t.equal(await revalidated.text(), '')
    t.strictSame(lasting(Object.fromEntries(revalidated.headers)), lasting(expected.headers))
  })
}

t.test('what is refused is refused each time', async t => {
  for (const [path, status] of [
    ['/api/produtos/0', 400],
    ['/api/produtos/999999', 404],
    ['/api/produtos?limite=0', 400],
    ['/api/produtos/7?x=1', 400],
  ] as const) {
    for (let time = 1; time <= 2; time++) {
      const { status: answered } = await fetch(origin + path)
      t.equal(answered, status, path)
    }
  }
})
