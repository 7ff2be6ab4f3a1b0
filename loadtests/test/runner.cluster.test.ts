// The lab as a Job of the cluster, in the image that `make up` loads, with its own Role.
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { Compile } from 'typebox/compile'
import { Journal } from '../lab/journal.ts'
import { REPOSITORY, run } from '../lab/tools.ts'
import { until } from '../lab/waiting.ts'
import { cluster } from './running-lab.ts'

t.setTimeout(5 * 60_000)

/** What `lab ...told` says as a Job, and its exit code. */
async function lab(t: Test, name: string, ...told: string[]) {
  const where = ['-n', cluster.namespace]
  t.teardown(() => run('helm', ['uninstall', name, ...where, '--wait']))
  const values = { scenario: '', runner: { enabled: true, arguments: told } }
  await run('helm', ['install', name, join(REPOSITORY, 'charts/loadtest'), ...where, '-f', '-'], { input: JSON.stringify(values) })
  const pod = await until('the pod of the Job runs', async () => {
    const found = await cluster.podOfJob(`${name}-runner`)
    return found?.status?.phase !== 'Pending' && found
  })
  const lines: string[] = []
  await cluster.follow(pod.metadata!.name!, line => lines.push(line), AbortSignal.timeout(180_000))
  const exitCode = await until('the pod has ended', async () => {
    const state = (await cluster.pod(pod.metadata!.name!))?.status?.containerStatuses?.[0]?.state
    return state?.terminated && String(state.terminated.exitCode)
  })
  return { exitCode, lines }
}

t.test('an experiment runs with the rights of one namespace, and the journal is the last line of the log', async t => {
  const { exitCode, lines } = await lab(t, 'prova-job', 'run', 'catalogo-pod', '--smoke', '--rounds', '1')
  t.equal(exitCode, '0', 'the exit code', { lines })
  const journal: Journal = JSON.parse(lines.at(-1)!)
  t.strictSame([...Compile(Journal).Errors(journal)], [])
  t.match(journal, {
    verdict: 'passed',
    environment: { commit: /^[0-9a-f]{12}(-dirty)?$/, nodes: [], versions: { kubernetes: /^v1\./, helm: /^4\./ } },
    experiments: [
      { name: 'catalogo-pod', rounds: [{ clock: { uncertaintyMs: 0 }, fault: { kind: 'delete-pod', proof: [{ seen: true }] } }] },
    ],
  })
})

t.test('what is beyond the namespace is refused with a sentence', async t => {
  const { exitCode, lines } = await lab(t, 'prova-recusa', 'run', 'catalogo-pod', 'no-morte', 'drenagem')
  t.equal(exitCode, '2')
  t.strictSame(lines, [
    'As a Job in the cluster the lab may change nothing but the namespace of the shop. Leave out, or run from outside of it: no-morte, drenagem.',
  ])
})
