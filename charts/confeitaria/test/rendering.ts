import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'

export const CHART = join(import.meta.dirname, '..')
export const REPOSITORY = join(CHART, '../..')
export const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'confeitaria')
/** What a cluster with CloudNativePG and the Prometheus operator offers. */
const APIS = ['postgresql.cnpg.io/v1', 'monitoring.coreos.com/v1']

export interface Manifest {
  kind: string
  metadata: { name: string; labels?: Record<string, string>; annotations?: Record<string, string> }
  // biome-ignore lint/suspicious/noExplicitAny: the tests look into manifests of every kind
  [member: string]: any
}

type Tool = 'helm' | 'kubeconform' | 'kube-score'

/** Runs a tool that k8s/images builds. @throws Error that says how to get it */
export function run(tool: Tool, args: string[], input = ''): { status: number | null; output: string; errors: string } {
  const path = join(CACHE, 'tools', tool)
  if (!existsSync(path)) throw new Error(`${tool} is missing: run k8s/images/build ${tool}.`)
  const { status, stdout, stderr } = spawnSync(path, args, { input, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  return { status, output: stdout, errors: stderr }
}

const template = (values: object, apis: string[], args: string[]) =>
  run(
    'helm',
    ['template', 'shop', CHART, '-n', 'test', '-f', '-', ...apis.flatMap(api => ['--api-versions', api]), ...args],
    JSON.stringify(values),
  )

/** All that the chart makes of these values. @throws Error with what helm said */
export function render(values: object = {}, { apis = APIS, args = [] as string[] } = {}): Manifest[] {
  const { status, output, errors } = template(values, apis, args)
  if (status !== 0) throw new Error(errors)
  return parseAllDocuments(output).flatMap(document => document.toJS() ?? [])
}

/** Values under which all that the chart can make is made. */
export const VARIANTS: Record<string, object> = {
  'the standard values': {},
  'all that can be switched on': {
    ingress: { className: 'nginx', host: 'doces.example', tlsSecret: 'tls', annotations: { a: 1 } },
    image: { pullSecrets: ['registry'] },
    ...Object.fromEntries(
      ['catalog', 'cart', 'orders', 'storefront'].map(service => [service, { autoscaling: { enabled: true }, env: { A: 1 } }]),
    ),
    postgresql: { storage: { storageClass: 'fast' } },
    valkey: { storage: { storageClass: 'fast' } },
    tracing: { otlpEndpoint: 'https://collector.example' },
    djangoImport: { enabled: true, existingSecret: 'django', arguments: ['--dry-run'] },
  },
  'all that can be switched off': {
    ingress: { enabled: false },
    seed: { enabled: false },
    postgresql: { enabled: false, external: { existingSecret: 'db' } },
    valkey: { enabled: false, external: { existingSecret: 'carts' } },
    networkPolicies: { enabled: false },
    monitoring: { annotations: false, dashboards: false },
  },
}

/** What helm says to values that cannot be. @throws Error when it takes them */
export function refusal(values: object, { apis = APIS } = {}): string {
  const { status, errors } = template(values, apis, [])
  if (status === 0) throw new Error(`helm took ${JSON.stringify(values)}`)
  return errors
}

export function find(manifests: Manifest[], kind: string, name: string): Manifest {
  const found = manifests.filter(manifest => manifest.kind === kind && manifest.metadata.name === name)
  if (found.length !== 1)
    throw new Error(`${found.length} × ${kind} ${name}; there are ${manifests.map(m => `${m.kind} ${m.metadata.name}`).join(', ')}`)
  return found[0]!
}

/** What makes pods: the manifest's name and its pod's spec. */
export function podsOf(manifests: Manifest[]): { name: string; metadata: Manifest['metadata']; spec: Manifest }[] {
  return manifests.flatMap(({ kind, metadata, spec }) => {
    if (kind === 'Pod') return [{ name: metadata.name, metadata, spec }]
    return spec?.template?.spec ? [{ name: metadata.name, metadata: spec.template.metadata, spec: spec.template.spec }] : []
  })
}
