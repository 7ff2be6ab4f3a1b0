import { writeFileSync } from 'node:fs'
import { readConfig } from '@confeitaria/platform/config'
import { exited, freePort, launch, until } from '@confeitaria/standalone/process'
import { program, RedisServer } from '@confeitaria/standalone/redis'
import { Redis } from 'ioredis'
import t, { type Test } from 'tap'
import { Config } from '../app.ts'
import { Connection, PATIENCE_MS } from '../redis.ts'
import { Writer } from '../writer.ts'
import { buildCart, PRODUCTS, redisFor, startCatalog, startShop } from './surroundings.ts'

/** A 503 comes within about a second. The rest is for a machine that is busy with other tests. */
const REFUSED_WITHIN_MS = 2_000

type Cart = Awaited<ReturnType<typeof buildCart>>
type Answer = Awaited<ReturnType<Cart['inject']>>

async function timed(answering: Promise<Answer>) {
  const start = performance.now()
  const answer = await answering
  return { answer, ms: performance.now() - start }
}

async function refusedSoon(t: Test, answering: Promise<Answer>, type: RegExp | string, what: string) {
  const { answer, ms } = await timed(answering)
  t.equal(answer.statusCode, 503, what)
  t.match(answer.json().type, type, what)
  t.match(answer.headers['retry-after'], /^[1-9]\d*$/)
  t.ok(ms < REFUSED_WITHIN_MS, `${what}: refused within ${Math.round(ms)} ms`)
}

const everyRoute = ({ inject, add }: Cart, sid: string): [string, () => Promise<Answer>][] => [
  ['create', () => inject('POST', 'sessao')],
  ['read', () => inject('GET', sid)],
  ['add', () => add(sid, 1)],
  ['set', () => inject('PUT', `${sid}/itens/1`, { quantidade: 1 })],
  ['remove', () => inject('DELETE', `${sid}/itens/1`)],
  ['bought', () => inject('POST', `${sid}/comprado`, { pedido_id: 1, itens: [{ produto_id: 1, quantidade: 1 }] })],
  ['empty', () => inject('DELETE', sid)],
]

const status = async ({ app }: Cart, path: string) => (await app.inject(path)).statusCode

/** Adds 1 again and again to some carts, and knows what was acknowledged and what may have happened. */
function shoppers(cart: Cart, sids: string[]) {
  const acknowledged = new Map(sids.map(sid => [sid, 0]))
  const unknown = new Map(sids.map(sid => [sid, 0]))
  const bump = (counts: Map<string, number>, sid: string) => counts.set(sid, counts.get(sid)! + 1)
  let slowest = 0
  let refused = 0
  let going = true
  const all = sids.map(async sid => {
    for (let i = 0; going; i++) {
      const { answer, ms } = await timed(cart.add(sid, 100 + (i % 50)))
      slowest = Math.max(slowest, ms)
      if (answer.statusCode === 200) bump(acknowledged, sid)
      else if (answer.statusCode !== 503) throw new Error(answer.payload)
      else if (answer.json().type === 'resultado-desconhecido') bump(unknown, sid)
      else refused++
      if (answer.statusCode === 503) await new Promise(resolve => setTimeout(resolve, 20))
    }
  })
  const total = (counts: Map<string, number>) => [...counts.values()].reduce((sum, n) => sum + n, 0)
  return {
    get acknowledged() {
      return total(acknowledged)
    },
    /** Stops, and checks that each cart has all that was acknowledged and no more than that and what was not known. */
    async settle(t: Test) {
      going = false
      await Promise.all(all)
      for (const sid of sids) {
        const { quantidade_total } = await cart.read(sid)
        const [least, most] = [acknowledged.get(sid)!, acknowledged.get(sid)! + unknown.get(sid)!]
        t.ok(quantidade_total >= least && quantidade_total <= most, `${quantidade_total} is within ${least} and ${most}`)
      }
      t.ok(slowest < REFUSED_WITHIN_MS, `the slowest answer took ${Math.round(slowest)} ms`)
      t.comment(`${total(acknowledged)} acknowledged, ${total(unknown)} unknown, ${refused} refused, slowest ${Math.round(slowest)} ms`)
      return { refused: refused + total(unknown) }
    },
  }
}

