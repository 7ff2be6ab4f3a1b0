import { spawnSync } from 'node:child_process'
import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { FOLDER, load, loadOf, mistakes, names } from '../lab/definition.ts'
import { faultOf } from '../lab/faults/all.ts'
import type { Target } from '../lab/faults/fault.ts'
import { portuguese } from '../report/languages/portuguese.ts'

t.test('the seventeen experiments are as they must be', async t => {
  t.strictSame(names(), [
    ...['atualizacao', 'banco-fora', 'carrinho-pod', 'catalogo-pod', 'concorrencia', 'distribuicao', 'drenagem', 'no-morte', 'pedidos-pod'],
    ...[
      'plano-controle',
      'primario-morte',
      'primario-troca',
      'replica-morte',
      'sobrecarga',
      'ultima-unidade',
      'valkey-primario',
      'vazamento',
    ],
  ])
  for (const name of names()) t.strictSame(mistakes(load(name)), [], name)
})

t.test('every proof that an experiment asks for is one that its fault can give', async t => {
  const target: Target = { kind: '', name: '', node: null, role: 'database-primary', memory: { uids: {} } }
  for (const name of names()) {
    for (const fault of load(name).faults) {
      if (fault.kind === 'nothing') continue
      const given = faultOf(fault).proofs(fault as never, target, {} as never)
      for (const proof of fault.proof)
        t.ok(
          given.some(each => each.name === proof),
          `${name}, ${fault.variant}: ${proof}`,
        )
    }
  }
})

t.test('every variant has a Portuguese word for the report', async t => {
  for (const name of names())
    for (const { variant } of load(name).faults) {
      t.ok(portuguese.variants[variant], `${name}: ${variant}`)
    }
})

t.test('mistakes are sentences', async t => {
  const good = load('primario-morte')
  const wrong: [change: object, sentence: RegExp][] = [
    [{ rounds: 0 }, /^rounds /],
    [{ colour: 'red' }, /^it has colour, which is not known there$/],
    [{ hypothesis: undefined }, /^it lacks hypothesis$/],
    [{ invariants: ['I1', 'I12'] }, /^invariants\.1 must be one of I1, /],
    [{ faults: [{ kind: 'meteor' }] }, /^faults\.0\.kind must be one of delete-pod, /],
    [{ faults: [{ ...good.faults[0], target: 'everything' }] }, /^faults\.0\.target must be one of catalog, /],
    [{ faults: [{ ...good.faults[0], proof: [] }] }, /^faults\.0\.proof /],
    [{ faults: [good.faults[0], good.faults[0]] }, /^faults must each have a variant/],
    [{ budgets: [{ ...good.budgets[0], metric: 'joy' }] }, /^budgets\.0\.metric must be one of failed, /],
    [{ budgets: [{ ...good.budgets[0], variants: ['gentle'] }] }, /^the budget of failed\.reads is for gentle, which no fault is called$/],
    [{ title: { pt: 'x' } }, /^title lacks en$/],
  ]
  for (const [change, sentence] of wrong) {
    const found = mistakes(JSON.parse(JSON.stringify({ ...good, ...change })))
    t.ok(
      found.some(each => sentence.test(each)),
      `${JSON.stringify(change)}: ${found.join('; ')}`,
    )
  }
})

t.test('a file that cannot be: what is wrong and with which', async t => {
  const folder = t.testdir()
  cpSync(join(FOLDER, 'concorrencia.yaml'), join(folder, 'other.yaml'))
  t.throws(() => load('other', folder), /other\.yaml: name is concorrencia, and the file's is other/)
  writeFileSync(join(folder, 'torn.yaml'), 'name: [')
  t.throws(() => load('torn', folder), /torn\.yaml: /)
  t.throws(() => load('nothing', folder), /There is no experiment nothing: there are other, torn\./)
})

t.test('the short form changes what it says and nothing else', async t => {
  const { load: full, ...rest } = load('valkey-primario')
  t.match(loadOf({ load: full, ...rest }, 'full'), { rate: full.rate, seconds: full.seconds, env: { CARTS_SHARE: 0.5 }, sheds: false })
  t.match(loadOf({ load: full, ...rest }, 'smoke'), { ...full.smoke, env: { CARTS_SHARE: 0.5 } })
})

t.test('the lab breaks no cluster that is not kind’s, unless it is told its name', async t => {
  const folder = t.testdir()
  const kubeconfig = join(folder, 'kubeconfig')
  const named = {
    name: 'producao',
    cluster: { server: 'https://127.0.0.1:1' },
    user: {},
    context: { cluster: 'producao', user: 'producao' },
  }
  const config = { 'current-context': 'producao', clusters: [named], users: [named], contexts: [named] }
  writeFileSync(kubeconfig, JSON.stringify({ apiVersion: 'v1', kind: 'Config', ...config }))
  const env = { ...process.env, KUBECONFIG: kubeconfig, XDG_CACHE_HOME: folder }
  const { status, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, '../lab/lab.ts'), 'run', 'concorrencia'], {
    encoding: 'utf8',
    env,
  })
  t.equal(status, 2)
  t.match(stderr, "The context is producao, which is not kind's: the lab breaks things. Say --context producao if that is meant.")
})

const lab = (...args: string[]) => spawnSync(process.execPath, [join(import.meta.dirname, '../lab/lab.ts'), ...args], { encoding: 'utf8' })

t.test('rounds that cannot be are refused before a cluster is looked for', async t => {
  for (const [rounds, sentence] of [
    ['0', '--rounds 0: give a number from 1 on, or NAME=N.'],
    ['carrinho-pod=', '--rounds carrinho-pod=: give a number from 1 on, or NAME=N.'],
    ['meteor=3', '--rounds meteor=3: what is run is carrinho-pod.'],
  ] as const) {
    const { status, stderr } = lab('run', 'carrinho-pod', '--rounds', '1', '--rounds', rounds)
    t.equal(status, 2)
    t.equal(stderr.trim(), sentence)
  }
})

t.test('a load refuses what its scenario does not take, and says what it takes', async t => {
  const load = (...args: string[]) => lab('load', ...args)
  const { status, stderr } = load('ultima-unidade', '--rate', '5', '--env', 'COLOUR=red')
  t.equal(status, 2)
  t.match(stderr, 'ultima-unidade takes no RATE, COLOUR: it takes SHOPPERS, AFTER, STOCK.')
  t.match(load('meteor').stderr, /There is no scenario meteor: there are compras, /)
})
