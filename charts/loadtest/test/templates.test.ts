import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse, parseAllDocuments } from 'yaml'
import { find, type Manifest, podsOf, REPOSITORY, render as renderShop, run } from '../../confeitaria/test/rendering.ts'
import { document } from '../../values-documentation.ts'

const CHART = join(import.meta.dirname, '..')
const template = (values: object) => run('helm', ['template', 'carga', CHART, '-n', 'test', '-f', '-'], JSON.stringify(values))

function render(values: object = {}): Manifest[] {
  const { status, output, errors } = template(values)
  if (status !== 0) throw new Error(errors)
  return parseAllDocuments(output).flatMap(each => each.toJS() ?? [])
}
const everything = {
  node: 'n1',
  ledger: { image: 'with-node' },
  observer: { program: 'console.log("a\\b")\n', task: 'watch', node: 'n2' },
  runner: { enabled: true, arguments: ['run', 'x y'] },
}
const environment = (manifest: Manifest) =>
  Object.fromEntries(manifest.spec.template.spec.containers[0].env.map(({ name, ...rest }: { name: string }) => [name, rest]))

t.test('values.schema.json and README.md say what values.yaml says', async t => {
  for (const [file, text] of Object.entries(document(CHART))) {
    t.equal(readFileSync(join(CHART, file), 'utf8'), text, `${file}: run node charts/values-documentation.ts charts/loadtest`)
  }
})

t.test('versions are those of the project', async t => {
  const versions = readFileSync(join(REPOSITORY, 'k8s/versions.env'), 'utf8')
  const k6 = /^K6_VERSION=(.*)$/m.exec(versions)![1]
  const { image, observer, runner } = parse(readFileSync(join(CHART, 'values.yaml'), 'utf8'))
  t.equal(image, `docker.io/grafana/k6:${k6}`)
  t.equal(parse(readFileSync(join(CHART, 'Chart.yaml'), 'utf8')).appVersion, k6)
  const { appVersion } = parse(readFileSync(join(REPOSITORY, 'charts/confeitaria/Chart.yaml'), 'utf8'))
  t.equal(observer.image, `ghcr.io/confeitaria/storefront:${appVersion}`)
  // k8s/up builds and loads it.
  t.equal(runner.image, `ghcr.io/confeitaria/lab:${appVersion}`)
})

t.test('every pod passes the restricted standard; only the runner has a token', async t => {
  const pods = podsOf(render(everything))
  t.equal(pods.length, 3)
  for (const { name, spec } of pods) {
    t.match(spec.securityContext, { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } }, name)
    t.equal(spec.automountServiceAccountToken, name.endsWith('runner') ? undefined : false, name)
    t.equal(spec.restartPolicy, 'Never', name)
    for (const { securityContext, resources } of [...spec.containers, ...(spec.initContainers ?? [])]) {
      t.strictSame(
        securityContext,
        { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
        name,
      )
      t.match(resources, { requests: { cpu: String, memory: String }, limits: { memory: String } }, name)
      t.notOk(resources.limits.cpu, `${name}: a prober that is throttled measures itself`)
    }
  }
})

t.test('a load runs once, ends in time, and goes away', async t => {
  for (const job of render(everything).filter(({ kind }) => kind === 'Job')) {
    t.match(job.spec, { backoffLimit: 0, ttlSecondsAfterFinished: 3600, activeDeadlineSeconds: 3600 }, job.metadata.name)
  }
})

t.test('all scenarios are in the ConfigMap, though they lie elsewhere', async t => {
  const { data } = find(render(), 'ConfigMap', 'carga-scenarios')
  const folder = join(REPOSITORY, 'loadtests/scenarios')
  t.strictSame(Object.keys(data).sort(), readdirSync(folder).sort())
  for (const [file, text] of Object.entries(data)) t.equal(text, readFileSync(join(folder, file), 'utf8'), file)
})