t.test('Redis killed and started again: in between a 503 within about a second, and what was acknowledged is there', async t => {
  const shop = await startShop(t)
  const sids = await Promise.all(Array.from({ length: 5 }, shop.session))
  const other = await shop.session()
  const shopping = shoppers(shop, sids)
  await until(() => shopping.acknowledged > 50, 'shopping')
  await shop.redis.kill()
  await Promise.all(everyRoute(shop, other).map(([name, call]) => refusedSoon(t, call(), /./, name)))
  t.equal(await status(shop, '/health'), 503)
  t.equal(await status(shop, '/readyz'), 200, 'to take every endpoint away would not help')
  t.equal(await status(shop, '/livez'), 200, 'nor would a restart of the service')
  t.match((await shop.app.inject('/metrics')).payload, /cart_redis_up\{servico="carrinho"\} 0/)
  const before = shopping.acknowledged
  await shop.redis.start()
  await until(() => shopping.acknowledged > before + 50, 'shopping again', { ms: 3_000 })
  t.equal(await status(shop, '/health'), 200)
  const { refused } = await shopping.settle(t)
  t.ok(refused > 0)
  t.same(
    shop.check.unseen.filter(each => each.endsWith(' 503')),
    [],
    'every documented 503 was seen',
  )
})

t.test('Redis that hangs: a 503 within about a second, and all is well when it goes on', async t => {
  const shop = await startShop(t)
  const sids = await Promise.all(Array.from({ length: 5 }, shop.session))
  const other = await shop.session()
  const shopping = shoppers(shop, sids)
  await until(() => shopping.acknowledged > 50, 'shopping')
  shop.redis.pause()
  t.teardown(() => shop.redis.resume())
  await Promise.all(everyRoute(shop, other).map(([name, call]) => refusedSoon(t, call(), /./, name)))
  await until(async () => (await status(shop, '/health')) === 503, 'seeing that it is away', { ms: 2_000 })
  await Promise.all(everyRoute(shop, other).map(([name, call]) => refusedSoon(t, call(), 'indisponivel', `${name}, later`)))
  const before = shopping.acknowledged
  shop.redis.resume()
  await until(() => shopping.acknowledged > before + 50, 'shopping again', { ms: 3_000 })
  await shopping.settle(t)
})

t.test('the service starts and stays up while Redis is away, and is ready when Redis comes', async t => {
  const port = await freePort()
  const catalog = await startCatalog(t, new Map(PRODUCTS))
  const folder = t.testdir()
  const redis = new RedisServer({ folder, port, password: 'segredo', logFile: `${folder}/redis.log` })
  t.teardown(() => redis.kill())
  const cart = await buildCart(t, { REDIS_URL: redis.url, CATALOG_URL: catalog.url })
  t.equal(await status(cart, '/livez'), 200)
  t.equal(await status(cart, '/readyz'), 503)
  t.equal(await status(cart, '/health'), 503)
  await refusedSoon(t, cart.inject('POST', 'sessao'), 'indisponivel', 'create')
  await redis.start()
  await until(async () => (await status(cart, '/readyz')) === 200, 'being ready', { ms: 2_000 })
  t.equal((await cart.add(await cart.session(), 1)).statusCode, 200)
})

t.test('a wrong Redis password is a 503 and a line in the log, not a crash', async t => {
  const redis = await redisFor(t)
  const cart = await buildCart(t, { REDIS_URL: redis.url.replace(redis.password, 'errada'), CATALOG_URL: 'http://127.0.0.1:1' })
  await refusedSoon(t, cart.inject('POST', 'sessao'), 'indisponivel', 'create')
  t.match(cart.lines.join(''), /WRONGPASS/)
  t.notMatch(cart.lines.join(''), /errada/)
})

t.test('what Redis itself refuses has changed nothing: it is full, without its replicas, or no primary any more', async t => {
  const shop = await startShop(t)
  const sid = await shop.session()
  const redis = new Redis(shop.redis.url)
  t.teardown(() => redis.disconnect())
  await redis.config('SET', 'maxmemory', '1')
  await refusedSoon(t, shop.add(sid, 1), 'indisponivel', 'full')
  t.equal((await shop.inject('GET', sid)).statusCode, 200, 'reading goes on')
  await redis.config('SET', 'maxmemory', '0')
  t.equal((await shop.add(sid, 1)).json().data.quantidade_total, 1)

  await redis.config('SET', 'min-replicas-to-write', '1')
  await refusedSoon(t, shop.add(sid, 1), 'indisponivel', 'without its replicas')
  await redis.config('SET', 'min-replicas-to-write', '0')
  t.equal((await shop.add(sid, 1)).json().data.quantidade_total, 2)

  await redis.replicaof('127.0.0.1', 1)
  await refusedSoon(t, shop.add(sid, 1), 'indisponivel', 'no primary')
  await redis.replicaof('NO', 'ONE')
  await until(async () => (await shop.add(sid, 1)).statusCode === 200, 'a change')
  t.equal((await shop.read(sid)).quantidade_total, 3)
})

