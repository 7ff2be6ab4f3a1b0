/**
 * A made-up run for the report's tests. Nothing in it was measured: the figures come from a fixed sequence of pseudo-random numbers,
 * so that it is the same every time.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ACTIVITIES, type Activity, type ExperimentResult, type Journal, type Round, type Timeline, type Verdict } from '../lab/journal.ts'
import { overLimit } from '../lab/verdicts.ts'

export interface FixtureRun {
  journal: Journal
  timelines: Record<string, Timeline>
}

export async function writeRun({ journal, timelines }: FixtureRun, folder: string): Promise<void> {
  for (const [path, timeline] of Object.entries(timelines)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), JSON.stringify(timeline))
  }
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'journal.json'), JSON.stringify(journal, null, 2))
}

/** What a text from outside may look like. */
export const HOSTILE = `<script>alert('x')</script> & "quoted" <b>`

const START = Date.UTC(2020, 0, 1, 3, 0, 0)

/** Mulberry32: a number in [0, 1) from a seed, the same everywhere. */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

interface Shape {
  name: string
  title: { pt: string; en: string }
  hypothesis: { pt: string; en: string }
  fault: string | null
  proof: string[]
  target: string
  rounds: number
  variants?: string[]
  /** How long each activity is away at most, s. */
  away: Partial<Record<Activity, number>>
  seconds: [from: number, to: number]
  invariants: Round['invariants'][number]['id'][]
  verdictOf?: (round: number) => [Verdict, string[]]
  shed?: boolean
  budgets: (round: Round) => Round['budgets']
  over?: (rounds: Round[]) => Round['budgets']
}

const variantsOf = ({ variants = ['force'] }: Shape) => variants

const budget = (name: string, reason: string, limit: number, unit: string, measured: number | null) => ({
  name,
  reason,
  reasonEn: `${reason} (English)`,
  limit,
  unit,
  measured,
  held: measured !== null && measured <= limit,
})

const rto = (round: Round, of: Activity) => {
  const ms = round.recovery.find(recovery => recovery.of === of)?.rtoMs
  return ms === null || ms === undefined ? null : ms / 1000
}
const failedReads = (round: Round) => round.recovery.find(({ of }) => of === 'reads')?.failed ?? null
const middle = (values: (number | null)[]) => values.filter(value => value !== null).toSorted((a, b) => a - b)[values.length >> 1] ?? null

