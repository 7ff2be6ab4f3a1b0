/** How long until every reader sees a new price, and that a product is sold out, while one of them is under load. */

import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { request } from 'undici'
import { Sentence } from '../process.ts'
import { load } from './load.ts'
import { type Measure, measure } from './report.ts'
import type { Running, Shop } from './shop.ts'
import { call } from './shoppers.ts'

const CHANGES = 12
const AT_MOST_MS = 1_000
const GIVE_UP_MS = 10_000
const POLL_MS = 5

interface Services {
  catalogs: [Running, Running]
  cart: Running
  orders: Running
  storefront: Running
}

export async function measureFreshness(
  shop: Shop,
  { catalogs, cart, orders, storefront }: Services,
  products: number[],
  say: (line: string) => void,
): Promise<Measure[]> {
  const admin = { authorization: `Bearer ${shop.adminToken}` }
  const change = (id: number, body: unknown) => call(catalogs[0], `/api/produtos/${id}`, { method: 'PATCH', headers: admin, body })
  /** From now until all see it, ms, though the change itself takes part of that time. */
  const seen = async (
    id: number,
    begin: () => Promise<unknown>,
    api: (product: { preco: number; estoque: number }) => boolean,
    page: (html: string) => boolean,
  ) => {
    const since = performance.now()
    const until = async (what: string, look: () => Promise<boolean>) => {
      while (!(await look())) {
        if (performance.now() - since > GIVE_UP_MS)
          throw new Sentence(`${what} does not show the change of product ${id} within ${GIVE_UP_MS / 1000} s.`)
        await wait(POLL_MS)
      }
      return performance.now() - since
    }
    const [, ...times] = await Promise.all([
      begin(),
      ...catalogs.map(catalog => until(catalog.origin, async () => api(await call(catalog, `/api/produtos/${id}`)))),
      until('the storefront', async () => page(await (await request(`${storefront.origin}/produto/${id}`)).body.text())),
    ])
    return Math.max(...times)
  }

  const prices: number[] = []
  const soldOut: number[] = []
  let done = false
  const loading = (async () => {
    while (!done) {
      await load(
        catalogs[1],
        { requests: products.map(id => ({ path: `/api/produtos/${id}` })) },
        { seconds: 2, connections: 32, folder: shop.folder },
      )
      await shop.forgetLogs()
    }
  })()
  const changing = (async () => {
    for (let i = 0; i < CHANGES; i++) {
      const id = products[i]!
      say(`  change ${i + 1} of ${CHANGES}`)
      const preco = 1_000 + i + 0.37
      const words = `${preco.toFixed(2).replace('.', ',').replace(/^1/, '1.')}`
      prices.push(
        await seen(
          id,
          () => change(id, { preco, estoque: 1 }),
          product => product.preco === preco,
          html => html.includes(words),
        ),
      )
      const { session_id } = await call<{ session_id: string }>(cart, '/api/carrinho/sessao', { method: 'POST' })
      await call(cart, `/api/carrinho/${session_id}/adicionar`, { method: 'POST', body: { produto_id: id, quantidade: 1 } })
      const order = () =>
        call(orders, '/api/pedidos', {
          method: 'POST',
          headers: { 'idempotency-key': randomUUID() },
          body: { session_id, cliente: { nome: 'Ana Souza', email: 'ana@example.com' } },
        })
      soldOut.push(
        await seen(
          id,
          order,
          product => product.estoque === 0,
          html => html.includes('sold-out-long'),
        ),
      )
    }
  })().finally(() => {
    done = true
  })
  await Promise.all([loading, changing])
  return [
    measure('freshness: a new price is seen by all readers', 'ms', prices),
    measure('freshness: slowest new price', 'ms', [Math.max(...prices)], { atMost: AT_MOST_MS }),
    measure('freshness: a sold-out product is seen by all readers', 'ms', soldOut),
    measure('freshness: slowest sold-out', 'ms', [Math.max(...soldOut)], { atMost: AT_MOST_MS }),
  ]
}