t.test('scripts that Redis has forgotten are given to it again', async t => {
  const shop = await startShop(t)
  const sid = await shop.session()
  const redis = new Redis(shop.redis.url)
  t.teardown(() => redis.disconnect())
  await redis.script('FLUSH')
  const answers = await Promise.all(Array.from({ length: 10 }, () => shop.add(sid, 1)))
  t.ok(answers.every(({ statusCode }) => statusCode === 200))
  t.equal((await shop.read(sid)).quantidade_total, 10)
})

t.test('the catalog away, slow, broken or nonsensical: no product enters a cart, which stays readable', async t => {
  const shop = await startShop(t)
  const sid = await shop.session()
  await shop.add(sid, 1)
  const { catalog } = shop
  for (const [what, instead] of [
    ['500', reply => reply.code(500).send({ status: 500 })],
    ['503', reply => reply.code(503).send()],
    ['a page of HTML', reply => reply.type('text/html').send('<h1>ok</h1>')],
    ['half a JSON', reply => reply.type('application/json').send('{"data":{"id":3')],
    ['a product without stock', reply => reply.send({ data: { id: 3, nome: 'x', preco: 1 } })],
    ['a connection that ends', reply => reply.raw.destroy()],
  ] as [string, NonNullable<typeof catalog.instead>][]) {
    catalog.instead = reply => {
      instead(reply)
      return reply
    }
    await refusedSoon(t, shop.add(sid, 3), 'indisponivel', what)
    await refusedSoon(t, shop.inject('PUT', `${sid}/itens/3`, { quantidade: 2 }), 'indisponivel', what)
  }
  catalog.instead = () => new Promise(() => {})
  const { answer, ms } = await timed(shop.add(sid, 3))
  t.equal(answer.statusCode, 503)
  t.ok(ms < 3_900, `a catalog that hangs is given up after ${Math.round(ms)} ms`)
  await catalog.stop()
  await refusedSoon(t, shop.add(sid, 3), 'indisponivel', 'gone')
  t.equal((await shop.read(sid)).quantidade_total, 1)
  t.equal((await shop.inject('DELETE', `${sid}/itens/1`)).statusCode, 200, 'removing needs no catalog')
})

t.test('the stock that a cart goes by is at most 200 ms older than the catalog’s', async t => {
  const shop = await startShop(t)
  const sid = await shop.session()
  const asked = performance.now()
  t.equal((await shop.add(sid, 2, 5)).statusCode, 200)
  shop.catalog.products.set(2, { nome: 'Bolo', preco: 70, estoque: 6 })
  await until(() => performance.now() - asked > 250, 'the time that an answer is kept')
  const answer = await shop.add(sid, 2, 1)
  t.equal(answer.statusCode, 200)
  t.match(answer.json().data.itens, [{ nome: 'Bolo', preco: 70, quantidade: 6 }])
})

t.test('with replicas asked for, a change that none has got is never acknowledged', async t => {
  const { primary, replicas, client } = await replicated(t, 1)
  const catalog = await startCatalog(t, new Map(PRODUCTS))
  const cart = await buildCart(t, { REDIS_URL: primary.url, CATALOG_URL: catalog.url, REDIS_WAIT_REPLICAS: '1' })
  const sid = await cart.session()
  t.equal((await cart.add(sid, 1)).statusCode, 200)

  replicas[0]!.pause()
  t.teardown(() => replicas[0]!.resume())
  const changes = everyRoute(cart, sid).filter(([name]) => name !== 'read')
  // Those that wait behind a batch that is not replicated are not even tried.
  await Promise.all(changes.map(([name, call]) => refusedSoon(t, call(), /resultado-desconhecido|indisponivel/, name)))
  await Promise.all(Array.from({ length: 20 }, () => refusedSoon(t, cart.add(sid, 3), 'resultado-desconhecido', 'twenty at once')))
  t.match((await cart.app.inject('/health')).json(), { status: 'degradado' })
  t.equal((await cart.inject('GET', sid)).statusCode, 200, 'reading goes on')
  t.equal((await cart.add(sid, 2, 6)).statusCode, 409, 'what changes nothing needs no replica')

  const written = async () => Number(/rdb_changes_since_last_save:(\d+)/.exec(await client.info('persistence'))?.[1])
  const told = async () => {
    const answer = await cart.inject('POST', `${sid}/comprado`, { pedido_id: 2, itens: [{ produto_id: 1, quantidade: 1 }] })
    return answer.json().type === 'indisponivel' ? undefined : answer // the connection that was left is not there again yet
  }
  for (const what of ['bought', 'bought, said again to the only server that knows it']) {
    const before = await written()
    const answer = await until(told, 'an answer')
    t.match(answer?.json(), { status: 503, type: 'resultado-desconhecido' }, what)
    t.ok((await written()) > before, `${what}: since Redis 7.2 WAIT waits only for what its own connection has written`)
  }

  replicas[0]!.resume()
  await until(async () => (await cart.add(sid, 1)).statusCode === 200, 'a replica again', { ms: 5_000 })
  t.match((await cart.app.inject('/health')).json(), { status: 'ok' })
})

