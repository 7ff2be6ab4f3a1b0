import type { V1Pod } from '@kubernetes/client-node'
import type { FaultOf } from '../definition.ts'
import { type Fault, newPrimary, newTimeline, type Surroundings, type Target } from './fault.ts'

async function chosen({ target }: FaultOf<'delete-pod'>, { cluster, observation }: Surroundings): Promise<V1Pod[]> {
  if (target.startsWith('database')) {
    const [pods, { currentPrimary }] = await Promise.all([cluster.podsOf('database'), cluster.database()])
    const primary = pods.filter(({ metadata }) => metadata?.name === currentPrimary)
    const replicas = pods.filter(({ metadata }) => metadata?.name !== currentPrimary)
    return { 'database-primary': primary, 'database-replica': replicas.slice(0, 1), 'database-replicas': replicas, 'database-all': pods }[
      target as 'database-all'
    ]
  }
  if (target === 'valkey-primary') {
    const name = observation()?.carts.primary
    return (await cluster.podsOf('valkey')).filter(({ metadata }) => metadata?.name === name)
  }
  const ready = (await cluster.podsOf(target)).filter(({ metadata, status }) => !metadata?.deletionTimestamp && status?.phase === 'Running')
  return ready.slice(0, 1)
}

const namesAndUids = (target: Target) => Object.entries(target.memory.uids as Record<string, string>)
const isDatabase = (target: Target) => target.role?.startsWith('database') ?? false

/** One pod, or several at once, deleted: asked to end, or with force. Whoever owns them makes new ones: there is nothing to undo. */
export const deletePod: Fault<'delete-pod'> = {
  async choose(definition, surroundings) {
    const pods = await chosen(definition, surroundings)
    if (!pods.length) throw new Error(`No pod is ${definition.target} now.`)
    const { timeline, currentPrimary } = await surroundings.cluster.database()
    return {
      kind: 'Pod',
      name: pods.map(({ metadata }) => metadata?.name).join(', '),
      node: pods.length === 1 ? (pods[0]?.spec?.nodeName ?? null) : null,
      role: definition.target,
      memory: {
        uids: Object.fromEntries(pods.map(({ metadata }) => [metadata?.name, metadata?.uid])),
        timeline,
        currentPrimary,
        carts: surroundings.observation()?.carts.primary ?? null,
      },
    }
  },
  async inject({ force }, target, { cluster }) {
    await Promise.all(namesAndUids(target).map(([name]) => cluster.deletePod(name, { force })))
  },
  proofs: (_definition, target, surroundings) => [
    {
      name: 'pod-gone',
      what: `no pod has the uid of ${target.name} any more`,
      async see() {
        const pods = await Promise.all(
          namesAndUids(target).map(async ([name, uid]) => ({ uid, now: await surroundings.cluster.pod(name) })),
        )
        const isGone = pods.every(({ uid, now }) => now?.metadata?.uid !== uid)
        return isGone ? pods.map(({ now }) => now?.metadata?.uid ?? 'gone').join(', ') : undefined
      },
    },
    isDatabase(target)
      ? newPrimary(target, surroundings)
      : {
          name: 'new-primary',
          what: 'another server of Valkey is primary',
          async see() {
            const primary = surroundings.observation()?.carts.primary
            return primary && primary !== target.memory.carts ? primary : undefined
          },
        },
    newTimeline(target, surroundings),
  ],
  undo: async () => false,
}
