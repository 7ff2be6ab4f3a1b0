// What an experiment's file may say, and sentences for what it may not.
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import Type from 'typebox'
import { Compile } from 'typebox/compile'
import { parseDocument } from 'yaml'
import { Invariant } from './journal.ts'
import { Refusal } from './refusal.ts'

export const FOLDER = join(import.meta.dirname, '../experiments')

const strict = { additionalProperties: false }
const InTwoLanguages = Type.Object({ pt: Type.String({ minLength: 1 }), en: Type.String({ minLength: 1 }) }, strict)
const Environment = Type.Record(Type.String({ pattern: '^[A-Z_]+$' }), Type.Union([Type.String(), Type.Number()]))
const Seconds = Type.Number({ minimum: 0, maximum: 7200 })

const LoadSize = {
  /** Iterations a second; 0: the scenario sends a fixed number of requests. */
  rate: Type.Number({ minimum: 0, maximum: 5000 }),
  seconds: Seconds,
  env: Environment,
}
const Load = Type.Object(
  {
    scenario: Type.String({ pattern: '^[a-z-]+$' }),
    rate: LoadSize.rate,
    seconds: LoadSize.seconds,
    env: Type.Optional(LoadSize.env),
    /** A refusal with Retry-After is what this load wants to see. */
    sheds: Type.Optional(Type.Boolean()),
    /** What is different in the short form. */
    smoke: Type.Object(
      { rate: Type.Optional(LoadSize.rate), seconds: Type.Optional(LoadSize.seconds), env: Type.Optional(LoadSize.env) },
      strict,
    ),
  },
  strict,
)

/** Chosen when it runs, by label and role. */
const Pods = Type.Enum([
  ...['catalog', 'cart', 'orders', 'storefront'],
  ...['database-primary', 'database-replica', 'database-replicas', 'database-all', 'valkey-primary'],
])
const fault = <K extends string, P extends Type.TProperties>(kind: K, parameters: P) =>
  Type.Object(
    {
      kind: Type.Literal(kind),
      /** Names the rounds that have this fault. */
      variant: Type.String({ pattern: '^[a-z0-9-]+$' }),
      /** `steady`: as soon as the load is answered steadily; `start`: when the scenario says that its moment has come. */
      when: Type.Optional(Type.Enum(['steady', 'start'])),
      /** What must be seen, apart from the load, for it to have happened. */
      proof: Type.Array(Type.String(), { minItems: 1 }),
      /** How soon after the injection; 90 by default. */
      provenWithinSeconds: Type.Optional(Seconds),
      ...parameters,
    },
    strict,
  )

export const FAULTS = {
  'delete-pod': fault('delete-pod', { target: Pods, force: Type.Boolean() }),
  switchover: fault('switchover', {}),
  scale: fault('scale', {
    service: Type.Enum(['catalog', 'cart', 'orders', 'storefront']),
    from: Type.Integer({ minimum: 1 }),
    to: Type.Integer({ minimum: 1 }),
  }),
  node: fault('node', { how: Type.Enum(['stop', 'pause', 'disconnect']), holdSeconds: Seconds }),
  away: fault('away', { what: Type.Enum(['operator', 'coredns']), holdSeconds: Seconds }),
  'api-server': fault('api-server', { holdSeconds: Seconds }),
  upgrade: fault('upgrade', {}),
  /** By their paths in the chart's values, all of them text. */
  values: fault('values', { set: Type.Record(Type.String({ pattern: '^[\\w.]+$' }), Type.String()) }),
  drain: fault('drain', { target: Type.Enum(['database-primary', 'database-replica', 'database-other-replica']) }),
} as const
/** Rounds without a fault, to compare those with one to. */
const Nothing = Type.Object({ kind: Type.Literal('nothing'), variant: Type.String({ pattern: '^[a-z0-9-]+$' }) }, strict)
export type FaultKind = keyof typeof FAULTS
export type FaultOf<K extends FaultKind> = Type.Static<(typeof FAULTS)[K]>
export type FaultDefinition = { [K in FaultKind]: FaultOf<K> }[FaultKind]

/** What can be measured, and the unit of each. */
export const METRICS = {
  failed: 'requests',
  'failed.reads': 'requests',
  'failed.carts': 'requests',
  'failed.orders': 'requests',
  /** From the injection until it is back, or the longest gap without a success, whichever is longer. */
  'back.reads': 's',
  'back.carts': 's',
  'back.orders': 's',
  'gap.reads': 's',
  'gap.carts': 's',
  'gap.orders': 's',
  /** How far the pod furthest from its even share is away from it, over the phase `muitas`. */
  uneven: '%',
  /** How long an order waits for its refusal, or in vain, 99th percentile; where none was refused it cannot be told. */
  'refusal.orders': 's',
  /** 99th percentile of what was accepted in the storm, as a multiple of that in the calm before. */
  'accepted.p99': '×',
  /** How long a refused request waits for its refusal, 99th percentile; where none was refused it cannot be told. */
  'refusal.reads': 's',
  /** From the end of the storm to full service. */
  'full.service': 's',
  restarts: 'restarts',
  /** How many more, or fewer, than there were. */
  'sold.deviation': 'pieces',
  /** Growth that is more than the noise of its measurement, of the service that grows most. */
  'growth.memory': 'MiB/h',
  'growth.connections': '1/h',
} as const
export type Metric = keyof typeof METRICS

