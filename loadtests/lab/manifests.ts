// What the lab puts into the cluster is what charts/loadtest makes: there is one place that says how a load looks.
import { join } from 'node:path'
import type { KubernetesObject } from '@kubernetes/client-node'
import { build } from 'esbuild'
import { parseAllDocuments } from 'yaml'
import { REPOSITORY, run } from './tools.ts'

const CHART = join(REPOSITORY, 'charts/loadtest')

export async function render(release: string, namespace: string, values: object): Promise<KubernetesObject[]> {
  const output = await run('helm', ['template', release, CHART, '-n', namespace, '-f', '-'], { input: JSON.stringify(values) })
  return parseAllDocuments(output).flatMap(document => document.toJS() ?? [])
}

let bundled: Promise<string> | undefined

/** The observer with all that it imports. */
export function observerProgram(): Promise<string> {
  bundled ??= build({
    entryPoints: [join(import.meta.dirname, 'observer.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    minify: true,
    write: false,
    external: ['pg-native'],
    banner: { js: "import { createRequire } from 'node:module'; globalThis.require = createRequire(import.meta.url)" },
  }).then(({ outputFiles }) => outputFiles[0]!.text)
  return bundled
}
