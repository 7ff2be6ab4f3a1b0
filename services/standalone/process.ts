/** Starting, watching and finding the processes of the embedded run. */
import { type ChildProcess, spawn } from 'node:child_process'
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  statSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { dirname } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

/** Something that a person can act on; printed without a stack. */
export class Sentence extends Error {}

export interface Identity {
  uid: number
  gid: number
}

/**
 * Whom the data servers run as: undefined means ourselves. PostgreSQL refuses to run as root, so root lends it the first of
 * the accounts that distributions have for such a purpose.
 */
export function unprivileged(): Identity | undefined {
  if (process.getuid?.() !== 0) return undefined
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map(line => line.split(':'))
  for (const name of ['postgres', 'nobody']) {
    const account = accounts.find(fields => fields[0] === name)
    if (account) return { uid: Number(account[2]), gid: Number(account[3]) }
  }
  throw new Sentence('PostgreSQL does not run as root, and /etc/passwd has neither postgres nor nobody: run this as an ordinary user.')
}

/** Root runs a data server as the owner of its folder. */
export function ownerOf(folder: string): Identity | undefined {
  const { uid, gid } = statSync(folder)
  return unprivileged() && { uid, gid }
}

/** The data folder as its server sees it, which root started in it and which may be unable to enter the folders above. */
export const WORKING_FOLDER = '/proc/self/cwd'

export interface Launch {
  cwd: string
  /** Gets stdout and stderr, appended. */
  logFile: string
  /** Gets them as well. */
  onOutput?: (text: string) => void
  identity?: Identity | undefined
  env?: NodeJS.ProcessEnv
  /** What the kernel sends the child when we die without stopping it. */
  deathSignal: 'TERM' | 'INT'
}

const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv'].find(path => existsSync(path))

/** Starts a child in a session of its own: Ctrl-C on the terminal reaches us only, and we stop our children in order. */
export function launch(command: string, args: string[], options: Launch): ChildProcess {
  const { cwd, logFile, onOutput, identity, env, deathSignal } = options
  mkdirSync(dirname(logFile), { recursive: true })
  const log = openSync(logFile, 'a', 0o600)
  // The signal is asked for by the child: had we died before, it would never come, and the child is not to begin.
  const begin = ['/bin/sh', '-c', '[ "$PPID" = "$0" ] && exec "$@"', String(process.pid)]
  const [program, ...words] = [...(SETPRIV ? [SETPRIV, '--pdeathsig', deathSignal, ...begin] : []), command, ...args]
  const output = onOutput ? 'pipe' : log
  const child = spawn(program!, words, { cwd, env: env ?? process.env, detached: true, stdio: ['ignore', output, output], ...identity })
  child.on('error', () => {}) // exited() tells it
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      onOutput?.(text)
      try {
        appendFileSync(logFile, text)
      } catch {
        // A full disk: what a server says is lost, and everything goes on.
      }
    })
  }
  closeSync(log)
  return child
}

/** Asks a child to end with one signal, after `ms` with another, and resolves once it is gone. */
export async function end(
  child: ChildProcess | undefined,
  first: NodeJS.Signals,
  last: NodeJS.Signals,
  { ms = 10_000, onLate = () => {} }: { ms?: number; onLate?: () => void } = {},
): Promise<void> {
  if (!running(child)) return
  signal(child.pid, first)
  const late = setTimeout(() => {
    onLate()
    signal(child.pid, last)
  }, ms)
  await exited(child)
  clearTimeout(late)
}

/** A server that keeps its data in the folder which it works in. */
export class DataServer {
  readonly name: string
  readonly folder: string
  readonly port: number
  readonly logFile: string
  child: ChildProcess | undefined

  constructor({ name, folder, port, logFile }: { name: string; folder: string; port: number; logFile: string }) {
    this.name = name
    this.folder = folder
    this.port = port
    this.logFile = logFile
  }

  get pid(): number | undefined {
    return running(this.child) ? this.child.pid : undefined
  }

  /** SIGKILL to the server and all its children: what a lost machine looks like. */
  async kill(): Promise<void> {
    await killProcessesIn(this.folder)
    if (this.child) await exited(this.child)
  }

  /** Stops the server and its children in their tracks: connections stay open and nothing answers. */
  pause(): void {
    for (const pid of processesIn(this.folder)) signal(pid, 'SIGSTOP')
  }

  resume(): void {
    for (const pid of processesIn(this.folder)) signal(pid, 'SIGCONT')
  }
}