const SHAPES: Shape[] = [
  {
    name: 'concorrencia',
    title: { pt: 'Mil requisições de cem clientes', en: 'A thousand requests by a hundred users' },
    hypothesis: { pt: 'Todas as requisições são respondidas.', en: 'Every request is answered.' },
    fault: null,
    proof: [],
    target: '',
    rounds: 5,
    away: {},
    seconds: [0, 4],
    invariants: [],
    budgets: round => [budget('failed', 'A carga é pequena.', 0, 'requests', round.load?.failed ?? null)],
  },
  {
    name: 'distribuicao',
    title: { pt: 'Carga repartida entre três carrinhos', en: 'Load spread over three carts' },
    hypothesis: { pt: 'Escalar de 1 para 3 não perde nada.', en: 'Scaling from 1 to 3 loses nothing.' },
    fault: 'scale',
    proof: ['scaled'],
    target: 'confeitaria-cart',
    rounds: 3,
    away: {},
    seconds: [-5, 25],
    invariants: ['I8'],
    budgets: () => [budget('uneven', 'Partes iguais, com a folga do sorteio.', 10, '%', 3.2)],
  },
  {
    name: 'catalogo-pod',
    title: { pt: 'Um pod do catálogo some', en: 'A catalog pod is gone' },
    hypothesis: { pt: 'Quem navega não percebe.', en: 'Who browses does not notice.' },
    fault: 'delete-pod',
    proof: ['pod-gone'],
    target: 'confeitaria-catalog-6c9f7d5b8-abc12',
    rounds: 6,
    variants: ['graceful', 'force'],
    away: {},
    seconds: [-20, 40],
    invariants: ['I1', 'I2', 'I3', 'I8'],
    verdictOf: round =>
      round === 4
        ? ['failed', [`2 reads failed that were not in flight on the pod: ${HOSTILE}.`, 'I8 is broken: 1 cart line is gone.']]
        : ['passed', []],
    budgets: round => [budget('failed.reads', 'O pod avisa antes de sair.', 0, 'requests', failedReads(round))],
  },
  {
    name: 'primario-morte',
    title: { pt: 'O primário do PostgreSQL morre', en: 'The PostgreSQL primary dies' },
    hypothesis: {
      pt: 'Leituras seguem; pedidos voltam em segundos, sem perda.',
      en: 'Reads go on; orders are back in seconds, without loss.',
    },
    fault: 'delete-pod',
    proof: ['pod-gone', 'new-primary', 'new-timeline'],
    target: 'confeitaria-db-1',
    rounds: 26,
    away: { orders: 3.6 },
    seconds: [-20, 60],
    invariants: ['I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I9'],
    budgets: round => [
      budget('failed.reads', 'As réplicas respondem.', 0, 'requests', failedReads(round)),
      budget('back.orders', 'Detecção, promoção e novas conexões.', 6, 's', rto(round, 'orders')),
    ],
    over: rounds => [budget('back.orders (median)', 'O caso comum.', 4, 's', middle(rounds.map(round => rto(round, 'orders'))))],
  },
  {
    name: 'valkey-primario',
    title: { pt: 'O primário do Valkey morre', en: 'The Valkey primary dies' },
    hypothesis: { pt: 'Nenhum item de carrinho se perde.', en: 'No cart line is lost.' },
    fault: 'delete-pod',
    proof: ['pod-gone', 'new-primary'],
    target: 'confeitaria-valkey-0',
    rounds: 4,
    away: { carts: 4 },
    seconds: [-20, 40],
    invariants: ['I8'],
    verdictOf: round => (round === 2 ? ['INVALID', ['The fault did not bite: the sentinels named no other primary.']] : ['passed', []]),
    budgets: round => [budget('back.carts', 'Eleição dos sentinelas.', 6, 's', rto(round, 'carts'))],
  },
  {
    name: 'sobrecarga',
    title: { pt: 'Cinco vezes a carga que cabe', en: 'Five times the load that fits' },
    hypothesis: {
      pt: 'O que é aceito fica rápido; o resto é recusado na hora.',
      en: 'What is accepted stays quick; the rest is shed at once.',
    },
    fault: null,
    proof: [],
    target: '',
    rounds: 2,
    away: {},
    seconds: [0, 300],
    invariants: ['I1'],
    shed: true,
    budgets: () => [budget('accepted.p99', 'O dobro do comum.', 2, '×', 1.4), budget('restarts', 'Ninguém cai.', 0, 'restarts', 0)],
  },
]

const PODS: [string, string][] = [
  ['confeitaria-catalog-6c9f7d5b8-abc12', 'catalog'],
  ['confeitaria-catalog-6c9f7d5b8-def34', 'catalog'],
  ['confeitaria-cart-58d9c7f6b-ghi56', 'cart'],
  ['confeitaria-cart-58d9c7f6b-jkl78', 'cart'],
  ['confeitaria-cart-58d9c7f6b-mno90', 'cart'],
  ['confeitaria-orders-7f8b6c5d4-pqr12', 'orders'],
  ['confeitaria-orders-7f8b6c5d4-stu34', 'orders'],
]

