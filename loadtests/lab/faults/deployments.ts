import { until } from '../waiting.ts'
import type { Fault, Surroundings, Target } from './fault.ts'

const AWAY = {
  operator: { namespace: 'cnpg-system', name: 'cnpg-controller-manager', label: 'app.kubernetes.io/name=cloudnative-pg' },
  coredns: { namespace: 'kube-system', name: 'coredns', label: 'k8s-app=kube-dns' },
}

/** Back to how many pods there were. */
async function restore({ name, memory }: Target, { cluster }: Surroundings): Promise<boolean> {
  const namespace = memory.namespace as string
  const { spec } = await cluster.deployment(name, namespace)
  if (spec?.replicas === memory.replicas) return false
  await cluster.scale(name, memory.replicas as number, namespace)
  return true
}

/** A service goes from few pods to more, which is no harm: the fault would be that somebody notices. */
export const scale: Fault<'scale'> = {
  lastsAsTheLoad: true,
  async choose({ service }, { cluster }) {
    const { fullname, namespace } = cluster
    const name = `${fullname}-${service}`
    const { spec } = await cluster.deployment(name)
    return { kind: 'Deployment', name, node: null, role: service, memory: { namespace, replicas: spec?.replicas ?? 1 } }
  },
  async prepare({ service, from }, { name }, { cluster, signal }) {
    await cluster.scale(name, from)
    await until(
      `${name} has ${from} pods`,
      async () => {
        const { status } = await cluster.deployment(name)
        return status?.readyReplicas === from && (await cluster.podsOf(service)).length === from
      },
      { signal },
    )
  },
  inject: ({ to }, { name }, { cluster }) => cluster.scale(name, to),
  proofs: ({ service, to }, _target, { cluster }) => [
    {
      name: 'scaled',
      what: `${to} pods of ${service} are ready`,
      async see() {
        const pods = await cluster.podsOf(service)
        const ready = pods.filter(({ status }) => status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'))
        return ready.length === to ? ready.map(({ metadata }) => metadata?.name).join(', ') : undefined
      },
    },
  ],
  undo: (_definition, target, surroundings) => restore(target, surroundings),
}

/** Something that the cluster needs to look after the shop has no pods for a while. */
export const away: Fault<'away'> = {
  fromOutside: true,
  async choose({ what }, { cluster }) {
    const { namespace, name } = AWAY[what]
    const { spec } = await cluster.deployment(name, namespace)
    return { kind: 'Deployment', name, node: null, role: what, memory: { namespace, replicas: spec?.replicas ?? 1 } }
  },
  inject: (_definition, { name, memory }, { cluster }) => cluster.scale(name, 0, memory.namespace as string),
  proofs: ({ what }, { name }, { cluster }) => [
    {
      name: 'nothing-left',
      what: `no pod of ${name} is left`,
      async see() {
        const { namespace, label } = AWAY[what]
        return (await cluster.pods(label, namespace)).length === 0 ? 'no pods' : undefined
      },
    },
  ],
  async undo(_definition, target, surroundings) {
    if (!(await restore(target, surroundings))) return false
    const { name, memory } = target
    await until(`${name} has its pods again`, async () => {
      const { status } = await surroundings.cluster.deployment(name, memory.namespace as string)
      return status?.readyReplicas === memory.replicas
    })
    return true
  },
}
