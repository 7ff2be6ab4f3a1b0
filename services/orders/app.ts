import { BaseUrls, CommonConfig, DatabaseUrl, port } from '@confeitaria/platform/config'
import { Database } from '@confeitaria/platform/database'
import { createService, onceReady, type Service, type ServiceOptions } from '@confeitaria/platform/service'
import { Upstream } from '@confeitaria/platform/upstream'
import { type Static, Type } from 'typebox'
import { checkout } from './checkout.ts'
import { orders } from './orders.ts'
import { orderRoutes } from './routes.ts'

export const Config = Type.Object({ ...CommonConfig, PORT: port(5003), DATABASE_URL: DatabaseUrl, CART_URL: BaseUrls })

export async function build(config: Static<typeof Config>, { logStream }: Pick<ServiceOptions, 'logStream'> = {}): Promise<Service> {
  const app = await createService({
    servico: 'pedidos',
    title: 'confeitaria: pedidos',
    config,
    ...(logStream ? { logStream } : {}),
    health: () => ({
      ok: isMigrated() && database.takesWrites,
      degraded: Object.values(database.roles).includes('unknown'),
      banco: database.roles,
    }),
    // A rollout with a wrong DATABASE_URL, or before the migrations, has to stop. Once ready it stays so: without a primary
    // orders are still read from a replica, and new ones get an error that says when to come back, which is better than the
    // proxy's when the one database that all share takes every endpoint away at once.
    ready: () => isMigrated(),
  })
  const database = await Database.register(app, { url: config.DATABASE_URL, servico: 'pedidos' })
  const cart = new Upstream('O carrinho', config.CART_URL)
  const repository = orders(database)
  const isMigrated = onceReady(app, repository.check)
  const { place, settled } = checkout({ app, database, repository, cart })
  app.addHook('onClose', async () => {
    await settled()
    await cart.close()
  })
  await app.register(orderRoutes({ repository, place }), { prefix: '/api' })
  return app
}
