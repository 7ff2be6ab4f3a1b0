// What a report concludes from the rounds of a run.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { overTime } from '../report/figures/over-time.ts'
import { budgetsOf, lossesOf } from '../report/findings.ts'
import { languages } from '../report/languages/language.ts'
import { markdownTable } from '../report/markdown.ts'
import { counts, promisedBy } from '../report/promised.ts'
import { experiment as section } from '../report/sections/experiment.ts'
import { losses } from '../report/sections/promises.ts'
import { roundByRound } from '../report/sections/rounds.ts'
import { fixtureRun } from './report-fixture.ts'

const { journal, timelines } = fixtureRun()
const experiment = (name: string) => journal.experiments.find(each => each.name === name)!
const english = languages[1]!

t.test('guarantees held in the rounds that looked at each of them, of all rounds', async t => {
  const { rounds, ...rest } = experiment('primario-morte')
  const [one, other, ...others] = rounds
  const unread = { ...one!, invariants: one!.invariants.filter(({ id }) => id === 'I9'), verdict: 'INVALID' as const }
  const aborted = { ...other!, invariants: [], verdict: 'aborted' as const }
  const guarantees = (rounds: typeof others) => promisedBy({ ...rest, rounds }, 'full', english).at(-1)
  t.match(guarantees([unread, aborted, ...others]), { promise: 'Guarantees I1–I6, I9', worst: '24 of 26', held: false })
  t.match(guarantees([unread]), { promise: 'Guarantees I1–I6, I9', worst: '0 of 1', held: false }, 'also those that no round looked at')
})

t.test('what was acknowledged and is gone is lost, also where no piece is missing', async t => {
  const [round] = experiment('valkey-primario').rounds
  const gone = { ...round!, verdict: 'failed' as const, invariants: [{ id: 'I8' as const, held: false, detail: '' }] }
  t.match(lossesOf([gone]), { cartLines: { missing: 0 }, broken: ['I8'], bound: null })
  const run = { ...journal, experiments: [{ ...experiment('valkey-primario'), rounds: [gone] }] }
  for (const language of languages) {
    t.match(losses(run, language), language.words.lost.something)
    t.notMatch(losses(run, language), language.words.lost.nothing)
  }
})

t.test('what a round that is no evidence read again is not counted as kept; what it lost is', async t => {
  const { rounds } = experiment('primario-morte')
  const { acknowledged } = rounds[0]!.ledgers!.orders
  const of = (verdict: 'passed' | 'INVALID' | 'aborted') => ({ ...rounds[0]!, verdict })
  t.match(lossesOf([of('passed'), of('INVALID'), of('aborted')]), { orders: { acknowledged }, oversold: { of: 1 }, rounds: 1 })
  const ledgers = { ...rounds[0]!.ledgers!, orders: { ...rounds[0]!.ledgers!.orders, missing: 1 } }
  t.match(lossesOf([of('passed'), { ...of('INVALID'), ledgers }]), { orders: { missing: 1 }, bound: null })
})

t.test('rounds that did not come back are in the middle too', async t => {
  const { rounds, ...rest } = experiment('primario-morte')
  const [one] = rounds
  const budget = { ...one!.budgets.find(({ name }) => name === 'back.orders')!, held: false }
  const after = (measured: number | null) => ({ ...one!, budgets: [{ ...budget, measured }] })
  const median = (...times: (number | null)[]) => promisedBy({ ...rest, rounds: times.map(after) }, 'full', english)[0]?.median
  t.equal(median(2, 3, null), '3.00 s')
  t.equal(median(2, null, null), 'not back')
})

