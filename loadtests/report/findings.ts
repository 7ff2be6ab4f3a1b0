import { type ExperimentResult, INVARIANTS, type Journal, type Round, type Verdict } from '../lab/journal.ts'
import { ruleOfThree } from '../lab/statistics.ts'
import { isNumber, largest, median, sum } from './statistics.ts'

export type Budget = Round['budgets'][number]
export type InvariantId = (typeof INVARIANTS)[number]

/** One promise of an experiment, over all its rounds. */
export interface BudgetFinding {
  /** As it was in the worst round. */
  budget: Budget
  /** The largest value: every budget is a ceiling; null where a round has none (it did not come back, or was not measured). */
  worst: number | null
  /** Over the rounds; Infinity where half of them did not come back, null where it is about all rounds together. */
  median: number | null
  held: number
  of: number
  /** It is about all rounds together (a median). */
  together: boolean
  /** Something was broken in every round that did not hold it. */
  underFault: boolean
  /** The variants that it is about, where it is not about all. */
  variants: string[]
}

/** The budgets of the rounds, each over all rounds, then those that are about all rounds together. */
export function budgetsOf({ rounds, budgets, definition }: ExperimentResult): BudgetFinding[] {
  const all = new Set([...rounds.map(({ variant }) => variant), ...variantsIn(definition)])
  const results = rounds.flatMap(({ budgets, variant, fault }) => budgets.map(budget => ({ budget, variant, fault })))
  const each = [...Map.groupBy(results, ({ budget }) => `${budget.name} ${budget.limit}`).values()].map((results): BudgetFinding => {
    const values = results.map(({ budget }) => budget.measured).filter(isNumber)
    // Who did not come back is in the middle too, with no time that would do.
    const times = results.map(({ budget: { measured, name } }) => measured ?? (name.startsWith('back.') ? Number.POSITIVE_INFINITY : null))
    const variants = [...new Set(results.map(({ variant }) => variant))]
    const worst = values.length < results.length ? null : largest(values)
    return {
      budget: results.find(({ budget }) => budget.measured === worst)!.budget,
      worst,
      median: results.length > 1 ? median(times.filter(isNumber)) : null,
      held: results.filter(({ budget }) => budget.held).length,
      of: results.length,
      together: false,
      underFault: results.every(({ budget, fault }) => budget.held || fault !== null),
      variants: variants.length < all.size ? variants.map(String) : [],
    }
  })
  return [
    ...each,
    ...budgets.map(budget => ({
      budget,
      worst: budget.measured,
      median: null,
      held: Number(budget.held),
      of: 1,
      together: true,
      underFault: true,
      variants: [],
    })),
  ]
}

export interface InvariantFinding {
  id: InvariantId
  held: number
  of: number
  /** What the first round that broke it says. */
  broken: string | undefined
}

/** The invariants that an experiment asks for: one that a round could not look at has not held in it. */
export function invariantsOf({ rounds, definition }: Pick<ExperimentResult, 'rounds' | 'definition'>): InvariantFinding[] {
  const wanted = ((definition ?? {}) as { invariants?: string[] }).invariants ?? []
  return INVARIANTS.filter(id => rounds.length > 0 && wanted.includes(id)).map(id => {
    const results = rounds.flatMap(({ invariants }) => invariants).filter(result => result.id === id)
    const broken = results.find(({ held }) => !held)
    return { id, held: results.filter(({ held }) => held).length, of: rounds.length, broken: broken?.detail }
  })
}

/** What shoppers lost: counts of what was acknowledged to them and is not there. */
export interface Losses {
  orders: { acknowledged: number; missing: number; unresolved: number }
  cartLines: { acknowledged: number; missing: number }
  /** Rounds in which stock went below zero or did not add up, of those in which it was checked. */
  oversold: { rounds: number; of: number }
  /** Of what was acknowledged: the invariants that broke, whatever the counts say. An empty cart that is gone is no piece. */
  broken: InvariantId[]
  /** Rounds with a proven fault whose ledgers were read again: what a bound can be drawn from. */
  rounds: number
  /** How often, at most, such a round loses anything, at 95 %; null where something was lost or there is no such round. */
  bound: number | null
}

/** A round that is no evidence has kept nothing; what is missing in it is missing all the same. */
const isEvidence = ({ verdict, ledgers }: Round) =>
  verdict === 'passed' || verdict === 'failed' || (ledgers?.orders.missing ?? 0) + (ledgers?.cartLines.missing ?? 0) > 0

