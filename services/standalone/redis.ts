/** A Redis or Valkey server from PATH, for the embedded run and for every test of the project. */
import { randomBytes } from 'node:crypto'
import { accessSync, constants, mkdtempSync } from 'node:fs'
import { chown, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { Redis } from 'ioredis'
import { DataServer, end, freePort, launch, ownerOf, Sentence, unprivileged, until, WORKING_FOLDER } from './process.ts'

/** @throws Sentence when neither Redis nor Valkey is installed */
export function program(): string {
  for (const name of ['valkey-server', 'redis-server']) {
    for (const folder of (process.env.PATH ?? '').split(delimiter)) {
      try {
        accessSync(join(folder, name), constants.X_OK)
        return join(folder, name)
      } catch {
        // look on
      }
    }
  }
  throw new Sentence('Neither valkey-server nor redis-server is in PATH: run make install, or install one of them.')
}

export interface RedisOptions {
  folder: string
  port: number
  password: string
  logFile: string
}

export class RedisServer extends DataServer {
  readonly password: string

  constructor({ password, ...options }: RedisOptions) {
    super({ name: 'redis', ...options })
    this.password = password
  }

  get url(): string {
    return `redis://:${this.password}@127.0.0.1:${this.port}`
  }

  /** Starts the server and waits until it has read its data and answers. */
  async start(): Promise<void> {
    const command = program()
    await mkdir(this.folder, { recursive: true, mode: 0o700 })
    const identity = ownerOf(this.folder)?.uid === 0 ? unprivileged() : ownerOf(this.folder)
    const configuration = join(this.folder, 'redis.conf')
    // Synced before each answer: with "everysec" a write may be acknowledged while it waits for a slow sync, and die with us.
    const lines = [
      'bind 127.0.0.1',
      `port ${this.port}`,
      `requirepass ${this.password}`,
      'appendonly yes',
      'appendfsync always',
      'save ""',
      'maxmemory-policy noeviction',
    ]
    await writeFile(configuration, `${lines.join('\n')}\n`, { mode: 0o600 })
    if (identity) for (const path of [this.folder, configuration]) await chown(path, identity.uid, identity.gid)
    const child = launch(command, [`${WORKING_FOLDER}/redis.conf`], {
      cwd: this.folder,
      logFile: this.logFile,
      identity,
      deathSignal: 'TERM',
    })
    this.child = child
    const client = new Redis(this.url, { lazyConnect: true, retryStrategy: () => 50, maxRetriesPerRequest: null })
    client.on('error', () => {}) // not up yet
    try {
      await client.connect().catch(() => {})
      // Another server may have the port, and the same password.
      const answers = async () => client.status === 'ready' && (await client.info('server')).includes(`process_id:${child.pid}\r`)
      await until(answers, `Redis on port ${this.port}`, { child, logFile: this.logFile })
    } finally {
      client.disconnect()
    }
  }

  async stop(): Promise<void> {
    await end(this.child, 'SIGTERM', 'SIGKILL')
  }
}

/** For tests: a server of its own in a temporary folder that `stop` removes. It ends when the process does. */
export async function startRedis(): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'confeitaria-redis-'))
  const server = new RedisServer({
    folder,
    port: await freePort(),
    password: randomBytes(24).toString('hex'),
    logFile: join(folder, 'redis.log'),
  })
  const remove = async () => {
    await server.kill()
    await rm(folder, { recursive: true, force: true })
  }
  await server.start().catch(async error => {
    await remove()
    throw error
  })
  server.stop = remove
  return server
}
