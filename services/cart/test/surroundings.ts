/** What the cart lives among, for its tests: a real Redis, and a peer that answers for the catalog over real HTTP. */
import { readConfig } from '@confeitaria/platform/config'
import { ContractCheck } from '@confeitaria/platform/test/contract-check'
import { until } from '@confeitaria/standalone/process'
import { type RedisServer, startRedis } from '@confeitaria/standalone/redis'
import Fastify, { type FastifyReply, type InjectOptions } from 'fastify'
import type { Test } from 'tap'
import { build, Config } from '../app.ts'

export interface Product {
  nome: string
  preco: number
  estoque: number
}

/** A catalog's `GET /api/produtos/:id` on a port of its own. */
export async function startCatalog(t: Test, products: Map<number, Product>) {
  const catalog = {
    url: '',
    products,
    /** How often it was asked, and the X-Request-Id that the last one had. */
    asked: 0,
    requestId: undefined as unknown,
    /** What it does instead of answering from `products`. */
    instead: undefined as ((reply: FastifyReply) => unknown) | undefined,
    stop: () => server.close(),
  }
  const server = Fastify({ forceCloseConnections: true })
  server.get('/api/produtos/:id', async (request, reply) => {
    catalog.asked++
    catalog.requestId = request.headers['x-request-id']
    if (catalog.instead) return catalog.instead(reply)
    const id = Number((request.params as { id: string }).id)
    const product = catalog.products.get(id)
    return product ? { data: { id, ...product } } : reply.code(404).send({ status: 404 })
  })
  catalog.url = await server.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(() => server.close())
  return catalog
}

export const PRODUCTS: [number, Product][] = [
  [1, { nome: 'Brigadeiro', preco: 4.5, estoque: 1_000 }],
  [2, { nome: 'Bolo de cenoura | com cobertura', preco: 62.9, estoque: 5 }],
  [3, { nome: 'Quindim', preco: 0.1, estoque: 60 }],
  [4, { nome: 'Bolo de casamento', preco: 99_999_999.99, estoque: 1_000 }],
  ...Array.from({ length: 60 }, (_, i): [number, Product] => [100 + i, { nome: `Bala número ${i}`, preco: 0.25, estoque: 1_000 }]),
]

export async function buildCart(t: Test, environment: Record<string, string>) {
  const lines: string[] = []
  const app = await build(readConfig(Config, { MAX_IN_FLIGHT: '1000', LOG_LEVEL: 'warn', ...environment }), {
    logStream: { write: line => void lines.push(line) },
  })
  t.teardown(async () => {
    await app.close()
    if (!t.passing()) t.comment(lines.join(''))
  })
  // The load of booting counts against the event loop for a moment.
  await app.ready()
  await until(() => !app.isUnderPressure(), 'a calm event loop')
  const check = new ContractCheck(app)
  const inject = (method: NonNullable<InjectOptions['method']>, path: string, payload?: object) =>
    check.inject({ method, url: `/api/carrinho/${path}`, ...(payload ? { payload } : {}) })
  return {
    app,
    check,
    inject,
    async session(): Promise<string> {
      const answer = await inject('POST', 'sessao')
      if (answer.statusCode !== 201) throw new Error(answer.payload)
      return answer.json().data.session_id
    },
    add: (sid: string, produto_id: number, quantidade = 1) => inject('POST', `${sid}/adicionar`, { produto_id, quantidade }),
    read: async (sid: string) => (await inject('GET', sid)).json().data,
    lines,
  }
}

export async function redisFor(t: Test): Promise<RedisServer> {
  const redis = await startRedis()
  t.teardown(() => redis.stop())
  return redis
}

/** Redis, catalog and cart. */
export async function startShop(t: Test, environment: Record<string, string> = {}) {
  const redis = await redisFor(t)
  const catalog = await startCatalog(t, new Map(PRODUCTS))
  const cart = await buildCart(t, { REDIS_URL: redis.url, CATALOG_URL: catalog.url, ...environment })
  return { redis, catalog, ...cart }
}
