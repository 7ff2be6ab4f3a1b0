// Manifests of CloudNativePG in the documents, and what the chart makes of values in them, against the schemas of the operator's release.
import { Ajv } from 'ajv'
import t from 'tap'
import { parseAllDocuments, parse as parseYaml } from 'yaml'
import { parse, tracked } from '../../../docs/test/markdown.ts'
import { moduleFile } from '../../../k8s/test/go-module.ts'
import { type Manifest, render } from './rendering.ts'

const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true })
const schemaOf = (plural: string) => {
  const file = `config/crd/bases/postgresql.cnpg.io_${plural}.yaml`
  const { spec } = parseYaml(moduleFile('github.com/cloudnative-pg/cloudnative-pg', 'CLOUDNATIVE_PG', file))
  // A member that the schema does not know would be dropped without a word.
  const strict = JSON.parse(JSON.stringify(spec.versions[0].schema.openAPIV3Schema), (_key, value) =>
    value?.properties && value.type === 'object' ? { additionalProperties: false, ...value } : value,
  )
  strict.properties.metadata = { type: 'object' }
  return ajv.compile(strict)
}
const kinds: Record<string, ReturnType<typeof schemaOf>> = { Cluster: schemaOf('clusters'), ScheduledBackup: schemaOf('scheduledbackups') }

const blocks = tracked
  .filter(path => path.startsWith('docs/') && path.endsWith('.md'))
  .flatMap(path => parse(path).blocks.filter(({ language }) => language === 'yaml'))

/** Manifests as they stand there, and what the chart makes of values. */
const manifests = blocks
  .flatMap(({ mark, text }) =>
    mark === 'values' ? render(parseYaml(text)) : parseAllDocuments(text).map(document => document.toJS() as Manifest | null),
  )
  .filter(manifest => manifest !== null)
  .filter(({ apiVersion }) => apiVersion === 'postgresql.cnpg.io/v1')

t.test('the operator knows every member', async t => {
  t.ok(manifests.length >= 4)
  for (const manifest of manifests) {
    const check = kinds[manifest.kind]!
    t.ok(check(manifest), `${manifest.kind} ${manifest.metadata.name}: ${JSON.stringify(check.errors)}`)
    t.notOk(check({ ...manifest, spec: { ...manifest.spec, instnces: 1 } }), 'and finds one that is misspelt')
  }
})
