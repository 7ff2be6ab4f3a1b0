import t from 'tap'
import { type Audit, deposed, emptyAudit, judge, ledgers, notJudged, type ServedLedger, takeFinding } from '../lab/invariants.ts'
import { INVARIANTS } from '../lab/journal.ts'
import type { Finding } from '../lab/observer.ts'
import type { Line } from '../scenarios/ledger.ts'
import { loadOf } from './loads.ts'

const [A, B] = ['10.0.0.1', '10.0.0.2']
/** Two orders of one product of which there were 10 pieces, and one line of a cart. */
const lines: Line[] = [
  ['product', 7, 10],
  ['order', 'k-1', 1, 's1', 5, [[7, 2, 2.5]], 1000, 0, A],
  ['order', 'k-2', 2, 's2', 2.5, [[7, 1, 2.5]], 2000, 3, A],
  ['refused', 'k-3', 409],
  ['line', 'c1', 7, 1],
  ['line', 'c1', 7, 1],
  ['doubt', 'c1', 7, 1],
  ['stranger', true, 'order 1'],
]
const stored: Finding[] = [A, B].flatMap(address => [
  { instance: { address, primary: address === A } },
  { order: { address, key: 'k-1', id: 1, session: 's1', total: 5, lines: [[7, 2, 2.5]] } },
  { order: { address, key: 'k-2', id: 2, session: 's2', total: 2.5, lines: [[7, 1, 2.5]] } },
  { sessions: { address, orders: 2, sessions: 2 } },
])
const good: Finding[] = [...stored, { stock: { product: 7, left: 7, sold: 3 } }, { done: true }]
const serve = (): ServedLedger => ({
  orders: new Map([
    [1, { total: 5, lines: [[7, 2, 2.5]] }],
    [2, { total: 2.5, lines: [[7, 1, 2.5]] }],
  ]),
  carts: new Map([['c1', new Map([[7, 2]])]]),
})

function auditOf(findings: Finding[]): Audit {
  const audit = emptyAudit()
  for (const finding of findings) takeFinding(audit, finding)
  return audit
}
const broken = (more: Line[] = [], findings = good, served = serve()) =>
  judge(INVARIANTS, loadOf([...lines, ...more]), auditOf(findings), served)
    .filter(({ held }) => !held)
    .map(({ id }) => id)
const but = (change: (finding: Finding) => Finding | undefined) => good.flatMap(finding => change(structuredClone(finding)) ?? [])

t.test('all is well', async t => {
  t.strictSame(broken(), [])
  t.strictSame(ledgers(loadOf(lines), auditOf(good), serve()), {
    orders: { acknowledged: 2, missing: 0, missingOnReplica: 0, resolved: 1, unresolved: 0 },
    cartLines: { acknowledged: 2, missing: 0 },
  })
})

t.test('an order that is lost: on the primary, on a replica only, for the services only', async t => {
  const without = (address: string) =>
    but(finding => {
      if ('sessions' in finding && finding.sessions.address === address) return { sessions: { address, orders: 1, sessions: 1 } }
      return 'order' in finding && finding.order.address === address && finding.order.id === 2 ? undefined : finding
    })
  t.strictSame(broken([], without(A)), ['I1'])
  t.strictSame(broken([], without(B)), ['I1'])
  t.match(ledgers(loadOf(lines), auditOf(without(B)), serve()).orders, { missing: 1, missingOnReplica: 1 })
  const served = serve()
  served.orders.set(2, undefined)
  t.strictSame(broken([], good, served), ['I1'])
})

t.test('an order that is there, but not as answered', async t => {
  for (const change of [{ total: 5.01 }, { id: 9 }, { session: 'other' }, { lines: [[7, 3, 2.5]] as [number, number, number][] }]) {
    const findings = but(finding => {
      if ('order' in finding && finding.order.key === 'k-1') Object.assign(finding.order, change)
      return finding
    })
    t.strictSame(broken([], findings), ['I1'], JSON.stringify(change))
  }
})

t.test('two acknowledgements of one order id', async t => {
  t.ok(broken([['order', 'k-1', 1, 's1', 5, [[7, 2, 2.5]], 3000, 0, A]]).includes('I1'))
})

t.test('a refusal that left an order', async t => {
  t.strictSame(broken([['refused', 'k-2', 409]]), ['I2'])
})

