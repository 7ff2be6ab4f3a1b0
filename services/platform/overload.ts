import underPressure from '@fastify/under-pressure'
import fp from 'fastify-plugin'
import { unavailable } from './problem.ts'

/** Paths that an orchestrator asks: they are answered however busy the service is. */
const PROBES = new Set(['/health', '/livez', '/readyz', '/metrics'])

/** How far the event loop may be behind, ms. */
const MAX_DELAY_MS = 1_000
/** Starting blocks the event loop itself: what is measured so soon after it, ms, says nothing about load. */
const STARTING_MS = 2_000

/**
 * Sheds load instead of collapsing under it: more than `maxInFlight` requests at once, or an event loop that is a
 * second behind, and the next request is answered 503 with Retry-After at once.
 */
export const overload = fp(
  async (app, { maxInFlight }: { maxInFlight: number }) => {
    // It measures. Its own hook, which acts on the measure, asks each request for its routeOptions, and they are dear.
    await app.register(underPressure)
    let inFlight = 0
    let started = false
    app.addHook('onReady', done => {
      setTimeout(() => (started = true), STARTING_MS).unref()
      done()
    })
    app.decorateRequest('isCounted', false)
    app.addHook('onRequest', (request, _reply, done) => {
      if (PROBES.has(request.url)) return done()
      if (inFlight >= maxInFlight || (started && app.memoryUsage().eventLoopDelay > MAX_DELAY_MS)) {
        return done(unavailable('O serviço está sobrecarregado; tente de novo.'))
      }
      inFlight++
      request.isCounted = true
      done()
    })
    app.addHook('onResponse', (request, _reply, done) => {
      if (request.isCounted) inFlight--
      done()
    })
  },
  { name: 'overload' },
)

declare module 'fastify' {
  interface FastifyRequest {
    /** Whether it is one of the requests in flight. */
    isCounted: boolean
  }
}
