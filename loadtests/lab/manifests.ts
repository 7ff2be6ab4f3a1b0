// What the lab puts into the cluster is what charts/loadtest makes: there is one place that says how a load looks.
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { KubernetesObject } from '@kubernetes/client-node'
import { parseAllDocuments } from 'yaml'
import { REPOSITORY, run } from './tools.ts'

const CHART = join(REPOSITORY, 'charts/loadtest')
/** Made by `observerProgram` when the lab's image is built, which has no esbuild. */
const READY = join(import.meta.dirname, 'observer.mjs')

export async function render(release: string, namespace: string, values: object): Promise<KubernetesObject[]> {
  const output = await run('helm', ['template', release, CHART, '-n', namespace, '-f', '-'], { input: JSON.stringify(values) })
  return parseAllDocuments(output).flatMap(document => document.toJS() ?? [])
}

let bundled: Promise<string> | undefined

/** The observer with all that it imports. */
export function observerProgram(): Promise<string> {
  bundled ??= existsSync(READY) ? readFile(READY, 'utf8') : bundle()
  return bundled
}

async function bundle(): Promise<string> {
  const { build } = await import('esbuild')
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'observer.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    minify: true,
    write: false,
    external: ['pg-native'],
    banner: { js: "import { createRequire } from 'node:module'; globalThis.require = createRequire(import.meta.url)" },
  })
  return outputFiles[0]!.text
}
