import { once } from 'node:events'
import net from 'node:net'
import { Worker } from 'node:worker_threads'
import { startDatabase } from '@confeitaria/standalone/postgres'
import { until } from '@confeitaria/standalone/process'
import pg from 'pg'
import t, { type Test } from 'tap'
import { Database, OutcomeUnknown, STALENESS_MS, splitHosts } from '../database.ts'
import { Problem } from '../problem.ts'
import { createService } from '../service.ts'
import { startProxy } from './postgres-proxy.ts'

const CONNECTIONS = 10
const servers = await startDatabase({ replica: true })
t.teardown(() => servers.stop())
await servers.primary.query('CREATE TABLE catalogo.nota (id int PRIMARY KEY, valor int NOT NULL)')
await servers.primary.query('ALTER TABLE catalogo.nota OWNER TO catalogo')

let names = 0
async function connect(t: Test, url = servers.url('catalogo')) {
  const servico = `teste${++names}`
  const lines: string[] = []
  const app = await createService({
    servico,
    title: 'teste',
    config: { LOG_LEVEL: 'info', MAX_IN_FLIGHT: 100 },
    health: () => ({ ok: true }),
    logStream: { write: line => void lines.push(line) },
  })
  t.teardown(() => app.close())
  const database = await Database.register(app, { url, servico, connections: CONNECTIONS })
  await app.ready()
  return {
    database,
    log: () => lines.join(''),
    /** Processes of the server that serve this one. */
    backends: async (server = servers.primary) =>
      (await server.query('SELECT pid, wait_event, query FROM pg_stat_activity WHERE application_name = $1', [
        `confeitaria-${servico}`,
      ])) as {
        pid: number
        wait_event: string
        query: string
      }[],
  }
}
/** The replica stays where it is until the test's end. */
async function holdReplica(t: Test) {
  t.teardown(() => servers.replica.resumeReplay())
  await servers.replica.pauseReplay()
}
let ids = 0
const newId = () => ++ids
const noted = async (id: number) => (await servers.primary.query('SELECT valor FROM catalogo.nota WHERE id = $1', [id]))[0]?.valor
const insert = (id: number, valor = 0) => ({ text: 'INSERT INTO catalogo.nota VALUES ($1, $2)', values: [id, valor] })
const select = (id: number) => ({ text: 'SELECT valor FROM catalogo.nota WHERE id = $1', values: [id] })
const is503 = { status: 503, details: { headers: { 'retry-after': '1' } } }
const caught = async (promise: Promise<unknown>) =>
  promise.then(
    value => ({ value }),
    error => error,
  )

t.test('a URL of several hosts is one of each', async t => {
  t.strictSame(splitHosts('postgres://u:p%40@a:1,b,c:3/db?x=y'), [
    'postgres://u:p%40@a:1/db?x=y',
    'postgres://u:p%40@b/db?x=y',
    'postgres://u:p%40@c:3/db?x=y',
  ])
  t.throws(() => splitHosts('postgres:///db'), /expected postgres:/)
})

t.test('writes go to the primary, reads to the replica, and what must be the latest to the primary', async t => {
  const { database } = await connect(t)
  t.strictSame(Object.values(database.roles), ['primary', 'replica'])
  const where = { text: 'SELECT pg_is_in_recovery() AS replica' }
  t.equal(await database.transaction(async client => (await client.query(where)).rows[0].replica), false)
  const { rows, server } = await database.read<{ replica: boolean }>(where)
  t.strictSame([rows[0]?.replica, server], [true, Object.keys(database.roles)[1]], 'and who answered')
  t.match(await database.readLatest(where), { rows: [{ replica: false }], isLatest: true })
})

t.test('what was written is in the next read once its asOf is later, whichever server it comes from', async t => {
  const { database } = await connect(t)
  const id = newId()
  await database.transaction(client => client.query(insert(id)))
  for (let valor = 1; valor <= 20; valor++) {
    await database.transaction(client => client.query('UPDATE catalogo.nota SET valor = $2 WHERE id = $1', [id, valor]))
    const written = performance.now()
    const later = async () => {
      const asked = performance.now()
      const { rows, asOf } = await database.read(select(id))
      if (asked - asOf > STALENESS_MS) t.fail(`an answer was ${asked - asOf} ms old when it was asked for`)
      if (asOf >= written) t.strictSame(rows, [{ valor }])
      return asOf >= written
    }
    await until(later, 'A read of after the write', { ms: 2_000 })
  }
})

