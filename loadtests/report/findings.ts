import { type Activity, type ExperimentResult, INVARIANTS, type Journal, type Round, type Verdict } from '../lab/journal.ts'
import { ruleOfThree } from '../lab/statistics.ts'
import { isNumber, largest, median, smallest, sum } from './statistics.ts'

export type Budget = Round['budgets'][number]
export type InvariantId = (typeof INVARIANTS)[number]

/** One promise of an experiment, over all its rounds. */
export interface BudgetFinding {
  budget: Budget
  /** The value furthest to the wrong side; null where a round has none (it did not come back, or was not measured). */
  worst: number | null
  /** Over the rounds that have a value; null where it is about all rounds together. */
  median: number | null
  held: number
  of: number
  /** It is about all rounds together (a median). */
  together: boolean
}

/** The budgets of the rounds, each over all rounds, then those that are about all rounds together. */
export function budgetsOf(experiment: ExperimentResult): BudgetFinding[] {
  const byName = Map.groupBy(
    experiment.rounds.flatMap(({ budgets }) => budgets),
    ({ name, limit }) => `${name} ${limit}`,
  )
  return [
    ...[...byName.values()].map(results => {
      const measured = results.map(result => result.measured).filter(isNumber)
      const budget = results[0]!
      const furthest = budget.must === 'at least' ? smallest : budget.must === 'exactly' ? furthestFrom(budget.limit) : largest
      return {
        budget,
        worst: measured.length < results.length ? null : furthest(measured),
        median: results.length > 1 ? median(measured) : null,
        held: results.filter(({ held }) => held).length,
        of: results.length,
        together: false,
      }
    }),
    ...experiment.budgets.map(budget => ({
      budget,
      worst: budget.measured,
      median: null,
      held: Number(budget.held),
      of: 1,
      together: true,
    })),
  ]
}

const furthestFrom = (limit: number) => (values: readonly number[]) =>
  values.reduce<number | null>((a, b) => (a === null || Math.abs(b - limit) > Math.abs(a - limit) ? b : a), null)

export interface InvariantFinding {
  id: InvariantId
  held: number
  of: number
  /** What the first round that broke it says. */
  broken: string | undefined
}

export function invariantsOf(rounds: readonly Round[]): InvariantFinding[] {
  return INVARIANTS.flatMap(id => {
    const results = rounds.flatMap(({ invariants }) => invariants).filter(result => result.id === id)
    const broken = results.find(({ held }) => !held)
    return results.length === 0 ? [] : [{ id, held: results.filter(({ held }) => held).length, of: results.length, broken: broken?.detail }]
  })
}

/** What shoppers lost: counts of what was acknowledged to them and is not there. */
export interface Losses {
  orders: { acknowledged: number; missing: number; unresolved: number }
  cartLines: { acknowledged: number; missing: number }
  /** Rounds in which stock went below zero or did not add up, of those in which it was checked. */
  oversold: { rounds: number; of: number }
  /** Rounds with a proven fault whose ledgers were read again: what a bound can be drawn from. */
  rounds: number
  /** How often, at most, such a round loses anything, at 95 %; null where something was lost or there is no such round. */
  bound: number | null
}

export function lossesOf(rounds: readonly Round[]): Losses {
  const ledgers = rounds.map(round => round.ledgers).filter(ledger => ledger !== null)
  const stock = rounds
    .map(({ invariants }) => invariants.filter(({ id }) => id === 'I4' || id === 'I5'))
    .filter(results => results.length > 0)
  const decided = rounds.filter(({ fault, ledgers, verdict }) => fault && ledgers && (verdict === 'passed' || verdict === 'failed')).length
  const orders = {
    acknowledged: sum(ledgers.map(({ orders }) => orders.acknowledged)),
    missing: sum(ledgers.map(({ orders }) => orders.missing + orders.missingOnReplica)),
    unresolved: sum(ledgers.map(({ orders }) => orders.unresolved)),
  }
  const cartLines = {
    acknowledged: sum(ledgers.map(({ cartLines }) => cartLines.acknowledged)),
    missing: sum(ledgers.map(({ cartLines }) => cartLines.missing)),
  }
  const oversold = { rounds: stock.filter(results => results.some(({ held }) => !held)).length, of: stock.length }
  const lost = orders.missing + cartLines.missing + oversold.rounds > 0
  return { orders, cartLines, oversold, rounds: decided, bound: lost || decided === 0 ? null : ruleOfThree(decided) }
}

/** How the whole run ended; a run that never wrote an end was interrupted. */
export const verdictOf = ({ endedAt, verdict }: Journal): Verdict => (endedAt === null ? 'interrupted' : (verdict ?? 'interrupted'))

export interface RecoveryFinding {
  of: Activity
  requests: number
  failed: number
  medianRtoMs: number | null
  worstRtoMs: number | null
  worstGapMs: number | null
  /** Rounds in which it did not come back. */
  neverBack: number
}

export function recoveriesOf(rounds: readonly Round[]): RecoveryFinding[] {
  const recoveries = rounds.flatMap(({ recovery }) => recovery).filter(({ requests }) => requests > 0)
  return [...Map.groupBy(recoveries, recovery => recovery.of)].map(([of, results]) => {
    const rtos = results.map(({ rtoMs }) => rtoMs).filter(isNumber)
    return {
      of,
      requests: sum(results.map(({ requests }) => requests)),
      failed: sum(results.map(({ failed }) => failed)),
      medianRtoMs: median(rtos),
      worstRtoMs: largest(rtos),
      worstGapMs: largest(results.map(({ longestGapMs }) => longestGapMs).filter(isNumber)),
      neverBack: results.length - rtos.length,
    }
  })
}

export interface ProofFinding {
  what: string
  seen: number
  of: number
  medianMs: number | null
  worstMs: number | null
}

/** What had to be seen for the fault to have happened, and how long after the injection it was. */
export function proofsOf(rounds: readonly Round[]): ProofFinding[] {
  const proofs = rounds.flatMap(({ fault }) => (fault ? fault.proof.map(proof => ({ ...proof, injectedAt: fault.injectedAt })) : []))
  return [...Map.groupBy(proofs, ({ what }) => what)].map(([what, results]) => {
    const after = results.filter(({ seen, at }) => seen && at !== null).map(({ at, injectedAt }) => Math.max(0, at! - injectedAt))
    return { what, seen: results.filter(({ seen }) => seen).length, of: results.length, medianMs: median(after), worstMs: largest(after) }
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
