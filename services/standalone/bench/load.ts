import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Sentence } from '../process.ts'
import { LOAD_CORE } from './cores.ts'
import type { Running } from './shop.ts'

const run = promisify(execFile)
const SCRIPT = fileURLToPath(new URL('./requests.lua', import.meta.url))

export interface Request {
  method?: string
  path: string
  body?: unknown
  /** Idempotency-Key. */
  key?: string
}

export interface Load {
  /** Asked for in turn. */
  requests: Request[]
  headers?: Record<string, string>
}

/** One round. */
export interface Round {
  perSecond: number
  /** Milliseconds. */
  p50: number
  p99: number
  /** Time that the server's threads spent on a core for one answer, µs: what other work on the machine disturbs least. */
  cpuUs: number
  answers: number
}

/** Closed-loop load from the load core. @throws Sentence when one answer was an error */
export async function load(
  { name, origin, child }: Running,
  { requests, headers = {} }: Load,
  { seconds, connections, folder }: { seconds: number; connections: number; folder: string },
): Promise<Round> {
  const file = `${folder}/requests`
  const line = ({ method = 'GET', path, body, key }: Request) =>
    [method, path, body === undefined ? '' : JSON.stringify(body), key ?? ''].join('\t')
  await writeFile(file, `${requests.map(line).join('\n')}\n`)
  const before = cpuNs(child.pid!)
  const { stdout } = await run('taskset', [
    ...['--cpu-list', LOAD_CORE, 'wrk', '--threads', '1', '--connections', String(connections), '--duration', `${seconds}s`],
    ...['--latency', '--script', SCRIPT, ...Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`])],
    ...[origin, '--', file],
  ])
  const cpu = cpuNs(child.pid!) - before
  const { requests: answers, us, p50, p99, refused, broken } = JSON.parse(stdout.trim().split('\n').at(-1)!)
  if (refused || broken || !answers) {
    const asked = `${requests[0]?.method ?? 'GET'} ${requests[0]?.path}`
    throw new Sentence(`${name}, ${asked}: ${answers} answers, ${refused} of them errors, ${broken} connections broken.`)
  }
  return { perSecond: answers / (us / 1e6), p50: p50 / 1000, p99: p99 / 1000, cpuUs: cpu / 1000 / answers, answers }
}

const cpuNs = (pid: number) =>
  readdirSync(`/proc/${pid}/task`).reduce(
    (sum, id) => sum + Number(readFileSync(`/proc/${pid}/task/${id}/schedstat`, 'utf8').split(' ', 1)[0]),
    0,
  )
