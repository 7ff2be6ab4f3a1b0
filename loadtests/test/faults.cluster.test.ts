// Every fault does what it says and is undone, also twice, on a real cluster; and a run that is killed leaves nothing that the next one does
// not undo.
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { FAULTS, type FaultDefinition } from '../lab/definition.ts'
import { faultOf } from '../lab/faults/all.ts'
import type { Surroundings } from '../lab/faults/fault.ts'
import type { Journal } from '../lab/journal.ts'
import { until } from '../lab/waiting.ts'
import { Watching } from '../lab/watching.ts'
import { cluster } from './running-lab.ts'

t.setTimeout(30 * 60_000)
const signal = new AbortController().signal
const watching = new Watching(cluster, 'test')
const surroundings: Surroundings = { cluster, observation: watching.latest, signal, say: () => {} }
const whole = () =>
  until('the shop is whole', async () => !((await cluster.notWhole()) ?? watching.notWhole((await cluster.database()).instances)), {
    seconds: 300,
  })

const some = { variant: 'test', proof: [] }
/** A fault, and whether there is something to undo after it. */
const cases: [fault: FaultDefinition, proofs: string[], isUndone: boolean][] = [
  [{ ...some, kind: 'delete-pod', target: 'catalog', force: false }, ['pod-gone'], false],
  [{ ...some, kind: 'delete-pod', target: 'database-primary', force: true }, ['pod-gone', 'new-primary', 'new-timeline'], false],
  [{ ...some, kind: 'delete-pod', target: 'valkey-primary', force: true }, ['pod-gone', 'new-primary'], false],
  [{ ...some, kind: 'switchover' }, ['new-primary', 'new-timeline'], false],
  [{ ...some, kind: 'scale', service: 'cart', from: 1, to: 3 }, ['scaled'], true],
  [{ ...some, kind: 'away', what: 'operator', holdSeconds: 0 }, ['nothing-left'], true],
  [{ ...some, kind: 'away', what: 'coredns', holdSeconds: 0 }, ['nothing-left'], true],
  [{ ...some, kind: 'api-server', holdSeconds: 0 }, ['api-silent'], true],
  [{ ...some, kind: 'node', how: 'disconnect', holdSeconds: 0 }, ['node-away', 'node-not-ready'], true],
  [{ ...some, kind: 'node', how: 'pause', holdSeconds: 0 }, ['node-away', 'node-not-ready'], true],
  [{ ...some, kind: 'node', how: 'stop', holdSeconds: 0 }, ['node-away', 'node-not-ready'], true],
  [{ ...some, kind: 'drain', target: 'database-replica' }, ['node-empty'], true],
  [{ ...some, kind: 'upgrade' }, ['new-revision', 'new-pods'], true],
  [{ ...some, kind: 'values', set: { 'storefront.env.MAX_IN_FLIGHT': '4' } }, ['new-revision'], true],
]

/** What a rollback does not take back: it is one more revision, with other pods again. */
const LASTING = ['new-revision', 'new-pods']

t.before(async () => {
  await cluster.remove()
  await watching.start(null, signal)
  await whole()
})
t.teardown(() => watching.stop())

t.test('each kind of fault is among them', async t => {
  t.strictSame([...new Set(cases.map(([{ kind }]) => kind))].sort(), Object.keys(FAULTS).sort())
})

for (const [definition, names, isUndone] of cases) {
  const parameters = Object.values(definition).filter(value => typeof value === 'string' && value !== 'test')
  t.test(parameters.join(' '), async t => {
    const fault = faultOf(definition)
    // A fault written down and read again, as by another process.
    const target = JSON.parse(JSON.stringify(await fault.choose(definition as never, surroundings)))
    t.teardown(() => fault.undo(definition as never, target, surroundings))
    await watching.start(target.node, signal)
    const proofs = fault.proofs(definition as never, target, surroundings).filter(({ name }) => names.includes(name))
    t.equal(proofs.length, names.length)
    for (const { name, see } of proofs) t.equal(await see().catch(() => undefined), undefined, `${name} is not seen before`)
    await fault.prepare?.(definition as never, target, surroundings)
    await fault.inject(definition as never, target, surroundings)
    for (const { what, see } of proofs) t.ok(await until(what, see, { seconds: 120, everyMs: 200 }), what)
    t.equal(await fault.undo(definition as never, target, surroundings), isUndone)
    if (isUndone)
      for (const { name, see } of proofs.filter(({ name }) => !LASTING.includes(name)))
        await until(`${name} is over`, async () => !(await see().catch(() => undefined)), { seconds: 120 })
    t.equal(await fault.undo(definition as never, target, surroundings), false, 'a second time there is nothing to undo')
    await whole()
  })
}

/** The command line, with results of its own. */
function lab(results: string, ...args: string[]) {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../lab/lab.ts'), ...args, '--results', results], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', part => (output += part))
  const ended = new Promise<number | null>(resolve => child.on('close', resolve))
  return { child, ended, output: () => output }
}
const operators = async () => (await cluster.deployment('cnpg-controller-manager', 'cnpg-system')).spec?.replicas
const noteOf = (results: string) => {
  const path = join(results, '.running.json')
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined
}
const faultIsIn = (results: string) =>
  until('the operator is away', async () => noteOf(results)?.fault?.definition.kind === 'away' && (await operators()) === 0, {
    seconds: 120,
    everyMs: 100,
  })
const jobs = async () =>
  (await cluster.pods('app.kubernetes.io/name=confeitaria-loadtest,app.kubernetes.io/component=load')).filter(
    ({ metadata }) => !metadata?.deletionTimestamp,
  )

t.test('killed with a fault in place: the next command undoes it and says so', async t => {
  await watching.stop()
  const results = t.testdir()
  const before = await operators()
  const run = lab(results, 'run', 'plano-controle', '--smoke', '--rounds', '1')
  await faultIsIn(results)
  const other = lab(results, 'run', 'concorrencia')
  t.equal(await other.ended, 2, 'two runs at once are refused')
  t.match(other.output(), /Another run \(.*\) is under way/)
  run.child.kill('SIGKILL')
  await run.ended
  t.equal(await operators(), 0)
  const undo = lab(results, 'undo')
  t.equal(await undo.ended, 0, undo.output())
  t.match(
    undo.output(),
    /Undone: run .* left the fault away \(operator\) on cnpg-controller-manager\.\nRemoved what was left running: lab-plano-controle-1-/,
  )
  t.equal(await operators(), before)
  await until('the load is gone', async () => (await jobs()).length === 0)
  const again = lab(results, 'undo')
  await again.ended
  t.match(again.output(), /There is nothing to undo/)
})

t.test('Ctrl-C: the fault is undone, the load stopped, what was measured kept, exit code 130', async t => {
  const results = t.testdir()
  const before = await operators()
  const run = lab(results, 'run', 'plano-controle', '--smoke', '--rounds', '1')
  await faultIsIn(results)
  run.child.kill('SIGINT')
  t.equal(await run.ended, 130, run.output())
  t.equal(await operators(), before)
  t.strictSame(await jobs(), [])
  t.equal(noteOf(results), undefined)
  const [name] = readdirSync(results).filter(each => !each.startsWith('.'))
  const journal: Journal = JSON.parse(readFileSync(join(results, name!, 'journal.json'), 'utf8'))
  t.equal(journal.verdict, 'interrupted')
  t.match(journal.experiments[0]?.rounds[0], {
    verdict: 'interrupted',
    fault: { kind: 'away', undoneAt: Number },
    load: { requests: Number },
  })
})
