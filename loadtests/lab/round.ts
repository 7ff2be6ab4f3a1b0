// One round of an experiment: from a whole shop through the fault to a whole shop, and what it cost.
import { createWriteStream, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadFigures, recovery, routes, served, timeline } from './analysis.ts'
import { type Cluster, pause, until } from './cluster.ts'
import { type Experiment, type FaultDefinition, loadOf } from './definition.ts'
import { faultOf } from './faults/all.ts'
import { holdSeconds, type Surroundings, type Target } from './faults/fault.ts'
import { judge, ledgers, notJudged, type ServedLedger } from './invariants.ts'
import { ACTIVITIES, type Round } from './journal.ts'
import { render } from './manifests.ts'
import type { Progress } from './progress.ts'
import { Readings } from './readings.ts'
import { emptyLoad, type Load, take } from './samples.ts'
import { readAgain } from './shop.ts'
import type { State } from './state.ts'
import { budgetsOfRound, loadProblems, verdictOfRound } from './verdicts.ts'
import { audit, type Watching } from './watching.ts'

/** So long must the load be answered without a failure before anything is broken, ms. */
const STEADY_MS = 3_000
/** A fault that waits for the scenario's moment comes so long before it, ms: a container takes that to die. */
const LEAD_MS = 300
const PROOF_SECONDS = 90

export interface Context {
  cluster: Cluster
  mode: 'smoke' | 'full'
  /** Where the run's files are. */
  folder: string
  run: string
  shop: string
  /** What the load is sent to, when it is not the ingress controller. */
  target: string | undefined
  progress: Progress
  watching: Watching
  state: State
  signal: AbortSignal
}

/** Rounds take the variants in turn. */
const variantOf = ({ faults }: Experiment, number: number) => (faults.length ? faults[(number - 1) % faults.length] : undefined)

