/** Where the embedded run keeps its data, its secrets and the note of what runs. */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { newPasswords, type Passwords } from './postgres.ts'
import { killProcessesIn, processesIn, Sentence, signal, startTime, until } from './process.ts'

const NEEDED_BYTES = 500 * 1024 * 1024

/** `$XDG_DATA_HOME/confeitaria`, by default below ~/.local/share. */
export function dataFolder(env: NodeJS.ProcessEnv = process.env): string {
  return resolve(env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'confeitaria')
}

export const DATA_SERVERS = ['postgres-a', 'postgres-b', 'redis']
/** All that a run leaves in the folder. */
export const CONTENTS = [
  ...DATA_SERVERS,
  'postgres-a.partial',
  'postgres-b.partial',
  'logs',
  'logs.previous',
  'secrets.json',
  'run.json',
  'control',
]

/** Makes the folder, and finds out early what would fail late. */
export function prepare(folder: string, neededBytes = NEEDED_BYTES): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const probe = join(folder, '.probe')
    writeFileSync(probe, '')
    rmSync(probe)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOSPC')
      throw new Sentence(`The disk of ${folder} is full: free some space, or set XDG_DATA_HOME to a folder on another disk.`)
    throw new Sentence(`The data folder ${folder} cannot be written (${code}): set XDG_DATA_HOME to a folder of yours.`)
  }
  const { bavail, bsize } = statfsSync(folder)
  if (bavail * bsize < neededBytes) {
    const [free, needed] = [bavail * bsize, neededBytes].map(bytes => `${Math.floor(bytes / 1024 / 1024)} MiB`)
    throw new Sentence(
      `The disk of ${folder} has ${free} left and the shop needs ${needed}: free some space, or set XDG_DATA_HOME to a folder on another disk.`,
    )
  }
}

export interface Secrets {
  postgres: Passwords
  redis: string
  adminToken: string
}

/** Made at the first start and kept; readable by the owner only. */
export function secrets(folder: string): Secrets {
  const file = join(folder, 'secrets.json')
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'))
  const made = { postgres: newPasswords(), redis: randomBytes(24).toString('hex'), adminToken: randomBytes(24).toString('base64url') }
  writeFileSync(file, JSON.stringify(made, undefined, 2), { mode: 0o600 })
  return made
}

interface Process {
  name: string
  pid: number
  /** As the kernel tells it: process ids are used again. */
  startTime: string
}

export interface Run {
  supervisor: Process
  children: Process[]
  gateway: string
  /** Everything has started. */
  open?: boolean
}

const note = (folder: string) => join(folder, 'run.json')

export function processOf(name: string, pid: number): Process {
  return { name, pid, startTime: startTime(pid) ?? '' }
}

const lives = ({ pid, startTime: started }: Process) => startTime(pid) === started

/** What the folder says runs, whether it still does or not. */
function noted(folder: string): Run | undefined {
  try {
    return JSON.parse(readFileSync(note(folder), 'utf8'))
  } catch {
    return undefined // none, or its writer was killed before the first byte
  }
}

/** The run that uses the folder now. */
export function currentRun(folder: string): Run | undefined {
  const run = noted(folder)
  return run && lives(run.supervisor) ? run : undefined
}

/** Claims the folder for this process. A Sentence when another run has it. */
export async function claim(folder: string, run: Run, say: (line: string) => void): Promise<void> {
  await endLeftovers(folder, say)
  try {
    writeFileSync(note(folder), JSON.stringify(run), { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    throw new Sentence(`The shop is being started in ${folder} by another process: wait for it.`)
  }
}

/** Ends what a run that was killed left behind: the services that it noted, and whatever works in a data server's folder. */
export async function endLeftovers(folder: string, say: (line: string) => void): Promise<void> {
  const run = noted(folder)
  if (run && lives(run.supervisor)) {
    throw new Sentence(
      `The shop runs already, at ${run.gateway} (process ${run.supervisor.pid}): use it, or end it with kill ${run.supervisor.pid}.`,
    )
  }
  const services = run?.children.filter(lives) ?? []
  const servers = DATA_SERVERS.map(name => join(folder, name))
  const count = services.length + servers.reduce((sum, server) => sum + processesIn(server).length, 0)
  if (run) {
    const left = count ? `ending the ${count} processes that it left` : 'nothing of it is left running'
    say(`the run before (process ${run.supervisor.pid}) was killed: ${left}`)
  }
  for (const { pid } of services) signal(pid, 'SIGKILL')
  for (const server of servers) await killProcessesIn(server)
  await until(() => !services.some(lives), 'The end of the services of the run before')
  release(folder)
}

/** Keeps the note current, so that the next run finds our children should we be killed. In one go: parts start at the same time. */
export function update(folder: string, run: Run): void {
  writeFileSync(`${note(folder)}.new`, JSON.stringify(run), { mode: 0o600 })
  renameSync(`${note(folder)}.new`, note(folder))
}

export function release(folder: string): void {
  rmSync(note(folder), { force: true })
  rmSync(join(folder, 'control'), { force: true })
}