/** Resolves with a phrase ("stopped with code 1") once the child is gone. */
export function exited(child: ChildProcess): Promise<string> {
  const phrase = () => (child.signalCode ? `was stopped by signal ${child.signalCode}` : `stopped with code ${child.exitCode}`)
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(phrase())
  return new Promise(resolve => {
    child.once('exit', () => resolve(phrase()))
    child.once('error', error => resolve(`could not be started: ${error.message}`))
  })
}

export function running(child: ChildProcess | undefined): child is ChildProcess & { pid: number } {
  return child?.pid !== undefined && child.exitCode === null && child.signalCode === null
}

/**
 * Polls a condition and resolves with what it gave; a Sentence when it has not come true within `ms`, or as soon as `child`,
 * which it depends on, is gone.
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  what: string,
  { ms = 30_000, child, logFile }: { ms?: number; child?: ChildProcess; logFile?: string } = {},
): Promise<T> {
  const end = performance.now() + ms
  for (;;) {
    const value = await condition()
    if (value) return value
    if (child && !running(child)) throw new Sentence(`${what} did not come: it ${await exited(child)}.${lastLines(logFile)}`)
    if (performance.now() > end) throw new Sentence(`${what} did not come within ${ms / 1000} s.${lastLines(logFile)}`)
    await wait(20)
  }
}

/** Sends a signal; false when there is no such process. */
export function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
    throw error
  }
}

/** When a process started, in clock ticks since the machine did; undefined when it is gone or a zombie. */
export function startTime(pid: number): string | undefined {
  try {
    const afterName = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)!.split(' ')
    return afterName[0] === 'Z' ? undefined : afterName[19]
  } catch {
    return undefined
  }
}

const DATA_SERVER = /^(postgres|redis-server|valkey-server)$/

/** The data servers whose working directory is `folder`, with the children that they forked, ours or a dead run's: nobody's shell or editor. */
export function processesIn(folder: string): number[] {
  if (!existsSync(folder)) return []
  const path = realpathSync(folder)
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(pid => {
      try {
        const isServer = DATA_SERVER.test(readFileSync(`/proc/${pid}/comm`, 'utf8').trim())
        return isServer && readlinkSync(`/proc/${pid}/cwd`) === path && startTime(pid) !== undefined
      } catch {
        return false // gone meanwhile, or somebody else's
      }
    })
}

/** Ends every process that works in `folder` at once, as a power cut would. Resolves when none is left. */
export async function killProcessesIn(folder: string): Promise<void> {
  await until(() => processesIn(folder).filter(pid => signal(pid, 'SIGKILL')).length === 0, `The end of the processes in ${folder}`)
}

/**
 * A TCP port of 127.0.0.1 that nothing listens on and that this process was not given before, below the range from which the kernel takes
 * ports for outgoing connections.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 15_000 + Math.floor(Math.random() * 17_000)
    if (given.has(port) || !(await portIsFree(port))) continue
    given.add(port)
    return port
  }
}
const given = new Set<number>()

const PORTS = 'GATEWAY STOREFRONT CATALOG CATALOG_2 CART ORDERS POSTGRES_A POSTGRES_B REDIS'.split(' ')

/** The environment of an embedded run on ports that are free. */
export async function freePorts(): Promise<NodeJS.ProcessEnv> {
  const env: NodeJS.ProcessEnv = {}
  for (const name of PORTS) env[`${name}_PORT`] = String(await freePort())
  return env
}

export function portIsFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(false) : reject(error)))
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)))
  })
}

/** What listens on a TCP port, as far as this user may know: "node (process 123)". */
export function listenerOn(port: number): string {
  // Without IPv6 there is no tcp6.
  const tables = ['/proc/net/tcp', '/proc/net/tcp6'].filter(path => existsSync(path))
  const inodes = tables.flatMap(table =>
    readFileSync(table, 'utf8')
      .split('\n')
      .map(line => line.trim().split(/\s+/))
      .filter(([, local, , state]) => state === '0A' && Number.parseInt(local!.split(':').at(-1)!, 16) === port)
      .map(fields => `socket:[${fields[9]}]`),
  )
  for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
    try {
      for (const fd of readdirSync(`/proc/${pid}/fd`)) {
        if (inodes.includes(readlinkSync(`/proc/${pid}/fd/${fd}`)))
          return `${readFileSync(`/proc/${pid}/comm`, 'utf8').trim()} (process ${pid})`
      }
    } catch {
      // gone meanwhile, or somebody else's
    }
  }
  return 'another program'
}

export function lastLines(logFile: string | undefined, count = 8): string {
  if (!logFile || !existsSync(logFile)) return ''
  const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-count)
  return `\nThe end of ${logFile}:\n${lines.map(line => `  ${line}`).join('\n')}`
}
