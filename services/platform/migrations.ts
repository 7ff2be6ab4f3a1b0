import { fileURLToPath } from 'node:url'
import { runner } from 'node-pg-migrate'
import pg from 'pg'
import { splitHosts } from './database.ts'

const PRIMARY_WAIT_MS = 60_000

/**
 * Applies the forward-only SQL files of `dir` that are not applied yet, on the primary. Safe when several start at once:
 * the others wait for the first (advisory lock) and find nothing left to do.
 * @throws what PostgreSQL answers, or when no primary shows up within 60 s
 */
export async function migrate({ url, schema, dir }: { url: string; schema: string; dir: URL }) {
  const databaseUrl = await primaryUrl(url)
  const done = await runner({
    databaseUrl,
    dir: fileURLToPath(dir),
    direction: 'up',
    schema,
    migrationsTable: 'migracao',
    advisoryLockMode: 'wait',
    log: () => {},
  })
  console.log(done.length ? `${schema}: applied ${done.map(({ name }) => name).join(', ')}` : `${schema}: up to date`)
}

/** Works over one connection to the primary, which is ended afterwards and with it whatever was not committed. */
export async function onPrimary<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: await primaryUrl(url) })
  client.on('error', () => {}) // what waits for the server is told; without a listener the process would end
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** The host of a DATABASE_URL that takes writes; waits up to 60 s for one. */
export async function primaryUrl(url: string): Promise<string> {
  const deadline = Date.now() + PRIMARY_WAIT_MS
  for (;;) {
    let failure: unknown
    for (const connectionString of splitHosts(url)) {
      const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2_000 })
      client.on('error', () => {})
      try {
        await client.connect()
        const { rows } = await client.query('SELECT pg_is_in_recovery() AS replica')
        if (!rows[0].replica) return connectionString
      } catch (error) {
        failure = error
        const { code = '' } = error as { code?: string }
        if (code.startsWith('28') || code.startsWith('3D')) throw error // wrong password, unknown role or database: waiting does not help
      } finally {
        await client.end().catch(() => {})
      }
    }
    if (Date.now() > deadline) throw new Error('No primary within 60 s: is PostgreSQL up, and is DATABASE_URL right?', { cause: failure })
    console.log('waiting for a primary …')
    await new Promise(resolve => setTimeout(resolve, 1_000))
  }
}
