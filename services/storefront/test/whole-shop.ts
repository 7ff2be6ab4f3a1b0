import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import net from 'node:net'
import { build as buildCart, Config as CartConfig } from '@confeitaria/cart/app'
import { build as buildCatalog, Config as CatalogConfig } from '@confeitaria/catalog/app'
import { seed } from '@confeitaria/catalog/seed'
import { build as buildOrders, Config as OrdersConfig } from '@confeitaria/orders/app'
import { readConfig } from '@confeitaria/platform/config'
import { migrate } from '@confeitaria/platform/migrations'
import type { Service } from '@confeitaria/platform/service'
import { startProxy } from '@confeitaria/platform/test/postgres-proxy'
import { startDatabase } from '@confeitaria/standalone/postgres'
import { freePort, until } from '@confeitaria/standalone/process'
import { type RedisServer, startRedis } from '@confeitaria/standalone/redis'
import { build, Config } from '../app.ts'

type Name = 'catalog' | 'cart' | 'orders' | 'storefront'

export interface WholeShop {
  url: string
  adminToken: string
  /** Where the carts lie. */
  redis: Pick<RedisServer, 'kill' | 'start'>
  /** Ends a service as SIGTERM would. */
  stop(name: Name): Promise<void>
  /** Starts it again where it was. */
  start(name: Name): Promise<void>
  /** Asks the catalog's API; a body makes it a PATCH. */
  catalog<T>(path: string, change?: object): Promise<T>
  /** One statement on the primary. */
  query(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>
  /** The catalog's next COMMIT is done, and the answer is lost on the way back; resolves when it is. */
  loseCatalogCommit(): Promise<void>
  /** From now on it happens before each PATCH of the storefront's reaches the catalog. */
  beforeCatalogPatch(happens: (() => Promise<unknown>) | undefined): void
  /** From now on the storefront's requests reach orders, and the answers are lost on the way back, with the connection or without a sign. */
  loseOrdersAnswers(how: Loss | undefined): void
  /** Whether the cart hears from orders what was bought. */
  tellCarts(yes: boolean): void
  close(): Promise<void>
}

/** Catalog, cart, orders and storefront on a PostgreSQL and a Redis of their own, with the shop's goods. */
export async function startShop(): Promise<WholeShop> {
  const [database, redis] = await Promise.all([startDatabase({ replica: false }), startRedis()])
  const folder = (name: string) => new URL(`../../${name}/migrations`, import.meta.url)
  await migrate({ url: database.url('catalogo'), schema: 'catalogo', dir: folder('catalog') })
  await migrate({ url: database.url('pedidos'), schema: 'pedidos', dir: folder('orders') })
  await seed(database.url('catalogo'))

  const proxy = await startProxy(database.primary.port)
  const adminToken = randomBytes(24).toString('base64url')
  const ports: Record<Name, number> = {
    catalog: await freePort(),
    cart: await freePort(),
    orders: await freePort(),
    storefront: await freePort(),
  }
  const urlOf = (name: Name) => `http://127.0.0.1:${ports[name]}`
  // The storefront's ways to catalog and orders, and orders' to the cart; each is there when what it leads to is.
  const lines = {
    catalog: new Line(await freePort(), ports.catalog),
    cart: new Line(await freePort(), ports.cart),
    orders: new Line(await freePort(), ports.orders),
    storefront: undefined,
  }
  const environment = (name: Name) => ({
    LOG_LEVEL: 'error',
    PORT: String(ports[name]),
    ADMIN_TOKEN: adminToken,
    DATABASE_URL:
      name === 'orders' ? database.url('pedidos') : database.url('catalogo').replace(`:${database.primary.port}`, `:${proxy.port}`),
    REDIS_URL: redis.url,
    CATALOG_URL: name === 'storefront' ? lines.catalog.url : urlOf('catalog'),
    CART_URL: name === 'orders' ? lines.cart.url : urlOf('cart'),
    ORDERS_URL: lines.orders.url,
  })
  const builders: Record<Name, () => Promise<Service>> = {
    catalog: () => buildCatalog(readConfig(CatalogConfig, environment('catalog'))),
    cart: () => buildCart(readConfig(CartConfig, environment('cart'))),
    orders: () => buildOrders(readConfig(OrdersConfig, environment('orders'))),
    storefront: () => build(readConfig(Config, environment('storefront'))),
  }
  const running = new Map<Name, Service>()
  const shop: WholeShop = {
    url: urlOf('storefront'),
    adminToken,
    redis,
    async start(name) {
      const service = await builders[name]()
      await service.listen({ host: '127.0.0.1', port: ports[name] })
      await lines[name]?.open()
      running.set(name, service)
    },
    async stop(name) {
      lines[name]?.close()
      await running.get(name)?.close()
      running.delete(name)
    },
    async catalog<T>(path: string, change?: object) {
      const answer = await fetch(urlOf('catalog') + path, {
        ...(change && { method: 'PATCH', body: JSON.stringify(change) }),
        headers: { authorization: `Bearer ${adminToken}`, ...(change && { 'content-type': 'application/json' }) },
      })
      if (!answer.ok) throw new Error(`the catalog answered ${answer.status} to ${path}`)
      return (await answer.json()) as T
    },
    query: (sql, values) => database.primary.query(sql, values),
    loseCatalogCommit: () => proxy.cutNext('COMMIT', 'answer'),
    beforeCatalogPatch(happens) {
      lines.catalog.before = happens && (request => (request.startsWith('PATCH ') ? happens() : undefined))
    },
    loseOrdersAnswers(how) {
      lines.orders.loss = how
    },
    tellCarts(yes) {
      lines.cart.refused = yes ? undefined : '/comprado'
    },
    async close() {
      for (const name of [...running.keys()].reverse()) await shop.stop(name)
      await Promise.all([proxy.close(), database.stop(), redis.stop()])
    },
  }
  for (const name of Object.keys(ports) as Name[]) await shop.start(name)
  await until(async () => (await fetch(`${shop.url}/health`)).ok, 'The whole shop')
  return shop
}

type Loss = 'cut' | 'silent'

/** A TCP relay from one port to another, which can be told to lose the answers, or to refuse or delay requests. */
class Line {
  loss: Loss | undefined
  /** Words of the requests that do not come through. */
  refused: string | undefined
  before: ((request: string) => unknown) | undefined
  readonly url: string
  readonly #sockets = new Set<net.Socket>()
  readonly #from: number
  readonly #server: net.Server

  constructor(from: number, to: number) {
    this.#from = from
    this.url = `http://127.0.0.1:${from}`
    this.#server = net.createServer(caller => {
      const called = net.connect(to, '127.0.0.1')
      const hangUp = () => {
        for (const socket of [caller, called]) {
          socket.destroy()
          this.#sockets.delete(socket)
        }
      }
      for (const socket of [caller, called]) {
        this.#sockets.add(socket)
        socket.on('error', hangUp).on('close', hangUp)
      }
      caller.on('data', async data => {
        if (this.refused && data.includes(this.refused)) return hangUp()
        if (this.before) await this.before(String(data))
        called.write(data)
      })
      called.on('data', data => {
        if (this.loss === 'cut') hangUp()
        else if (!this.loss) caller.write(data)
      })
    })
  }

  async open() {
    this.#server.listen(this.#from, '127.0.0.1')
    await once(this.#server, 'listening')
  }

  close() {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
  }
}
