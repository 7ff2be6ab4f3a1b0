import { randomBytes } from 'node:crypto'
import { build as buildCart, Config as CartConfig } from '@confeitaria/cart/app'
import { build as buildCatalog, Config as CatalogConfig } from '@confeitaria/catalog/app'
import { seed } from '@confeitaria/catalog/seed'
import { build as buildOrders, Config as OrdersConfig } from '@confeitaria/orders/app'
import { readConfig } from '@confeitaria/platform/config'
import { migrate } from '@confeitaria/platform/migrations'
import type { Service } from '@confeitaria/platform/service'
import { startDatabase } from '@confeitaria/standalone/postgres'
import { freePort, until } from '@confeitaria/standalone/process'
import { startRedis } from '@confeitaria/standalone/redis'
import { build, Config } from '../app.ts'

type Name = 'catalog' | 'cart' | 'orders' | 'storefront'

export interface WholeShop {
  url: string
  adminToken: string
  /** Ends a service as SIGTERM would. */
  stop(name: Name): Promise<void>
  /** Starts it again where it was. */
  start(name: Name): Promise<void>
  /** Asks the catalog's API; a body makes it a PATCH. */
  catalog<T>(path: string, change?: object): Promise<T>
  /** One statement on the primary. */
  query(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>
  /** The primary stops in its tracks: connections stay open and nothing answers. */
  pauseDatabase(): void
  resumeDatabase(): void
  close(): Promise<void>
}

/** Catalog, cart, orders and storefront on a PostgreSQL and a Redis of their own, with the shop's goods. */
export async function startShop(): Promise<WholeShop> {
  const [database, redis] = await Promise.all([startDatabase({ replica: false }), startRedis()])
  const folder = (name: string) => new URL(`../../${name}/migrations`, import.meta.url).pathname
  await migrate({ url: database.url('catalogo'), schema: 'catalogo', dir: folder('catalog') })
  await migrate({ url: database.url('pedidos'), schema: 'pedidos', dir: folder('orders') })
  await seed(database.url('catalogo'))

  const adminToken = randomBytes(24).toString('base64url')
  const ports: Record<Name, number> = {
    catalog: await freePort(),
    cart: await freePort(),
    orders: await freePort(),
    storefront: await freePort(),
  }
  const urlOf = (name: Name) => `http://127.0.0.1:${ports[name]}`
  const environment = (name: Name) => ({
    LOG_LEVEL: 'error',
    PORT: String(ports[name]),
    ADMIN_TOKEN: adminToken,
    DATABASE_URL: database.url(name === 'orders' ? 'pedidos' : 'catalogo'),
    REDIS_URL: redis.url,
    CATALOG_URL: urlOf('catalog'),
    CART_URL: urlOf('cart'),
    ORDERS_URL: urlOf('orders'),
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
    async start(name) {
      const service = await builders[name]()
      await service.listen({ host: '127.0.0.1', port: ports[name] })
      running.set(name, service)
    },
    async stop(name) {
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
    pauseDatabase: () => database.primary.pause(),
    resumeDatabase: () => database.primary.resume(),
    async close() {
      for (const name of [...running.keys()].reverse()) await shop.stop(name)
      await Promise.all([database.stop(), redis.stop()])
    },
  }
  for (const name of Object.keys(ports) as Name[]) await shop.start(name)
  await until(async () => (await fetch(`${shop.url}/health`)).ok, 'The whole shop')
  return shop
}
