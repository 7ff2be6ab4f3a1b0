import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { document } from '../../values-documentation.ts'
import { CHART, REPOSITORY } from './rendering.ts'

t.test('values.schema.json and README.md say what values.yaml says', async t => {
  for (const [file, text] of Object.entries(document(CHART))) {
    t.equal(readFileSync(join(CHART, file), 'utf8'), text, `${file}: run node charts/values-documentation.ts`)
  }
})

t.test('images are those of k8s/versions.env', async t => {
  const versions = readFileSync(join(REPOSITORY, 'k8s/versions.env'), 'utf8')
  const variables: Record<string, string> = {}
  for (const [, name, value] of versions.matchAll(/^(\w+)=(.*)$/gm)) {
    variables[name!] = value!.replace(/\$(\w+)/g, (_, other) => variables[other]!)
  }
  const { postgresql, valkey } = parse(readFileSync(join(CHART, 'values.yaml'), 'utf8'))
  t.equal(postgresql.image, variables.POSTGRESQL_IMAGE)
  t.equal(valkey.image, variables.VALKEY_IMAGE)
  t.equal(valkey.exporter.image, variables.REDIS_EXPORTER_IMAGE)
})

t.test("the chart's version of the shop is that of its services", async t => {
  const { appVersion } = parse(readFileSync(join(CHART, 'Chart.yaml'), 'utf8'))
  for (const service of ['catalog', 'cart', 'orders', 'storefront']) {
    t.equal(JSON.parse(readFileSync(join(REPOSITORY, 'services', service, 'package.json'), 'utf8')).version, appVersion, service)
  }
})