t.test('a Problem thrown inside rolls back and is not tried again', async t => {
  const { database } = await connect(t)
  const id = newId()
  let runs = 0
  const problem = new Problem(409, 'x', 'x')
  const error = await caught(
    database.transaction(async client => {
      runs++
      await client.query(insert(id))
      throw problem
    }),
  )
  t.equal(error, problem)
  t.equal(runs, 1)
  t.equal(await noted(id), undefined)
})

t.test('an error of the statements rolls back and comes out as it is', async t => {
  const { database } = await connect(t)
  const id = newId()
  await t.rejects(
    database.transaction(async client => {
      await client.query(insert(id))
      await client.query(insert(id))
    }),
    { code: '23505' },
  )
  t.equal(await noted(id), undefined)
  await t.rejects(database.read({ text: 'SELECT nada' }), { code: '42703' })
  await t.rejects(database.readLatest({ text: 'SELECT nada' }), { code: '42703' })
})

t.test('a transaction whose failed statement was overlooked does not return as if it had been committed', async t => {
  const { database } = await connect(t)
  const id = newId()
  const result = await caught(
    database.transaction(async client => {
      await client.query(insert(id))
      await client.query('SELECT nada').catch(() => {})
      return 'done'
    }),
  )
  t.type(result, Error)
  t.equal(await noted(id), undefined)
})

t.test('of two transactions in a deadlock the one that is undone is made again', async t => {
  const { database } = await connect(t)
  const [a, b] = [newId(), newId()]
  await database.transaction(async client => {
    await client.query(insert(a))
    await client.query(insert(b))
  })
  let runs = 0
  let locked = 0
  let meet = () => {}
  const both = new Promise<void>(resolve => (meet = resolve))
  const add = (first: number, second: number) =>
    database.transaction(async client => {
      runs++
      await client.query('UPDATE catalogo.nota SET valor = valor + 1 WHERE id = $1', [first])
      if (++locked === 2) meet()
      await both
      await client.query('UPDATE catalogo.nota SET valor = valor + 1 WHERE id = $1', [second])
    })
  await Promise.all([add(a, b), add(b, a)])
  t.equal(runs, 3)
  t.strictSame([await noted(a), await noted(b)], [2, 2])
})

t.test('a connection that breaks before COMMIT: the transaction is made again, once', async t => {
  const { database } = await connect(t)
  const id = newId()
  let runs = 0
  await database.transaction(async client => {
    runs++
    await client.query(insert(id, runs))
    if (runs === 1) await client.query('SELECT pg_terminate_backend(pg_backend_pid())')
  })
  t.equal(runs, 2)
  t.equal(await noted(id), 2)
})

t.test('a session that the server ends because it was idle too long: the transaction is made again', async t => {
  const { database } = await connect(t)
  const id = newId()
  let runs = 0
  await database.transaction(async client => {
    if (++runs === 1) {
      await client.query("SET LOCAL idle_in_transaction_session_timeout = '20ms'")
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200) // a process that is starved, and reads the news too late
    }
    await client.query(insert(id, runs))
  })
  t.strictSame([runs, await noted(id)], [2, 2])
})

t.test('a connection that breaks under COMMIT: the outcome is unknown, and nothing is made again', async t => {
  const proxy = await startProxy(servers.primary.port)
  t.teardown(() => proxy.close())
  const { database } = await connect(t, servers.url('catalogo').replace(`:${servers.primary.port}`, `:${proxy.port}`))
  for (const [cut, expected] of [
    ['answer', 7],
    ['statement', undefined],
  ] as const) {
    const id = newId()
    let runs = 0
    const done = proxy.cutNext('COMMIT', cut)
    const error = await caught(
      database.transaction(async client => {
        runs++
        await client.query(insert(id, 7))
      }),
    )
    await done
    t.type(error, OutcomeUnknown)
    t.match(error, { ...is503, type: 'resultado-desconhecido' })
    t.notMatch((error as OutcomeUnknown).details.detail, 'Idempotency-Key', 'which only some callers know')
    t.equal(runs, 1)
    t.equal(await noted(id), expected, `with the ${cut} lost`)
    const again = newId()
    await database.transaction(client => client.query(insert(again)))
    t.equal(await noted(again), 0, 'the next one goes through')
  }
})

