// One load: a k6 Job, and the ledger of what it sent, read while it is written.
import { createWriteStream, existsSync, readFileSync } from 'node:fs'
import type { Cluster } from './cluster.ts'
import type { loadOf } from './definition.ts'
import type { Round } from './journal.ts'
import { render } from './manifests.ts'
import { emptyLoad, type Load, take } from './samples.ts'
import { until } from './waiting.ts'

/** So long must the load be answered without a failure before anything is broken, ms. */
const STEADY_MS = 3_000

export class LoadJob {
  /** What is known of it so far. */
  readonly load: Load = emptyLoad()
  /** Of the load's clock against ours. */
  clock: Round['clock'] = null
  ended = false
  #cluster: Cluster
  #name: string
  #signal: AbortSignal
  #stop = new AbortController()
  #pod = ''
  #following: Promise<unknown> | undefined

  constructor(cluster: Cluster, name: string, signal: AbortSignal) {
    this.#cluster = cluster
    this.#name = name
    this.#signal = signal
  }

  /**
   * Creates the Job and follows its ledger into a file, until it ends.
   * @param how `avoid`: the node that is to break; `fault`: what the scenario is told of it; `target`: instead of the ingress controller
   * @throws if its container cannot start
   */
  async start(
    { scenario, rate, seconds, env }: ReturnType<typeof loadOf>,
    how: { run: string; avoid: string | null; fault: string | undefined; target: string | undefined; file: string },
  ) {
    const cluster = this.#cluster
    const node = await nodeForLoad(cluster, how.avoid)
    const values = {
      scenario,
      rate,
      duration: seconds ? `${seconds}s` : '',
      env: { ...env, AUDITED: '1', ...(how.fault ? { FAULT: how.fault } : {}) },
      node,
      ledger: { image: await cluster.imageWithNode() },
      shop: { release: cluster.release },
      labels: { 'confeitaria/run': how.run, 'confeitaria/load': this.#name },
      deadlineSeconds: seconds + 400,
      ...(how.target ? { target: { url: how.target } } : {}),
    }
    const sameKernel = await isSameKernel(cluster, node)
    const from = Date.now()
    await cluster.create(await render(this.#name, cluster.namespace, values))
    const pod = await until(
      'k6 runs',
      async () => {
        const found = await cluster.podOfJob(this.#name)
        const containers = [...(found?.status?.initContainerStatuses ?? []), ...(found?.status?.containerStatuses ?? [])]
        const stuck = containers.find(({ state }) => /Err|BackOff/.test(state?.waiting?.reason ?? ''))?.state?.waiting
        if (stuck) throw new Error(`${stuck.reason}: ${stuck.message}`)
        return found?.status?.phase !== 'Pending' && found
      },
      { signal: this.#signal },
    )
    this.#pod = pod.metadata!.name!
    const file = createWriteStream(how.file)
    /** Of the ledger, many of them joined by charts/loadtest/files/hand-on.mjs; or k6's own, of which the summary is one. */
    const takeLines = (joined: string) => {
      for (const line of joined.split('\t')) {
        const before = this.load.samples.length
        if (!take(this.load, line)) continue
        file.write(`${line}\n`)
        if (this.load.samples.length > before) this.clock ??= clock(from, this.load.samples.at(-1)!.end, sameKernel)
      }
    }
    const logs = ['ledger', 'k6'].map(container => cluster.follow(this.#pod, takeLines, this.#stop.signal, container))
    this.#following = Promise.all(logs).finally(() => {
      this.ended = true
      file.end()
    })
  }

  /** Waits until it has been answered without a failure for a while. */
  async steady() {
    await until(
      'the load is answered steadily',
      async () => {
        const now = Date.now()
        const { samples } = this.load
        const first = samples.find(({ phase }) => phase !== 'setup')
        const recent = samples.filter(({ end, phase }) => end > now - STEADY_MS && phase !== 'setup')
        return first && first.end < now - STEADY_MS && recent.length > 0 && recent.every(({ outcome }) => outcome === 'ok')
      },
      { seconds: 45, everyMs: 200, signal: this.#signal },
    )
  }

  /** k6's, once it has ended. */
  async exitCode(): Promise<number> {
    const { code } = await until(
      'k6 has ended',
      async () => {
        const state = (await this.#cluster.pod(this.#pod))?.status?.containerStatuses?.[0]?.state
        return state?.terminated ? { code: state.terminated.exitCode } : undefined
      },
      { seconds: 60, signal: this.#signal },
    )
    return code
  }

  /** How it went in the last seconds, in a few words. */
  live(): string {
    const { samples } = this.load
    const now = Date.now()
    const recent = []
    for (let i = samples.length - 1; i >= 0 && samples[i]!.end > now - 5_000; i--) recent.push(samples[i]!)
    if (!recent.length) return ''
    const ok = recent.filter(({ outcome }) => outcome === 'ok').length
    return `${((100 * ok) / recent.length).toFixed(1)} % ok, ${Math.round(recent.length / 5)}/s`
  }

  /** Ends it, wherever it is, and removes what it was. */
  async remove() {
    this.#stop.abort()
    await this.#following?.catch(() => {})
    await this.#cluster.remove(`confeitaria/load=${this.#name}`)
  }
}

/** On one kernel there is one clock; else the first line came between the creation of its Job and now. */
function clock(from: number, at: number, sameKernel: boolean): NonNullable<Round['clock']> {
  if (sameKernel) return { offsetMs: 0, uncertaintyMs: 0 }
  const now = Date.now()
  return { offsetMs: at - (from + now) / 2, uncertaintyMs: (now - from) / 2 }
}

/**
 * Nodes that run no part of the shop come first: a control plane is never what a fault is aimed at. As a Job the lab sees no nodes and
 * breaks none: its own is as good as any, and has its clock.
 */
async function nodeForLoad(cluster: Cluster, avoid: string | null): Promise<string> {
  if (process.env.LAB_NODE) return process.env.LAB_NODE
  const nodes = await cluster.nodes().catch(() => [])
  const name = (isControlPlane: boolean) =>
    nodes.find(
      ({ metadata, spec }) =>
        (metadata?.labels?.['node-role.kubernetes.io/control-plane'] !== undefined) === isControlPlane &&
        metadata?.name !== avoid &&
        !spec?.unschedulable,
    )?.metadata?.name
  return name(true) ?? name(false) ?? ''
}

async function isSameKernel(cluster: Cluster, node: string): Promise<boolean> {
  if (node && node === process.env.LAB_NODE) return true
  const own = '/proc/sys/kernel/random/boot_id'
  const found = (await cluster.nodes().catch(() => [])).find(({ metadata }) => metadata?.name === node)
  return existsSync(own) && found?.status?.nodeInfo?.bootID === readFileSync(own, 'utf8').trim()
}
