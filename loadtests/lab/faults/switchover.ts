import type { Fault } from './fault.ts'

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
      memory: { currentPrimary, timeline },
    }
  },
  inject: (_definition, target, { cluster }) => cluster.promote(target.name),
  proofs: (_definition, target, { cluster }) => [
    {
      name: 'new-primary',
      what: `${target.name} is primary`,
      async see() {
        const { currentPrimary } = await cluster.database()
        return currentPrimary === target.name ? currentPrimary : undefined
      },
    },
    {
      name: 'new-timeline',
      what: `the timeline is later than ${target.memory.timeline}`,
      async see() {
        const { timeline } = await cluster.database()
        return timeline > (target.memory.timeline as number) ? String(timeline) : undefined
      },
    },
  ],
  undo: async () => false,
}
