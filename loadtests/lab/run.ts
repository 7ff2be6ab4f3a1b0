// A run: experiments one after the other, and the journal of them, written after every round.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Cluster } from './cluster.ts'
import { type Experiment, loadOf } from './definition.ts'
import { environment } from './environment.ts'
import { faultOf } from './faults/all.ts'
import type { ExperimentResult, Journal, Round } from './journal.ts'
import { Progress } from './progress.ts'
import { Refusal } from './refusal.ts'
import { type Context, runRound } from './round.ts'
import { shopUrl } from './shop.ts'
import { isAlive, State } from './state.ts'
import { budgetsOverRounds, verdictOfExperiment, worst } from './verdicts.ts'
import { Watching } from './watching.ts'

/** What a round takes beside its load, s: for the time that is left. */
const AROUND_S = 12

export interface Options {
  mode: 'smoke' | 'full'
  rounds: (experiment: Experiment) => number
  results: string
  target: string | undefined
  command: string
  omitted?: Journal['omitted']
  /** What to print of a round; by default `roundLine`. */
  print?: (folder: string, experiment: Experiment, round: Round) => string
}

/** Undoes what an interrupted run left: its fault, its load. @returns sentences of what was done */
export async function cleanUp(cluster: Cluster, results: string): Promise<string[]> {
  const state = new State(results)
  const note = state.found()
  const done: string[] = []
  if (note && isAlive(note.pid)) {
    throw new Refusal(`Another run (${note.run}, process ${note.pid}) is under way: wait for it, or end it with Ctrl-C where it runs.`)
  }
  if (note && (note.context !== cluster.context || note.namespace !== cluster.namespace)) {
    throw new Refusal(
      `Run ${note.run} was interrupted in context ${note.context}: run \`lab undo --context ${note.context} --namespace ${note.namespace}\` first.`,
    )
  }
  if (note?.fault) {
    const { definition, target } = note.fault
    const surroundings = { cluster, observation: () => undefined, signal: new AbortController().signal, say: () => {} }
    const did = await faultOf(definition).undo(definition as never, target, surroundings)
    const what = `run ${note.run} left the fault ${definition.kind} (${definition.variant}) on ${target.name}`
    done.push(did ? `Undone: ${what}.` : `Nothing to undo: ${what}, which is over.`)
  }
  const jobs = await cluster.remove()
  if (jobs.length) done.push(`Removed what was left running: ${jobs.join(', ')}.`)
  if (note) state.end()
  return done
}

export async function runExperiments(cluster: Cluster, experiments: Experiment[], options: Options): Promise<Journal> {
  const { mode, results } = options
  for (const sentence of await cleanUp(cluster, results)) console.log(sentence)
  const startedAt = Date.now()
  const run = `${new Date(startedAt).toISOString().replace(/[-:]/g, '').slice(0, 15)}-${mode}`
  const folder = join(results, run)
  mkdirSync(folder, { recursive: true })
  const state = new State(results)
  state.begin({ run, context: cluster.context, namespace: cluster.namespace, release: cluster.release })

  const stop = new AbortController()
  const onSignal = () => {
    if (stop.signal.aborted) console.error('Still undoing what was broken: a moment, please.')
    else stop.abort(new Error('interrupted'))
  }
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)

  const progress = new Progress()
  const watching = new Watching(cluster, run)
  const journal: Journal = {
    schema: 1,
    run,
    command: options.command,
    startedAt,
    endedAt: null,
    verdict: null,
    mode,
    environment: await environment(cluster),
    experiments: [],
    omitted: [],
  }
  const { rounds } = options
  const roundsRun = ({ name }: Experiment) => journal.experiments.find(each => each.name === name)?.rounds.length ?? 0
  const write = () => {
    journal.omitted = [...(options.omitted ?? []), ...experiments.flatMap(each => fewer(roundsRun(each), each, mode))]
    const part = join(folder, 'journal.json.part')
    writeFileSync(part, JSON.stringify(journal, null, 1))
    renameSync(part, join(folder, 'journal.json'))
  }
  const context: Omit<Context, 'shop'> = {
    cluster,
    mode,
    folder,
    run,
    target: options.target,
    progress,
    watching,
    state,
    signal: stop.signal,
  }
  // Of a shop in which something is still broken nothing can be measured.
  const isOver = () => stop.signal.aborted || state.fault !== null
  let left = experiments.reduce((sum, each) => sum + rounds(each) * (loadOf(each, mode).seconds + AROUND_S), 0)
  try {
    progress.start()
    progress.say('start the observer')
    const shop = await shopUrl(cluster)
    await watching.start(null, stop.signal)
    for (const experiment of experiments) {
      if (isOver()) break
      const result: ExperimentResult = {
        name: experiment.name,
        title: experiment.title,
        hypothesis: experiment.hypothesis,
        definition: experiment,
        verdict: 'aborted',
        rounds: [],
        budgets: [],
      }
      journal.experiments.push(result)
      for (let number = 1; number <= rounds(experiment) && !isOver(); number++) {
        progress.where = `${experiment.name} ${number}/${rounds(experiment)}`
        progress.endsAt = Date.now() + left * 1000
        const round = await runRound({ ...context, shop }, experiment, number)
        left -= loadOf(experiment, mode).seconds + AROUND_S
        progress.figures = () => ''
        result.rounds.push(round)
        result.budgets = budgetsOverRounds(experiment, result.rounds)
        result.verdict = verdictOfExperiment(result.rounds, result.budgets, mode)
        write()
        progress.print(options.print?.(folder, experiment, round) ?? roundLine(experiment, round, rounds(experiment)))
        // What could not even begin will not begin the next time.
        if (round.verdict === 'aborted') break
      }
    }
  } finally {
    progress.say('tidy up')
    await watching.stop().catch(() => {})
    await cluster.remove(`confeitaria/run=${run}`).catch(() => {})
    journal.endedAt = Date.now()
    const verdicts = journal.experiments.map(({ verdict }) => verdict)
    const isComplete = experiments.every(each => roundsRun(each) === rounds(each))
    journal.verdict = stop.signal.aborted ? 'interrupted' : worst(isComplete ? verdicts : [...verdicts, 'aborted'])
    write()
    progress.stop()
    if (state.fault) console.error('A fault could not be undone: when the cluster answers again, `lab undo` does it.')
    else state.end()
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
  }
  return journal
}

