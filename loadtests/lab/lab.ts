#!/usr/bin/env node
// lab: experiments that break the shop and say what a shopper lost.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { Cluster, IS_INSIDE } from './cluster.ts'
import { type Experiment, load, names } from './definition.ts'
import { faultOf } from './faults/all.ts'
import type { Journal, Round } from './journal.ts'
import { ORIGINAL, originalExperiment } from './original.ts'
import { Refusal } from './refusal.ts'
import { cleanUp, runExperiments } from './run.ts'
import { CONTEXT, KUBECONFIG, REPOSITORY } from './tools.ts'
import { EXIT_CODES } from './verdicts.ts'

const USAGE = `usage: lab COMMAND [...]
  list                     the experiments, with what must hold
  validate [NAME...]       whether their files are as they must be
  run [NAME...]            runs them, or all; results/<run>/journal.json says what was found
      --smoke              short loads, few rounds; times are printed and do not fail
      --rounds N           of each experiment that is named; of all, when none is: at most N
      --rounds NAME=N      of that one, beside the others
      --target URL         sends the load there instead of to the ingress controller
  load SCENARIO            one load without a fault (--rate N --duration 30s --env NAME=VALUE)
  teste-concorrencia       1000 requests by 100 users (in Portuguese, as are the next two)
  teste-falhas             five rounds of killing the primary of the database
  teste-escalabilidade     the cart from one pod to three, and who gets the work
  undo                     undoes what an interrupted run left
  report RUN               makes the report of results/RUN again
everywhere: --context NAME, --namespace NAME (confeitaria), --release NAME (confeitaria), --results FOLDER (results)
exit codes: 0 passed, 1 failed, 2 usage, 3 invalid, 130 interrupted`

/** What `--rounds` asks for, by the name of an experiment; '' stands for all the others. */
function askedRounds(given: string[], wanted: string[]): Map<string, number> {
  return new Map(
    given.map(each => {
      const [, name = '', rounds] = /^(?:([^=]*)=)?([1-9]\d*)$/.exec(each) ?? []
      if (!rounds) throw new Refusal(`--rounds ${each}: give a number from 1 on, or NAME=N.`)
      if (name && !wanted.includes(name)) throw new Refusal(`--rounds ${each}: what is run is ${wanted.join(', ')}.`)
      return [name, Number(rounds)]
    }),
  )
}

/** Iterations a second; k6 keeps a shopper in memory for each that may be waiting, and has 2 GiB. */
const MAX_RATE = 100

