/** Which process runs on which core, so that the load never takes time from what it measures. */
import { execFile } from 'node:child_process'
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
    throw new Sentence('The benchmark pins the server and the load to two cores of a Linux machine: run it where there are two.')
  }
}

/** Moves all threads of these processes. */
export async function pin(pids: (number | undefined)[], cores: string) {
  for (const pid of pids) if (pid) await run('taskset', ['--all-tasks', '--cpu-list', '--pid', cores, String(pid)])
}
