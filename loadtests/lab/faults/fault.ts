import type { Cluster } from '../cluster.ts'
import type { FaultDefinition, FaultKind, FaultOf } from '../definition.ts'
import type { Observation } from '../observer.ts'

/** What a fault acts on, chosen when it runs; and what must be remembered to prove and to undo it. JSON, since it is written down first. */
export interface Target {
  kind: string
  name: string
  node: string | null
  role: string | null
  memory: Record<string, unknown>
}

export interface Proof {
  /** As the experiment's `proof` names it. */
  name: string
  what: string
  /** @returns what was seen, or undefined if it is not to be seen (yet) */
  see: () => Promise<string | undefined>
}

/** Of a target that remembers who was primary. */
export const newPrimary = ({ memory }: Target, { cluster }: Surroundings): Proof => ({
  name: 'new-primary',
  what: 'another server of PostgreSQL is primary',
  async see() {
    const { currentPrimary } = await cluster.database()
    return currentPrimary !== memory.currentPrimary ? currentPrimary : undefined
  },
})

/** Of a target that remembers the timeline. */
export const newTimeline = ({ memory }: Target, { cluster }: Surroundings): Proof => ({
  name: 'new-timeline',
  what: `the timeline is later than ${memory.timeline}`,
  async see() {
    const { timeline } = await cluster.database()
    return timeline > (memory.timeline as number) ? String(timeline) : undefined
  },
})

export interface Surroundings {
  cluster: Cluster
  /** The newest of the observer, not older than a few seconds. */
  observation: () => Observation | undefined
  signal: AbortSignal
  say: (what: string) => void
}

export interface Fault<K extends FaultKind> {
  /** Only looks. */
  choose: (definition: FaultOf<K>, surroundings: Surroundings) => Promise<Target>
  /** What must be so before the load begins; undone like the fault. */
  prepare?: (definition: FaultOf<K>, target: Target, surroundings: Surroundings) => Promise<void>
  inject: (definition: FaultOf<K>, target: Target, surroundings: Surroundings) => Promise<void>
  proofs: (definition: FaultOf<K>, target: Target, surroundings: Surroundings) => Proof[]
  /** Can be called at any time and any number of times, also by another process than the one that injected. @returns whether it did anything */
  undo: (definition: FaultOf<K>, target: Target, surroundings: Surroundings) => Promise<boolean>
  /** Whether it acts on more than the shop's namespace: on nodes, other namespaces, Helm's releases. Not for the lab as a Job. */
  fromOutside?: boolean
  /** Whether it is there to be measured with, as more pods are, and undone only after the load. */
  lastsAsTheLoad?: boolean
}

/** How long a fault lasts after it was injected, s. */
export const holdSeconds = (definition: FaultDefinition) => ('holdSeconds' in definition ? definition.holdSeconds : 0)