function roundOf(shape: Shape, number: number, timelines: Record<string, Timeline>): Round {
  const random = randomNumbers(shape.name.length * 1000 + number)
  const startedAt = START + number * 120_000
  const injectedAt = startedAt + 30_000
  const [verdict, reasons] = shape.verdictOf?.(number) ?? ['passed', []]
  const away = Object.fromEntries(ACTIVITIES.map(of => [of, (shape.away[of] ?? 0) * (0.6 + 0.7 * random())])) as Record<Activity, number>
  const timeline = timelineOf(shape, away, random)
  const path = `${shape.name}/${number}/timeline.json`
  timelines[path] = timeline
  const counted = (of: Activity, what: 'ok' | 'failed' | 'shed') =>
    timeline.seconds.reduce((sum, second) => sum + second.activities[of][what], 0)
  const total = (what: 'ok' | 'failed' | 'shed') => ACTIVITIES.reduce((sum, of) => sum + counted(of, what), 0)
  const latency = {
    mean: 14 + 4 * random(),
    p50: 11 + random(),
    p95: 31 + 8 * random(),
    p99: 62 + 20 * random(),
    max: 180 + 900 * random(),
  }
  const lost = verdict === 'failed' && shape.invariants.includes('I8')
  const round: Round = {
    number,
    variant: shape.fault ? variantsOf(shape)[number % variantsOf(shape).length]! : null,
    verdict,
    reasons,
    startedAt,
    endedAt: startedAt + 110_000,
    clock: { offsetMs: -3 + 6 * random(), uncertaintyMs: 0.8 },
    steps: [
      { name: 'steady state', at: startedAt, ms: 4000, status: 'done' },
      { name: 'inject', at: injectedAt, ms: 240, status: verdict === 'INVALID' ? 'failed' : 'done', detail: `${shape.fault} ${HOSTILE}` },
      { name: 'undo', at: injectedAt + 60_000, ms: 100, status: 'undone' },
    ],
    target: shape.fault
      ? { kind: shape.fault === 'scale' ? 'Deployment' : 'Pod', name: shape.target, node: 'confeitaria-worker2', role: 'primary' }
      : null,
    fault: shape.fault
      ? {
          kind: shape.fault,
          injectedAt,
          undoneAt: null,
          proof: shape.proof.map((name, i) => ({
            what: `${name} of ${shape.target}`,
            seen: verdict !== 'INVALID',
            at: verdict === 'INVALID' ? null : injectedAt + 300 + i * 900 + 600 * random(),
          })),
        }
      : null,
    load: {
      scenario: 'mista',
      rate: 50,
      durationMs: 80_000,
      iterations: 4000,
      dropped: 0,
      requests: total('ok') + total('failed') + total('shed'),
      failed: total('failed'),
      shed: total('shed'),
      throughput: total('ok') / timeline.seconds.length,
      latency,
      exitCode: 0,
    },
    routes: [
      { route: 'GET /api/produtos', requests: counted('reads', 'ok'), failed: counted('reads', 'failed'), latency },
      { route: 'POST /api/pedidos', requests: counted('orders', 'ok'), failed: counted('orders', 'failed'), latency: null },
    ],
    recovery: ACTIVITIES.filter(of => counted(of, 'ok') > 0).map(of => ({
      of,
      requests: counted(of, 'ok') + counted(of, 'failed'),
      failed: counted(of, 'failed'),
      rtoMs: away[of] * 1000,
      longestGapMs: away[of] * 1000 + 80 * random(),
    })),
    ledgers: shape.fault
      ? {
          orders: { acknowledged: counted('orders', 'ok'), missing: 0, missingOnReplica: 0, resolved: 2, unresolved: 0 },
          cartLines: { acknowledged: counted('carts', 'ok'), missing: lost ? 1 : 0 },
        }
      : null,
    invariants: shape.invariants.map(id => ({
      id,
      held: !(lost && id === 'I8'),
      detail: lost && id === 'I8' ? `1 cart line is gone: ${HOSTILE}` : 'checked',
    })),
    budgets: [],
    served: PODS.map(([pod, service]) => ({
      pod,
      service,
      requests: timeline.seconds.reduce((sum, { pods }) => sum + (pods[pod] ?? 0), 0),
    })),
    timeline: path,
    samples: `${shape.name}/${number}/samples.ndjson`,
    summary: null,
  }
  const budgets = shape.budgets(round)
  const missed = budgets.filter(({ held }) => !held).map(overLimit)
  return { ...round, budgets, verdict: missed.length && verdict === 'passed' ? 'failed' : verdict, reasons: [...reasons, ...missed] }
}

function timelineOf(shape: Shape, away: Record<Activity, number>, random: () => number): Timeline {
  const [from, to] = shape.seconds
  const rates: Record<Activity, number> =
    shape.name === 'concorrencia' ? { reads: 240, carts: 0, orders: 0 } : { reads: 30, carts: 12, orders: 6 }
  const seconds = Array.from({ length: to - from }, (_, i): Timeline['seconds'][number] => {
    const second = from + i
    const activities = Object.fromEntries(
      ACTIVITIES.map(of => {
        const out = shape.fault !== null && second >= 0 && second < away[of]
        const rate = rates[of]
        const failed = out ? rate : shape.verdictOf?.(4)[0] === 'failed' && second === 1 && random() > 0.8 ? 1 : 0
        const shed = shape.shed && second >= 30 && second < 60 ? rate * 4 : 0
        const hurt = shape.fault !== null && second >= 0 && second < 5 ? 4 : 1
        const p50 = rate ? (8 + 6 * random()) * hurt : null
        return [
          of,
          {
            ok: rate - failed,
            failed,
            shed,
            p50,
            p99: p50 === null ? null : out ? 900 + 600 * random() : p50 * (3 + 2 * random()),
            max: p50 === null ? null : p50 * 8,
          },
        ]
      }),
    ) as Timeline['seconds'][number]['activities']
    const share = (service: string, rate: number) => {
      const mine = PODS.filter(
        ([pod, of]) =>
          of === service && !(pod === shape.target && second >= 1) && !(shape.fault === 'scale' && second < 3 && !pod.endsWith('ghi56')),
      )
      return mine.map(([pod]): [string, number] => [pod, Math.round((rate / mine.length) * (0.9 + 0.2 * random()))])
    }
    return {
      second,
      activities,
      pods: Object.fromEntries([...share('catalog', rates.reads), ...share('cart', rates.carts), ...share('orders', rates.orders)]),
      databases:
        second < 0 || shape.target !== 'confeitaria-db-1'
          ? { 'confeitaria-db-1': 7, 'confeitaria-db-2': 14, 'confeitaria-db-3': 15 }
          : { 'confeitaria-db-2': second < away.orders ? 15 : 22, 'confeitaria-db-3': 15 },
      lagBytes: shape.fault
        ? {
            'confeitaria-db-2': Math.round(4000 * random()),
            'confeitaria-db-3': second > 1 && second < 8 ? Math.round(900_000 * random()) : 2000,
          }
        : {},
    }
  })
  return { events: [{ at: 0, what: 'injected' }], seconds }
}

