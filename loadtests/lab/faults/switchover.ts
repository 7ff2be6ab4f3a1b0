import { type Fault, newTimeline } from './fault.ts'

/** The operator is asked to make a replica the primary, as `kubectl cnpg promote` does. A switchover is complete in itself. */
export const switchover: Fault<'switchover'> = {
  async choose(_definition, { cluster }) {
    const [{ currentPrimary, timeline }, pods] = await Promise.all([cluster.database(), cluster.podsOf('database')])
    const next = pods.find(({ metadata }) => metadata?.name !== currentPrimary)
    if (!next?.metadata?.name) throw new Error('There is no replica that could become primary.')
    return {
      kind: 'Pod',
      name: next.metadata.name,
      node: next.spec?.nodeName ?? null,
      role: 'database-replica',
      memory: { timeline },
    }
  },
  inject: (_definition, target, { cluster }) => cluster.promote(target.name),
  proofs: (_definition, target, surroundings) => [
    {
      name: 'new-primary',
      what: `${target.name} is primary`,
      async see() {
        const { currentPrimary } = await surroundings.cluster.database()
        return currentPrimary === target.name ? currentPrimary : undefined
      },
    },
    newTimeline(target, surroundings),
  ],
  undo: async () => false,
}