/** What of the rounds that are declared was not run, whatever the reason. */
function fewer(run: number, { name, rounds, smokeRounds }: Experiment, mode: Options['mode']): Journal['omitted'] {
  const declared = mode === 'smoke' ? smokeRounds : rounds
  return run < declared
    ? [{ name, reason: { pt: `Rodadas feitas: ${run} de ${declared}.`, en: `Rounds run: ${run} of ${declared}.` } }]
    : []
}

const of = (activity: string, { rtoMs, longestGapMs }: Round['recovery'][number]) =>
  longestGapMs === null
    ? `${activity} not asked for since`
    : `${activity} ${rtoMs === null ? 'not back' : `back ${(rtoMs / 1000).toFixed(1)} s`}, gap ${(longestGapMs / 1000).toFixed(1)} s`

export function roundLine({ name }: Experiment, round: Round, rounds: number): string {
  const { number, variant, verdict, load, recovery, ledgers, budgets, invariants, reasons, target } = round
  const lines = [`${name} ${number}/${rounds}${variant ? ` ${variant}` : ''}${target ? ` (${target.name})` : ''}: ${verdict}`]
  if (load) {
    const { requests, failed, shed, throughput, latency } = load
    lines.push(
      `  ${requests} requests, ${failed} failed${shed ? `, ${shed} refused` : ''}, ${throughput}/s; mean ${latency?.mean} ms, p95 ${latency?.p95} ms, p99 ${latency?.p99} ms`,
    )
  }
  if (round.fault) lines.push(`  ${recovery.map(each => `${of(each.of, each)}, ${each.failed} of ${each.requests} failed`).join('; ')}`)
  if (ledgers) {
    const { orders, cartLines } = ledgers
    lines.push(
      `  orders: ${orders.acknowledged} acknowledged, ${orders.missing} missing, ${orders.missingOnReplica} missing on a replica, ${orders.resolved} resolved by retry; cart pieces: ${cartLines.acknowledged}, ${cartLines.missing} missing`,
    )
  }
  for (const { name, of, measured, limit, unit, held } of budgets)
    lines.push(`  ${held ? 'ok  ' : 'over'} ${name}${of ? ` of ${of}` : ''}: ${measured ?? '?'} ${unit}, at most ${limit}`)
  const kept = invariants.filter(({ held }) => held).map(({ id }) => id)
  if (kept.length) lines.push(`  ok   ${kept.join(' ')}`)
  return [...lines, ...reasons.map(reason => `  ! ${reason}`)].join('\n')
}
