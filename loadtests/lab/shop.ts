// The shop as a shopper sees it, from where the lab runs: what was acknowledged is asked for again.
import type { Cluster } from './cluster.ts'
import type { ServedLedger } from './invariants.ts'
import { Refusal } from './refusal.ts'
import type { Load } from './samples.ts'
import { run } from './tools.ts'

const AT_ONCE = 8
const TRIES = 5

/** Where the shop's ingress is: LAB_SHOP, or the port of this machine that kind maps to it. */
export async function shopUrl({ kindName }: Cluster): Promise<string> {
  if (process.env.LAB_SHOP) return process.env.LAB_SHOP
  if (!kindName) throw new Refusal('Set LAB_SHOP to the address of the shop: only for kind is it known.')
  const mapped = await run('docker', ['port', `${kindName}-control-plane`, '30080/tcp'])
  return `http://${mapped.trim().split('\n')[0]}`
}

// biome-ignore lint/suspicious/noExplicitAny: what it is depends on the route
async function ask(url: string, headers: Record<string, string> = {}): Promise<any> {
  let obstacle: Error | undefined
  for (let i = 0; i < TRIES; i++) {
    try {
      const answer = await fetch(url, { headers, signal: AbortSignal.timeout(10_000) })
      const body = await answer.text()
      if (answer.ok) return JSON.parse(body).data
      obstacle = undefined
      if (answer.status === 404) break
    } catch (error) {
      obstacle = error as Error
    }
    await new Promise(resolve => setTimeout(resolve, 500))
  }
  if (obstacle) throw new Error(`${url} could not be read again: ${obstacle.message}`)
}

async function each<T>(things: readonly T[], work: (thing: T) => Promise<void>) {
  const waiting = things[Symbol.iterator]()
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const thing of waiting) await work(thing)
    }),
  )
}

/**
 * Every order and every cart that was acknowledged, through the ingress; what the shop answers with an error is not there.
 * @throws Error when the shop cannot be reached
 */
export async function readAgain(url: string, load: Load): Promise<ServedLedger> {
  const served: ServedLedger = { orders: new Map(), carts: new Map() }
  await each(load.orders, async ({ id, session }) => {
    const order = await ask(`${url}/api/pedidos/${id}`, { 'x-session-id': session })
    served.orders.set(
      id,
      order && {
        total: order.total,
        lines: order.itens.map(({ produto_id, quantidade, preco }: Record<string, number>) => [produto_id, quantidade, preco]),
      },
    )
  })
  await each([...load.lines.keys()], async session => {
    const cart = await ask(`${url}/api/carrinho/${session}`)
    served.carts.set(session, cart && new Map(cart.itens.map((item: Record<string, number>) => [item.produto_id, item.quantidade])))
  })
  return served
}
