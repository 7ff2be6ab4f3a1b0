import { existsSync } from 'node:fs'
import { Redis } from 'ioredis'
import t, { type Test } from 'tap'
import { RedisServer, startRedis } from '../redis.ts'

async function server(t: Test) {
  const server = await startRedis()
  t.teardown(() => server.stop())
  return server
}

function client(t: Test, url: string) {
  const client = new Redis(url, { retryStrategy: () => null, maxRetriesPerRequest: 0 })
  client.on('error', () => {})
  t.teardown(() => client.disconnect())
  return client
}

t.test('a killed server keeps every write that it acknowledged', async t => {
  const redis = await server(t)
  const before = client(t, redis.url)
  let acknowledged = 0
  let killed: Promise<void> | undefined
  const writers = Array.from({ length: 20 }, async () => {
    for (;;) {
      await before.incr('n')
      acknowledged++
      if (acknowledged === 2000) killed = redis.kill()
    }
  })
  await Promise.allSettled(writers)
  t.ok(acknowledged >= 2000)
  await killed
  await redis.start()
  const kept = Number(await client(t, redis.url).get('n'))
  t.ok(kept >= acknowledged, `${kept} kept of ${acknowledged} acknowledged`)
  t.ok(kept <= acknowledged + 20, 'and at most those that were in flight besides')
})

t.test('it asks for the password and listens on loopback only', async t => {
  const redis = await server(t)
  const stranger = client(t, `redis://127.0.0.1:${redis.port}`)
  await t.rejects(stranger.get('n'), /NOAUTH/)
  const known = client(t, redis.url)
  t.same(await known.config('GET', 'bind'), ['bind', '127.0.0.1'])
  t.same(await known.config('GET', 'appendfsync'), ['appendfsync', 'always'])
})

t.test('a taken port is said', async t => {
  const redis = await server(t)
  const { port, password, folder } = redis
  const second = new RedisServer({ port, password, folder: `${folder}/second`, logFile: `${folder}/second.log` })
  await t.rejects(second.start(), /did not come: it stopped with code 1(.|\n)*Address already in use/)
})

t.test('stopped, nothing is left', async t => {
  const redis = await startRedis()
  await redis.stop()
  t.notOk(redis.pid)
  t.notOk(existsSync(redis.folder))
})
