import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import t from 'tap'
import { currentRun, dataFolder } from '../data-folder.ts'
import { exited, signal, startTime, until } from '../process.ts'
import { command, ownEnvironment, startShop } from './run.ts'

const ADMIN_TOKEN = 'a-token-of-this-test'
const root = t // a shop outlives the test that starts it
root.setTimeout(400_000)
const env = await ownEnvironment(root)
const folder = dataFolder(env)
const gateway = `http://127.0.0.1:${env.GATEWAY_PORT}`
let shop = await startShop(root, { ...env, ADMIN_TOKEN })

const status = (path: string) =>
  fetch(gateway + path).then(
    ({ status }) => status,
    () => 0,
  )
const processNamed = (name: string) => currentRun(folder)!.children.find(child => child.name === name)!

/** As a client of the contract: a 503 is asked again, with the same key. */
async function call(method: string, path: string, body?: object, headers: Record<string, string> = {}) {
  const once = async () => {
    const answer = await fetch(gateway + path, {
      method,
      headers: { ...headers, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    const parsed = (await answer.json()) as { data: { session_id: string; id: number }; detail?: string }
    return answer.status === 503 ? undefined : { status: answer.status, body: parsed }
  }
  return (await until(once, `${method} ${path}`, { ms: 60_000 }))!
}

async function order() {
  const { session_id } = (await call('POST', '/api/carrinho/sessao')).body.data
  await call('POST', `/api/carrinho/${session_id}/adicionar`, { produto_id: 1, quantidade: 1 })
  const cliente = { nome: 'Rui', email: 'rui@example.org' }
  const { status, body } = await call('POST', '/api/pedidos', { session_id, cliente }, { 'idempotency-key': randomUUID() })
  return { status, read: () => call('GET', `/api/pedidos/${body.data?.id}`, undefined, { 'x-session-id': session_id }) }
}
let bought: Awaited<ReturnType<typeof order>>

t.test('the shop is open: pages, APIs, both catalogs, and the token that was given', async t => {
  for (const path of ['/health', '/', '/api/catalogo/produtos', '/api/catalogo/categorias']) t.equal(await status(path), 200, path)
  t.equal(await status('/metrics'), 404)
  for (const port of [env.CATALOG_PORT, env.CATALOG_2_PORT]) t.equal((await fetch(`http://127.0.0.1:${port}/api/produtos`)).status, 200)
  t.match(shop.output, `token: ${ADMIN_TOKEN}`)
  const category = { nome: 'Doces da avó' }
  t.equal((await call('POST', '/api/catalogo/categorias', category, { authorization: `Bearer ${ADMIN_TOKEN}` })).status, 201)
  t.equal((await call('POST', '/api/catalogo/categorias', category, { authorization: 'Bearer a-token-of-another' })).status, 401)
  bought = await order()
  t.equal(bought.status, 201)
})

t.test('passwords are the owner’s to read, and no process shows one in its arguments', async t => {
  t.equal(statSync(`${folder}/secrets.json`).mode & 0o777, 0o600)
  t.equal(statSync(folder).mode & 0o777, 0o700)
  const { postgres, redis, adminToken } = JSON.parse(readFileSync(`${folder}/secrets.json`, 'utf8'))
  const words = [redis, adminToken, ADMIN_TOKEN, ...Object.values<string>(postgres)]
  for (const { name, pid } of currentRun(folder)!.children) {
    const shown = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    t.notOk(
      words.some(word => shown.includes(word)),
      name,
    )
  }
})

t.test('a second start, and reset, are refused while it runs', async t => {
  for (const script of ['start.ts', 'reset.ts']) {
    const { code, output } = await command(t, script, env).closed
    t.equal(code, 1)
    t.match(output, new RegExp(`The shop runs already, at http://localhost:${env.GATEWAY_PORT} \\(process ${shop.child.pid}\\)`))
  }
  t.equal(await status('/health'), 200)
})

for (const name of ['catalog-1', 'cart', 'redis', 'postgres-a', 'postgres-b']) {
  t.test(`killed -9, ${name} comes back`, async t => {
    const before = processNamed(name)
    t.ok(signal(before.pid, 'SIGKILL'))
    await until(() => processNamed(name)?.pid !== before.pid && processNamed(name)?.pid, `Another ${name}`)
    t.equal((await order()).status, 201)
    t.match(shop.output, `${name} was stopped by signal SIGKILL: starting it again`)
  })
}

t.test('the demonstration passes on the shop that runs, and leaves it open with swapped roles', async t => {
  const { code, output } = await command(t, 'demo-failover.ts', env).closed
  t.equal(code, 0, output)
  t.match(output, /postgres-b promoted(.|\n)+is still there, unchanged(.|\n)+'postgres-a' +│ 'streaming' +│ 'quorum'/)
  t.equal((await bought.read()).status, 200)
})

t.test('killed -9 itself, the next start says so, ends what was left, and has every order and the roles', async t => {
  const left = currentRun(folder)!.children
  const frozen = processNamed('orders')
  signal(frozen.pid, 'SIGSTOP') // so that it cannot end by itself
  signal(shop.child.pid!, 'SIGKILL')
  await exited(shop.child)
  shop = await startShop(root, env)
  t.match(shop.output, /the run before \(process \d+\) was killed: ending the \d+ processes that it left/)
  for (const { name, pid, startTime: started } of left) t.not(startTime(pid), started, name)
  t.match(shop.output, /PostgreSQL primary postgres-b/)
  t.equal((await bought.read()).status, 200)
  t.equal((await order()).status, 201)
  t.match(shop.output, `token: ${JSON.parse(readFileSync(`${folder}/secrets.json`, 'utf8')).adminToken}`)
})

t.test('Ctrl-C ends all of it within 15 s, and what was bought stays', async t => {
  const { children } = currentRun(folder)!
  t.equal(children.length, 9)
  const started = performance.now()
  signal(shop.child.pid!, 'SIGINT')
  t.equal((await shop.closed).code, 0)
  t.ok(performance.now() - started < 15_000)
  for (const { name, pid, startTime: begun } of children) t.not(startTime(pid), begun, name)
  t.notOk(existsSync(`${folder}/run.json`))
  shop = await startShop(root, env)
  t.notMatch(shop.output, /was killed|making/)
  t.equal((await bought.read()).status, 200)
})

t.test('a second Ctrl-C ends it at once', async t => {
  const { children } = currentRun(folder)!
  signal(shop.child.pid!, 'SIGINT')
  await until(() => shop.output.includes('closing the shop'), 'The first signal')
  signal(shop.child.pid!, 'SIGINT')
  t.equal((await shop.closed).code, 130)
  for (const { name, pid, startTime: begun } of children) t.not(startTime(pid), begun, name)
})

t.test('reset empties the folder and says what it removed', async t => {
  const { code, output } = await command(t, 'reset.ts', env).closed
  t.equal(code, 0)
  t.match(output, /removed \S+postgres-a \(\d+\.\d MiB\)/)
  t.notOk(existsSync(folder))
})
