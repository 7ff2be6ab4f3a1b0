import type { Static, TObject } from 'typebox'
import { ConfigError, readConfig } from './config.ts'
import type { Service } from './service.ts'

const CLOSE_DEADLINE_MS = 25_000
const SWEEP_MS = 50

/**
 * Boots a service, configured by its environment, and ends it well: on SIGTERM or SIGINT it is not ready any more, finishes what is in
 * flight, closes its connections and exits 0. What is wrong at start is one sentence and exit code 1.
 */
export async function run<T extends TObject>(schema: T, build: (config: Static<T>) => Promise<Service>) {
  try {
    const config = readConfig(schema)
    const app = await build(config)
    const stop = async (signal: NodeJS.Signals) => {
      app.log.info({ signal }, 'stopping')
      setTimeout(() => process.exit(1), CLOSE_DEADLINE_MS).unref()
      // close() ends the connections that are idle at that moment; one that is busy then is idle later, and would be kept.
      setInterval(() => app.server.closeIdleConnections(), SWEEP_MS).unref()
      await app.close()
      process.exit(0)
    }
    process.once('SIGTERM', stop).once('SIGINT', stop)
    const { HOST: host, PORT: port } = config as unknown as { HOST: string; PORT: number }
    await app.listen({ host, port })
  } catch (error) {
    console.error(startSentence(error as NodeJS.ErrnoException & { port?: number }))
    process.exit(1)
  }
}

/** Runs a command to its end; what is wrong is one sentence and exit code 1. */
export async function runCommand(command: () => Promise<void>) {
  try {
    await command()
  } catch (error) {
    console.error(startSentence(error as NodeJS.ErrnoException))
    process.exitCode = 1
  }
}

function startSentence(error: NodeJS.ErrnoException & { port?: number }): string {
  if (error instanceof ConfigError) return error.message
  if (error.code === 'EADDRINUSE') return `Port ${error.port} is taken: stop what listens there, or set PORT to another one.`
  if (error.code === 'EACCES') return `Port ${error.port} may not be used by this user: set PORT to one above 1023.`
  return `Could not start: ${error.stack}`
}