export async function runRound(context: Context, experiment: Experiment, number: number): Promise<Round> {
  const { cluster, mode, folder, run, progress, watching, state, signal } = context
  const chosenVariant = variantOf(experiment, number)
  const definition: FaultDefinition | undefined = chosenVariant?.kind === 'nothing' ? undefined : chosenVariant
  const asked = loadOf(experiment, mode)
  const path = join(experiment.name, String(number))
  mkdirSync(join(folder, path), { recursive: true })
  const load = emptyLoad()
  const round: Round = {
    number,
    variant: chosenVariant?.variant ?? null,
    verdict: 'aborted',
    reasons: [],
    startedAt: Date.now(),
    endedAt: Date.now(),
    clock: null,
    steps: [],
    target: null,
    fault: null,
    load: null,
    routes: [],
    recovery: [],
    ledgers: null,
    invariants: [],
    budgets: [],
    served: [],
    timeline: null,
    samples: null,
    summary: null,
  }
  const events: { at: number; what: string }[] = []
  const invalid: string[] = []
  let aborted: string | undefined
  let notRecovered: string | undefined
  const release = `lab-${experiment.name.slice(0, 20)}-${number}-${Date.now().toString(36)}`
  const readings = new Readings(cluster)
  const loadStop = new AbortController()
  let following: Promise<unknown> | undefined
  let exitCode: number | null = null
  let ended = false
  let sameKernel = false

  const step = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const at = Date.now()
    progress.say(name)
    try {
      const value = await work()
      round.steps.push({ name, at, ms: Date.now() - at, status: 'done' })
      return value
    } catch (error) {
      round.steps.push({ name, at, ms: Date.now() - at, status: 'failed', detail: (error as Error).message })
      throw error
    }
  }
  const surroundings: Surroundings = { cluster, observation: watching.latest, signal, say: what => progress.say(what) }
  const whole = (seconds: number) => {
    let missing: string | undefined
    return until(
      'the shop is whole',
      async () => {
        await watching.learnNames()
        const { instances } = await cluster.database()
        missing = (await cluster.notWhole()) ?? watching.notWhole(instances)
        if (missing) progress.say(`wait until the shop is whole: ${missing}`)
        return !missing
      },
      { seconds, signal },
    ).catch(error => {
      signal.throwIfAborted()
      throw new Error(missing ?? (error as Error).message)
    })
  }

  let target: Target | undefined
  let touched = false
  const undo = async () => {
    if (!definition || !target || !touched) return
    progress.say('undo the fault')
    const at = Date.now()
    // Undoing must not be stopped by what stopped the round.
    const did = await faultOf(definition).undo(definition as never, target, { ...surroundings, signal: new AbortController().signal })
    touched = false
    state.fault = null
    if (round.fault) round.fault.undoneAt = did ? Date.now() : null
    round.steps.push({
      name: 'undo the fault',
      at,
      ms: Date.now() - at,
      status: did ? 'undone' : 'done',
      detail: did ? 'undone' : 'nothing to undo',
    })
    if (did) events.push({ at: Date.now(), what: 'undone' })
  }
  /** From now on there is something to undo, also by who comes after this process. */
  const touch = (definition: FaultDefinition, target: Target) => {
    touched = true
    state.fault = { definition, target, injectedAt: Date.now() }
  }

  try {
    await step('wait until the shop is whole', () => whole(mode === 'smoke' ? 180 : 300))
    const driver = definition && faultOf(definition)
    if (definition && driver) {
      target = await step('choose the target', () => driver.choose(definition as never, surroundings))
      const { memory: _, ...shown } = target
      round.target = shown
      if (driver.prepare) {
        const chosen = target
        touch(definition, chosen)
        await step('prepare the target', async () => driver.prepare?.(definition as never, chosen, surroundings))
      }
      await watching.start(target.node, signal)
    } else await watching.start(null, signal)
    const restartsBefore = await readings.restarts()

    const job = await step('start the load', () => startLoad())
    const pod = job.metadata!.name!
    await step('wait for the first answers', () =>
      until('the load is answered', async () => load.samples.length > 0 || load.moments.size > 0 || undefined, {
        seconds: 60,
        signal,
        everyMs: 100,
      }),
    )
    readings.start(signal)

    if (definition && driver && target) {
      const chosen = target
      if (definition.when === 'start') {
        const moment = await step("wait for the scenario's moment", () =>
          until('the scenario says when', async () => load.moments.get('start'), { seconds: 60, signal }),
        )
        await step('wait until then', () => pause(Math.max(0, moment - LEAD_MS - Date.now()), signal))
      } else await step('wait until the load is answered steadily', steady)
      const proofs = driver.proofs(definition as never, chosen, surroundings)
      const wanted = definition.proof.map(name => {
        const found = proofs.find(proof => proof.name === name)
        if (!found)
          throw new Error(`The fault ${definition.kind} cannot prove ${name}: it can prove ${proofs.map(({ name }) => name).join(', ')}.`)
        return found
      })
      const injectedAt = Date.now()
      round.fault = {
        kind: definition.kind,
        injectedAt,
        undoneAt: null,
        proof: wanted.map(({ what }) => ({ what, seen: false, at: null })),
      }
      touch(definition, chosen)
      events.push({ at: injectedAt, what: `${definition.kind} ${chosen.name}` })
      await step(`inject: ${definition.kind} (${definition.variant}) ${chosen.name}`, () =>
        driver.inject(definition as never, chosen, surroundings),
      )
      await step('prove the fault', async () => {
        await Promise.all(
          wanted.map(async ({ see, what }, i) => {
            const proof = round.fault!.proof[i]!
            const seen = await until(what, see, { seconds: definition.provenWithinSeconds ?? PROOF_SECONDS, everyMs: 150, signal }).catch(
              () => undefined,
            )
            signal.throwIfAborted()
            if (seen === undefined) return
            Object.assign(proof, { seen: true, at: Date.now(), detail: seen })
            events.push({ at: Date.now(), what })
          }),
        )
      })
      const hold = holdSeconds(definition)
      // After the load nothing more is measured.
      const over = async () => ended || Date.now() >= injectedAt + hold * 1000
      if (hold) await step(`keep it for ${hold} s in all`, () => until('it was kept', over, { seconds: hold, everyMs: 100, signal }))
      // A change of scale is there to be measured with: it lasts as long as the load.
      if (definition.kind !== 'scale') await undo()
    }

    const limit = asked.seconds + 240
    await step('wait for the end of the load', () => until('the load ends', async () => ended, { seconds: limit, signal }))
    exitCode = await step("read k6's exit code", () => exitCodeOf(pod))
    readings.stop()
    await undo()
    await step('wait until the shop is whole again', () => whole(experiment.recovered.withinSeconds)).catch(error => {
      signal.throwIfAborted()
      notRecovered = (error as Error).message
    })
    const restarts = (await readings.restarts()) - restartsBefore
    await look(restarts)
  } catch (error) {
    if (!signal.aborted) aborted = `${(error as Error).message}`
    if (!round.load && load.samples.length) figures()
  } finally {
    // What was broken must be whole again whatever happened, and the load must not go on.
    await undo().catch(error => {
      invalid.push(`The fault could not be undone: ${(error as Error).message}`)
    })
    readings.stop()
    loadStop.abort()
    await following?.catch(() => {})
    await cluster
      .remove(`confeitaria/load=${release}`)
      .catch(error => invalid.push(`The load could not be removed: ${(error as Error).message}`))
  }
  round.endedAt = Date.now()
  const { verdict, reasons } = verdictOfRound(round, { mode, experiment, invalid, aborted, interrupted: signal.aborted, notRecovered })
  return { ...round, verdict, reasons }

  /** The Job and its ledger, which is read while it is written. @returns its pod */
  async function startLoad() {
    const node = await nodeForLoad(cluster, target?.node ?? null)
    const env = { ...asked.env, ...(definition ? { FAULT: definition.kind } : {}) }
    const values = {
      scenario: asked.scenario,
      rate: asked.rate,
      duration: asked.seconds ? `${asked.seconds}s` : '',
      env,
      node,
      ledger: { image: await cluster.imageWithNode() },
      shop: { release: cluster.release },
      labels: { 'confeitaria/run': run, 'confeitaria/load': release },
      deadlineSeconds: asked.seconds + 400,
      ...(context.target ? { target: { url: context.target } } : {}),
    }
    sameKernel = await isSameKernel(cluster, node)
    const from = Date.now()
    await cluster.create(await render(release, cluster.namespace, values))
    const pod = await until(
      'k6 runs',
      async () => {
        const found = await cluster.podOfJob(release)
        const containers = [...(found?.status?.initContainerStatuses ?? []), ...(found?.status?.containerStatuses ?? [])]
        const stuck = containers.find(({ state }) => /Err|BackOff/.test(state?.waiting?.reason ?? ''))?.state?.waiting
        if (stuck) throw new Error(`${stuck.reason}: ${stuck.message}`)
        return found?.status?.phase !== 'Pending' && found
      },
      { signal },
    )
    const file = createWriteStream(join(folder, path, 'samples.ndjson'))
    round.samples = join(path, 'samples.ndjson')
    /** Of the ledger, many of them joined by charts/loadtest/files/hand-on.mjs; or k6's own, of which the summary is one. */
    const takeLines = (joined: string) => {
      for (const line of joined.split('\t')) {
        const before = load.samples.length
        if (!take(load, line)) continue
        file.write(`${line}\n`)
        if (load.samples.length > before) round.clock ??= clock(from, load.samples.at(-1)!.end)
      }
    }
    const logs = ['ledger', 'k6'].map(container => cluster.follow(pod.metadata!.name!, takeLines, loadStop.signal, container))
    following = Promise.all(logs).finally(() => {
      ended = true
      file.end()
    })
    progress.figures = () => live(load)
    return pod
  }

  /** On one kernel there is one clock; else the first line came between the creation of its Job and now. */
  function clock(from: number, at: number): NonNullable<Round['clock']> {
    if (sameKernel) return { offsetMs: 0, uncertaintyMs: 0 }
    const now = Date.now()
    return { offsetMs: at - (from + now) / 2, uncertaintyMs: (now - from) / 2 }
  }

  async function steady() {
    await until(
      'the load is answered steadily',
      async () => {
        const now = Date.now()
        const first = load.samples.find(({ phase }) => phase !== 'setup')
        const recent = load.samples.filter(({ end, phase }) => end > now - STEADY_MS && phase !== 'setup')
        return first && first.end < now - STEADY_MS && recent.length > 0 && recent.every(({ outcome }) => outcome === 'ok')
      },
      { seconds: 45, everyMs: 200, signal },
    )
  }

  async function exitCodeOf(pod: string): Promise<number | null> {
    return until(
      'k6 has ended',
      async () => {
        const state = (await cluster.pod(pod))?.status?.containerStatuses?.[0]?.state
        return state?.terminated ? { code: state.terminated.exitCode } : undefined
      },
      { seconds: 60, signal },
    ).then(({ code }) => code)
  }

  /** Everything that is read after the load: databases, services; then the figures. */
  async function look(restarts: number) {
    let found: Awaited<ReturnType<typeof audit>> | undefined
    let again: ServedLedger = { orders: new Map(), carts: new Map() }
    const { instances } = await cluster.database()
    if (load.products.size) {
      const question = { run: release, products: [...load.products.keys()], instances }
      found = await step('audit the databases', () => audit(cluster, run, question, signal))
    }
    if (load.orders.length || load.lines.size) again = await step('read orders and carts again', () => readAgain(context.shop, load))
    figures()
    if (found) {
      if (found.complete) round.ledgers = ledgers(load, found, again)
      round.invariants = judge(experiment.invariants, load, found, again)
    }
    if (experiment.invariants.length) {
      invalid.push(
        ...notJudged(
          experiment.invariants,
          load,
          found ?? { instances: [], orders: new Map(), sessions: [], stocks: [], complete: false },
          instances,
        ),
      )
    }
    invalid.push(...loadProblems(round, load, asked))
    const extra = {
      restarts,
      pods: definition?.kind === 'scale' ? definition.to : null,
      memory: readings.memoryGrowth(),
      connections: readings.connectionGrowth(watching.observations, round.startedAt),
    }
    round.budgets = budgetsOfRound(experiment, { round, load, extra })
  }

  function figures() {
    const { scenario, rate, sheds } = asked
    const podService = (pod: string) => pod.replace(new RegExp(`^${cluster.release}-`), '').split('-')[0] ?? ''
    round.load = loadFigures(load, { scenario, rate: rate || null, sheds }, exitCode)
    round.routes = routes(load, sheds)
    const offset = round.clock?.offsetMs ?? 0
    const injected = round.fault ? round.fault.injectedAt + offset : null
    const seen = ACTIVITIES.filter(activity => load.samples.some(sample => sample.activity === activity && sample.phase !== 'setup'))
    round.recovery = seen.map(activity => recovery(load.samples, activity, injected, sheds))
    round.served = served(load, podService)
    const zero = injected ?? load.samples.find(({ phase }) => phase !== 'setup')?.intended ?? round.startedAt
    const lags = watching.lags(round.startedAt, Date.now())
    const line = timeline(load, { zero, sheds, lags, nameOfDatabase: watching.nameOf }, events)
    writeFileSync(join(folder, path, 'timeline.json'), JSON.stringify(line))
    round.timeline = join(path, 'timeline.json')
    if (load.summary) {
      writeFileSync(join(folder, path, 'summary.json'), JSON.stringify(load.summary, null, 1))
      round.summary = join(path, 'summary.json')
    }
  }
}

function live(load: Load): string {
  const now = Date.now()
  const recent = []
  for (let i = load.samples.length - 1; i >= 0 && load.samples[i]!.end > now - 5_000; i--) recent.push(load.samples[i]!)
  if (!recent.length) return ''
  const ok = recent.filter(({ outcome }) => outcome === 'ok').length
  return `${((100 * ok) / recent.length).toFixed(1)} % ok, ${Math.round(recent.length / 5)}/s`
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
