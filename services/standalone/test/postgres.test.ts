import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import pg from 'pg'
import t from 'tap'
import { Database, type Passwords, type PostgresServer, type Role, startDatabase } from '../postgres.ts'
import { exited, processesIn, signal, startTime, until } from '../process.ts'

// One pair for all: each test leaves a primary and a replica that follows it, though not always the same.
const pair = await startDatabase()
t.teardown(() => pair.stop())
await pair.primary.query('CREATE TABLE kept (n serial)')

const write = (server: PostgresServer) => server.query('INSERT INTO kept DEFAULT VALUES')
const count = async (server: PostgresServer) => Number((await server.query('SELECT count(*) AS n FROM kept'))[0]?.n)
const replicated = (rows: number) => until(async () => (await count(pair.replica)) === rows, `Row ${rows} on the replica`)
const waitsForReplica = async (server: PostgresServer) =>
  (await server.query("SELECT FROM pg_stat_activity WHERE wait_event = 'SyncRep'")).length
const followers = () => pair.primary.query('SELECT application_name, state, sync_state FROM pg_stat_replication')

t.test('the servers are as the services need them', async t => {
  const [row] = await pair.primary.query(
    `SELECT current_setting('server_version') AS version, current_setting('data_checksums') AS checksums,
       current_setting('listen_addresses') AS addresses, current_setting('server_encoding') AS encoding,
       lower('AÇÚCAR') AS lower, ARRAY(SELECT n FROM unnest(ARRAY['b', 'Ç', 'a', 'c', 'Á']) AS n ORDER BY n COLLATE "pt-BR-x-icu") AS names,
       (SELECT rolpassword LIKE 'SCRAM-SHA-256$%' FROM pg_authid WHERE rolname = 'catalogo') AS scram`,
  )
  t.match(row, { version: /^17\./, checksums: 'on', addresses: '127.0.0.1', encoding: 'UTF8', lower: 'açúcar', scram: true })
  t.same(row?.names, ['a', 'Á', 'b', 'c', 'Ç'])
  await pair.primary.query('CREATE EXTENSION pg_trgm; CREATE EXTENSION unaccent')
  t.same(await pair.primary.query("SELECT show_trgm('é') <> '{}' AS letters"), [{ letters: true }])
})

t.test('each role owns its schema and enters with its password only', async t => {
  const as = async (url: string, sql: string) => {
    const client = new pg.Client(url)
    try {
      await client.connect()
      await client.query(sql)
      return 'done'
    } catch (error) {
      return (error as pg.DatabaseError).code
    } finally {
      await client.end()
    }
  }
  const { primary } = pair
  t.equal(await as(primary.url('catalogo'), 'CREATE TABLE catalogo.x ()'), 'done')
  t.equal(await as(primary.url('pedidos'), 'CREATE TABLE pedidos.x ()'), 'done')
  t.equal(await as(primary.url('pedidos'), 'SELECT FROM catalogo.x'), '42501', 'permission denied')
  t.equal(await as(primary.url('catalogo').replace(/:[0-9a-f]+@/, ':wrong@'), 'SELECT'), '28P01', 'wrong password')
  t.match(pair.url('pedidos'), new RegExp(`^postgres://pedidos:\\w+@127.0.0.1:${primary.port},127.0.0.1:\\d+/confeitaria$`))
})

t.test('the replica streams, and takes no writes', async t => {
  await write(pair.primary)
  t.match(await followers(), [{ application_name: 'postgres-b', state: 'streaming', sync_state: 'quorum' }])
  await replicated(await count(pair.primary))
  await t.rejects(write(pair.replica), { code: '25006' })
})