t.test('the bound on losses: of rounds whose fault was seen, over the mix and for each experiment', async t => {
  const { rounds } = experiment('primario-morte')
  const unseen = {
    ...rounds[0]!,
    verdict: 'failed' as const,
    fault: { ...rounds[0]!.fault!, proof: [{ what: '', seen: false, at: null }] },
  }
  t.match(lossesOf([...rounds, unseen]), { rounds: 26, bound: 3 / 26 })
  const few = { ...experiment('primario-morte'), rounds: rounds.slice(0, 4) }
  const run = { ...journal, experiments: [experiment('primario-morte'), few] }
  t.match(losses(run, english), /zero losses: 30, of all experiments together. At most 10.% of the rounds of this mix of faults/)
  t.match(losses({ ...run, experiments: [few] }, english), /At most 75.% of this experiment's rounds/)
  t.match(roundByRound(few, english).text, /zero losses: 4. At most 75.% of this experiment&#39;s rounds/)
  t.notMatch(roundByRound({ ...few, rounds: [unseen] }, english).text, 'zero losses')
})

t.test('the table for a README says of how many rounds', async t => {
  const table = markdownTable(journal, english)
  t.match(table, /\| Worst round \| Rounds \| Verdict \|/)
  t.match(table, /\| The PostgreSQL primary dies \|.*\| \d+ of 26 \| /)
  t.match(table, /\| The Valkey primary dies \|.*\| 3 of 4 \| invalid \|/)
  t.match(table, /\| no round \| aborted \|/)
})

t.test('a median line is of the rounds of its own column', async t => {
  const note = (name: string, count: number) => {
    const rounds = experiment(name).rounds.slice(0, count)
    return overTime(
      rounds.map(round => ({ round, seconds: timelines[round.timeline!]!.seconds })),
      english,
    )[0]!.note!
  }
  t.match(note('catalogo-pod', 5), 'the median of the rounds of its column (3, 2).')
  t.match(note('catalogo-pod', 2), 'One round in each column.')
  t.match(note('primario-morte', 5), 'the median of the 5 rounds.')
})

t.test('the short form: a request that fails counts where nothing is broken, and is marked so', async t => {
  const judged = (name: string, metric: string) => {
    const rounds = experiment(name).rounds.map(round => ({ ...round, budgets: round.budgets.map(each => ({ ...each, held: false })) }))
    const finding = budgetsOf({ ...experiment(name), rounds }).find(({ budget }) => budget.name === metric)!
    return counts(finding, 'smoke')
  }
  t.ok(judged('concorrencia', 'failed'))
  t.notOk(judged('primario-morte', 'failed.reads'))
  t.notOk(judged('sobrecarga', 'accepted.p99'))
})

t.test('beside a growth stand its slope and its margin', async t => {
  const growth = { reason: '', limit: 15, unit: 'MiB/h', measured: 0, held: true, of: 'shop-cart-a', slope: -3.46, margin: 40.12 }
  const rounds = experiment('sobrecarga').rounds.map(round => ({
    ...round,
    timeline: null,
    budgets: [{ ...growth, name: 'growth.memory' }],
  }))
  const result = { ...experiment('sobrecarga'), rounds }
  const run = { journal: { ...journal, experiments: [result] }, timelineOf: () => undefined }
  for (const language of languages)
    t.match((await section(result, run, language)).text, `${language.number(-3.46, 2)} ± ${language.number(40.12, 2)}\u00a0MiB/h (95`)
})

t.test('the method names each load whose iterations are not all due at a rate', async t => {
  const folder = join(import.meta.dirname, '../scenarios')
  const others = readdirSync(folder).filter(file =>
    /executor: '(?:shared|per-vu)-iterations'/.test(readFileSync(join(folder, file), 'utf8')),
  )
  t.equal(others.length, 3)
  const texts = ['relatorio.md', 'technical-report.md'].map(file => {
    const sections = readFileSync(join(import.meta.dirname, '../../docs/relatorio', file), 'utf8').split(/^### /m)
    return sections.find(section => /^(?:Como se mede|How it is measured)\n/.test(section))!
  })
  for (const text of [...texts, ...languages.map(({ words }) => words.method.paragraphs.join(' '))])
    for (const file of others) t.match(text, file.replace('.ts', ''))
})