t.test('a COMMIT that no standby has confirmed is unknown and never a normal return, however many wait', async t => {
  const { database, backends } = await connect(t)
  const all = Array.from({ length: CONNECTIONS + 3 }, newId)
  servers.replica.pause()
  const started = performance.now()
  try {
    const results = await Promise.all(all.map(id => caught(database.transaction(client => client.query(insert(id))))))
    t.ok(performance.now() - started < 9_000, `${Math.round(performance.now() - started)} ms`)
    const unknown = results.filter(result => result instanceof OutcomeUnknown)
    t.ok(unknown.length >= CONNECTIONS, `${unknown.length} unknown`)
    for (const result of results) t.match(result, is503)
    t.strictSame(
      (await backends()).filter(({ wait_event }) => wait_event === 'SyncRep'),
      [],
      'nothing goes on waiting on the server',
    )
  } finally {
    servers.replica.resume()
  }
  await until(
    async () => !((await caught(database.transaction(client => client.query(insert(newId()))))) instanceof Error),
    'Writing again',
  )
})

t.test('who has waited for a row that another COMMIT held waits the less for a standby', async t => {
  const { database, backends } = await connect(t)
  const id = newId()
  await database.transaction(client => client.query(insert(id)))
  const change = { text: 'UPDATE catalogo.nota SET valor = valor + 1 WHERE id = $1', values: [id] }
  const update = () => caught(database.transaction(client => client.query(change)))
  servers.replica.pause()
  try {
    const first = update()
    await until(async () => (await backends()).some(({ wait_event }) => wait_event === 'SyncRep'), 'The COMMIT of the first')
    const committing = performance.now()
    await until(() => performance.now() - committing > 1_000, 'A second of it')
    const started = performance.now()
    t.match(await update(), is503)
    const ms = Math.round(performance.now() - started)
    // Of 3.5 s for the first's COMMIT it has waited 2.5 s; as long as that for its own would make 6 s.
    t.ok(ms < 5_500, `${ms} ms`)
    t.type(await first, OutcomeUnknown)
  } finally {
    servers.replica.resume()
  }
})

t.test(
  'a primary whose only standby is gone: writes are soon refused at once, with nothing done, and go through when it is back',
  async t => {
    const { database, backends } = await connect(t)
    const id = newId()
    await servers.replica.stop('immediate')
    try {
      const refused = async () => (await caught(database.transaction(client => client.query(insert(newId()))))).type === 'indisponivel'
      await until(refused, 'A heartbeat that knows')
      const started = performance.now()
      for (let i = 0; i < CONNECTIONS + 3; i++) {
        t.match(await caught(database.transaction(client => client.query(insert(id)))), { ...is503, type: 'indisponivel' })
      }
      // Each would wait for the primary 0.7 s, and for a standby 3.5 s.
      t.ok(performance.now() - started < 4_000, `${Math.round(performance.now() - started)} ms, one after the other`)
      t.strictSame(
        (await backends()).filter(({ wait_event }) => wait_event === 'SyncRep'),
        [],
        'nothing waits on the server',
      )
      t.equal(await noted(id), undefined)
    } finally {
      await servers.replica.start()
    }
    await until(async () => !((await caught(database.transaction(client => client.query(insert(id))))) instanceof Error), 'Writing again')
    t.equal(await noted(id), 0)
  },
)

t.test('all connections taken: a 503 with Retry-After quickly, and no hanging', async t => {
  const { database } = await connect(t)
  const long = Array.from({ length: CONNECTIONS }, () => caught(database.transaction(client => client.query('SELECT pg_sleep(2.8)'))))
  const started = performance.now()
  const others = await Promise.all(
    Array.from({ length: 250 }, async () => {
      const result = await caught(database.transaction(client => client.query('SELECT 1')))
      return { result, ms: performance.now() - started }
    }),
  )
  // Who waited until the others have finished would get a connection.
  for (const { result } of others) t.match(result, is503)
  // In the queue it would be 2 s.
  const refused = others.filter(({ ms }) => ms < 1_900)
  t.ok(refused.length >= 250 - 200, `${refused.length} were refused at once`)
  for (const result of await Promise.all(long)) t.notOk(result instanceof Error, 'who had one finishes')
  t.equal(await database.transaction(async client => (await client.query('SELECT 1 AS one')).rows[0].one), 1)
})

