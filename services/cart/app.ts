import { BaseUrls, CommonConfig, port } from '@confeitaria/platform/config'
import { createService, onceReady, type Service, type ServiceOptions } from '@confeitaria/platform/service'
import { Upstream } from '@confeitaria/platform/upstream'
import client from 'prom-client'
import { type Static, Type } from 'typebox'
import { carts } from './carts.ts'
import { products } from './products.ts'
import { Connection } from './redis.ts'
import { cartRoutes } from './routes.ts'
import { Writer } from './writer.ts'

export const Config = Type.Object({
  ...CommonConfig,
  PORT: port(5002),
  CATALOG_URL: BaseUrls,
  REDIS_URL: Type.String({
    default: 'redis://127.0.0.1:6379',
    pattern: '^rediss?://[^\\s]+$',
    description: 'redis://:password@host:port; not used when REDIS_SENTINELS is set',
  }),
  REDIS_SENTINELS: Type.Optional(
    Type.String({ pattern: '^[^\\s,:]+(:\\d+)?(,[^\\s,:]+(:\\d+)?)*$', description: 'host:port of each Sentinel, separated by commas' }),
  ),
  REDIS_PASSWORD: Type.Optional(Type.String({ description: "the Redis servers' password" })),
  REDIS_WAIT_REPLICAS: Type.Integer({
    default: 0,
    minimum: 0,
    maximum: 9,
    description: 'how many replicas must have a change before it is acknowledged',
  }),
})

export async function build(config: Static<typeof Config>, { logStream }: Pick<ServiceOptions, 'logStream'> = {}): Promise<Service> {
  const app = await createService({
    servico: 'carrinho',
    title: 'confeitaria: carrinho',
    config,
    ...(logStream ? { logStream } : {}),
    health: () => ({
      ok: isUp(),
      degraded: !writer.isReplicated,
      redis: isUp() ? 'conectado' : 'sem conexão',
      mudancas: writer.isReplicated ? 'aceitas' : 'em pausa: faltam réplicas',
    }),
    // Once connected it stays ready: the one primary that all share would take every endpoint away at once, and longer than it is away.
    ready: () => wasUp(),
  })
  const reading = new Connection('leitura', config, app.log)
  const writing = new Connection('escrita', config, app.log)
  const writer = new Writer({
    connection: writing,
    replicas: config.REDIS_WAIT_REPLICAS,
    // A primary that its replicas have left may be one that was deposed and does not know it.
    onUnreplicated: () => {
      reading.reconnect()
      writing.reconnect()
    },
  })
  const catalog = new Upstream('O catálogo', config.CATALOG_URL)
  const isUp = () => reading.isUp && writing.isUp
  const wasUp = onceReady(app, () => Promise.all([reading.ready(), writing.ready()]))
  app.addHook('onClose', async () => {
    reading.close()
    writing.close()
    await catalog.close()
  })

  new client.Gauge({
    name: 'cart_redis_up',
    help: 'Whether both connections to the Redis primary are ready',
    registers: [app.metrics],
    collect() {
      this.set(Number(isUp()))
    },
  })
  const operations = new client.Counter({
    name: 'cart_operations_total',
    help: 'What was asked of carts, and the outcome: ok, or the type of the problem',
    labelNames: ['operation', 'outcome'],
    registers: [app.metrics],
  })
  const repository = carts({ reading, writer })
  await app.register(cartRoutes({ repository, product: products(catalog), operations }), { prefix: '/api/carrinho' })
  return app
}
