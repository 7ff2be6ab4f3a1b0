import { spawnSync } from 'node:child_process'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'

/**
 * Runs a program of bash in the repository, with a cache of its own.
 * @param commands what is run in place of a command, by its name
 */
export function bash(t: Test, program: string, commands: Record<string, string> = {}, env: NodeJS.ProcessEnv = {}) {
  const tools = Object.fromEntries(Object.entries(commands).map(([name, script]) => [name, `#!/bin/bash\n${script}\n`]))
  const XDG_CACHE_HOME = t.testdir({ confeitaria: { tools } })
  for (const name of Object.keys(tools)) chmodSync(join(XDG_CACHE_HOME, 'confeitaria/tools', name), 0o755)
  const all = { ...process.env, XDG_CACHE_HOME, CLUSTER: 'confeitaria-none', ...env }
  return spawnSync('bash', ['-c', program], { cwd: join(import.meta.dirname, '../..'), env: all, encoding: 'utf8' })
}