t.test('a commit is acknowledged only when the replica has it; where none is asked for, at once', async t => {
  const { primary, replica } = pair
  replica.pause()
  let acknowledged = false
  const commit = write(primary).then(() => {
    acknowledged = true
  })
  await until(() => waitsForReplica(primary), 'The wait for the replica')
  t.notOk(acknowledged)
  replica.resume()
  await commit

  await primary.requireReplica(false)
  replica.pause()
  await write(primary)
  replica.resume()
  await primary.requireReplica(true)
})

t.test('killed -9, the primary starts again with all that it acknowledged', async t => {
  const { primary, replica } = pair
  await write(primary)
  const rows = await count(primary)
  await replicated(rows)
  await primary.kill()
  t.same(processesIn(primary.folder), [])
  await t.rejects(count(primary), { code: 'ECONNREFUSED' })
  t.equal(await count(replica), rows, 'the replica goes on')
  await primary.start()
  t.equal(await count(primary), rows)
  await write(primary)
  await replicated(rows + 1)
})

t.test('killed -9 with its children left behind, it starts again', async t => {
  const { primary } = pair
  primary.pause() // a paused child does not notice that its parent is gone
  signal(primary.pid!, 'SIGKILL')
  await exited(primary.child!)
  t.not(processesIn(primary.folder).length, 0)
  await primary.start()
  await write(primary)
})

t.test('a postmaster.pid that names a living process of another program does not hinder the start', async t => {
  await pair.primary.kill()
  // PostgreSQL minds only processes of its own user, so the other server lends its number.
  await writeFile(`${pair.primary.folder}/postmaster.pid`, `${pair.replica.pid}\n${pair.primary.folder}\n`)
  await pair.primary.start()
  t.ok(pair.primary.pid)
})

t.test('a replica that cannot follow any more is made anew', async () => {
  const { primary } = pair
  await pair.replica.stop()
  await primary.requireReplica(false)
  await primary.query('SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots')
  await pair.startReplica()
  await write(primary)
  await replicated(await count(primary))
})

t.test('promoted, the replica has every acknowledged row and acknowledges none alone; rebuilt, the old primary follows it', async t => {
  const [old, next] = [pair.primary, pair.replica]
  for (let n = 0; n < 50; n++) await write(old)
  const rows = await count(old)
  await t.rejects(pair.promote(), /Stop postgres-a before/)
  await old.kill()
  await pair.promote()
  t.equal(pair.primary, next)
  t.equal(await count(next), rows)
  t.equal(next.timeline, 2)
  const commit = write(next)
  await until(() => waitsForReplica(next), 'The wait of a commit that nobody else has')
  await pair.rebuild()
  await commit
  t.ok(old.isStandby)
  t.match(await followers(), [{ application_name: 'postgres-a', state: 'streaming', sync_state: 'quorum' }])
  await write(next)
  await replicated(rows + 2)
})

t.test('the folders remember who is the primary, also when the other was never rebuilt', async t => {
  const [old, next] = [pair.primary, pair.replica]
  const rows = await count(old)
  await old.kill()
  await pair.promote()
  await next.requireReplica(false)
  await write(next)
  await next.stop()
  t.notOk(old.isStandby || next.isStandby, 'both were primaries')
  const roles: Role[] = ['postgres', 'replicador', 'catalogo', 'pedidos']
  const again = new Database({
    folder: dirname(old.folder),
    ports: [pair.servers[0].port, pair.servers[1].port],
    passwords: Object.fromEntries(roles.map(role => [role, new URL(old.url(role)).password])) as Passwords,
    logFolder: dirname(old.folder),
    durable: false,
  })
  t.equal(again.primary.name, next.name)
  try {
    await again.open()
    t.equal(await count(again.primary), rows + 1)
    t.ok(again.replica.isStandby)
  } finally {
    await again.stop()
  }
})

t.test('stopped, nothing is left: no process and no folder', async t => {
  await pair.primary.start()
  const { pid } = pair.primary
  await pair.stop()
  t.equal(startTime(pid!), undefined)
  t.notOk(existsSync(dirname(pair.primary.folder)))
})
