// The shop as the API server sees it. Every call is bounded: an API server that is paused must not hold the lab.
import { request as httpsRequest, type RequestOptions } from 'node:https'
import { createInterface } from 'node:readline'
import {
  AppsV1Api,
  BatchV1Api,
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  type KubernetesObject,
  KubernetesObjectApi,
  PatchStrategy,
  setHeaderOptions,
  type V1Deployment,
  type V1Node,
  type V1Pod,
  VersionApi,
} from '@kubernetes/client-node'
import { Refusal } from './refusal.ts'
import { bounded, pause } from './waiting.ts'

const CALL_MS = 15_000
const CNPG = { group: 'postgresql.cnpg.io', version: 'v1', plural: 'clusters' }
export const LAB_LABEL = 'app.kubernetes.io/name=confeitaria-loadtest'
/** Whether the lab runs as a Job in the cluster, with the rights of one namespace. */
export const IS_INSIDE = process.env.KUBERNETES_SERVICE_HOST !== undefined

export const SERVICES = ['catalog', 'cart', 'orders', 'storefront'] as const
export type ServiceName = (typeof SERVICES)[number]

export interface Database {
  name: string
  phase: string
  currentPrimary: string
  timeline: number
  instances: number
  ready: number
  resourceVersion: string
}

export class Cluster {
  readonly namespace: string
  readonly release: string
  readonly context: string
  readonly #config: KubeConfig
  readonly #core: CoreV1Api
  readonly #apps: AppsV1Api
  readonly #batch: BatchV1Api
  readonly #custom: CustomObjectsApi
  readonly #objects: KubernetesObjectApi

  /** @throws Refusal when the context is not one of kind's and was not given by its name */
  constructor({ context, namespace, release }: { context: string | undefined; namespace: string; release: string }) {
    const config = new KubeConfig()
    config.loadFromDefault()
    if (context !== undefined) {
      if (!config.getContexts().some(({ name }) => name === context)) {
        throw new Refusal(`There is no context ${context}: \`kubectl config get-contexts\` lists those there are.`)
      }
      config.setCurrentContext(context)
    }
    this.context = config.getCurrentContext()
    if (!this.context || !config.getCurrentCluster()?.server) {
      throw new Refusal('There is no cluster: bring one up with `make up`, or set KUBECONFIG.')
    }
    if (context === undefined && !IS_INSIDE && !this.context.startsWith('kind-')) {
      throw new Refusal(
        `The context is ${this.context}, which is not kind's: the lab breaks things. Say --context ${this.context} if that is meant.`,
      )
    }
    this.namespace = namespace
    this.release = release
    this.#config = config
    this.#core = config.makeApiClient(CoreV1Api)
    this.#apps = config.makeApiClient(AppsV1Api)
    this.#batch = config.makeApiClient(BatchV1Api)
    this.#custom = config.makeApiClient(CustomObjectsApi)
    this.#objects = KubernetesObjectApi.makeApiClient(config)
  }

  /** Where helm finds the release: it knows nothing of the context that was chosen here. */
  get forHelm(): string[] {
    return ['-n', this.namespace, ...(IS_INSIDE ? [] : ['--kube-context', this.context])]
  }

  /** The kind cluster's name, if it is one. */
  get kindName(): string | undefined {
    return this.context.startsWith('kind-') ? this.context.slice('kind-'.length) : undefined
  }

