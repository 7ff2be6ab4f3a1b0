import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { type Static, type TObject, Type } from 'typebox'

/** What every service reads from its environment; a service adds its own with {@link readConfig}. */
export const CommonConfig = {
  HOST: Type.String({ default: '127.0.0.1', description: 'address to listen on' }),
  LOG_LEVEL: Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], { default: 'info' }),
  MAX_IN_FLIGHT: Type.Integer({ default: 512, minimum: 1, description: 'requests worked on at once; more are answered 503 at once' }),
  OTEL_EXPORTER_OTLP_ENDPOINT: Type.Optional(Type.String({ format: 'uri', description: 'OTLP/HTTP collector; unset: no traces' })),
}

export const port = (standard: number) => Type.Integer({ default: standard, minimum: 0, maximum: 65_535, description: 'TCP port' })
/** One base URL, or several separated by commas: only their origins are used. */
export const BaseUrls = Type.String({
  pattern: '^https?://[^\\s,/?#@]+/?(,https?://[^\\s,/?#@]+/?)*$',
  description: 'http(s) base URL without a path, or several separated by commas',
})
/** A libpq-style URL; several hosts are separated by commas. */
export const DatabaseUrl = Type.String({
  pattern: '^postgres(ql)?://[^\\s]+$',
  description: 'postgres://user:password@host:port,host:port/database',
})

export class ConfigError extends Error {}

/**
 * Reads and checks the environment once, at start.
 * @throws ConfigError naming every variable that is missing or wrong, with what was expected.
 */
export function readConfig<T extends TObject>(schema: T, env: NodeJS.ProcessEnv = process.env): Static<T> {
  const ajv = new Ajv({ coerceTypes: true, useDefaults: true, allErrors: true, strictSchema: false })
  addFormats.default(ajv)
  const known = Object.keys(schema.properties)
  // An empty variable is an unset one, as in most shells' and charts' templates.
  const config: Record<string, unknown> = Object.fromEntries(known.flatMap(name => (env[name] ? [[name, env[name]]] : [])))
  const validate = ajv.compile(schema)
  if (validate(config)) return config as Static<T>
  const sentences = new Set(
    validate.errors?.map(({ instancePath, keyword, message, params }) => {
      const name = keyword === 'required' ? params.missingProperty : instancePath.slice(1)
      const description = (schema.properties[name] as { description?: string } | undefined)?.description
      const expected = `expected ${description ?? `a value that ${message}`}`
      return env[name] ? `${name}=${JSON.stringify(redact(name, env[name]))} ${message}; ${expected}.` : `${name} is not set; ${expected}.`
    }),
  )
  throw new ConfigError(`The environment is not usable. ${[...sentences].join(' ')}`)
}

/** DATABASE_URL, for a command that reads nothing else. @throws ConfigError as {@link readConfig} does */
export const databaseUrl = () => readConfig(Type.Object({ DATABASE_URL: DatabaseUrl })).DATABASE_URL

const redact = (name: string, value: string) => (/TOKEN|PASSWORD|SECRET|DATABASE_URL|REDIS_URL/.test(name) ? '…' : value)