t.test('200 failures leave no connection behind', async t => {
  const { database, backends } = await connect(t)
  const failing = [
    () => database.transaction(client => client.query('SELECT nada')),
    () => database.transaction(client => client.query('SELECT pg_terminate_backend(pg_backend_pid())')),
    () =>
      database.transaction(async () => {
        throw new Problem(409, 'x', 'x')
      }),
    () => database.read({ text: 'SELECT pg_cancel_backend(pg_backend_pid())' }),
    () => database.readLatest({ text: 'SELECT 1 / 0' }),
  ]
  for (let n = 0; n < 200; n += 20) {
    const results = await Promise.all(Array.from({ length: 20 }, (_, at) => caught(failing[(n + at) % failing.length]!())))
    t.ok(results.every(result => result instanceof Error))
  }
  for (const server of servers.servers)
    await until(async () => (await backends(server)).length <= CONNECTIONS + 1, 'No more connections than the pool and the heartbeat', {
      ms: 3_000,
    })
  const id = newId()
  // All of the pool's are sound.
  await Promise.all(Array.from({ length: CONNECTIONS * 2 }, () => database.transaction(client => client.query('SELECT 1'))))
  await database.transaction(client => client.query(insert(id)))
  t.equal(await noted(id), 0)
})

t.test('a read that a replica breaks off, whatever it says of it, is made on the primary', async t => {
  const { database } = await connect(t)
  const { primary, replica } = servers
  await replica.query("ALTER SYSTEM SET max_standby_streaming_delay = '20ms'")
  await replica.query('SELECT pg_reload_conf()')
  t.teardown(async () => {
    await replica.query('ALTER SYSTEM RESET max_standby_streaming_delay')
    await replica.query('SELECT pg_reload_conf()')
  })
  const reading = () => replica.query<{ pid: number }>("SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
  for (const [why, breakOff] of [
    // It has to replay a lock on what is being read (SQLSTATE 40001).
    ['a recovery conflict', () => primary.query('BEGIN; LOCK TABLE catalogo.nota IN ACCESS EXCLUSIVE MODE; COMMIT')],
    ['its administrator (57P01)', async () => replica.query('SELECT pg_terminate_backend($1)', [(await reading())[0]?.pid])],
  ] as const) {
    const read = database.read<{ replica: boolean }>({
      text: `SELECT pg_is_in_recovery() AS replica, CASE WHEN pg_is_in_recovery() THEN pg_sleep(2.5) END
        FROM (SELECT FROM catalogo.nota LIMIT 1) AS nota`,
    })
    await until(async () => (await reading()).length, 'The read on the replica', { ms: 2_000 })
    await breakOff()
    t.match((await read).rows, [{ replica: false }], why)
  }
})

t.test('a connection to the primary that breaks makes no replica fresh that lags behind', async t => {
  const { database, backends, log } = await connect(t)
  const id = newId()
  await holdReplica(t)
  await database.transaction(client => client.query(insert(id)))
  const written = performance.now()
  let read = 0
  let stale = 0
  const look = async () => {
    const answer = await database.read(select(id)).catch(() => undefined)
    if (!answer || answer.asOf <= written) return // of before the write, and it says so
    read++
    if (!answer.rows.length) stale++
  }
  for (let round = 0; round < 10; round++) {
    const before = (await backends()).map(({ pid }) => pid)
    await servers.primary.query('SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid', [before])
    await until(async () => {
      await look()
      return (await backends()).some(({ pid, query }) => !before.includes(pid) && query.includes('pg_control_system'))
    }, 'The next heartbeat')
    if (round % 3 === 0) await database.transaction(client => client.query('SELECT pg_terminate_backend(pg_backend_pid())')).catch(() => {})
    for (let n = 0; n < 10; n++) await look()
  }
  t.ok(read > 10)
  t.equal(stale, 0, `nobody reads what was before; the log says ${log()}`)
})

/** One name for several servers, as a Service is: each connection, counted from 0, is led to one of them, or ended, or left without an answer. The first is the heartbeat's. */
async function startService(t: Test, leadsTo: (connection: number) => { port: number } | 'end' | 'silence') {
  const links: { client: net.Socket; upstream?: net.Socket }[] = []
  const service = net.createServer(client => {
    client.on('error', () => {})
    const server = leadsTo(links.length)
    if (server === 'end' || server === 'silence') {
      links.push({ client: server === 'end' ? client.destroy() : client })
      return
    }
    const upstream = net.connect({ port: server.port, host: '127.0.0.1' }).on('error', () => {})
    client.pipe(upstream).pipe(client)
    links.push({ client, upstream })
  })
  await new Promise<void>(resolve => service.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    service.close()
    for (const link of links) for (const socket of Object.values(link)) socket.destroy()
  })
  const { port } = service.address() as net.AddressInfo
  return { links, url: servers.primary.url('catalogo').replace(`:${servers.primary.port}`, `:${port}`) }
}