const Budget = Type.Object(
  {
    metric: Type.Enum(Object.keys(METRICS) as Metric[]),
    limit: Type.Number({ minimum: 0 }),
    /** Each round, or the median of all. */
    over: Type.Enum(['round', 'median']),
    /** Only for rounds with one of these faults. */
    variants: Type.Optional(Type.Array(Type.String())),
    reason: InTwoLanguages,
  },
  strict,
)

const ExperimentSchema = Type.Object(
  {
    name: Type.String({ pattern: '^[a-z0-9-]+$' }),
    title: InTwoLanguages,
    hypothesis: InTwoLanguages,
    load: Load,
    /** One for each variant; rounds take them in turn. None: the load alone is the experiment. */
    faults: Type.Array(Type.Object({ kind: Type.Enum([...Object.keys(FAULTS), 'nothing']) })),
    rounds: Type.Integer({ minimum: 1, maximum: 100 }),
    /** In the short form. */
    smokeRounds: Type.Integer({ minimum: 1, maximum: 10 }),
    /** How soon after the load the shop must be whole again, with every pod and replica. */
    recovered: Type.Object({ withinSeconds: Seconds }, strict),
    budgets: Type.Array(Budget),
    invariants: Type.Array(Invariant),
  },
  strict,
)

export type Experiment = Omit<Type.Static<typeof ExperimentSchema>, 'faults'> & {
  faults: (FaultDefinition | Type.Static<typeof Nothing>)[]
}
export type Budget = Type.Static<typeof Budget>

const validator = Compile(ExperimentSchema)
const faultValidators = new Map(
  Object.entries({ ...FAULTS, nothing: Nothing }).map(([kind, schema]) => [kind, Compile(schema as Type.TSchema)]),
)

interface SchemaError {
  instancePath: string
  message: string
  params?: { additionalProperties?: string[]; requiredProperties?: string[]; allowedValues?: unknown[] }
}

function sentence({ instancePath, message, params }: SchemaError, prefix = ''): string {
  const where = `${prefix}${instancePath}`.slice(1).replaceAll('/', '.') || 'it'
  if (params?.additionalProperties) return `${where} has ${params.additionalProperties.join(', ')}, which is not known there`
  if (params?.requiredProperties) return `${where} lacks ${params.requiredProperties.join(', ')}`
  if (params?.allowedValues) return `${where} must be one of ${params.allowedValues.join(', ')}`
  return `${where} ${message}`
}

/** @returns what is wrong with it, one sentence each; nothing when it is an experiment */
export function mistakes(value: unknown): string[] {
  const found = (validator.Errors(value) as SchemaError[]).map(error => sentence(error))
  const { faults = [], budgets = [], invariants = [] } = (value ?? {}) as Partial<Experiment>
  if (found.length) return [...new Set(found)]
  for (const [i, fault] of faults.entries()) {
    found.push(...(faultValidators.get(fault.kind)!.Errors(fault) as SchemaError[]).map(error => sentence(error, `/faults/${i}`)))
  }
  const variants = new Set(faults.map(({ variant }) => variant))
  if (variants.size < faults.length) found.push('faults must each have a variant of their own')
  for (const { metric, variants: named = [] } of budgets) {
    for (const variant of named)
      if (!variants.has(variant)) found.push(`the budget of ${metric} is for ${variant}, which no fault is called`)
  }
  if (new Set(invariants).size < invariants.length) found.push('invariants are named twice')
  return [...new Set(found)]
}

export const names = (folder = FOLDER) =>
  readdirSync(folder)
    .filter(file => file.endsWith('.yaml'))
    .map(file => basename(file, '.yaml'))
    .sort()

/** @throws Refusal with all that is wrong */
export function load(name: string, folder = FOLDER): Experiment {
  const known = names(folder)
  if (!known.includes(name)) throw new Refusal(`There is no experiment ${name}: there are ${known.join(', ')}.`)
  const document = parseDocument(readFileSync(join(folder, `${name}.yaml`), 'utf8'))
  if (document.errors[0]) throw new Refusal(`${name}.yaml: ${document.errors[0].message}`)
  const value = document.toJS()
  const found = mistakes(value)
  if (!found.length && value.name !== name) found.push(`name is ${value.name}, and the file's is ${name}`)
  if (found.length) throw new Refusal(`${name}.yaml: ${found.join('; ')}.`)
  return value
}

/** The load as it runs in this mode. */
export function loadOf({ load }: Experiment, mode: 'smoke' | 'full') {
  const { smoke, ...full } = load
  const merged = mode === 'smoke' ? { ...full, ...smoke, env: { ...full.env, ...smoke.env } } : { ...full, env: full.env ?? {} }
  return { ...merged, env: merged.env ?? {}, sheds: full.sheds ?? false }
}
