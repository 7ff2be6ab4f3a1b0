// What a report concludes from the rounds of a run.
import t from 'tap'
import { languages } from '../report/languages/language.ts'
import { promisedBy } from '../report/promised.ts'
import { fixtureRun } from './report-fixture.ts'

const { journal } = fixtureRun()
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
