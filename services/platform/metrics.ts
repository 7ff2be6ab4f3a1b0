import type { onResponseHookHandler } from 'fastify'
import fp from 'fastify-plugin'
import client from 'prom-client'
import { PROBES } from './overload.ts'

/**
 * `GET /metrics` in the OpenMetrics format: process metrics, and one duration histogram whose labels are bounded,
 * since the route is the pattern and never the path that was asked for. Probes are not in it.
 */
export const metrics = fp(
  async (app, { servico }: { servico: string }) => {
    const registry = new client.Registry<client.OpenMetricsContentType>()
    registry.setContentType(client.Registry.OPENMETRICS_CONTENT_TYPE)
    registry.setDefaultLabels({ servico })
    client.collectDefaultMetrics({ register: registry })
    const duration = new client.Histogram({
      name: 'http_request_duration_seconds',
      help: 'Time from the request line to the last byte of the answer, failures included',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers: [registry],
    })
    app.decorate('metrics', registry)

    const observe = (method: string, route: string, status: number, ms: number) => duration.observe({ method, route, status }, ms / 1000)
    app.decorate('observeRequest', observe)
    // A hook of each route knows its pattern; to ask the request for it costs more than the rest of this.
    app.addHook('onRoute', route => {
      if (PROBES.has(route.url)) return
      const observed: onResponseHookHandler = (request, reply, done) => {
        observe(request.method, route.url, reply.statusCode, reply.elapsedTime)
        done()
      }
      route.onResponse = [route.onResponse ?? [], observed].flat()
    })
    app.addHook('onResponse', (request, reply, done) => {
      if (request.is404) observe('OTHER', '(none)', reply.statusCode, reply.elapsedTime)
      done()
    })

    app.get('/metrics', { schema: { hide: true } }, async (request, reply) => {
      // Whoever comes through a gateway is a shopper; Prometheus asks the pod itself.
      if (request.headers['x-forwarded-for']) return reply.callNotFound()
      return reply.type(registry.contentType).send(await registry.metrics())
    })
  },
  { name: 'metrics' },
)

declare module 'fastify' {
  interface FastifyInstance {
    metrics: client.Registry<client.OpenMetricsContentType>
    /** Counts a request that Fastify's hooks do not see. */
    observeRequest: (method: string, route: string, status: number, ms: number) => void
  }
}
