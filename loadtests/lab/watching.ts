// The observer in the cluster, and what it has seen.
import type { Lag } from './analysis.ts'
import type { Cluster } from './cluster.ts'
import { type Audit, emptyAudit, takeFinding } from './invariants.ts'
import { observerProgram, render } from './manifests.ts'
import type { Observation, Question } from './observer.ts'
import { until } from './waiting.ts'

/** An observation is of now for so long, ms. */
const FRESH_MS = 5_000

async function place(cluster: Cluster, avoid: string | null): Promise<string> {
  const nodes = (await cluster.podsOf('storefront')).flatMap(({ spec }) => spec?.nodeName ?? [])
  return nodes.find(node => node !== avoid) ?? ''
}

export class Watching {
  readonly #cluster: Cluster
  readonly #run: string
  readonly #names = new Map<string, string>()
  #node = ''
  #stop: AbortController | undefined
  #count = 0
  readonly observations: Observation[] = []

  constructor(cluster: Cluster, run: string) {
    this.#cluster = cluster
    this.#run = run
  }

  /** Watches from a node that is not `avoid`. */
  async start(avoid: string | null, signal: AbortSignal) {
    if (this.#stop && this.#node !== avoid) return
    await this.stop()
    const cluster = this.#cluster
    this.#node = await place(cluster, avoid)
    const release = `lab-watch-${Date.now().toString(36)}-${++this.#count}`
    const observer = { program: await observerProgram(), task: 'watch', image: await cluster.imageWithNode(), node: this.#node }
    const values = {
      scenario: '',
      labels: { 'confeitaria/run': this.#run, 'confeitaria/watch': 'true' },
      observer,
      deadlineSeconds: 43_200,
    }
    await cluster.create(await render(release, cluster.namespace, { ...values, shop: { release: cluster.release } }))
    const stop = new AbortController()
    this.#stop = stop
    const pod = await until('the observer runs', () => cluster.podOfJob(`${release}-observer`), { signal })
    void cluster.follow(
      pod.metadata!.name!,
      line => {
        if (line.startsWith('{')) this.observations.push(JSON.parse(line))
      },
      stop.signal,
    )
    await until('the observer sees the databases', async () => this.latest(), { seconds: 60, signal })
  }

  async stop() {
    this.#stop?.abort()
    if (this.#stop) await this.#cluster.remove('confeitaria/watch')
    this.#stop = undefined
  }

  latest = (): Observation | undefined => {
    const last = this.observations.at(-1)
    return last && Date.now() - last.at < FRESH_MS ? last : undefined
  }

  /** What keeps the databases from being whole. */
  notWhole(instances: number): string | undefined {
    const seen = this.latest()
    if (!seen) return 'the observer has seen nothing for some seconds'
    const primaries = seen.instances.filter(({ primary }) => primary)
    if (primaries.length !== 1) return `${primaries.length} servers of PostgreSQL are primary`
    const silent = seen.instances.find(({ error }) => error)
    if (silent || seen.instances.length !== instances)
      return `${seen.instances.filter(({ error }) => !error).length} of ${instances} servers of PostgreSQL answer`
    if (primaries[0]!.replicas !== instances - 1) return `${primaries[0]!.replicas} of ${instances - 1} replicas stream`
    if (!seen.carts.primary) return 'the sentinels do not agree on a primary of the carts'
    if (seen.carts.replicas < 2) return `${seen.carts.replicas} of 2 replicas of the carts are connected`
    return undefined
  }

  /** Remembers which pod has which address: pods go, and what they answered stays. */
  async learnNames() {
    const pods = await this.#cluster.podsOf('database')
    for (const { metadata, status } of pods) if (status?.podIP) this.#names.set(status.podIP, metadata?.name ?? '')
  }

  nameOf = (address: string): string => {
    const host = address.replace(/:\d+$/, '')
    return this.#names.get(host) ?? host
  }

  lags(from: number, to: number): Lag[] {
    return this.observations
      .filter(({ at }) => at >= from && at <= to)
      .flatMap(({ at, instances }) => {
        const primary = instances.find(instance => instance.primary)
        return instances
          .filter(instance => !instance.primary)
          .map(({ address, position }) => ({
            at,
            instance: this.nameOf(address),
            bytes: primary?.position === undefined || position === undefined ? null : Math.max(0, Math.round(primary.position - position)),
          }))
      })
  }
}

/** Asks all servers what they hold of a load. */
export async function audit(cluster: Cluster, run: string, question: Question, signal: AbortSignal): Promise<Audit> {
  const found = emptyAudit()
  const release = `lab-audit-${Date.now().toString(36)}`
  const observer = {
    ...{ program: await observerProgram(), task: 'audit', question: JSON.stringify(question) },
    ...{ image: await cluster.imageWithNode(), node: await place(cluster, null) },
  }
  const labels = { 'confeitaria/run': run, 'confeitaria/audit': release }
  await cluster.create(
    await render(release, cluster.namespace, { scenario: '', labels, observer, deadlineSeconds: 300, shop: { release: cluster.release } }),
  )
  try {
    const pod = await until('the audit runs', () => cluster.podOfJob(`${release}-observer`), { signal })
    const done = new AbortController() // which its last line says seconds before its pod is known to have ended
    const limit = AbortSignal.any([signal, AbortSignal.timeout(240_000), done.signal])
    await cluster.follow(
      pod.metadata!.name!,
      line => {
        if (line.startsWith('{')) takeFinding(found, JSON.parse(line))
        if (found.complete) done.abort()
      },
      limit,
    )
  } finally {
    await cluster.remove(`confeitaria/audit=${release}`)
  }
  return found
}
