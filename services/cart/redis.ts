import { unavailable } from '@confeitaria/platform/problem'
import type { Service } from '@confeitaria/platform/service'
import { Redis, type RedisOptions } from 'ioredis'

/** Silence after which a connection with something to answer counts as broken, ms. Longer than any WAIT. */
const SILENCE_MS = 1_000
const HEARTBEAT_MS = 250
const MAX_BACKOFF_MS = 250
/** How long a request waits for a connection before it is refused, ms. */
export const PATIENCE_MS = 700

export interface RedisConfig {
  REDIS_URL: string
  REDIS_SENTINELS?: string
  REDIS_SENTINEL_NAME: string
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

  constructor(name: string, config: RedisConfig, log: Service['log']) {
    const options = {
      connectionName: `confeitaria-carrinho-${name}`,
      enableAutoPipelining: true,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      connectTimeout: SILENCE_MS,
      socketTimeout: SILENCE_MS,
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
          name: config.REDIS_SENTINEL_NAME,
          sentinelCommandTimeout: SILENCE_MS,
          sentinelRetryStrategy: times => Math.min(25 * times, MAX_BACKOFF_MS),
          failoverDetector: true,
        })
      : new Redis(config.REDIS_URL, options)
    let lost: Error | undefined
    this.client
      .on('error', error => {
        if (lost?.message !== error.message) log.warn({ err: error, connection: name }, 'redis connection lost')
        lost = error
      })
      .on('ready', () => {
        lost = undefined
        log.info({ connection: name }, 'redis connection ready')
      })
    // Something to answer, always: so silence is noticed while nobody asks, too.
    this.#heartbeat = setInterval(() => {
      if (this.isReady) this.client.ping().catch(() => {})
    }, HEARTBEAT_MS).unref()
  }

  get isReady() {
    return this.client.status === 'ready'
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

  close() {
    clearInterval(this.#heartbeat)
    this.client.disconnect()
  }
}

export const redisAway = (cause?: unknown) => unavailable('Os carrinhos não estão disponíveis; tente de novo.', { cause })
