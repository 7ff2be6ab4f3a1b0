import type { ServerResponse } from 'node:http'
import underPressure from '@fastify/under-pressure'
import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { unavailable } from './problem.ts'

/** Paths that an orchestrator asks: answered however busy the service is, and counted among no shopper's requests. */
export const PROBES = new Set(['/health', '/livez', '/readyz', '/metrics'])

/** How far the event loop may be behind, ms. */
const MAX_DELAY_MS = 1_000
/**
 * So many requests of a few ms each are a fraction of a second of work: with fewer in flight the event loop is behind because the machine
 * is busy, and to refuse one would spare nobody.
 */
const FEW_IN_FLIGHT = 64
/** Starting blocks the event loop itself: what is measured so soon after it, ms, says nothing about load. */
const STARTING_MS = 2_000

interface OverloadOptions {
  maxInFlight: number
  /** Called when a request that took a place is over, be it that its answer was sent or that its client has left. */
  onClose?: (request: FastifyRequest, reply: FastifyReply) => void
}

/**
 * Sheds load instead of collapsing under it: more than `maxInFlight` requests at once, or more than a few while the event
 * loop is a second behind, and the next request is answered 503 with Retry-After at once.
 */
export const overload = fp(
  async (app, { maxInFlight, onClose }: OverloadOptions) => {
    // It measures. Its own hook, which acts on the measure, asks each request for its routeOptions, and they are dear.
    await app.register(underPressure)
    let inFlight = 0
    const open = new Set<ServerResponse>()
    // Fastify tells those who come from now on that their connection ends. Without a word the others would keep theirs, and the server
    // would wait for them as long as an idle connection is kept.
    app.addHook('preClose', done => {
      for (const response of open) response.shouldKeepAlive = false
      done()
    })
    let started = false
    app.addHook('onReady', done => {
      setTimeout(() => (started = true), STARTING_MS).unref()
      done()
    })
    app.addHook('onRequest', (request, reply, done) => {
      open.add(reply.raw)
      reply.raw.on('close', () => open.delete(reply.raw))
      if (PROBES.has(request.url)) return done()
      const isBehind = () => started && app.memoryUsage().eventLoopDelay > MAX_DELAY_MS
      if (inFlight >= maxInFlight || (inFlight >= FEW_IN_FLIGHT && isBehind())) {
        return done(unavailable('O serviço está sobrecarregado; tente de novo.'))
      }
      inFlight++
      // Fastify's onResponse does not come when the client has left.
      reply.raw.on('close', () => {
        inFlight--
        onClose?.(request, reply)
      })
      done()
    })
  },
  { name: 'overload' },
)
