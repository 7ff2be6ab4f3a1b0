import { pause, until } from '../waiting.ts'
import type { Fault, Surroundings } from './fault.ts'

const NAMESPACES = ['traefik', 'cnpg-system', 'kube-system']

/** What would have to leave: not what every node has, nor what is part of the node, nor the lab's own. */
async function tenants(node: string, { cluster }: Surroundings) {
  const pods = await Promise.all([cluster.namespace, ...NAMESPACES].map(namespace => cluster.pods('', namespace)))
  return pods
    .flat()
    .filter(
      ({ metadata, spec, status }) =>
        spec?.nodeName === node &&
        status?.phase === 'Running' &&
        !metadata?.ownerReferences?.some(({ kind }) => kind === 'DaemonSet' || kind === 'Node') &&
        metadata?.labels?.['app.kubernetes.io/name'] !== 'confeitaria-loadtest',
    )
}

/** As `kubectl drain`: no new pods, and those there are evicted as fast as disruption budgets allow. */
export const drain: Fault<'drain'> = {
  fromOutside: true,
  async choose({ target }, { cluster }) {
    const { currentPrimary } = await cluster.database()
    const pods = await cluster.podsOf('database')
    const primary = pods.find(({ metadata }) => metadata?.name === currentPrimary)
    const [replica, other] = pods.filter(pod => pod !== primary)
    const node = { 'database-primary': primary, 'database-replica': replica, 'database-other-replica': other }[target]?.spec?.nodeName
    if (!node) throw new Error(`No pod is ${target} now.`)
    return { kind: 'Node', name: node, node, role: target, memory: { pods: (await tenants(node, { cluster } as Surroundings)).length } }
  },
  async inject(_definition, { name }, surroundings) {
    const { cluster, signal, say } = surroundings
    await cluster.cordon(name, true)
    await until(
      `${name} is drained`,
      async () => {
        const left = await tenants(name, surroundings)
        for (const { metadata } of left) {
          if (!metadata?.deletionTimestamp) await cluster.evict(metadata!.name!, metadata!.namespace!)
        }
        if (left.length) say(`${left.length} pods still on ${name}`)
        return left.length === 0
      },
      { seconds: 180, everyMs: 1_000, signal },
    )
    await pause(1_000, signal)
  },
  proofs: (_definition, { name, memory }, surroundings) => [
    {
      name: 'node-empty',
      what: `${name} takes no pods, and of ${memory.pods} none is left`,
      async see() {
        const node = (await surroundings.cluster.nodes()).find(({ metadata }) => metadata?.name === name)
        const left = await tenants(name, surroundings)
        return node?.spec?.unschedulable && !left.length ? 'cordoned, empty' : undefined
      },
    },
  ],
  async undo(_definition, { name }, { cluster }) {
    const node = (await cluster.nodes()).find(({ metadata }) => metadata?.name === name)
    if (!node?.spec?.unschedulable) return false
    await cluster.cordon(name, false)
    return true
  },
}
