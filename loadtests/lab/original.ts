// The three tests that the shop was first asked for, each with the figures it was asked for, in Portuguese.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Experiment, load as loadExperiment } from './definition.ts'
import type { Round, Timeline } from './journal.ts'
import { emptyLoad, take } from './samples.ts'
import { mean } from './statistics.ts'
import { backMs } from './verdicts.ts'

const decimal = (value: number, digits = 1) => value.toFixed(digits).replace('.', ',')
const seconds = (ms: number | null) => (ms === null ? 'não voltaram' : `${decimal(ms / 1000)} s`)
const share = (part: number, all: number) => `${decimal(all ? (100 * part) / all : 0)} %`
const line = (name: string, value: string) => `  ${name.padEnd(28)} ${value}`

function figures({ load }: Round): string[] {
  if (!load) return ['  não houve carga']
  const { requests, failed, throughput, latency } = load
  return [
    line('requisições respondidas', `${requests - failed} de ${requests}`),
    line('taxa de sucesso', share(requests - failed, requests)),
    line(
      'tempo médio de resposta',
      `${decimal(latency?.mean ?? 0)} ms (p95 ${decimal(latency?.p95 ?? 0)} ms, p99 ${decimal(latency?.p99 ?? 0)} ms)`,
    ),
    line('throughput', `${decimal(throughput)} requisições/s`),
  ]
}

const verdict = ({ verdict, reasons }: Round) =>
  line(
    'resultado',
    { passed: 'passou', failed: 'falhou', INVALID: 'inválido', aborted: 'abortado', interrupted: 'interrompido' }[verdict],
  ) + reasons.map(reason => `\n    ${reason}`).join('')

/** Who answered, before the fault and after it: `confeitaria-db-2 (312), …`. */
function instances(folder: string, round: Round): { before: string; after: string } {
  const { seconds }: Timeline = round.timeline
    ? JSON.parse(readFileSync(join(folder, round.timeline), 'utf8'))
    : { events: [], seconds: [] }
  const of = (when: (second: number) => boolean) => {
    const counts = new Map<string, number>()
    for (const { databases } of seconds.filter(each => when(each.second))) {
      for (const [name, count] of Object.entries(databases)) counts.set(name, (counts.get(name) ?? 0) + count)
    }
    return (
      [...counts]
        .sort(([, a], [, b]) => b - a)
        .map(([name, count]) => `${name} (${count})`)
        .join(', ') || 'nenhuma'
    )
  }
  return { before: of(second => second < 0), after: of(second => second >= 0) }
}

/** Requests of one phase by pod: `confeitaria-cart-…-x 33 (33,0 %)`. */
function spread(folder: string, round: Round, phase: string): string[] {
  const load = emptyLoad()
  for (const text of readFileSync(join(folder, round.samples ?? ''), 'utf8').split('\n')) take(load, text)
  const samples = load.samples.filter(sample => sample.phase === phase)
  const pods = [...Map.groupBy(samples, ({ pod }) => pod || 'sem resposta')].sort(([a], [b]) => (a < b ? -1 : 1))
  return [
    `  ${samples.length} requisições:`,
    ...pods.map(([pod, { length }]) => line(`  ${pod}`, `${length} (${share(length, samples.length)})`)),
  ]
}

function ordersBack({ recovery }: Round): number | null {
  const orders = recovery.find(({ of }) => of === 'orders')
  return orders ? backMs(orders) : null
}

interface Original {
  experiment: string
  rounds: number
  describe: (folder: string, round: Round) => string[]
  conclude: (rounds: Round[]) => string[]
}

export const ORIGINAL: Record<string, Original> = {
  'teste-concorrencia': {
    experiment: 'concorrencia',
    rounds: 1,
    describe: (_folder, round) => [
      'Teste de concorrência: 1000 requisições de 100 usuários, GET /api/catalogo/produtos',
      ...figures(round),
      verdict(round),
    ],
    conclude: () => [],
  },
  'teste-falhas': {
    experiment: 'primario-morte',
    rounds: 5,
    describe(folder, round) {
      const { before, after } = instances(folder, round)
      const { acknowledged = 0, missing = 0 } = round.ledgers?.orders ?? {}
      return [
        `Rodada ${round.number}: o primário ${round.target?.name ?? '?'} foi apagado à força`,
        ...figures(round),
        line('quem respondeu antes', before),
        line('quem respondeu depois', after),
        line('novo primário', round.fault?.proof.find(({ what }) => /is primary/.test(what))?.detail ?? 'não visto'),
        line('pedidos de volta em', seconds(ordersBack(round))),
        line('pedidos confirmados', `${acknowledged}, perdidos ${missing}`),
        verdict(round),
      ]
    },
    conclude(rounds) {
      const returns = rounds.map(ordersBack)
      const times = returns.filter(ms => ms !== null)
      const loads = rounds.flatMap(({ load }) => load ?? [])
      const sum = (value: (load: (typeof loads)[number]) => number) => loads.reduce((total, load) => total + value(load), 0)
      const requests = sum(load => load.requests)
      return [
        `Todas as ${rounds.length} rodadas`,
        line('taxa de sucesso', share(requests - sum(load => load.failed), requests)),
        line(
          'tempo médio de resposta',
          `${decimal(loads.length ? sum(load => (load.latency?.mean ?? 0) * load.requests) / Math.max(1, requests) : 0)} ms`,
        ),
        line('throughput', `${decimal(loads.length ? mean(loads.map(({ throughput }) => throughput)) : 0)} requisições/s`),
        line(
          'pedidos de volta em',
          [
            ...(times.length ? [`${decimal(Math.min(...times) / 1000)} a ${decimal(Math.max(...times) / 1000)} s`] : []),
            ...(times.length < returns.length ? [`em ${returns.length - times.length} não voltaram`] : []),
          ].join('; '),
        ),
      ]
    },
  },
  'teste-escalabilidade': {
    experiment: 'distribuicao',
    rounds: 1,
    describe: (folder, round) => [
      'Teste de escalabilidade: o carrinho passa de 1 a 3 pods sob carga; depois 100 requisições, depois 3000',
      ...figures(round),
      ...spread(folder, round, 'cem'),
      ...spread(folder, round, 'muitas'),
      verdict(round),
    ],
    conclude: () => [],
  },
}

export const originalExperiment = (name: string): Experiment => loadExperiment(ORIGINAL[name]!.experiment)
