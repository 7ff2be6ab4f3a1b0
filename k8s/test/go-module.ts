import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const REPOSITORY = join(import.meta.dirname, '../..')

/**
 * A file of a Go module, at the version that k8s/versions.env has; the module is downloaded when it is not in the cache.
 * @param name of the version's variable: SKAFFOLD
 */
export function moduleFile(module: string, name: string, file: string): string {
  const script = `source k8s/images/recipe.sh; module_source ${module} "$${name}_VERSION"`
  const folder = execFileSync('bash', ['-c', script], { cwd: REPOSITORY, encoding: 'utf8' }).trim()
  return readFileSync(join(folder, file), 'utf8')
}
