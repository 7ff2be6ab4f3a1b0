import { unavailable } from '@confeitaria/platform/problem'
import type { Service } from '@confeitaria/platform/service'
import { Redis, type RedisOptions } from 'ioredis'

const HEARTBEAT_MS = 250
/** Silence after which a connection with something to answer counts as broken, ms: some heartbeats. Longer than any WAIT. */
const SILENCE_MS = 4 * HEARTBEAT_MS
const MAX_BACKOFF_MS = 250
/** How long a request waits for a connection before it is refused, ms. */
export const PATIENCE_MS = 500

export interface RedisConfig {
  REDIS_URL: string
  REDIS_SENTINELS?: string
  REDIS_PASSWORD?: string
}

/**
 * One connection to the primary, directly or as Sentinel says. Nothing is queued while it is away and nothing is sent twice:
 * a command that cannot be sent, or whose answer does not come, fails at once.
 */
export class Connection {
  readonly client: Redis
  readonly #heartbeat: NodeJS.Timeout
  #ready: Promise<void> | undefined
  /** Since when there is no connection (performance.now(), ms); never, while there is one. */
  #lostAt = Number.NEGATIVE_INFINITY

  constructor(name: string, config: RedisConfig, log: Service['log']) {
    const options = {
      connectionName: `confeitaria-carrinho-${name}`,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      connectTimeout: SILENCE_MS,
      maxLoadingRetryTime: MAX_BACKOFF_MS,
      retryStrategy: times => Math.min(25 * times, MAX_BACKOFF_MS),
      // A primary that has become a replica: ask again who is primary.
      reconnectOnError: error => error.message.startsWith('READONLY'),
      ...(config.REDIS_PASSWORD ? { password: config.REDIS_PASSWORD } : {}),
    } satisfies RedisOptions
    this.client = config.REDIS_SENTINELS
      ? new Redis({
          ...options,
          sentinels: config.REDIS_SENTINELS.split(',').map(address => {
            const [host = '', port = '26379'] = address.split(':')
            return { host, port: Number(port) }
          }),
          name: 'confeitaria', // so the chart's Sentinels call the primary
          sentinelCommandTimeout: SILENCE_MS,
          sentinelRetryStrategy: times => Math.min(25 * times, MAX_BACKOFF_MS),
        })
      : new Redis(config.REDIS_URL, options)
    let lost: Error | undefined
    this.client
      .on('error', error => {
        if (lost?.message !== error.message) log.warn({ err: withoutCommand(error), connection: name }, 'redis connection lost')
        lost = error
      })
      .on('close', () => {
        if (this.#lostAt === Number.POSITIVE_INFINITY) this.#lostAt = performance.now()
      })
      .on('ready', () => {
        lost = undefined
        this.#lostAt = Number.POSITIVE_INFINITY
        log.info({ connection: name }, 'redis connection ready')
      })
    // A primary that has become a replica tells it to what writes; what only reads has to ask. Only Sentinel knows of another.
    const leaveReplica = ([role]: unknown[]) => {
      if (config.REDIS_SENTINELS && role !== 'master') this.reconnect()
    }
    // Something to answer, always: so silence is noticed while nobody asks, too. It is counted in heartbeats: after an event loop that
    // was late there is one only, and then what has arrived is read. A timer of all the silence would end before that.
    let heard = 0
    let silent = 0
    this.#heartbeat = setInterval(() => {
      const { status, stream } = this.client
      if (status !== 'connect' && status !== 'ready') return
      silent = stream.bytesRead === heard ? silent + 1 : 0
      heard = stream.bytesRead
      if (silent * HEARTBEAT_MS >= SILENCE_MS) {
        silent = 0
        stream.destroy(new Error(`Redis has been silent for ${SILENCE_MS} ms`))
      } else if (this.isReady) this.client.role().then(leaveReplica, () => {})
    }, HEARTBEAT_MS).unref()
  }

  get isReady() {
    // A connection that is being closed is still called ready.
    return this.client.status === 'ready' && this.client.stream.writable
  }

  /** Whether there is a connection, or was a moment ago: requests wait for it that long. */
  get isUp() {
    return performance.now() - this.#lostAt < PATIENCE_MS
  }

  /**
   * Resolves when commands can be sent; without waiting if they can already.
   * @throws Problem 503 after {@link PATIENCE_MS}
   */
  ready(): Promise<void> | undefined {
    if (this.isReady) return undefined
    this.#ready ??= new Promise<void>((resolve, reject) => {
      const timeout = setTimeout(() => {
        this.client.off('ready', onReady)
        reject(redisAway())
      }, PATIENCE_MS)
      const onReady = () => {
        clearTimeout(timeout)
        resolve()
      }
      this.client.once('ready', onReady)
    }).finally(() => {
      this.#ready = undefined
    })
    return this.#ready
  }

  /**
   * What is sent in this turn of the event loop leaves in one write. The client's own pipelines would do that too, but what one of them
   * holds outlives its answer, and collecting it took a tenth of the process's time.
   */
  gather() {
    const { stream } = this.client
    if (stream.writableCorked) return
    stream.cork()
    setImmediate(() => stream.uncork())
  }

  /** Asks anew who is primary, unless it is about to do so already: the client does not survive being interrupted then. */
  reconnect() {
    if (this.isReady) this.client.disconnect(true)
  }

  close() {
    clearInterval(this.#heartbeat)
    this.client.disconnect()
  }
}

export const redisAway = (cause?: unknown) =>
  unavailable('Os carrinhos não estão disponíveis; tente de novo.', { cause: cause && withoutCommand(cause as Error) })

/** Whether it is Redis that says no, and not the way there. */
export const isReply = (error: unknown) => (error as Error).name === 'ReplyError'

/** The client hangs the command on its errors: the password, a session, a cart. None of them belongs in a log. */
export function withoutCommand(error: Error): Error {
  delete (error as { command?: unknown }).command
  return error
}
