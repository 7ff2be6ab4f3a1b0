/**
 * What a run leaves in results/<run>/journal.json, and beside it. The runner writes it after every round, the report is made from it
 * (and from the round's timelines) alone. Moments are milliseconds since 1970 on the runner's clock; durations are milliseconds.
 */
import Type from 'typebox'

const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Moment = Type.Number({ minimum: 0 })
const Milliseconds = Type.Number({ minimum: 0 })
const Count = Type.Integer({ minimum: 0 })
const InTwoLanguages = Type.Object({ pt: Type.String(), en: Type.String() })

export const VERDICTS = ['passed', 'failed', 'INVALID', 'aborted', 'interrupted'] as const
export const Verdict = Type.Enum([...VERDICTS])
/** What a shopper wants; gaps and recovery are measured for each apart. */
export const ACTIVITIES = ['reads', 'carts', 'orders'] as const
export const Activity = Type.Enum([...ACTIVITIES])
export const INVARIANTS = ['I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I7', 'I8', 'I9'] as const
export const Invariant = Type.Enum([...INVARIANTS])

const Step = Type.Object({
  name: Type.String(),
  at: Moment,
  ms: Milliseconds,
  status: Type.Union([Type.Literal('done'), Type.Literal('failed'), Type.Literal('undone')]),
  detail: Type.Optional(Type.String()),
})

/** Something seen, apart from the load, that shows that the fault happened (a new uid, a new timeline, a node not ready). */
const Proof = Type.Object({ what: Type.String(), seen: Type.Boolean(), at: Nullable(Moment), detail: Type.Optional(Type.String()) })

const Latencies = Type.Object({ mean: Milliseconds, p50: Milliseconds, p95: Milliseconds, p99: Milliseconds, max: Milliseconds })

const Load = Type.Object({
  scenario: Type.String(),
  /** Iterations a second that were asked for; null where the load is a fixed number of requests. */
  rate: Nullable(Type.Number({ minimum: 0 })),
  durationMs: Milliseconds,
  iterations: Count,
  /** Iterations that k6 could not start in time: any makes the round INVALID. */
  dropped: Count,
  requests: Count,
  failed: Count,
  /** Requests answered by design with 429 or 503 and Retry-After. */
  shed: Count,
  /** Successful requests a second. */
  throughput: Type.Number({ minimum: 0 }),
  latency: Nullable(Latencies),
  /** k6's exit code; 99 says that a threshold was crossed. */
  exitCode: Nullable(Type.Integer()),
})

const Route = Type.Object({ route: Type.String(), requests: Count, failed: Count, latency: Nullable(Latencies) })

const Recovery = Type.Object({
  of: Activity,
  requests: Count,
  failed: Count,
  /** From the injection to the first success after the last failure, if 20 more follow it; 0 when nothing failed; null when it did not come back. */
  rtoMs: Nullable(Milliseconds),
  /** The longest time without a success. */
  longestGapMs: Nullable(Milliseconds),
})

const Ledgers = Type.Object({
  orders: Type.Object({
    acknowledged: Count,
    /** Acknowledged, and not on the new primary or not as answered. */
    missing: Count,
    /** Acknowledged, and not on a replica after all have caught up. */
    missingOnReplica: Count,
    /** Unknown outcomes that a retry with the same key resolved. */
    resolved: Count,
    unresolved: Count,
  }),
  cartLines: Type.Object({ acknowledged: Count, missing: Count }),
})

/** A budget of the experiment and what was measured against it in this round (or over all rounds). */
const BudgetResult = Type.Object({
  name: Type.String(),
  reason: Type.String(),
  reasonEn: Type.Optional(Type.String()),
  limit: Type.Number(),
  unit: Type.String(),
  measured: Nullable(Type.Number()),
  held: Type.Boolean(),
  /** Whose it is, where it was the worst of several: a pod, or the address of a server. */
  of: Type.Optional(Type.String()),
  /** Of a growth: what it is by its readings, and half the width of its 95 % interval. Only what is more than that was measured. */
  slope: Type.Optional(Type.Number()),
  margin: Type.Optional(Type.Number()),
})

const InvariantResult = Type.Object({ id: Invariant, held: Type.Boolean(), detail: Type.String() })
const Served = Type.Object({ pod: Type.String(), service: Type.String(), requests: Count })