t.test('what the scenario is told', async t => {
  const values = {
    scenario: 'ultima-unidade',
    rate: 7,
    duration: '30s',
    env: { STOCK: 10 },
    target: { url: 'http://a', host: 'b' },
    shop: { release: 'loja' },
  }
  const job = find(render(values), 'Job', 'carga')
  t.match(job.spec.template.spec.containers[0].args.at(-1), /\/ultima-unidade\.ts$/)
  t.match(environment(job), {
    RUN: { valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    TARGET_URL: { value: 'http://a' },
    TARGET_HOST: { value: 'b' },
    RATE: { value: '7' },
    DURATION: { value: '30s' },
    STOCK: { value: '10' },
    ADMIN_TOKEN: { valueFrom: { secretKeyRef: { name: 'loja-confeitaria-admin', key: 'token' } } },
  })
  const plain = environment(find(render(), 'Job', 'carga'))
  t.notOk('RATE' in plain || 'DURATION' in plain, "the scenario's own")
})

t.test('the ledger goes by way of whom it is given to, or into the log as it is', async t => {
  const { spec } = find(render(everything), 'Job', 'carga').spec.template
  const [{ image, restartPolicy, command }] = spec.initContainers
  t.strictSame([image, restartPolicy], ['with-node', 'Always'])
  t.ok(spec.containers[0].args.includes(`--console-output=${command.at(-1)}`))
  const plain = find(render(), 'Job', 'carga').spec.template.spec
  t.strictSame([plain.initContainers, plain.volumes.length], [undefined, 1])
  t.notMatch(plain.containers[0].args.join(' '), /console-output/)
})

t.test('lines are handed on whole, also those that came in parts and the last', { timeout: 30_000 }, async t => {
  const file = join(t.testdir(), 'lines')
  const program = spawn(process.execPath, [join(CHART, 'files/hand-on.mjs'), file])
  t.teardown(() => program.kill('SIGKILL'))
  let output = ''
  const said = new Set<string>()
  program.stdout.setEncoding('utf8').on('data', data => {
    output += data
    for (const line of output.split(/[\n\t]/).slice(0, -1)) said.add(line)
  })
  const until = async (line: string) => {
    while (!said.has(line)) await once(program.stdout, 'data')
  }
  writeFileSync(file, 'first\npa')
  await until('first')
  t.equal(output, 'first\n')
  const many = Array.from({ length: 10_000 }, (_, i) => `line ${i} ção`)
  appendFileSync(file, `rt\n${many.join('\n')}\n`)
  await until(many.at(-1)!)
  appendFileSync(file, 'last\n')
  program.kill('SIGTERM')
  await once(program, 'close')
  t.strictSame(output.trimEnd().split(/[\n\t]/), ['first', 'part', ...many, 'last'])
  t.ok(output.trimEnd().split('\n').length < 20, 'many as one')
})

t.test('a scenario that there is not', async t => {
  const { status, errors } = template({ scenario: 'nada' })
  t.not(status, 0)
  t.match(errors, /scenario is nada, and there is no loadtests\/scenarios\/nada\.ts/)
})

t.test('without a scenario there is no load, without a program no observer', async t => {
  t.strictSame(render({ scenario: '' }), [])
})

t.test("what is the shop's has the name that its chart gives it", async t => {
  const manifests = render({ ...everything, shop: { release: 'shop' } })
  const shop = renderShop()
  const secrets = ['carga', 'carga-observer'].flatMap(job =>
    Object.values(environment(find(manifests, 'Job', job))).flatMap(({ valueFrom }) => valueFrom?.secretKeyRef?.name ?? []),
  )
  t.equal(secrets.length, 5)
  for (const name of secrets) t.ok(find(shop, 'Secret', name))
  const { matchLabels } = find(manifests, 'NetworkPolicy', 'carga-database').spec.podSelector
  t.ok(find(shop, 'Cluster', matchLabels['cnpg.io/cluster']))
})

t.test("the observer's program arrives as it is, and it may reach the databases", async t => {
  const manifests = render({ ...everything, scenario: '' })
  t.equal(find(manifests, 'ConfigMap', 'carga-program').data['observer.mjs'], everything.observer.program)
  t.equal(find(manifests, 'Job', 'carga-observer').spec.template.spec.nodeName, 'n2')
  t.strictSame(find(manifests, 'NetworkPolicy', 'carga-database').spec.podSelector, {
    matchLabels: { 'cnpg.io/cluster': 'confeitaria-db' },
  })
  const { labels } = find(manifests, 'Job', 'carga-observer').spec.template.metadata
  for (const name of ['carga-database', 'carga-valkey']) {
    const [{ from }] = find(manifests, 'NetworkPolicy', name).spec.ingress
    for (const [label, value] of Object.entries(from[0].podSelector.matchLabels)) t.equal(labels[label], value, `${name}: ${label}`)
  }
})

t.test('the runner: one namespace, no secrets, no exec', async t => {
  const manifests = render(everything)
  t.notOk(
    manifests.some(({ kind }) => kind.startsWith('Cluster')),
    'nothing beyond the namespace',
  )
  const rules: { resources: string[]; verbs: string[] }[] = find(manifests, 'Role', 'carga-runner').rules
  const changes = rules.flatMap(({ resources, verbs }) =>
    resources.flatMap(resource => verbs.filter(verb => !['get', 'list', 'watch'].includes(verb)).map(verb => `${verb} ${resource}`)),
  )
  t.strictSame(changes.sort(), [
    ...['create configmaps', 'create jobs', 'create networkpolicies', 'create pods/eviction', 'create services'],
    ...['delete configmaps', 'delete jobs', 'delete networkpolicies', 'delete pods', 'delete services'],
    ...['patch clusters/status', 'patch deployments/scale'],
  ])
  const seen = new Set(rules.flatMap(({ resources }) => resources))
  for (const never of ['secrets', 'pods/exec', 'pods/attach', 'pods/portforward', 'nodes', '*']) t.notOk(seen.has(never), never)
  t.strictSame(find(manifests, 'Job', 'carga-runner').spec.template.spec.containers[0].args, ['run', 'x y', '--release=confeitaria'])
})

t.test('helm lint', async t => {
  const { status, output } = run('helm', ['lint', '--strict', CHART])
  t.equal(status, 0, output)
})
