import { CommonConfig, DatabaseUrl, port } from '@confeitaria/platform/config'
import { Database } from '@confeitaria/platform/database'
import { createService, onceReady, type Service, type ServiceOptions } from '@confeitaria/platform/service'
import { shortcut } from '@confeitaria/platform/shortcut'
import { type Static, Type } from 'typebox'
import { catalogRoutes } from './routes.ts'

export const Config = Type.Object({
  ...CommonConfig,
  PORT: port(5001),
  DATABASE_URL: DatabaseUrl,
  ADMIN_TOKEN: Type.String({ minLength: 16, description: 'a secret of at least 16 characters that allows to change the catalog' }),
})

export async function build(config: Static<typeof Config>, { logStream }: Pick<ServiceOptions, 'logStream'> = {}): Promise<Service> {
  const app = await createService({
    servico: 'catalogo',
    title: 'confeitaria: catálogo',
    config,
    securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    ...(logStream ? { logStream } : {}),
    // Once it has something to show it can do its job, whatever becomes of the databases.
    health: () => ({
      ok: isWarm(),
      degraded: !database.takesWrites,
      respostas: database.isReachable ? 'atuais' : 'as últimas boas',
      banco: database.roles,
    }),
  })
  const database = await Database.register(app, { url: config.DATABASE_URL, servico: 'catalogo' })
  const catalog = catalogRoutes({ database, adminToken: config.ADMIN_TOKEN })
  const isWarm = onceReady(app, catalog.warm)
  // The gateway sends /api/catalogo/… as it came, so that no rewrite rule is needed; inside, it is /api/….
  if (!config.OTEL_EXPORTER_OTLP_ENDPOINT) shortcut(app, catalog.ready) // whose spans are Fastify's hooks' to make
  await app.register(catalog.plugin, { prefix: '/api' })
  await app.register(catalog.plugin, { prefix: '/api/catalogo' })
  return app
}
