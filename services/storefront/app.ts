import type { IncomingMessage } from 'node:http'
import { fileURLToPath } from 'node:url'
import { BaseUrls, CommonConfig, port } from '@confeitaria/platform/config'
import { Problem } from '@confeitaria/platform/problem'
import { createService, type Service, type ServiceOptions } from '@confeitaria/platform/service'
import { type ReadyAnswer, shortcut } from '@confeitaria/platform/shortcut'
import { Upstream } from '@confeitaria/platform/upstream'
import cookie from '@fastify/cookie'
import formbody from '@fastify/formbody'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { Assets } from './assets.ts'
import { CatalogReader } from './catalog-reader.ts'
import { upstreamHealth } from './health.ts'
import { adminRoutes } from './routes/admin.ts'
import { browseRoutes } from './routes/browse.ts'
import { cartRoutes } from './routes/cart.ts'
import { checkoutRoutes } from './routes/checkout.ts'
import { type Context, form, page, text } from './routes/context.ts'
import { isFromThisShop, pathOfThisShop } from './same-origin.ts'
import { Site } from './site.ts'
import { rememberLanguage } from './visitor.ts'

export const Config = Type.Object({
  ...CommonConfig,
  PORT: port(8000),
  CATALOG_URL: BaseUrls,
  CART_URL: BaseUrls,
  ORDERS_URL: BaseUrls,
})

const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()',
}

export async function build(config: Static<typeof Config>, { logStream }: Pick<ServiceOptions, 'logStream'> = {}): Promise<Service> {
  const catalog = new Upstream('O catálogo', config.CATALOG_URL)
  const cart = new Upstream('O carrinho', config.CART_URL)
  const orders = new Upstream('O serviço de pedidos', config.ORDERS_URL)
  const assets = await Assets.load(fileURLToPath(new URL('./public', import.meta.url)))
  const reader = new CatalogReader(catalog)
  const site = new Site(assets, reader)
  const app = await createService({
    servico: 'vitrine',
    title: 'confeitaria: vitrine',
    description:
      'As páginas da loja, para pessoas. As APIs que elas usam são as do catálogo, do carrinho e dos pedidos, cada uma com o seu /docs.',
    config,
    ...(logStream ? { logStream } : {}),
    health: upstreamHealth({ catalogo: catalog, carrinho: cart, pedidos: orders }),
    ready: () => true,
    show: (request, reply, problem) => showRefusal(site, request, reply, problem),
  })
  app.addHook('onClose', async () => {
    await Promise.all([catalog, cart, orders].map(upstream => upstream.close()))
  })
  await app.register(cookie)
  await app.register(pages, { assets, site, reader, catalog, cart, orders })
  // Tracing's spans are Fastify's hooks' to make.
  if (!config.OTEL_EXPORTER_OTLP_ENDPOINT) shortcut(app, request => readyPage(site, request))
  return app
}

function readyPage(site: Site, request: IncomingMessage): ReadyAnswer | undefined {
  const page = site.ready(request)
  if (!page) return undefined
  const headers = { ...SECURITY_HEADERS, ...page.headers, ...(page.content && { 'content-length': String(page.content.length) }) }
  return { ...page, headers: Object.entries(headers).flat() }
}

/** A sentence to the script, a page to everybody else. */
function showRefusal(site: Site, request: FastifyRequest, reply: FastifyReply, { status, details }: Problem) {
  reply.headers({ ...SECURITY_HEADERS, ...details.headers }).removeHeader('content-encoding')
  if (request.headers.accept === 'application/json') {
    const { pages } = site.view(request).language.words.errors
    const [, mensagem] = pages[status] ?? pages[500]!
    return reply.code(status).type('application/json; charset=utf-8').send(JSON.stringify({ mensagem }))
  }
  return site.sendError(request, reply, status)
}

async function pages(app: FastifyInstance, context: Context & { assets: Assets }) {
  const { assets } = context
  await app.register(formbody)
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(SECURITY_HEADERS)
    done(request.method === 'POST' && !isFromThisShop(request) ? new Problem(403, 'outra-origem', 'Envio recusado') : undefined)
  })

  browseRoutes(app, context)
  cartRoutes(app, context)
  checkoutRoutes(app, context)
  adminRoutes(app, context)

  app.post('/idioma', form, async (request, reply) => {
    const code = text(request.body, 'idioma')
    if (code !== 'pt-BR' && code !== 'en') throw new Problem(400, 'idioma', 'Idioma desconhecido')
    rememberLanguage(request, reply, code)
    return reply.redirect(pathOfThisShop(text(request.body, 'voltar')), 303)
  })

  for (const path of ['/assets/*', '/imagens/*', '/favicon.svg', '/robots.txt']) {
    app.get(path, page, (request, reply) => {
      if (!assets.send(request, reply)) throw new Problem(404, 'nao-encontrado', 'Não encontrado')
    })
  }
}