/** The scenarios, each with what it takes. */
const scenarios = () =>
  new Map(
    readdirSync(join(REPOSITORY, 'loadtests/scenarios')).flatMap(file => {
      const source = readFileSync(join(REPOSITORY, 'loadtests/scenarios', file), 'utf8')
      const parameters = [...source.matchAll(/(?:number|seconds)\('([A-Z_]+)'/g)].map(([, name]) => name!)
      return /^export const options\b/m.test(source) ? [[basename(file, '.ts'), parameters] as const] : []
    }),
  )

/** A load of its own is an experiment in which nothing breaks and nothing is promised but that all is answered. */
function justLoad(scenario: string, { rate, duration, env }: { rate?: string; duration?: string; env: string[] }): Experiment {
  const takes = scenarios().get(scenario)
  if (!takes) throw new Refusal(`There is no scenario ${scenario}: there are ${[...scenarios().keys()].join(', ')}.`)
  const pairs = env.map(pair => {
    const [, name, text] = /^([A-Z_]+)=(.*)$/.exec(pair) ?? []
    if (!name) throw new Refusal(`--env ${pair}: give NAME=VALUE.`)
    if (['RATE', 'DURATION'].includes(name)) throw new Refusal(`--env ${pair}: give --${name.toLowerCase()} ${text}.`)
    return [name, text ?? ''] as const
  })
  const perSecond = Number(rate || 0)
  if (rate && !(Number.isInteger(perSecond) && perSecond >= 1 && perSecond <= MAX_RATE))
    throw new Refusal(`--rate ${rate}: give a whole number of requests a second from 1 to ${MAX_RATE}.`)
  const given = [...(rate ? ['RATE'] : []), ...(duration ? ['DURATION'] : []), ...pairs.map(([name]) => name)]
  const unknown = given.filter(name => !takes.includes(name) && name !== 'PATIENCE')
  if (unknown.length) throw new Refusal(`${scenario} takes no ${unknown.join(', ')}: it takes ${takes.join(', ')}.`)
  const [, value, unit] = /^(\d+)(s|m|)$/.exec(duration || '30s') ?? []
  if (!value) throw new Refusal(`--duration ${duration}: give a time such as 30s or 5m.`)
  if (duration && scenario === 'concorrencia' && !perSecond)
    throw new Refusal('concorrencia sends REQUESTS requests and takes a duration only with a rate: give --rate too.')
  const text = { pt: `Carga ${scenario}`, en: `Load ${scenario}` }
  return {
    name: `carga-${scenario}`,
    title: text,
    hypothesis: { pt: 'Tudo é respondido.', en: 'All is answered.' },
    load: {
      scenario,
      rate: perSecond,
      seconds: perSecond || duration ? Number(value) * (unit === 'm' ? 60 : 1) : 0,
      env: Object.fromEntries(pairs),
      smoke: {},
    },
    faults: [],
    rounds: 1,
    smokeRounds: 1,
    recovered: { withinSeconds: 60 },
    budgets: [{ metric: 'failed', limit: 0, over: 'round', reason: { pt: 'Nada está quebrado.', en: 'Nothing is broken.' } }],
    invariants: [],
  }
}

/** As a shell takes it. */
const quoted = (argument: string) => (/^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`)

const isFromOutside = ({ faults }: Experiment) => faults.some(each => each.kind !== 'nothing' && faultOf(each).fromOutside)

function finish(journal: Journal, results: string): number {
  console.log(`${journal.verdict}: ${join(results, journal.run, 'journal.json')}`)
  // Files end with the pod, its log is kept: the journal is the last line, without the paths of files.
  if (IS_INSIDE) console.log(JSON.stringify(journal, (key, value) => (['timeline', 'samples', 'summary'].includes(key) ? null : value)))
  return EXIT_CODES[journal.verdict ?? 'aborted']
}

async function main(): Promise<number> {
  const [command, ...rest] = process.argv.slice(2)
  const { values, positionals } = parseArgs({
    args: rest,
    allowPositionals: true,
    options: {
      context: { type: 'string' },
      namespace: { type: 'string', default: process.env.LAB_NAMESPACE ?? 'confeitaria' },
      release: { type: 'string', default: 'confeitaria' },
      results: { type: 'string', default: process.env.LAB_RESULTS ?? join(REPOSITORY, 'results') },
      smoke: { type: 'boolean', default: false },
      rounds: { type: 'string', multiple: true, default: [] },
      target: { type: 'string' },
      rate: { type: 'string' },
      duration: { type: 'string' },
      env: { type: 'string', multiple: true, default: [] },
    },
  })
  // Another context that is named is one of the user's; else it is the cluster of `make up`, whatever kubectl is set to.
  if ([undefined, CONTEXT].includes(values.context) && existsSync(KUBECONFIG)) process.env.KUBECONFIG = KUBECONFIG
  const { context, namespace, release, results } = values
  const cluster = () => new Cluster({ context, namespace, release })
  const common = { results, target: values.target, command: ['lab', ...process.argv.slice(2)].map(quoted).join(' ') }
  const wanted = positionals.length ? positionals : names()
  const allBut = (run: string[]): Journal['omitted'] =>
    names()
      .filter(name => !run.includes(name))
      .map(name => ({ name, reason: { pt: 'Não foi pedido nesta execução.', en: 'It was not asked for in this run.' } }))
  switch (command) {
    case 'list':
      for (const name of names()) {
        const { title, hypothesis, rounds, smokeRounds, faults } = load(name)
        console.log(`${name.padEnd(17)} ${title.en} (${rounds} rounds, ${smokeRounds} in the short form)\n${''.padEnd(18)}${hypothesis.en}`)
        if (faults.length) console.log(`${''.padEnd(18)}faults: ${faults.map(({ variant, kind }) => `${variant} (${kind})`).join(', ')}`)
      }
      return 0
    case 'validate':
      for (const name of wanted) {
        load(name)
        console.log(`${name}: good`)
      }
      return 0
    case 'run': {
      const experiments = wanted.map(name => load(name))
      const beyond = IS_INSIDE ? experiments.filter(isFromOutside) : []
      const reason = {
        pt: 'Como Job no cluster, o laboratório não pode mudar nada além do namespace da loja.',
        en: 'As a Job in the cluster the lab may change nothing but the namespace of the shop.',
      }
      if (beyond.length && positionals.length)
        throw new Refusal(`${reason.en} Leave out, or run from outside of it: ${beyond.map(({ name }) => name).join(', ')}.`)
      const possible = experiments.filter(each => !beyond.includes(each))
      const mode = values.smoke ? 'smoke' : 'full'
      const asked = askedRounds(values.rounds, wanted)
      const roundsOf = ({ name, rounds, smokeRounds }: Experiment) => {
        const said = mode === 'smoke' ? smokeRounds : rounds
        const others = asked.get('') ?? said
        return asked.get(name) ?? (positionals.length ? others : Math.min(said, others))
      }
      const omitted = [...beyond.map(({ name }) => ({ name, reason })), ...allBut(wanted)]
      const journal = await runExperiments(cluster(), possible, { ...common, mode, rounds: roundsOf, omitted })
      console.log('')
      for (const { name, verdict, rounds } of journal.experiments) console.log(`${name.padEnd(17)} ${verdict} (${rounds.length} rounds)`)
      for (const { name } of beyond) console.log(`${name.padEnd(17)} left out: ${reason.en}`)
      return finish(journal, results)
    }
    case 'load': {
      const [scenario] = positionals
      if (!scenario || positionals.length > 1) throw new Refusal(`lab load SCENARIO: give one of ${[...scenarios().keys()].join(', ')}.`)
      const experiment = justLoad(scenario, values)
      const journal = await runExperiments(cluster(), [experiment], { ...common, mode: 'full', rounds: () => 1, omitted: allBut([]) })
      return finish(journal, results)
    }
    case 'teste-concorrencia':
    case 'teste-falhas':
    case 'teste-escalabilidade': {
      const original = ORIGINAL[command]!
      const rounds: Round[] = []
      const journal = await runExperiments(cluster(), [originalExperiment(command)], {
        ...common,
        mode: values.smoke ? 'smoke' : 'full',
        omitted: allBut([original.experiment]),
        rounds: () => askedRounds(values.rounds, []).get('') ?? original.rounds,
        print(folder, _experiment, round) {
          rounds.push(round)
          return original.describe(folder, round).join('\n')
        },
      })
      console.log(original.conclude(rounds).join('\n'))
      return finish(journal, results)
    }
    case 'report': {
      if (IS_INSIDE) throw new Refusal('A report is made outside of the cluster, from the journal that the log of the Job ends with.')
      const [run] = positionals
      if (!run || positionals.length > 1) throw new Refusal('lab report RUN: give the name of a run in the results.')
      const folder = join(results, run)
      if (!existsSync(join(folder, 'journal.json'))) throw new Refusal(`${folder} has no journal.json: give a run that there is.`)
      const { report } = await import('../report/report.ts')
      await report(folder, console.log)
      return 0
    }
    case 'undo': {
      const done = await cleanUp(cluster(), results)
      console.log(done.join('\n') || 'There is nothing to undo.')
      return 0
    }
    case undefined:
    case 'help':
    case '--help':
      console.log(USAGE)
      return command === undefined ? 2 : 0
    default:
      throw new Refusal(`There is no command ${command}.\n${USAGE}`)
  }
}

try {
  process.exitCode = await main()
} catch (error) {
  // An error of the API server has a number for a code.
  const isUsage = String((error as { code?: unknown }).code).startsWith('ERR_PARSE_ARGS')
  if (error instanceof Refusal || isUsage) console.error((error as Error).message)
  else console.error(error)
  // What went wrong in the lab says nothing of the shop.
  process.exitCode = error instanceof Refusal ? error.exitCode : isUsage ? 2 : EXIT_CODES.aborted
}
// Connections to the API server that are kept open would keep the process.
process.exit()