t.test('oversold; not adding up; a product that is gone', async t => {
  const stock = (left: number, sold: number) => but(finding => ('stock' in finding ? { stock: { product: 7, left, sold } } : finding))
  t.strictSame(broken([], stock(-1, 11)), ['I4'])
  t.strictSame(broken([], stock(7, 2)), ['I5'])
  t.strictSame(
    broken(
      [],
      but(finding => ('stock' in finding ? undefined : finding)),
    ),
    ['I5'],
  )
})

t.test('two orders of one shopper; an order that its retry did not find', async t => {
  const orders = (sessions: number) =>
    but(finding => ('sessions' in finding ? { sessions: { address: finding.sessions.address, orders: 3, sessions } } : finding))
  t.strictSame(broken([], orders(2)), ['I3', 'I6'])
  t.strictSame(broken([], orders(3)), ['I3'])
})

t.test('a stranger who saw something', async t => {
  t.strictSame(broken([['stranger', false, 'order 2']]), ['I7'])
})

t.test('a cart with less than was acknowledged, with more than can be, and what is doubtful', async t => {
  const withPieces = (n: number | undefined) => {
    const served = serve()
    served.carts.set('c1', n === undefined ? undefined : new Map([[7, n]]))
    return broken([], good, served)
  }
  t.strictSame(withPieces(1), ['I8'])
  t.strictSame(withPieces(undefined), ['I8'])
  t.strictSame(withPieces(3), [], 'one of which nothing was heard')
  t.strictSame(withPieces(4), ['I8'])
})

t.test('a cart that had less in it when it was ordered than was acknowledged', async t => {
  t.strictSame(broken([['carried', 's1', 7, 2, 2]]), [])
  t.strictSame(broken([['carried', 's1', 7, 2, 1]]), ['I8'])
  const { cartLines } = ledgers(loadOf([...lines, ['carried', 's1', 7, 2, 1]]), auditOf(good), serve())
  t.strictSame(cartLines, { acknowledged: 4, missing: 1 })
})

t.test('an audit that broke off says nothing of the databases, and hides nothing that others say', async t => {
  const broken = judge(INVARIANTS, loadOf([...lines, ['stranger', false, 'order 2']]), emptyAudit(), serve())
  t.strictSame(
    broken.map(({ id, held }) => [id, held]),
    [
      ['I7', false],
      ['I8', true],
      ['I9', true],
    ],
  )
})

t.test('an empty cart that was acknowledged and is gone', async t => {
  const served = serve()
  served.carts.set('c2', new Map())
  t.strictSame(broken([['line', 'c2', 7, 0]], good, served), [])
  served.carts.delete('c2')
  t.strictSame(broken([['line', 'c2', 7, 0]], good, served), ['I8'])
})

t.test('a deposed primary that goes on acknowledging', async t => {
  t.strictSame(
    broken([
      ['order', 'k-4', 4, 's4', 1, [], 3000, 0, B],
      ['order', 'k-5', 5, 's5', 1, [], 4000, 0, A],
    ]).includes('I9'),
    true,
  )
  const order = (database: string, at: number) => ({ key: '', id: 1, session: '', total: 1, lines: [], retries: 0, database, at })
  t.equal(deposed([order(A, 1), order(B, 2), order(B, 3)]).length, 0)
  t.equal(deposed([order(A, 1), order(B, 2), order(A, 3), order(B, 4)]).length, 1)
})

t.test('what could not be looked at is no proof', async t => {
  t.match(notJudged(['I1'], loadOf([]), emptyAudit(), 3), [/no order was acknowledged/])
  t.match(notJudged(['I7'], loadOf([]), emptyAudit(), 3), [/no stranger asked/])
  t.match(notJudged(['I8'], loadOf([]), emptyAudit(), 3), [/no line of a cart/])
  t.match(notJudged(['I1'], loadOf(lines), emptyAudit(), 3), [/could not be audited/])
  t.match(notJudged(['I1'], loadOf(lines), auditOf(good), 3), [/2 of 3 servers/])
  const headless = good.map(finding => ('instance' in finding ? { instance: { ...finding.instance, primary: false } } : finding))
  t.match(notJudged(['I2'], loadOf(lines), auditOf(headless), 2), [/0 of the audited servers said that they are the primary/])
  const nameless = lines.map(line => (line[0] === 'order' ? [...line.slice(0, -1), ''] : line)) as Line[]
  t.match(notJudged(['I9'], loadOf(nameless), auditOf(good), 2), [/no order says which server/])
  t.equal(ledgers(loadOf(lines), auditOf(good), undefined).cartLines.acknowledged, 0, 'carts that were not read again')
  t.strictSame(notJudged(['I1', 'I7', 'I8', 'I9'], loadOf(lines), auditOf(good), 2), [])
})
