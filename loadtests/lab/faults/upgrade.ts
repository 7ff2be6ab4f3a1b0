import { join } from 'node:path'
import { SERVICES, until } from '../cluster.ts'
import { REPOSITORY, run } from '../tools.ts'
import type { Fault, Surroundings } from './fault.ts'

const CHART = join(REPOSITORY, 'charts/confeitaria')
const LONG = { timeoutMs: 11 * 60_000 }

interface Revision {
  revision: number
  status: string
}

async function revision({ cluster }: Surroundings): Promise<Revision> {
  const history = await run('helm', ['history', cluster.release, ...where(cluster), '-o', 'json'])
  return (JSON.parse(history) as Revision[]).at(-1)!
}
const where = ({ namespace, context }: Surroundings['cluster']) => [
  '-n',
  namespace,
  ...(context.startsWith('kind-') ? ['--kube-context', context] : []),
]

const uids = async ({ cluster }: Surroundings) =>
  (await Promise.all(SERVICES.map(service => cluster.podsOf(service)))).flat().flatMap(({ metadata }) => metadata?.uid ?? [])

/** `helm upgrade` that replaces every pod of the services, as another version does; undone by `helm rollback`, which does it again. */
export const upgrade: Fault<'upgrade'> = {
  fromOutside: true,
  async choose(_definition, surroundings) {
    const { revision: before } = await revision(surroundings)
    const { release } = surroundings.cluster
    return { kind: 'Release', name: release, node: null, role: null, memory: { before, uids: await uids(surroundings) } }
  },
  async inject(_definition, { name, memory }, { cluster }) {
    const mark = `pods.annotations.lab=upgrade-of-${memory.before}`
    await run(
      'helm',
      [
        'upgrade',
        name,
        CHART,
        ...where(cluster),
        '--reuse-values',
        '--force-conflicts',
        '--set-string',
        mark,
        '--wait',
        '--timeout',
        '10m',
      ],
      LONG,
    )
  },
  proofs: (_definition, { memory }, surroundings) => [
    {
      name: 'new-revision',
      what: `the release's revision is later than ${memory.before}`,
      async see() {
        const now = await revision(surroundings)
        return now.revision > (memory.before as number) && now.status === 'deployed' ? String(now.revision) : undefined
      },
    },
    {
      name: 'new-pods',
      what: 'every pod of the services is another one',
      async see() {
        const now = await uids(surroundings)
        const kept = now.filter(uid => (memory.uids as string[]).includes(uid))
        return now.length >= 2 * SERVICES.length && !kept.length ? `${now.length} pods` : undefined
      },
    },
  ],
  async undo(_definition, { name, memory }, surroundings) {
    const { cluster, signal } = surroundings
    const before = memory.before as number
    // Interrupted before it began, or already undone: the values are those of before.
    const values = await run('helm', ['get', 'values', name, ...where(cluster), '-o', 'json'])
    if (JSON.parse(values)?.pods?.annotations?.lab !== `upgrade-of-${before}` && (await revision(surroundings)).status === 'deployed')
      return false
    await until(
      'helm rolls back',
      async () => {
        await run('helm', ['rollback', name, String(before), ...where(cluster), '--force-conflicts', '--wait', '--timeout', '10m'], LONG)
        return true
      },
      { seconds: 30, signal: signal.aborted ? undefined : signal },
    )
    return true
  },
}
