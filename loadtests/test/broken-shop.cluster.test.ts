// The lab against a shop that breaks its promises, and against a fault that does nothing.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { KubernetesObject } from '@kubernetes/client-node'
import t from 'tap'
import { Compile } from 'typebox/compile'
import { load } from '../lab/definition.ts'
import { Journal } from '../lab/journal.ts'
import { until } from '../lab/waiting.ts'
import { cluster, run, short } from './running-lab.ts'

t.setTimeout(20 * 60_000)
const NAME = 'broken-gateway'
const LABELS = { 'app.kubernetes.io/name': 'confeitaria-loadtest', 'confeitaria/gateway': 'true' }
const remove = () => cluster.remove('confeitaria/gateway')

/** A gateway that breaks this. @returns its URL in the cluster */
async function gateway(breaks: string): Promise<string> {
  const metadata = { name: NAME, labels: LABELS }
  const container = {
    name: 'gateway',
    image: await cluster.imageWithNode(),
    command: ['/usr/local/bin/node', '/program/gateway.mjs'],
    env: [
      { name: 'BREAKS', value: breaks },
      { name: 'SHOP', value: 'http://traefik.traefik.svc' },
      { name: 'ADMIN_TOKEN', valueFrom: { secretKeyRef: { name: `${cluster.release}-admin`, key: 'token' } } },
    ],
    securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
    resources: { requests: { cpu: '20m', memory: '64Mi' }, limits: { memory: '192Mi' } },
    volumeMounts: [{ name: 'program', mountPath: '/program' }],
    readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 },
  }
  const spec = {
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 1,
    securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [container],
    volumes: [{ name: 'program', configMap: { name: NAME } }],
  }
  const data = { 'gateway.mjs': readFileSync(join(import.meta.dirname, 'broken-gateway.mjs'), 'utf8') }
  await cluster.create([
    { apiVersion: 'v1', kind: 'ConfigMap', metadata, data },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { selector: { 'confeitaria/gateway': 'true' }, ports: [{ port: 80, targetPort: 8080 }] },
    },
    { apiVersion: 'batch/v1', kind: 'Job', metadata, spec: { backoffLimit: 0, template: { metadata: { labels: LABELS }, spec } } },
  ] as unknown as KubernetesObject[])
  await until('the gateway is ready', async () => {
    const [pod] = await cluster.pods('confeitaria/gateway=true')
    return pod?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True')
  })
  return `http://${NAME}`
}

const journalSchema = Compile(Journal)
const lastUnits = short({ ...load('ultima-unidade'), name: 'prova', faults: [], rounds: 1 })

t.before(remove)
t.afterEach(remove)

for (const [breaks, experiment, verdict, reason] of [
  ['nothing', short(), 'passed', undefined],
  ['errors', short(), 'failed', /^failed is \d+ requests, more than 0/],
  ['loses', short(), 'failed', /^I1 broke: /],
  ['oversells', lastUnits, 'failed', /^I5 broke: /],
  ['forgets', short({ load: { ...short().load, env: { CARTS_SHARE: 0 } } }), 'failed', /^I8 broke: /],
  ['deposed', short(), 'failed', /^I9 broke: /],
] as const) {
  t.test(`a shop that breaks ${breaks}: ${verdict}`, async t => {
    const results = t.testdir()
    const target = await gateway(breaks)
    const journal = await run(experiment, results, target)
    const [round] = journal.experiments[0]!.rounds
    t.equal(journal.verdict, verdict, round!.reasons.join(' '))
    if (reason)
      t.ok(
        round!.reasons.some(each => reason.test(each)),
        round!.reasons.join(' '),
      )
    t.strictSame([...journalSchema.Errors(JSON.parse(readFileSync(join(results, journal.run, 'journal.json'), 'utf8')))], [])
  })
}

t.test('a fault that does not bite: INVALID, however well all went', async t => {
  // A replica that dies makes nobody else the primary.
  const fault = {
    kind: 'delete-pod',
    variant: 'harmless',
    target: 'database-replica',
    force: true,
    proof: ['new-primary'],
    provenWithinSeconds: 5,
  } as const
  const journal = await run(short({ faults: [{ ...fault, proof: [...fault.proof] }], budgets: [] }), t.testdir())
  t.equal(journal.verdict, 'INVALID')
  t.match(journal.experiments[0]!.rounds[0]!.reasons, [
    /^The fault did not bite: it was not seen that another server of PostgreSQL is primary/,
  ])
})