export const Round = Type.Object({
  number: Type.Integer({ minimum: 1 }),
  /** Of the same experiment: which variant of the fault (`graceful`, `force`), if it has several. */
  variant: Nullable(Type.String()),
  verdict: Verdict,
  /** Why it is not passed, one sentence each. */
  reasons: Type.Array(Type.String()),
  startedAt: Moment,
  endedAt: Moment,
  /** The prober's clock minus the runner's, and by how much that may be wrong. */
  clock: Nullable(Type.Object({ offsetMs: Type.Number(), uncertaintyMs: Milliseconds })),
  steps: Type.Array(Step),
  /** What was chosen when it ran. */
  target: Nullable(Type.Object({ kind: Type.String(), name: Type.String(), node: Nullable(Type.String()), role: Nullable(Type.String()) })),
  fault: Nullable(Type.Object({ kind: Type.String(), injectedAt: Moment, undoneAt: Nullable(Moment), proof: Type.Array(Proof) })),
  load: Nullable(Load),
  routes: Type.Array(Route),
  recovery: Type.Array(Recovery),
  ledgers: Nullable(Ledgers),
  invariants: Type.Array(InvariantResult),
  budgets: Type.Array(BudgetResult),
  served: Type.Array(Served),
  /** Paths in the run's folder. The samples are bulky and need not be kept. */
  timeline: Nullable(Type.String()),
  samples: Nullable(Type.String()),
  summary: Nullable(Type.String()),
})

export const ExperimentResult = Type.Object({
  name: Type.String(),
  title: InTwoLanguages,
  hypothesis: InTwoLanguages,
  /** The experiment's file as it was, parsed. */
  definition: Type.Unknown(),
  verdict: Verdict,
  rounds: Type.Array(Round),
  /** Budgets over all rounds (medians). */
  budgets: Type.Array(BudgetResult),
})

export const Journal = Type.Object({
  schema: Type.Literal(1),
  run: Type.String({ pattern: '^[0-9A-Za-z._-]+$' }),
  command: Type.String(),
  /** `smoke`: few rounds, times are printed and do not fail; `full`: as the experiments say, budgets count. */
  mode: Type.Union([Type.Literal('smoke'), Type.Literal('full')]),
  startedAt: Moment,
  endedAt: Nullable(Moment),
  verdict: Nullable(Verdict),
  environment: Type.Object({
    commit: Type.String(),
    context: Type.String(),
    /** Versions by name: kubernetes, cloudnative-pg, postgresql, valkey, traefik, k6, node, helm. */
    versions: Type.Record(Type.String(), Type.String()),
    machine: Type.Object({ cpus: Count, memoryBytes: Count, loadAverage: Type.Array(Type.Number()) }),
    nodes: Type.Array(
      Type.Object({
        name: Type.String(),
        roles: Type.Array(Type.String()),
        kernel: Type.String(),
        kubelet: Type.String(),
        runtime: Type.String(),
      }),
    ),
    images: Type.Array(Type.Object({ name: Type.String(), digest: Type.String() })),
    charts: Type.Array(Type.Object({ name: Type.String(), version: Type.String(), revision: Count, values: Type.Unknown() })),
  }),
  experiments: Type.Array(ExperimentResult),
  /** What was not measured, and why. */
  omitted: Type.Array(Type.Object({ name: Type.String(), reason: InTwoLanguages })),
})

/** One second of a round, in <experiment>/<round>/timeline.json: what the graphs are drawn from. */
export const Second = Type.Object({
  /** From the injection (from the round's start where there is no fault), s; negative before it. */
  second: Type.Integer(),
  activities: Type.Record(
    Activity,
    Type.Object({
      ok: Count,
      failed: Count,
      shed: Count,
      p50: Nullable(Milliseconds),
      p99: Nullable(Milliseconds),
      max: Nullable(Milliseconds),
    }),
  ),
  /** Requests answered in this second, by pod. */
  pods: Type.Record(Type.String(), Count),
  /** Requests answered in this second, by the PostgreSQL instance that they were read from or written to. */
  databases: Type.Record(Type.String(), Count),
  /** How far each replica was behind, bytes of WAL, by instance. */
  lagBytes: Type.Record(Type.String(), Nullable(Count)),
})
export const Timeline = Type.Object({
  events: Type.Array(Type.Object({ at: Type.Number(), what: Type.String() })),
  seconds: Type.Array(Second),
})

export type Verdict = Type.Static<typeof Verdict>
export type Activity = Type.Static<typeof Activity>
export type Invariant = Type.Static<typeof Invariant>
export type Round = Type.Static<typeof Round>
export type ExperimentResult = Type.Static<typeof ExperimentResult>
export type Journal = Type.Static<typeof Journal>
export type Timeline = Type.Static<typeof Timeline>
