// The scenarios in the k6 that the cluster runs, without a network: what they make of what they are told, and that an outage is not hidden.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'

t.setTimeout(5 * 60_000)
const REPOSITORY = join(import.meta.dirname, '../..')
const { image } = parse(readFileSync(join(REPOSITORY, 'charts/loadtest/values.yaml'), 'utf8'))

function k6(command: string[], env: Record<string, string> = {}, input = '') {
  const options = ['--rm', '-i', '--network', 'none', '-v', `${join(REPOSITORY, 'loadtests/scenarios')}:/scenarios:ro`]
  const given = Object.entries({ TARGET_URL: 'http://127.0.0.1:1', ...env }).flatMap(([name, value]) => ['-e', `${name}=${value}`])
  const child = spawnSync('docker', ['run', ...options, ...given, image, ...command], { input, encoding: 'utf8', timeout: 60_000 })
  const lines = child.stdout.split('\n').flatMap(line => (line.startsWith('[') ? [JSON.parse(line)] : []))
  return { ...child, lines, requests: lines.filter(([kind]) => kind === 'request') }
}
const run = (scenario: string, env: Record<string, string>) =>
  k6(['run', '--quiet', '--no-usage-report', '--log-format', 'raw', '--log-output', 'stdout', scenario], env)
const inspect = (env: Record<string, string>) =>
  JSON.parse(k6(['inspect', '--include-system-env-vars', '/scenarios/compras.ts'], env).stdout)

for (const [scenario, env, sentence] of [
  ['compras', { RATE: 'abc' }, 'RATE=abc: give a number of 0 or more.'],
  ['compras', { RATE: '-1' }, 'RATE=-1: give a number of 0 or more.'],
  ['compras', { DURATION: 'soon' }, 'DURATION=soon: give a time such as 30s or 5m.'],
  ['compras', {}, 'ADMIN_TOKEN is missing: this scenario makes products of its own'],
  ['concorrencia', { VUS: 'many' }, 'VUS=many: give a number of 0 or more.'],
  ['distribuicao', { DURATION: '10x' }, 'DURATION=10x: give a time such as 30s or 5m.'],
  ['sobrecarga', { FACTOR: '5x' }, 'FACTOR=5x: give a number of 0 or more.'],
  ['ultima-unidade', { STOCK: 'none', ADMIN_TOKEN: 'x' }, 'STOCK=none: give a number of 0 or more.'],
] as [string, Record<string, string>, string][]) {
  t.test(`${scenario} refuses ${JSON.stringify(env)} before the first request`, async t => {
    const { status, stdout, stderr, requests } = run(`/scenarios/${scenario}.ts`, env)
    t.not(status, 0)
    t.match(stdout + stderr, sentence)
    t.strictSame(requests, [])
  })
}

t.test('rates and times arrive as they are meant', async t => {
  const { scenarios } = inspect({ RATE: '8', DURATION: '1.5m' })
  t.match(scenarios.reads, { rate: 80, timeUnit: '10s', duration: '1m30s' })
  t.match([scenarios.carts.rate, scenarios.orders.rate], [20, 20], 'a quarter each')
  t.ok(scenarios.reads.preAllocatedVUs >= 8 * 10, 'nobody has to be waited for while answers take as long as they may')
  for (const [given, duration] of Object.entries({ '90': '1m30s', '30s': '30s', '1h': '1h0m0s' }))
    t.equal(inspect({ DURATION: given }).scenarios.reads.duration, duration)
})

t.test('all thresholds count where nothing is broken, only that of the load itself under a fault', async t => {
  t.strictSame(Object.keys(inspect({}).thresholds).sort(), ['dropped_iterations', 'shop_failed', 'shop_latency'])
  t.strictSame(Object.keys(inspect({ FAULT: 'delete-pod' }).thresholds), ['dropped_iterations'])
})

t.test('requests without an answer have failed: each is in the ledger and in the summary, and k6 says 99', async t => {
  const { status, stdout, requests } = run('/scenarios/concorrencia.ts', { REQUESTS: '20', VUS: '2' })
  t.equal(status, 99)
  t.equal(requests.length, 20)
  for (const [, , , activity, , answer, outcome] of requests) t.strictSame([activity, answer, outcome], ['reads', 0, 'failed'])
  const { summary } = JSON.parse(stdout.split('\n').find(line => line.startsWith('{"summary"'))!)
  t.match([summary.shop_failed.values.rate, summary.shop_latency.values.max], [1, Number])
  t.equal(run('/scenarios/concorrencia.ts', { REQUESTS: '20', VUS: '2', FAULT: 'delete-pod' }).status, 0)
})

t.test('a shopper asks again, with the same key, until patience ends; then the order is unresolved', async t => {
  const script = `import { fillCart, order } from '/scenarios/shop.ts'
    export const options = { vus: 1, iterations: 1 }
    export default () => { if (fillCart([[1, 1]]) === undefined) order({ session: 'nobody', lines: [] }) }`
  const { lines } = k6(
    ['run', '--quiet', '--no-usage-report', '--log-format', 'raw', '--log-output', 'stdout', '-'],
    { PATIENCE: '2s', RUN: 'prova' },
    script,
  )
  for (const route of ['POST /api/carrinho/sessao', 'POST /api/pedidos']) {
    const tries = lines.filter(line => line[4] === route).map(line => line[9])
    t.ok(tries.length > 2, route)
    t.strictSame(tries, [...tries.keys()], 'tries are counted')
  }
  t.strictSame(lines.at(-1), ['unresolved', 'prova-1-0-default'])
  t.notOk(lines.some(([kind]) => kind === 'order' || kind === 'refused'))
})