t.test('behind one name are a primary and a replica that lags: every read finds the primary', async t => {
  const { links, url } = await startService(t, connection => (connection % 2 ? servers.replica : servers.primary))
  await holdReplica(t)
  const id = newId()
  await servers.primary.query(insert(id).text, insert(id).values)
  const { database } = await connect(t, url)
  const reads = await Promise.all(Array.from({ length: CONNECTIONS }, () => caught(database.read(select(id)))))
  for (const read of reads) t.match(read, { value: { rows: [{ valor: 0 }] } })
  t.ok(links.length > 2, 'over connections to both')
})

t.test('a name that leads to the only primary, and then past it: the primary stays known until another name leads to it', async t => {
  const { links, url } = await startService(t, connection => (connection ? servers.replica : servers.primary))
  const { database, log } = await connect(t, url)
  await until(() => links[1]?.client.destroyed, 'The end of the second connection of the heartbeat', { ms: 15_000 })
  t.ok(database.takesWrites)
  t.notMatch(log(), '"is":"replica"')
  links[0]!.client.destroy()
  await until(() => !database.takesWrites, 'The news that the connection to the primary is gone')
})

for (const next of ['end', 'silence'] as const) {
  t.test(`a name that takes no other connection (${next}): the primary stays known over the one that works`, async t => {
    const { links, url } = await startService(t, connection => (connection ? next : servers.primary))
    const { database, log } = await connect(t, url)
    await until(() => links.length > 2, 'The third connection of the heartbeat', { ms: 20_000 })
    t.ok(database.takesWrites)
    t.notMatch(log(), '"is":"unknown"')
    links[0]!.client.destroy()
    await until(() => !database.takesWrites, 'The news that the connection to the primary is gone')
  })
}

t.test('a process that is starved while a heartbeat is on its way takes no server for silent', async t => {
  // A way to the primary on which answers take a moment, in a thread of its own: they arrive while this one is starved.
  const relay = new Worker(
    `const net = require('node:net')
    const { parentPort, workerData } = require('node:worker_threads')
    const server = net.createServer(client => {
      const upstream = net.connect(workerData, '127.0.0.1')
      client.on('error', () => {}).pipe(upstream.on('error', () => {}))
      upstream.on('data', bytes => setTimeout(() => client.write(bytes), 50))
    })
    server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port))`,
    { eval: true, workerData: servers.primary.port },
  )
  t.teardown(() => relay.terminate())
  const [port] = await once(relay, 'message')
  const { database, log } = await connect(t, servers.primary.url('catalogo').replace(`:${servers.primary.port}`, `:${port}`))
  const { query } = pg.Client.prototype
  t.teardown(() => Object.assign(pg.Client.prototype, { query }))
  const starved = new Promise<void>(resolve => {
    pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
      if ((args[0] as { name?: string }).name === 'heartbeat') {
        pg.Client.prototype.query = query
        // Once it is sent; afterwards its timer is the first that the event loop looks at.
        setImmediate(() => {
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2_500)
          resolve()
        })
      }
      return (query as (...args: unknown[]) => unknown).apply(this, args)
    } as typeof query
  })
  await starved
  t.equal((await database.read<{ one: number }>({ text: 'SELECT 1 AS one' })).rows[0]?.one, 1)
  t.ok(database.takesWrites)
  t.notMatch(log(), '"is":"unknown"')
})