export function lossesOf(all: readonly Round[]): Losses {
  const rounds = all.filter(isEvidence)
  const ledgers = rounds.map(round => round.ledgers).filter(ledger => ledger !== null)
  const stock = rounds
    .map(({ invariants }) => invariants.filter(({ id }) => id === 'I4' || id === 'I5'))
    .filter(results => results.length > 0)
  const broken = (['I1', 'I8'] as const).filter(id =>
    rounds.some(({ invariants }) => invariants.some(each => each.id === id && !each.held)),
  )
  const proven = rounds.filter(({ fault, ledgers }) => ledgers && fault?.proof.length && fault.proof.every(({ seen }) => seen)).length
  const orders = {
    acknowledged: sum(ledgers.map(({ orders }) => orders.acknowledged)),
    missing: sum(ledgers.map(({ orders }) => orders.missing)),
    unresolved: sum(ledgers.map(({ orders }) => orders.unresolved)),
  }
  const cartLines = {
    acknowledged: sum(ledgers.map(({ cartLines }) => cartLines.acknowledged)),
    missing: sum(ledgers.map(({ cartLines }) => cartLines.missing)),
  }
  const oversold = { rounds: stock.filter(results => results.some(({ held }) => !held)).length, of: stock.length }
  const losses = { orders, cartLines, oversold, broken, rounds: proven }
  return { ...losses, bound: isLost(losses) || proven === 0 ? null : ruleOfThree(proven) }
}

export const isLost = ({ orders, cartLines, oversold, broken }: Omit<Losses, 'bound'>): boolean =>
  orders.missing + cartLines.missing + oversold.rounds + broken.length > 0

const faultsIn = (definition: unknown) => ((definition ?? {}) as { faults?: { variant: string; proof?: string[] }[] }).faults ?? []
const variantsIn = (definition: unknown) => faultsIn(definition).map(({ variant }) => variant)

/** The variants of the fault that no round had. */
export const notRun = ({ definition, rounds }: ExperimentResult) =>
  variantsIn(definition).filter(declared => !rounds.some(({ variant }) => variant === declared))

/** How the whole run ended. One that never wrote its end was interrupted; what had failed by then has failed. */
export function verdictOf({ verdict, experiments }: Journal): Verdict {
  if (verdict !== null) return verdict
  return experiments.some(experiment => experiment.verdict === 'failed') ? 'failed' : 'interrupted'
}

export interface ProofFinding {
  /** As the experiment names it; else what the runner wrote. */
  name: string
  seen: number
  of: number
  medianMs: number | null
  worstMs: number | null
}

/** The names of a fault's proofs: those of its rounds come in this order. */
function proofNames(definition: unknown, variant: string | null): string[] {
  return faultsIn(definition).find(fault => fault.variant === variant)?.proof ?? []
}

/** When each proof of a round was seen, ms after the injection. */
export function proofsOfRound({ fault, variant }: Round, definition: unknown): { name: string; seen: boolean; afterMs: number | null }[] {
  if (!fault) return []
  const names = proofNames(definition, variant)
  return fault.proof.map(({ what, seen, at }, i) => ({
    name: names[i] ?? what,
    seen,
    afterMs: seen && at !== null ? Math.max(0, at - fault.injectedAt) : null,
  }))
}

/** What had to be seen for the fault to have happened, and how long after the injection it was. */
export function proofsOf({ rounds, definition }: ExperimentResult): ProofFinding[] {
  const proofs = rounds.flatMap(round => proofsOfRound(round, definition))
  return [...Map.groupBy(proofs, ({ name }) => name)].map(([name, results]) => {
    const after = results.map(({ afterMs }) => afterMs).filter(isNumber)
    return { name, seen: results.filter(({ seen }) => seen).length, of: results.length, medianMs: median(after), worstMs: largest(after) }
  })
}

/** Rounds of each variant of the fault; one group where there are none. */
export const variantsOf = (rounds: readonly Round[]): [string | null, Round[]][] => [...Map.groupBy(rounds, ({ variant }) => variant)]

/** The round whose recovery of orders (else of anything) is nearest to the median: what a single round is shown by. */
export function typicalRound(rounds: readonly Round[]): Round | undefined {
  const rto = (round: Round) => {
    const orders = round.recovery.find(recovery => recovery.of === 'orders')
    return orders ? orders.rtoMs : largest(round.recovery.map(({ rtoMs }) => rtoMs).filter(isNumber))
  }
  const middle = median(rounds.map(rto).filter(isNumber))
  if (middle === null) return rounds[0]
  const distance = (round: Round) => Math.abs((rto(round) ?? Infinity) - middle)
  return rounds.reduce<Round | undefined>(
    (best, round) => (best === undefined || distance(round) < distance(best) ? round : best),
    undefined,
  )
}
