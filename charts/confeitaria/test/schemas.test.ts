import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { moduleFile } from '../../../k8s/test/go-module.ts'
import { CHART, render, run, VARIANTS } from './rendering.ts'

interface Schema {
  $ref?: string
  properties?: Record<string, Schema>
  additionalProperties?: unknown
  [keyword: string]: unknown
}

/** The same, but an unknown member is an error, as is one that the API server would drop. */
function strict(schema: Schema): Schema {
  return JSON.parse(JSON.stringify(schema), (_key, value) => {
    if (value?.['x-kubernetes-int-or-string'] || value?.format === 'int-or-string') return { type: ['integer', 'string'] }
    if (
      value?.properties &&
      !value.additionalProperties &&
      !value['x-kubernetes-preserve-unknown-fields'] &&
      typeof value.type === 'string'
    ) {
      return { ...value, additionalProperties: false }
    }
    return value
  })
}

/** A definition with all that it refers to. */
function withReferences(definitions: Record<string, Schema>, name: string): Schema {
  const needed = new Set([name])
  for (const each of needed) {
    for (const [, other] of JSON.stringify(definitions[each]).matchAll(/"#\/definitions\/([^"]+)"/g)) needed.add(other!)
  }
  return { $ref: `#/definitions/${name}`, definitions: Object.fromEntries([...needed].map(each => [each, definitions[each]!])) }
}

const schemas = t.testdir()
const { definitions } = strict(JSON.parse(moduleFile('k8s.io/kubernetes', 'KUBERNETES', 'api/openapi-spec/swagger.json'))) as {
  definitions: Record<string, Schema>
}
const kinds: Record<string, string> = {
  ConfigMap: 'core.v1.ConfigMap',
  Deployment: 'apps.v1.Deployment',
  HorizontalPodAutoscaler: 'autoscaling.v2.HorizontalPodAutoscaler',
  Ingress: 'networking.v1.Ingress',
  Job: 'batch.v1.Job',
  NetworkPolicy: 'networking.v1.NetworkPolicy',
  Pod: 'core.v1.Pod',
  PodDisruptionBudget: 'policy.v1.PodDisruptionBudget',
  Secret: 'core.v1.Secret',
  Service: 'core.v1.Service',
  StatefulSet: 'apps.v1.StatefulSet',
}
for (const [kind, name] of Object.entries(kinds)) {
  writeFileSync(join(schemas, `${kind.toLowerCase()}.json`), JSON.stringify(withReferences(definitions, `io.k8s.api.${name}`)))
}
const crd = parse(
  moduleFile('github.com/cloudnative-pg/cloudnative-pg', 'CLOUDNATIVE_PG', 'config/crd/bases/postgresql.cnpg.io_clusters.yaml'),
)
writeFileSync(join(schemas, 'cluster.json'), JSON.stringify(strict(crd.spec.versions[0].schema.openAPIV3Schema)))

const check = (manifests: object[]) =>
  run(
    'kubeconform',
    ['-strict', '-summary', '-output', 'json', '-schema-location', `${schemas}/{{.ResourceKind}}.json`],
    manifests.map(manifest => JSON.stringify(manifest)).join('\n---\n'),
  )

// The Prometheus operator's schemas come in no module that is needed otherwise: what it takes is tested in templates.test.ts.
for (const [name, values] of Object.entries(VARIANTS)) {
  t.test(`${name}: Kubernetes and CloudNativePG know every member`, async t => {
    const { status, output } = check(render(values))
    const { resources, summary } = JSON.parse(output)
    t.equal(status, 0, JSON.stringify(resources, null, 2))
    t.ok(summary.valid > 10, `${summary.valid} manifests`)
    t.equal(summary.skipped, 0)
  })
}

t.test('a member that is misspelt is found, in a Deployment and in the Cluster', async t => {
  for (const kind of ['Deployment', 'Cluster']) {
    const manifest = render().find(each => each.kind === kind)!
    manifest.spec.replcas = 2
    t.match(check([manifest]).output, /replcas/, kind)
  }
})

t.test('helm lint', async t => {
  const { status, output } = run('helm', ['lint', '--strict', CHART])
  t.equal(status, 0, output)
})
