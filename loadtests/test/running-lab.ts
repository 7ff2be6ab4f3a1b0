// What the tests on a cluster share.
import { Cluster } from '../lab/cluster.ts'
import { type Experiment, load } from '../lab/definition.ts'
import type { Journal } from '../lab/journal.ts'
import { runExperiments } from '../lab/run.ts'
import { KUBECONFIG } from '../lab/tools.ts'

process.env.KUBECONFIG = KUBECONFIG
export const cluster = new Cluster({ context: undefined, namespace: 'confeitaria', release: 'confeitaria' })

/** A short load, in which nothing breaks but what is given. */
export const short = (more: Partial<Experiment> = {}): Experiment => ({
  ...load('primario-morte'),
  name: 'prova',
  load: { scenario: 'compras', rate: 8, seconds: 15, smoke: {} },
  faults: [],
  rounds: 1,
  budgets: [{ metric: 'failed', limit: 0, over: 'round', reason: { pt: 'Nada está quebrado.', en: 'Nothing is broken.' } }],
  invariants: ['I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I7', 'I8', 'I9'],
  ...more,
})

export const run = (experiment: Experiment, results: string, target?: string): Promise<Journal> =>
  runExperiments(cluster, [experiment], { mode: 'full', rounds: each => each.rounds, results, target, command: 'test' })
