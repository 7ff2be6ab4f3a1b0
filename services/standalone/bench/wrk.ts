import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Sentence } from '../process.ts'
import { LOAD_CORE } from './cores.ts'

const run = promisify(execFile)
const SCRIPT = fileURLToPath(new URL('./requests.lua', import.meta.url))

export interface Load {
  /** Lines "METHOD PATH [BODY]", asked for in turn. */
  requests: string[]
  headers?: Record<string, string>
}

export interface Measured {
  perSecond: number
  /** Milliseconds. */
  p50: number
  p99: number
}

/** Closed-loop load from the other core. @throws Sentence when a single answer was an error */
export async function wrk(origin: string, { requests, headers = {} }: Load, { seconds, connections, file }: { seconds: number; connections: number; file: string }): Promise<Measured> {
  await writeFile(file, requests.join('\n'))
  const words = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`])
  const { stdout } = await run('taskset', [
    ...['--cpu-list', LOAD_CORE, 'wrk', '--threads', '1', '--connections', String(connections), '--duration', `${seconds}s`],
    ...['--latency', '--script', SCRIPT, ...words, origin, '--', file],
  ])
  const result = JSON.parse(stdout.trim().split('\n').at(-1)!)
  if (result.refused || result.broken || !result.requests) {
    throw new Sentence(`${origin} ${requests[0]}: ${result.requests} answers, ${result.refused} of them errors, ${result.broken} connections broken.`)
  }
  return { perSecond: result.requests / (result.us / 1e6), p50: result.p50 / 1000, p99: result.p99 / 1000 }
}
