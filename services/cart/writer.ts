import { setImmediate } from 'node:timers/promises'
import { Problem } from '@confeitaria/platform/problem'
import { type Connection, isReply, PATIENCE_MS, redisAway, withoutCommand } from './redis.ts'
import { SCRIPTS, type ScriptName } from './scripts.ts'

/** How long replicas may take to have a change, ms. */
const WAIT_MS = 700

interface Change {
  script: ScriptName
  key: string
  args: (string | number)[]
  since: number
  resolve: (reply: string[]) => void
  reject: (reason: unknown) => void
}

/**
 * Runs the scripts that change carts, over a connection of its own. What comes together goes together, in one write
 * that ends with one WAIT; it is acknowledged once `replicas` replicas have it. Meanwhile the next batch gathers.
 */
export class Writer {
  readonly #connection: Connection
  readonly #replicas: number
  readonly #onUnreplicated: () => void
  #waiting: Change[] = []
  #working = false
  /** Whether this very connection has got the scripts. */
  #scriptsLoaded = false
  #replicated = true

  constructor({ connection, replicas, onUnreplicated }: { connection: Connection; replicas: number; onUnreplicated: () => void }) {
    this.#connection = connection
    this.#replicas = replicas
    this.#onUnreplicated = onUnreplicated
    connection.client.on('close', () => {
      this.#scriptsLoaded = false
    })
  }

  /** Whether the last batch reached as many replicas as it should. */
  get isReplicated() {
    return this.#replicated
  }

  /**
   * @returns what the script answers
   * @throws Problem 503 `indisponivel` when nothing was changed, `resultado-desconhecido` when that is not known
   */
  run(script: ScriptName, key: string, args: (string | number)[] = []): Promise<string[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ script, key, args, since: performance.now(), resolve, reject })
      if (!this.#working) void this.#work()
    })
  }

  async #work() {
    this.#working = true
    await setImmediate()
    while (this.#waiting.length) {
      // Who has waited for a process that was starved, and not for Redis, need not be refused.
      if (!this.#connection.isReady) {
        const patientSince = performance.now() - PATIENCE_MS
        this.#waiting = this.#waiting.filter(change => change.since >= patientSince || change.reject(redisAway()))
      }
      try {
        await this.#connection.ready()
        await this.#send(this.#waiting.splice(0))
      } catch (error) {
        for (const { reject } of this.#waiting.splice(0)) reject(error)
      }
    }
    this.#working = false
  }

  async #send(batch: Change[]) {
    if (!batch.length) return
    const { client } = this.#connection
    this.#connection.gather()
    if (!this.#scriptsLoaded) for (const { lua } of Object.values(SCRIPTS)) client.script('LOAD', lua).catch(() => {}) // evalsha says so
    this.#scriptsLoaded = true
    const sent = batch.map(({ script, key, args }) => client.evalsha(SCRIPTS[script].sha, 1, key, ...args) as Promise<string[]>)
    const waited = this.#replicas ? client.wait(this.#replicas, WAIT_MS) : 0
    const [wait, ...replies] = await Promise.allSettled([waited, ...sent] as const)
    const waitError = wait.status === 'rejected' ? wait.reason : undefined
    const acknowledged = wait.status === 'fulfilled' ? wait.value : 0
    const replicated = acknowledged >= this.#replicas
    if (!waitError) this.#replicated = replicated
    if (!replicated) this.#onUnreplicated()
    for (const [i, reply] of replies.entries()) {
      const change = batch[i]!
      if (reply.status === 'rejected') this.#fail(change, reply.reason)
      else if (reply.value[0] === 'ok' && !replicated)
        change.reject(outcomeUnknown(waitError ?? new Error(`${acknowledged} replicas have it`)))
      else change.resolve(reply.value)
    }
  }

  #fail(change: Change, error: Error) {
    if (!isReply(error)) return change.reject(NOT_SENT.test(error.message) ? redisAway(error) : outcomeUnknown(error))
    if (error.message.startsWith('NOSCRIPT')) {
      this.#scriptsLoaded = false
      this.#waiting.push(change)
    } else change.reject(REFUSED.test(error.message) ? redisAway(error) : withoutCommand(error))
  }
}

const NOT_SENT = /^Stream isn't writeable/
/** Redis has not run the script: it is no primary, full, without its disk or its replicas, still loading, or busy. */
const REFUSED = /^(READONLY|OOM|MISCONF|NOREPLICAS|LOADING|MASTERDOWN|BUSY)/

const outcomeUnknown = (cause: Error) =>
  new Problem(503, 'resultado-desconhecido', 'Resultado desconhecido', {
    detail: 'Não se sabe se o carrinho mudou. Leia o carrinho antes de repetir.',
    headers: { 'retry-after': '1' },
    cause: withoutCommand(cause),
  })