t.test('changes that come together are sent together, each answered for itself', async t => {
  const { primary } = await replicated(t, 1)
  const catalog = await startCatalog(t, new Map(PRODUCTS))
  const cart = await buildCart(t, { REDIS_URL: primary.url, CATALOG_URL: catalog.url, REDIS_WAIT_REPLICAS: '1' })
  const redis = new Redis(primary.url)
  t.teardown(() => redis.disconnect())
  const sid = await cart.session()
  await redis.config('RESETSTAT')
  const answers = await Promise.all(Array.from({ length: 110 }, () => cart.add(sid, 1)))
  t.equal(answers.filter(({ statusCode }) => statusCode === 200).length, 99)
  t.equal(answers.filter(({ statusCode }) => statusCode === 409).length, 11)
  const waits = Number(/cmdstat_wait:calls=(\d+)/.exec(await redis.info('commandstats'))?.[1])
  t.ok(waits >= 1 && waits <= 20, `${waits} waits for 110 changes`)
})

t.test('a process that is starved for a while refuses nothing that Redis can take', async t => {
  const redis = await redisFor(t)
  const connection = new Connection('teste', readConfig(Config, { REDIS_URL: redis.url, CATALOG_URL: 'http://127.0.0.1:9' }), {
    warn() {},
    info() {},
  } as never)
  t.teardown(() => connection.close())
  await until(() => connection.isReady, 'The connection')
  const writer = new Writer({ connection, replicas: 0, onUnreplicated: () => {} })
  const starve = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 4 * PATIENCE_MS)
  const change = writer.run('create', 'carrinho:faminto')
  starve()
  t.match(await change, ['ok'])
  const sent = connection.client.ping()
  starve()
  t.equal(await sent, 'PONG', 'an answer that has arrived meanwhile is no silence')
})

t.test('after a failover by Sentinel the cart follows the new primary, and what was acknowledged is there', async t => {
  const { primary, replicas, cart, sids } = await watched(t)
  const shopping = shoppers(cart, sids)
  await until(() => shopping.acknowledged > 50, 'shopping')
  await primary.kill()
  const before = shopping.acknowledged
  await until(() => shopping.acknowledged > before + 50, 'shopping again', { ms: 20_000 })
  await shopping.settle(t)
  t.equal(await status(cart, '/health'), 200)
  t.ok((await roles(replicas, primary.password)).includes('master'))
})

t.test('a deposed primary that still answers acknowledges nothing, and the cart leaves it', async t => {
  const { cart, sids, connected } = await deposed(t)
  t.equal(await connected(), 2)
  await refusedSoon(t, cart.add(sids[0]!, 1), 'resultado-desconhecido', 'add')
  const shopping = shoppers(cart, sids)
  await until(() => shopping.acknowledged > 50, 'shopping', { ms: 5_000 })
  t.equal(await connected(), 0)
  await shopping.settle(t)
})

t.test('a deposed primary that has become a replica is left by a cart that only reads', async t => {
  const { client, cart, sids, connected } = await deposed(t)
  t.equal(await connected('leitura'), 1)
  // Sentinel, which is locked out, would have ended every connection with it.
  await client.replicaof('127.0.0.1', 1)
  await until(async () => (await connected('leitura')) === 0, 'the end of the connection that reads', { ms: 5_000 })
  await until(async () => (await cart.inject('GET', sids[0]!)).statusCode === 200, 'reading from the new primary', { ms: 5_000 })
})

t.test('a change that was sent and not answered is of unknown outcome; reading tells', async t => {
  const shop = await startShop(t)
  const sid = await shop.session()
  await shop.add(sid, 1)
  shop.redis.pause()
  t.teardown(() => shop.redis.resume())
  await refusedSoon(t, shop.add(sid, 1), 'resultado-desconhecido', 'add')
  shop.redis.resume()
  await until(async () => (await status(shop, '/health')) === 200, 'seeing that it is back', { ms: 3_000 })
  t.equal((await shop.read(sid)).quantidade_total, 2, 'here it came to pass')
})

