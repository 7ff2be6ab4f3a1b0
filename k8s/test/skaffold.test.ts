import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import t from 'tap'
import { parse } from 'yaml'
import { moduleFile } from './go-module.ts'

const REPOSITORY = join(import.meta.dirname, '../..')
const read = (path: string) => parse(readFileSync(join(REPOSITORY, path), 'utf8'))
const skaffold = read('skaffold.yaml')
const schema = moduleFile(
  'github.com/GoogleContainerTools/skaffold/v2',
  'SKAFFOLD',
  `docs-v2/content/en/schemas/${skaffold.apiVersion.split('/')[1]}.json`,
)
const validate = new Ajv({ strict: false, allErrors: true }).compile(JSON.parse(schema))

t.test('skaffold.yaml is as its schema says, which finds a misspelt member', async t => {
  t.ok(validate(skaffold), JSON.stringify(validate.errors, null, 2))
  t.notOk(validate({ ...skaffold, deploy: { helm: { releases: [{ ...skaffold.deploy.helm.releases[0], chartpath: '.' }] } } }))
})

t.test("it builds the chart's four images, from what each of them is made of", async t => {
  const { image } = read('charts/confeitaria/values.yaml')
  const services = ['catalog', 'cart', 'orders', 'storefront']
  t.strictSame(
    skaffold.build.artifacts.map((artifact: { image: string }) => artifact.image),
    services.map(service => `${image.registry}/${service}`),
  )
  t.equal(skaffold.build.tagPolicy.envTemplate.template, read('charts/confeitaria/Chart.yaml').appVersion)
  for (const [i, { custom }] of skaffold.build.artifacts.entries()) {
    const [builder, ...built] = custom.buildCommand.split(' ')
    t.ok(existsSync(join(REPOSITORY, builder)), builder)
    t.strictSame(built, [services[i]])
    t.strictSame(custom.dependencies.paths.slice(0, 2), [`services/${services[i]}`, 'services/platform'])
    for (const path of custom.dependencies.paths) t.ok(existsSync(join(REPOSITORY, path)), path)
  }
})
