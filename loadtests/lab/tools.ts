// Programs that the lab calls, found where `make up` put them or on the PATH.
import { execFile } from 'node:child_process'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const execute = promisify(execFile)
const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'confeitaria')
export const REPOSITORY = join(import.meta.dirname, '../..')
const CLUSTER = process.env.CLUSTER || 'confeitaria'
/** Those of the cluster of `make up`. */
export const KUBECONFIG = join(CACHE, `kubeconfig-${CLUSTER}`)
export const CONTEXT = `kind-${CLUSTER}`

/** @throws Error with what the program wrote, when it fails */
export async function run(program: 'helm' | 'docker' | 'git', args: string[], { input = '', timeoutMs = 60_000 } = {}): Promise<string> {
  const env = { ...process.env, PATH: `${join(CACHE, 'tools')}:${process.env.PATH}` }
  const work = execute(program, args, { env, maxBuffer: 64 * 1024 * 1024, timeout: timeoutMs })
  work.child.stdin?.on('error', () => {}) // it ended without reading; how it ended is what counts
  work.child.stdin?.end(input)
  return work.then(
    ({ stdout }) => stdout,
    error => {
      if (error.code === 'ENOENT') throw new Error(`${program} is missing: \`make up\` brings it, or install it.`)
      throw new Error(`${program} ${args.slice(0, 3).join(' ')}: ${(error.stderr || error.message).trim().split('\n').slice(-3).join(' ')}`)
    },
  )
}