/** A primary and its replicas, all in step. */
async function replicated(t: Test, count: number) {
  const primary = await redisFor(t)
  const replicas = await Promise.all(Array.from({ length: count }, () => redisFor(t)))
  const client = new Redis(primary.url)
  t.teardown(() => client.disconnect())
  client.on('error', () => {}) // killed in some tests
  for (const replica of replicas) {
    const connection = new Redis(replica.url)
    // Any of them may become primary and have the others as its replicas.
    await connection.config('SET', 'masterauth', primary.password)
    await connection.config('SET', 'requirepass', primary.password)
    await connection.config('SET', 'repl-diskless-sync-delay', 0)
    await connection.replicaof('127.0.0.1', primary.port)
    connection.disconnect()
  }
  await client.config('SET', 'repl-diskless-sync-delay', 0)
  await until(async () => (await client.info('replication')).match(/state=online/g)?.length === count, 'replication')
  // A replica that has just been synchronised is busy with that: from here on it acknowledges.
  await until(async () => {
    await client.set('replicated', 1)
    return (await client.wait(count, 500)) === count
  }, 'every replica to acknowledge')
  return { primary, replicas, client }
}

/** What each server takes itself for. */
const roles = (servers: RedisServer[], password: string) =>
  Promise.all(
    servers.map(async ({ port }) => {
      const connection = new Redis({ port, password })
      const [role] = (await connection.role()) as [string]
      connection.disconnect()
      return role
    }),
  )

/** A primary with two replicas and a Sentinel that watches them, and a cart that follows it, with five sessions. */
async function watched(t: Test) {
  const servers = await replicated(t, 2)
  const { primary } = servers
  const catalog = await startCatalog(t, new Map(PRODUCTS))
  const sentinel = await startSentinel(t, primary)
  const cart = await buildCart(t, {
    REDIS_SENTINELS: `127.0.0.1:${sentinel.port}`,
    REDIS_PASSWORD: primary.password,
    REDIS_WAIT_REPLICAS: '1',
    CATALOG_URL: catalog.url,
  })
  return { ...servers, cart, sids: await Promise.all(Array.from({ length: 5 }, cart.session)) }
}

/** The same, with a primary that was deposed and does not know it: it goes on serving whoever is connected already. */
async function deposed(t: Test) {
  const shop = await watched(t)
  const { primary, replicas, client } = shop
  // From here on Sentinel is locked out of it.
  await client.config('SET', 'requirepass', 'outra')
  for (const [, id] of String(await client.client('LIST')).matchAll(/^id=(\d+) .*name=sentinel-/gm)) await client.client('KILL', 'ID', id!)
  await until(async () => (await roles(replicas, primary.password)).includes('master'), 'another primary')
  await until(async () => !(await client.info('replication')).includes('state=online'), 'the replicas having left')
  t.match(await client.info('replication'), /role:master/, 'it does not know')
  /** How many connections of the cart it has. */
  const connected = async (which = '') => String(await client.client('LIST')).split(`name=confeitaria-carrinho-${which}`).length - 1
  return { ...shop, connected }
}

/** One Sentinel, which is enough to agree with itself, that gives a server up after 1.5 s. */
async function startSentinel(t: Test, primary: RedisServer) {
  const folder = t.testdir()
  const port = await freePort()
  const lines = [
    'bind 127.0.0.1',
    `port ${port}`,
    `sentinel monitor confeitaria 127.0.0.1 ${primary.port} 1`,
    `sentinel auth-pass confeitaria ${primary.password}`,
    'sentinel down-after-milliseconds confeitaria 1500',
    'sentinel failover-timeout confeitaria 3000',
  ]
  writeFileSync(`${folder}/sentinel.conf`, `${lines.join('\n')}\n`)
  const child = launch(program(), ['sentinel.conf', '--sentinel'], {
    cwd: folder,
    logFile: `${folder}/sentinel.log`,
    deathSignal: 'TERM',
  })
  t.teardown(async () => {
    child.kill('SIGKILL')
    await exited(child)
  })
  const client = new Redis({ port, retryStrategy: () => 50 })
  client.on('error', () => {}) // not up yet
  t.teardown(() => client.disconnect())
  const replicas = async () => (await client.call('SENTINEL', 'REPLICAS', 'confeitaria')) as Record<string, string>[] | string[][]
  await until(
    async () => JSON.stringify(await replicas()).match(/"master-link-status","ok"|"master-link-status":"ok"/g)?.length === 2,
    'Sentinel',
  )
  return { port }
}
