import { join } from 'node:path'
import { SERVICES } from '../cluster.ts'
import { REPOSITORY, run } from '../tools.ts'
import { until } from '../waiting.ts'
import type { Fault, Proof, Surroundings, Target } from './fault.ts'

const CHART = join(REPOSITORY, 'charts/confeitaria')
const LONG = { timeoutMs: 11 * 60_000 }

interface Revision {
  revision: number
  status: string
}

async function revision({ cluster }: Surroundings): Promise<Revision> {
  const history = await run('helm', ['history', cluster.release, ...cluster.forHelm, '-o', 'json'])
  return (JSON.parse(history) as Revision[]).at(-1)!
}

const uids = async ({ cluster }: Surroundings) =>
  (await Promise.all(SERVICES.map(service => cluster.podsOf(service)))).flat().flatMap(({ metadata }) => metadata?.uid ?? [])

/** The same chart with some of its values changed: what of the shop has them is made anew. */
async function upgradeWith(values: Record<string, string>, { cluster }: Surroundings) {
  const set = Object.entries(values).flatMap(([path, value]) => ['--set-string', `${path}=${value}`])
  const how = ['--reuse-values', '--force-conflicts', '--wait', '--timeout', '10m']
  await run('helm', ['upgrade', cluster.release, CHART, ...cluster.forHelm, ...set, ...how], LONG)
}

async function choose(surroundings: Surroundings): Promise<Target> {
  const { revision: before } = await revision(surroundings)
  return { kind: 'Release', name: surroundings.cluster.release, node: null, role: null, memory: { before } }
}

const newRevision = ({ memory }: Target, surroundings: Surroundings): Proof => ({
  name: 'new-revision',
  what: `the release's revision is later than ${memory.before}`,
  async see() {
    const now = await revision(surroundings)
    return now.revision > (memory.before as number) && now.status === 'deployed' ? String(now.revision) : undefined
  },
})

async function rollBack({ name, memory }: Target, surroundings: Surroundings): Promise<boolean> {
  const { cluster, signal } = surroundings
  const before = String(memory.before)
  const given = (...of: string[]) => run('helm', ['get', 'values', name, ...cluster.forHelm, '-o', 'json', ...of])
  // Interrupted before it began, or already undone.
  if ((await given()) === (await given('--revision', before)) && (await revision(surroundings)).status === 'deployed') return false
  await until(
    'helm rolls back',
    async () => {
      await run('helm', ['rollback', name, before, ...cluster.forHelm, '--force-conflicts', '--wait', '--timeout', '10m'], LONG)
      return true
    },
    { seconds: 30, signal: signal.aborted ? undefined : signal },
  )
  return true
}

/** `helm upgrade` that replaces every pod of the services, as another version does; undone by `helm rollback`, which does it again. */
export const upgrade: Fault<'upgrade'> = {
  fromOutside: true,
  async choose(_definition, surroundings) {
    const target = await choose(surroundings)
    return { ...target, memory: { ...target.memory, uids: await uids(surroundings) } }
  },
  inject: (_definition, { memory }, surroundings) => upgradeWith({ 'pods.annotations.lab': `upgrade-of-${memory.before}` }, surroundings),
  proofs: (_definition, target, surroundings) => [
    newRevision(target, surroundings),
    {
      name: 'new-pods',
      what: 'every pod of the services is another one',
      async see() {
        const now = await uids(surroundings)
        const kept = now.filter(uid => (target.memory.uids as string[]).includes(uid))
        return now.length >= 2 * SERVICES.length && !kept.length ? `${now.length} pods` : undefined
      },
    },
  ],
  undo: (_definition, target, surroundings) => rollBack(target, surroundings),
}

/** The shop as it is with other values, all the time that the load runs: there is nothing to inject into it. */
export const values: Fault<'values'> = {
  fromOutside: true,
  lastsAsTheLoad: true,
  choose: (_definition, surroundings) => choose(surroundings),
  prepare: ({ set }, _target, surroundings) => upgradeWith(set, surroundings),
  async inject() {},
  proofs: (_definition, target, surroundings) => [newRevision(target, surroundings)],
  undo: (_definition, target, surroundings) => rollBack(target, surroundings),
}
