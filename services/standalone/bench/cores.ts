/** Which process runs on which core, so that the load takes no time from what it measures. */
import { execFile } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { promisify } from 'node:util'
import { Sentence } from '../process.ts'

const run = promisify(execFile)

export const SERVER_CORE = '0'
/** The load, and every server that is not the measured one. */
export const LOAD_CORE = '1'
export const BOTH_CORES = '0,1'

export function requireTwoCores() {
  if (process.platform !== 'linux' || availableParallelism() < 2) {
    throw new Sentence('The benchmark pins the server to one core and the load to another: run it on Linux with two cores or more.')
  }
}

/** Moves all threads of these processes. */
export async function pin(pids: (number | undefined)[], cores: string) {
  for (const pid of pids) if (pid) await run('taskset', ['--all-tasks', '--cpu-list', '--pid', cores, String(pid)])
}

/** Asks the scheduler to prefer a process and its session to whatever else the machine does; only root may. */
export function prefer(pid: number | 'self') {
  const file = `/proc/${pid}/autogroup`
  if (process.getuid?.() === 0 && existsSync(file)) writeFileSync(file, '-10')
}