/** A whole run: experiments that passed, one that failed, one with an INVALID round, one that shed load, one of which no round was run. */
export function fixtureRun(): FixtureRun {
  const timelines: Record<string, Timeline> = {}
  const experiments = SHAPES.map((shape): ExperimentResult => {
    const rounds = Array.from({ length: shape.rounds }, (_, i) => roundOf(shape, i + 1, timelines))
    const verdict = (['failed', 'INVALID'] as const).find(verdict => rounds.some(round => round.verdict === verdict)) ?? 'passed'
    const { name, title, hypothesis } = shape
    return {
      name,
      title,
      hypothesis,
      definition: {
        name,
        title,
        load: { scenario: 'mista', rate: 50 },
        invariants: shape.invariants,
        faults: shape.fault ? variantsOf(shape).map(variant => ({ kind: shape.fault, variant, proof: shape.proof })) : [],
      },
      verdict,
      rounds,
      budgets: shape.over?.(rounds) ?? [],
    }
  })
  experiments.push({
    name: 'no-morte',
    title: { pt: `O nó do primário para ${HOSTILE}`, en: `The primary's node stops ${HOSTILE}` },
    hypothesis: { pt: 'Depois de `kubectl drain` pedidos voltam.', en: 'After `kubectl drain` orders are back.' },
    definition: { name: 'no-morte' },
    verdict: 'aborted',
    rounds: [],
    budgets: [],
  })
  const journal: Journal = {
    schema: 1,
    run: 'fixture-not-measured',
    command: 'node loadtests/lab/lab.ts run --all',
    mode: 'full',
    startedAt: START,
    endedAt: START + 3 * 3_600_000 + 125_000,
    verdict: 'failed',
    environment: {
      commit: '0000000000000000000000000000000000000000',
      context: 'kind-fixture',
      versions: {
        kubernetes: 'v0.0.0',
        'cloudnative-pg': '0.0.0',
        postgresql: '0.0',
        valkey: '0.0.0',
        traefik: 'v0.0.0',
        k6: 'v0.0.0',
        node: 'v0.0.0',
        helm: 'v0.0.0',
      },
      machine: { cpus: 2, memoryBytes: 25_000_000_000, loadAverage: [0.5, 0.7, 0.9] },
      nodes: ['control-plane', 'worker', 'worker2', 'worker3'].map(name => ({
        name: `fixture-${name}`,
        roles: [name.replace(/\d/, '')],
        kernel: '0.0.0-fixture',
        kubelet: 'v0.0.0',
        runtime: 'containerd://0.0.0',
      })),
      images: ['catalog', 'cart', 'orders', 'storefront'].map(name => ({
        name: `confeitaria/${name}:0.0.0`,
        digest: `sha256:${'0123456789abcdef'.repeat(4)}`,
      })),
      charts: [{ name: 'confeitaria', version: '0.0.0', revision: 3, values: { catalog: { replicas: 2 }, note: HOSTILE } }],
    },
    experiments,
    omitted: [
      {
        name: 'plano-controle',
        reason: {
          pt: 'De dentro do cluster não se pausa o servidor de API.',
          en: 'The API server cannot be paused from inside the cluster.',
        },
      },
    ],
  }
  return { journal, timelines }
}

/** The same run, cut off before its end. */
export function interruptedRun(): FixtureRun {
  const { journal, timelines } = fixtureRun()
  return {
    journal: { ...journal, endedAt: null, verdict: null, experiments: journal.experiments.filter(({ name }) => name !== 'catalogo-pod') },
    timelines,
  }
}