t.test('a heartbeat whose goodbye nobody hears goes on', async t => {
  // Lets everything through but the message that ends a session, and never closes.
  const target = servers.primary.port
  let swallowed = 0
  const sockets = new Set<net.Socket>()
  const proxy = net.createServer({ allowHalfOpen: true }, client => {
    const upstream = net.connect({ port: target, host: '127.0.0.1' })
    for (const socket of [client, upstream]) sockets.add(socket.on('error', () => {}))
    client.on('data', bytes => (bytes[0] === 0x58 ? swallowed++ : upstream.write(bytes)))
    upstream.pipe(client)
  })
  await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    proxy.close()
  })
  const { database } = await connect(
    t,
    servers.primary.url('catalogo').replace(`:${target}`, `:${(proxy.address() as net.AddressInfo).port}`),
  )
  t.ok(database.takesWrites)
  await until(() => swallowed > 0, 'The end of the first session of the heartbeat', { ms: 10_000 })
  servers.primary.pause()
  try {
    await until(() => !database.takesWrites, 'The news that the primary is silent', { ms: 6_000 })
  } finally {
    servers.primary.resume()
  }
  await until(() => database.takesWrites, 'The primary', { ms: 5_000 })
})

// From here on the servers change their roles.

t.test('without a primary writes are refused with 503 within about a second, and go on after a promotion', async t => {
  const { database } = await connect(t)
  await servers.primary.stop()
  const started = performance.now()
  t.match(await caught(database.transaction(client => client.query(insert(newId())))), is503)
  // A connection that cannot be had would be given up after 2 s.
  t.ok(performance.now() - started < 2_000, `${Math.round(performance.now() - started)} ms`)
  t.notOk(database.takesWrites)
  t.equal((await database.read<{ one: number }>({ text: 'SELECT 1 AS one' })).rows[0]?.one, 1, 'reads go on')
  t.match(await database.readLatest({ text: 'SELECT 1 AS one' }), { rows: [{ one: 1 }], isLatest: false })
  await servers.promote()
  await servers.primary.requireReplica(false)
  const id = newId()
  // Sooner than a heartbeat takes another connection, which it does every 5 s.
  await until(async () => !((await caught(database.transaction(client => client.query(insert(id))))) instanceof Error), 'Writing', {
    ms: 3_000,
  })
  t.equal(await noted(id), 0)
  await servers.rebuild()
  await until(() => Object.values(database.roles).includes('replica'), 'The replica')
})

t.test('I9: a primary that was deposed and comes back is neither written to nor read from', async t => {
  const { database } = await connect(t)
  const { primary: old, replica: next } = servers
  let leadsTo = old
  const { url } = await startService(t, () => leadsTo)
  const { database: behindOneName, log } = await connect(t, url)
  const whoAnswers = async () =>
    (await behindOneName.readLatest<{ port: number }>({ text: 'SELECT inet_server_port() AS port' })).rows[0]?.port
  t.equal(await whoAnswers(), old.port)
  await next.promote() // and acknowledges alone
  leadsTo = next
  await until(() => log().includes('"is":"unknown"'), 'The news that another is primary', { ms: 15_000 })
  t.equal(await whoAnswers(), next.port, 'no connection from before is asked, though the old one still answers')
  old.pause()
  t.teardown(() => old.kill())
  ;[servers.primary, servers.replica] = [next, old]
  const ours = `127.0.0.1:${next.port}`
  await until(() => database.roles[ours] === 'primary', 'The new primary')
  // Of the two that now say they are, the deposed one is the first in one URL and the last in the other.
  old.resume()
  const [a, b] = servers.url('catalogo').split('@')[1]!.split('/')[0]!.split(',')
  const turned = servers.url('catalogo').replace(`${a},${b}`, `${b},${a}`)
  for (const each of [database, (await connect(t)).database, (await connect(t, turned)).database]) {
    const deadline = performance.now() + 700
    for (let writes = 0; writes < 4 || performance.now() < deadline; writes++) {
      const id = newId()
      await each.transaction(client => client.query(insert(id, 5)))
      t.equal(await noted(id), 5, 'it is on the new primary')
      t.strictSame((await each.read(select(id))).rows, [{ valor: 5 }], 'and read from there')
    }
    t.equal(Object.values(each.roles).filter(role => role === 'primary').length, 1)
  }
})
