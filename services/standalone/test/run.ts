/** For tests: an embedded run as a process, in a temporary folder and on free ports. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import { currentRun, DATA_SERVERS, dataFolder } from '../data-folder.ts'
import { exited, freePorts, killProcessesIn, running, signal, until } from '../process.ts'

export interface Ended {
  code: number | null
  output: string
}

/** An environment of its own for one embedded run; what is left of it is removed at the end. */
export async function ownEnvironment(t: Test): Promise<NodeJS.ProcessEnv> {
  const XDG_DATA_HOME = mkdtempSync(join(tmpdir(), 'confeitaria-run-'))
  const { PATH, HOME } = process.env
  const env: NodeJS.ProcessEnv = { PATH, HOME, LOG_LEVEL: 'warn', XDG_DATA_HOME, ...(await freePorts()) }
  t.teardown(async () => {
    for (const name of DATA_SERVERS) await killProcessesIn(join(dataFolder(env), name))
    await rm(XDG_DATA_HOME, { recursive: true, force: true })
  })
  return env
}

/** Runs one of the commands; `output` grows with what it prints. */
export function command(t: Test, script: string, env: NodeJS.ProcessEnv, ...nodeOptions: string[]) {
  const child: ChildProcess = spawn(process.execPath, [...nodeOptions, fileURLToPath(new URL(`../${script}`, import.meta.url))], { env })
  let output = ''
  for (const stream of [child.stdout!, child.stderr!]) stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  const closed = new Promise<Ended>(resolve => child.once('close', code => resolve({ code, output })))
  t.teardown(async () => {
    if (running(child)) signal(child.pid, 'SIGTERM')
    await exited(child)
  })
  return {
    child,
    closed,
    get output() {
      return output
    },
  }
}

/** Starts the shop and waits until it is open. */
export async function startShop(t: Test, env: NodeJS.ProcessEnv) {
  const shop = command(t, 'start.ts', env)
  const open = () => currentRun(dataFolder(env))?.open
  await until(open, 'The shop', { child: shop.child, ms: 120_000 }).catch(error => {
    throw new Error(`${error.message}\n${shop.output}`)
  })
  return shop
}
