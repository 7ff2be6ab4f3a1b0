#!/usr/bin/env node
// lab: experiments that break the shop and say what a shopper lost.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Cluster, Refusal } from './cluster.ts'
import { load, names } from './definition.ts'
import { cleanUp, runExperiments } from './run.ts'
import { KUBECONFIG, REPOSITORY } from './tools.ts'
import { EXIT_CODES } from './verdicts.ts'

const USAGE = `usage: lab COMMAND [...]
  list                     the experiments, with what must hold
  validate [NAME...]       whether their files are as they must be
  run [NAME...]            runs them, or all; results/<run>/journal.json says what was found
      --smoke              short loads, few rounds; times are printed and do not fail
      --rounds N           instead of what the experiment says
      --target URL         sends the load there instead of to the ingress controller
  load SCENARIO            one load without a fault (--rate N --duration 30s --env NAME=VALUE)
  undo                     undoes what an interrupted run left
  report RUN               makes the report of results/RUN again
everywhere: --context NAME, --namespace NAME (confeitaria), --release NAME (confeitaria), --results FOLDER (results)
exit codes: 0 passed, 1 failed, 2 usage, 3 invalid, 130 interrupted`

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
      rounds: { type: 'string' },
      target: { type: 'string' },
      rate: { type: 'string' },
      duration: { type: 'string' },
      env: { type: 'string', multiple: true, default: [] },
    },
  })
  if (!process.env.KUBECONFIG && existsSync(KUBECONFIG)) process.env.KUBECONFIG = KUBECONFIG
  const { context, namespace, release, results } = values
  const cluster = () => new Cluster({ context, namespace, release })
  const wanted = positionals.length ? positionals : names()
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
      const rounds = values.rounds === undefined ? undefined : Number(values.rounds)
      if (rounds !== undefined && !(Number.isInteger(rounds) && rounds > 0))
        throw new Refusal(`--rounds ${values.rounds}: give a number from 1 on.`)
      const experiments = wanted.map(name => load(name))
      const journal = await runExperiments(cluster(), experiments, {
        mode: values.smoke ? 'smoke' : 'full',
        rounds,
        results,
        target: values.target,
        command: ['lab', ...process.argv.slice(2)].join(' '),
      })
      console.log('')
      for (const { name, verdict, rounds } of journal.experiments) console.log(`${name.padEnd(17)} ${verdict} (${rounds.length} rounds)`)
      console.log(`${journal.verdict}: ${join(results, journal.run, 'journal.json')}`)
      return EXIT_CODES[journal.verdict ?? 'aborted']
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
  const isUsage = (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS')
  if (error instanceof Refusal || isUsage) console.error((error as Error).message)
  else console.error(error)
  process.exitCode = error instanceof Refusal ? error.exitCode : isUsage ? 2 : 1
}
// Connections to the API server that are kept open would keep the process.
process.exit()
