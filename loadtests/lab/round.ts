// One round of an experiment: from a whole shop through the fault to a whole shop, and what it cost.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadFigures, recovery, routes, served, timeline } from './analysis.ts'
import type { Cluster } from './cluster.ts'
import { type Experiment, type FaultDefinition, loadOf } from './definition.ts'
import { faultOf } from './faults/all.ts'
import { holdSeconds, type Surroundings, type Target } from './faults/fault.ts'
import { emptyAudit, judge, ledgers, notJudged, type ServedLedger } from './invariants.ts'
import { ACTIVITIES, type Round } from './journal.ts'
import { LoadJob } from './load-job.ts'
import type { Progress } from './progress.ts'
import { Readings } from './readings.ts'
import { readAgain } from './shop.ts'
import type { State } from './state.ts'
import { budgetsOfRound, endedTooSoon, loadProblems, verdictOfRound } from './verdicts.ts'
import { pause, until } from './waiting.ts'
import { audit, type Watching } from './watching.ts'

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
  const release = `lab-${experiment.name.slice(0, 20)}-${number}-${Date.now().toString(36)}`
  const job = new LoadJob(cluster, release, signal)
  const { load } = job
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
  const readings = new Readings(cluster)
  let exitCode: number | null = null

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
    if (definition) {
      const driver = faultOf(definition)
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

    const samples = join(path, 'samples.ndjson')
    const how = { run, avoid: target?.node ?? null, fault: definition?.kind, target: context.target, file: join(folder, samples) }
    await step('start the load', () => job.start(asked, how))
    round.samples = samples
    progress.figures = () => job.live()
    await step('wait for the first answers', () =>
      until('the load is answered', async () => load.samples.length > 0 || load.moments.size > 0 || undefined, {
        seconds: 60,
        signal,
        everyMs: 100,
      }),
    )
    readings.start(signal)

    if (definition && target) await breakIt(definition, target)

    const limit = asked.seconds + 240
    await step('wait for the end of the load', () => until('the load ends', async () => job.ended, { seconds: limit, signal }))
    exitCode = await step("read k6's exit code", () => job.exitCode())
    readings.stop()
    // Before it is undone, which may replace the pods that were broken.
    const restarts = (await readings.restarts()) - restartsBefore
    await undo()
    await step('wait until the shop is whole again', () => whole(experiment.recovered.withinSeconds)).catch(error => {
      signal.throwIfAborted()
      notRecovered = (error as Error).message
    })
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
    await job.remove().catch(error => invalid.push(`The load could not be removed: ${(error as Error).message}`))
  }
  round.endedAt = Date.now()
  const { verdict, reasons } = verdictOfRound(round, { mode, experiment, invalid, aborted, interrupted: signal.aborted, notRecovered })
  return { ...round, verdict, reasons }

  /** Breaks what is to break at the right moment, sees that it is broken, and mends it when it was broken for long enough. */
  async function breakIt(definition: FaultDefinition, target: Target) {
    const driver = faultOf(definition)
    if (definition.when === 'start') {
      const moment = await step("wait for the scenario's moment", () =>
        until('the scenario says when', async () => load.moments.get('start'), { seconds: 60, signal }),
      )
      await step('wait until then', () => pause(Math.max(0, moment - Date.now()), signal))
    } else await step('wait until the load is answered steadily', () => job.steady())
    const proofs = driver.proofs(definition as never, target, surroundings)
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
    touch(definition, target)
    events.push({ at: injectedAt, what: `${definition.kind} ${target.name}` })
    await step(`inject: ${definition.kind} (${definition.variant}) ${target.name}`, () =>
      driver.inject(definition as never, target, surroundings),
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
    const over = async () => job.ended || Date.now() >= injectedAt + hold * 1000
    if (hold) await step(`keep it for ${hold} s in all`, () => until('it was kept', over, { seconds: hold, everyMs: 100, signal }))
    if (!driver.lastsAsTheLoad) await undo()
  }

  /** Everything that is read after the load: databases, services; then the figures. */
  async function look(restarts: number) {
    let found: Awaited<ReturnType<typeof audit>> | undefined
    let again: ServedLedger | undefined
    const { instances } = await cluster.database()
    if (load.products.size) {
      const question = { run: release, products: [...load.products.keys()], instances }
      found = await step('audit the databases', () => audit(cluster, run, question, signal))
    }
    if (load.orders.length || load.lines.size) {
      again = await step('read orders and carts again', () => readAgain(context.shop, load)).catch((error: Error) => {
        invalid.push(error.message)
        return undefined
      })
    }
    figures()
    if (found) {
      if (found.complete) round.ledgers = ledgers(load, found, again)
      round.invariants = judge(experiment.invariants, load, found, again)
    }
    if (experiment.invariants.length) {
      invalid.push(...notJudged(experiment.invariants, load, found ?? emptyAudit(), instances))
    }
    invalid.push(...loadProblems(round, load, mode))
    if (mode === 'full' && definition && !faultOf(definition).lastsAsTheLoad && endedTooSoon(round, load))
      invalid.push('The load ended before what was broken was mended.')
    const extra = {
      restarts,
      pods: definition?.kind === 'scale' ? definition.to : null,
      memory: readings.memoryGrowth(),
      connections: readings.connectionGrowth(watching.observations),
    }
    round.budgets = budgetsOfRound(experiment, { round, load, extra })
  }

  function figures() {
    const { scenario, rate, sheds } = asked
    round.clock = job.clock
    const podService = (pod: string) => pod.replace(new RegExp(`^${cluster.fullname}-`), '').split('-')[0] ?? ''
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