  #call<T>(what: string, work: Promise<T>, ms = CALL_MS): Promise<T> {
    return bounded(`API server, ${what}`, ms, work)
  }

  get #ofRelease() {
    return `app.kubernetes.io/name=confeitaria,app.kubernetes.io/instance=${this.release}`
  }
  selector = (component: string) => `${this.#ofRelease},app.kubernetes.io/component=${component}`

  /** @param labelSelector '' for all */
  async pods(labelSelector: string, namespace = this.namespace): Promise<V1Pod[]> {
    return (await this.#call('pods', this.#core.listNamespacedPod({ namespace, labelSelector }))).items
  }

  podsOf = (component: string) => this.pods(component === 'database' ? this.databaseSelector : this.selector(component))

  /** For what the lab itself runs in the cluster: the storefront's image, which every node has. */
  async imageWithNode(): Promise<string> {
    const [pod] = await this.podsOf('storefront')
    return pod?.spec?.containers[0]?.image ?? ''
  }

  /** What charts/confeitaria calls itself in this release. */
  get fullname() {
    const { release } = this
    return (release.includes('confeitaria') ? release : `${release}-confeitaria`).slice(0, 40).replace(/-$/, '')
  }
  get databaseSelector() {
    return `cnpg.io/cluster=${this.databaseName},cnpg.io/podRole=instance`
  }
  get databaseName() {
    return `${this.fullname}-db`
  }

  async pod(name: string, namespace = this.namespace): Promise<V1Pod | undefined> {
    return this.#call('pod', this.#core.readNamespacedPod({ name, namespace })).catch(missing)
  }

  async nodes(): Promise<V1Node[]> {
    return (await this.#call('nodes', this.#core.listNode())).items
  }

  async deletePod(name: string, { force }: { force: boolean }, namespace = this.namespace) {
    await this.#call('delete a pod', this.#core.deleteNamespacedPod({ name, namespace, ...(force ? { gracePeriodSeconds: 0 } : {}) }))
  }

  /** @returns false when a disruption budget does not allow it now */
  async evict(name: string, namespace: string): Promise<boolean> {
    const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } }
    try {
      await this.#call('evict', this.#core.createNamespacedPodEviction({ name, namespace, body }))
      return true
    } catch (error) {
      if (codeOf(error) === 404) return true
      if (codeOf(error) === 429) return false
      throw error
    }
  }

  async cordon(name: string, unschedulable: boolean) {
    const body = { spec: { unschedulable } }
    await this.#call('cordon', this.#core.patchNode({ name, body }, merge))
  }

  deployment = (name: string, namespace = this.namespace) =>
    this.#call('deployment', this.#apps.readNamespacedDeployment({ name, namespace }))

  async scale(name: string, replicas: number, namespace = this.namespace) {
    await this.#call('scale', this.#apps.patchNamespacedDeploymentScale({ name, namespace, body: { spec: { replicas } } }, merge))
  }

  async database(): Promise<Database> {
    const { databaseName: name, namespace } = this
    // biome-ignore lint/suspicious/noExplicitAny: a custom resource
    const found: any = await this.#call('database', this.#custom.getNamespacedCustomObject({ ...CNPG, namespace, name }))
    const { status = {}, spec, metadata } = found
    return {
      name,
      phase: status.phase ?? '',
      currentPrimary: status.currentPrimary ?? '',
      timeline: status.timelineID ?? 0,
      instances: spec.instances,
      ready: status.readyInstances ?? 0,
      resourceVersion: metadata.resourceVersion,
    }
  }

  /** What `kubectl cnpg promote` does. */
  async promote(instance: string) {
    const { databaseName: name, namespace } = this
    const { resourceVersion } = await this.database()
    const status = {
      targetPrimary: instance,
      targetPrimaryTimestamp: new Date().toISOString().replace(/\.(\d{3})Z$/, '.$1000Z'),
      phase: 'Switchover in progress',
      phaseReason: `Switching over to ${instance}`,
    }
    const body = { metadata: { resourceVersion }, status }
    await this.#call('promote', this.#custom.patchNamespacedCustomObjectStatus({ ...CNPG, namespace, name, body }, merge))
  }

  /** What keeps the shop from being whole, as the API server knows it; undefined: nothing. */
  async notWhole(): Promise<string | undefined> {
    const { namespace } = this
    const labelSelector = this.#ofRelease
    const [deployments, sets, database, pods] = await Promise.all([
      this.#call('deployments', this.#apps.listNamespacedDeployment({ namespace, labelSelector })),
      this.#call('statefulsets', this.#apps.listNamespacedStatefulSet({ namespace, labelSelector })),
      this.database(),
      this.pods(labelSelector),
    ])
    if (deployments.items.length < SERVICES.length) {
      return `there is no whole release ${this.release} in namespace ${namespace}: install it with \`make up\``
    }
    for (const { metadata, spec, status } of [...deployments.items, ...sets.items] as V1Deployment[]) {
      const wanted = spec?.replicas ?? 1
      const settled = status?.observedGeneration === metadata?.generation && (status?.updatedReplicas ?? 0) >= wanted
      if (!settled || (status?.readyReplicas ?? 0) !== wanted || (status?.replicas ?? 0) !== wanted) {
        return `${metadata?.name} has ${status?.readyReplicas ?? 0} of ${wanted} pods ready`
      }
    }
    const leaving = pods.find(({ metadata, status }) => metadata?.deletionTimestamp && status?.phase === 'Running')
    if (leaving) return `${leaving.metadata?.name} is still ending`
    if (database.phase !== 'Cluster in healthy state' || database.ready !== database.instances) {
      return `the database is "${database.phase}" with ${database.ready} of ${database.instances} servers ready`
    }
    return undefined
  }

  shopPods = () => this.pods(this.#ofRelease)

  /** What metrics-server says of the shop's pods. @throws when there is none */
  async memory(): Promise<{ pod: string; mebibytes: number }[]> {
    const where = { group: 'metrics.k8s.io', version: 'v1beta1', plural: 'pods', namespace: this.namespace }
    const labelSelector = this.#ofRelease
    // biome-ignore lint/suspicious/noExplicitAny: a resource without a class
    const found: any = await this.#call('metrics', this.#custom.listNamespacedCustomObject({ ...where, labelSelector }))
    return found.items.map(({ metadata, containers }: { metadata: { name: string }; containers: { usage: { memory: string } }[] }) => ({
      pod: metadata.name,
      mebibytes: containers.reduce((sum, { usage }) => sum + mebibytes(usage.memory), 0),
    }))
  }

  async create(manifests: KubernetesObject[]) {
    for (const manifest of manifests) {
      manifest.metadata = { ...manifest.metadata, namespace: this.namespace }
      await this.#call(`create ${manifest.kind}`, this.#objects.create(manifest))
    }
  }

  /** Everything that the lab made, or what has this label too. @returns the names of what was there */
  async remove(label?: string): Promise<string[]> {
    const { namespace } = this
    const labelSelector = label ? `${LAB_LABEL},${label}` : `${LAB_LABEL},confeitaria/run`
    const jobs = await this.#call('jobs', this.#batch.listNamespacedJob({ namespace, labelSelector }))
    const kinds = [
      ['batch/v1', 'Job'],
      ['v1', 'ConfigMap'],
      ['v1', 'Service'],
      ['networking.k8s.io/v1', 'NetworkPolicy'],
    ] as const
    for (const [apiVersion, kind] of kinds) {
      const found = await this.#call(
        `list ${kind}`,
        this.#objects.list(apiVersion, kind, namespace, undefined, undefined, undefined, undefined, labelSelector),
      )
      for (const { metadata } of found.items) {
        const object = { apiVersion, kind, metadata: { name: metadata?.name ?? '', namespace } }
        await this.#call(`delete ${kind}`, this.#objects.delete(object, undefined, undefined, 2, undefined, 'Background')).catch(missing)
      }
    }
    return jobs.items.map(({ metadata }) => metadata?.name ?? '')
  }

  /** The pod of a Job that the lab made. */
  async podOfJob(job: string): Promise<V1Pod | undefined> {
    return (await this.pods(`batch.kubernetes.io/job-name=${job}`))[0]
  }

  async version(): Promise<string> {
    return (await this.#call('version', this.#config.makeApiClient(VersionApi).getCode())).gitVersion
  }

  /**
   * Each line of a container's log as it comes, until the container ends. A connection that breaks is made again; a line comes once.
   * @param container of several
   * @returns when the log has ended
   */
  async follow(pod: string, onLine: (line: string) => void, signal: AbortSignal, container?: string): Promise<void> {
    let last = 0n
    let since: string | undefined
    for (;;) {
      const ended = await this.#stream(pod, { since, container }, signal, line => {
        const space = line.indexOf(' ')
        const stamp = nanoseconds(line.slice(0, space))
        if (stamp <= last) return
        last = stamp
        since = line.slice(0, space)
        onLine(line.slice(space + 1))
      }).catch(() => false)
      if (signal.aborted) return
      // The stream ends too when the API server goes: only a pod that has ended has no more to say.
      const phase = await this.pod(pod).then(
        found => found?.status?.phase ?? 'gone',
        () => undefined,
      )
      if (ended && phase !== undefined && phase !== 'Running' && phase !== 'Pending') return
      if (phase === 'gone') return
      await pause(500, signal).catch(() => {})
    }
  }

  async #stream(
    pod: string,
    { since, container }: { since: string | undefined; container: string | undefined },
    signal: AbortSignal,
    onLine: (line: string) => void,
  ): Promise<boolean> {
    const path = `/api/v1/namespaces/${this.namespace}/pods/${pod}/log`
    const query = new URLSearchParams({
      follow: 'true',
      timestamps: 'true',
      ...(since ? { sinceTime: since } : {}),
      ...(container ? { container } : {}),
    })
    const url = new URL(`${this.#config.getCurrentCluster()!.server}${path}?${query}`)
    const options: RequestOptions = { method: 'GET', signal }
    await this.#config.applyToHTTPSOptions(options)
    return new Promise((resolve, reject) => {
      const request = httpsRequest(url, options, response => {
        if (response.statusCode !== 200) {
          response.resume()
          reject(new Error(`log of ${pod}: ${response.statusCode}`))
          return
        }
        const lines = createInterface({ input: response })
        lines.on('line', onLine)
        lines.on('error', reject)
        response.on('error', reject)
        lines.on('close', () => resolve(response.complete))
      })
      request.on('error', reject)
      request.end()
    })
  }
}

const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch)
export const codeOf = (error: unknown): number | undefined => (error as { code?: number }).code
/** What is not there needs no deleting. */
const missing = (error: unknown): undefined => {
  if (codeOf(error) === 404) return undefined
  throw error
}

/** A quantity of bytes as Kubernetes writes it. */
export function mebibytes(quantity: string): number {
  const [, value, unit = ''] = /^(\d+)(Ki|Mi|Gi|)$/.exec(quantity) ?? []
  return (Number(value) * { '': 1, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 }[unit as 'Ki']) / 2 ** 20
}

/** RFC 3339 with up to nine digits as nanoseconds since 1970. */
export function nanoseconds(stamp: string): bigint {
  const [, seconds, fraction = ''] = /^(.*?:\d\d:\d\d)(?:\.(\d+))?Z$/.exec(stamp) ?? []
  if (!seconds) return 0n
  return BigInt(Date.parse(`${seconds}Z`)) * 1_000_000n + BigInt(fraction.padEnd(9, '0'))
}
