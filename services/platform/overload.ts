import underPressure from '@fastify/under-pressure'
import fp from 'fastify-plugin'
import { unavailable } from './problem.ts'

/** Paths that an orchestrator asks: they are answered however busy the service is. */
const PROBES = new Set(['/health', '/livez', '/readyz', '/metrics'])

/**
 * Sheds load instead of collapsing under it: more than `maxInFlight` requests at once, or an event loop that is a
 * second behind, and the next request is answered 503 with Retry-After at once.
 */
export const overload = fp(
  async (app, { maxInFlight }: { maxInFlight: number }) => {
    const counted = new WeakSet<object>()
    let inFlight = 0
    app.addHook('onRequest', async request => {
      if (PROBES.has(request.url)) return
      if (inFlight >= maxInFlight) throw unavailable('O serviço está sobrecarregado; tente de novo.')
      inFlight++
      counted.add(request.raw)
    })
    app.addHook('onResponse', async request => {
      if (counted.delete(request.raw)) inFlight--
    })
    await app.register(underPressure, {
      maxEventLoopDelay: 1_000,
      pressureHandler: (request, _reply) => {
        if (!PROBES.has(request.url)) throw unavailable('O serviço está sobrecarregado; tente de novo.')
      },
    })
  },
  { name: 'overload' },
)
