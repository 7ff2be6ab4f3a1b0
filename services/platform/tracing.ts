import type { SpanProcessor } from '@opentelemetry/sdk-trace-node'
import type { FastifyPluginAsync } from 'fastify'
import fp from 'fastify-plugin'
import { withoutSession } from './log.ts'
import { PROBES } from './overload.ts'

/**
 * OpenTelemetry traces, sent to an OTLP/HTTP collector: a span for each request and for each call to another service.
 * The packages are loaded only when an endpoint is configured, so that nobody else pays for them.
 * @returns the Fastify plugin that makes the request spans, and what flushes them at the end
 */
export async function startTracing(servico: string, endpoint: string): Promise<{ plugin: FastifyPluginAsync; stop: () => Promise<void> }> {
  const [
    { NodeTracerProvider, BatchSpanProcessor },
    { OTLPTraceExporter },
    { resourceFromAttributes },
    undici,
    { FastifyOtelInstrumentation },
  ] = await Promise.all([
    import('@opentelemetry/sdk-trace-node'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/instrumentation-undici'),
    import('@fastify/otel'),
  ])
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` })
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': `confeitaria-${servico}` }),
    spanProcessors: [withoutSessions, new BatchSpanProcessor(exporter)],
  })
  provider.register()
  const fastify = new FastifyOtelInstrumentation({ ignorePaths: ({ url }) => PROBES.has(url) })
  fastify.setTracerProvider(provider)
  const outgoing = new undici.UndiciInstrumentation()
  outgoing.setTracerProvider(provider)
  outgoing.enable()
  const plugin = fp(async app => {
    await app.register(fastify.plugin() as unknown as FastifyPluginAsync)
    // The span has it now, and each call is given the span's own: a second header beside it would void both.
    app.addHook('onRequest', async ({ headers }) => {
      delete headers.traceparent
      delete headers.tracestate
    })
  })
  return { plugin, stop: () => provider.shutdown() }
}

/** Whatever made a span, its URL says no session. */
const withoutSessions: SpanProcessor = {
  onStart(span) {
    for (const name of ['url.full', 'url.path', 'url.query']) {
      const value = span.attributes[name]
      if (typeof value === 'string') span.setAttribute(name, withoutSession(value))
    }
  },
  onEnd() {},
  async forceFlush() {},
  async shutdown() {},
}
