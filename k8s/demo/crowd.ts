import { until } from '../test/cluster.ts'
import { ask, browse, type Order, order } from '../test/shopper.ts'
import { Broken } from './broken.ts'

const BUYERS = 2
const PAUSE_MS = 250
/** An order that takes longer is given up, s. */
const PATIENCE = 60

const number = new Intl.NumberFormat('pt-BR')
const seconds = (ms: number) => `${(ms / 1000).toFixed(1).replace('.', ',')} s`
const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

/** Robots that look around and buy a product of their own, through the Ingress, and count what they are answered. */
export class Crowd {
  readonly product: number
  readonly orders: Order[] = []
  reads = 0
  /** Statuses of reads that were no success; 0 is no answer. */
  readonly failedReads: number[] = []
  /** Attempts to buy that were refused or not answered, and made again. */
  refused = 0
  #refusedBefore = 0
  /** Orders that did not come through with all patience. */
  givenUp = 0
  readonly #print: (line: string) => void
  readonly #token: string
  #lastOrder = 0
  #longestWait = 0
  readonly #lost: number[] = []
  #going = false
  #robots: Promise<void>[] = []

  private constructor(product: number, token: string, print: (line: string) => void) {
    this.product = product
    this.#token = token
    this.#print = print
  }

  /** @param token the administrator's: the robots' product is put in, and taken out at the end, so that no real one is sold out */
  static async gather(token: string, print: (line: string) => void): Promise<Crowd> {
    const { body: categories } = await ask('/api/catalogo/categorias')
    const product = { nome: 'Doce dos robôs', descricao: 'Para a demonstração', preco: 1.25, estoque: 100_000 }
    const { status, body } = await ask('/api/catalogo/produtos', {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: { ...product, categoria_id: categories.data?.at(-1)?.id },
    })
    if (status !== 201) throw new Broken(`the catalog took no new product (${status}): see make status`)
    return new Crowd(body.data.id, token, print)
  }

  start() {
    this.#going = true
    this.#lastOrder = performance.now()
    this.#robots = [this.#look(), ...Array.from({ length: BUYERS }, () => this.#buy())]
  }

  async #look() {
    for (; this.#going; await pause(PAUSE_MS / 5)) {
      const { status } = await browse()
      this.reads++
      if (status !== 200) this.failedReads.push(status)
    }
  }

  async #buy() {
    for (; this.#going; await pause(PAUSE_MS)) {
      const { order: placed, failures } = await order(this.product, { patienceMs: PATIENCE * 1000 })
      this.refused += failures.length
      if (!placed) {
        this.givenUp++
        continue
      }
      this.orders.push(placed)
      this.#longestWait = Math.max(this.#longestWait, performance.now() - this.#lastOrder)
      this.#lastOrder = performance.now()
    }
  }

  /** Says each second how the robots fare, until `meanwhile` is done. */
  async watch(meanwhile: Promise<unknown>) {
    const say = () =>
      this.#print(
        `robôs: leituras ${number.format(this.reads)} (${this.failedReads.length} falhas) · pedidos ${this.orders.length}, o último há ${seconds(performance.now() - this.#lastOrder)}`,
      )
    const timer = setInterval(say, 1000)
    await meanwhile.finally(() => clearInterval(timer))
    say()
  }

  /** The pods of the cart that answered so many requests, made at once. */
  async cartPods(requests: number): Promise<Set<string | null>> {
    const answers = await Promise.all(Array.from({ length: requests }, () => ask('/api/carrinho/sessao', { method: 'POST' })))
    return new Set(answers.map(({ headers }) => headers.get('x-served-by')))
  }

  async stop() {
    this.#going = false
    await Promise.all(this.#robots)
  }

  /** Asks for every confirmed order again, and prints the sum of it all. */
  async report() {
    for (const { id, session, total } of this.orders) {
      const { status, body } = await ask(`/api/pedidos/${id}`, { headers: { 'x-session-id': session } })
      if (status !== 200 || body.data.total !== total) this.#lost.push(id)
    }
    const answered = `${number.format(this.reads - this.failedReads.length)} de ${number.format(this.reads)}`
    const lines = [
      ['leituras respondidas · reads answered', answered],
      ['pedidos confirmados · orders confirmed', number.format(this.orders.length)],
      ['tentativas recusadas · attempts refused', number.format(this.refused)],
      ['pedidos perdidos · orders lost', number.format(this.#lost.length)],
      ['maior espera entre dois pedidos · longest wait', seconds(this.#longestWait)],
    ]
    for (const [what, value] of lines) this.#print(`  ${what!.padEnd(50)}${value}`)
  }

  /** From now on counts noneRefused(). */
  turn() {
    this.#refusedBefore = this.refused
  }

  noneRefused() {
    const refused = this.refused - this.#refusedBefore
    if (refused) throw new Broken(`${refused} attempts to buy were refused`)
  }

  everyReadAnswered() {
    if (this.failedReads.length) {
      throw new Broken(`${this.failedReads.length} of ${this.reads} reads failed (status ${[...new Set(this.failedReads)].join(', ')})`)
    }
  }

  nothingLost() {
    this.everyReadAnswered()
    if (this.givenUp) throw new Broken(`${this.givenUp} orders did not come through within ${PATIENCE} s`)
    if (this.#lost.length) throw new Broken(`confirmed orders are gone: ${this.#lost.join(', ')}`)
  }

  async leave() {
    await this.stop()
    const headers = { authorization: `Bearer ${this.#token}` }
    await until(
      'the robots’ product leaves the catalog',
      async () => [204, 404].includes((await ask(`/api/catalogo/produtos/${this.product}`, { method: 'DELETE', headers })).status),
      PATIENCE,
    )
  }
}
