// The invariants of the contract, held against what was found in the databases and through the services. Pure.
import type { Invariant, Round } from './journal.ts'
import type { Finding, Instance } from './observer.ts'
import { type AcknowledgedOrder, type Load, piecesIn } from './samples.ts'
import { sum } from './statistics.ts'

export interface StoredOrder {
  key: string
  id: number
  session: string
  total: number
  lines: [number, number, number][]
}

/** What the databases hold of a round. */
export interface Audit {
  instances: Instance[]
  /** By the server's address, then by key. */
  orders: Map<string, Map<string, StoredOrder>>
  sessions: { address: string; orders: number; sessions: number }[]
  stocks: { product: number; left: number; sold: number }[]
  complete: boolean
}

export const emptyAudit = (): Audit => ({ instances: [], orders: new Map(), sessions: [], stocks: [], complete: false })

export function takeFinding(audit: Audit, finding: Finding) {
  if ('instance' in finding) {
    audit.instances.push(finding.instance)
    audit.orders.set(finding.instance.address, new Map())
  } else if ('order' in finding) {
    const { address, ...order } = finding.order
    audit.orders.get(address)?.set(order.key, order)
  } else if ('sessions' in finding) audit.sessions.push(finding.sessions)
  else if ('stock' in finding) audit.stocks.push(finding.stock)
  else audit.complete = true
}

/** What the services say of what was acknowledged. */
export interface ServedLedger {
  /** By the order's id; undefined: no such order. */
  orders: Map<number, { total: number; lines: [number, number, number][] } | undefined>
  /** By session, then product; undefined: no such cart. */
  carts: Map<string, Map<number, number> | undefined>
}

const inOrder = (lines: readonly [number, number, number][]) => [...lines].sort(([a], [b]) => a - b).map(line => line.join('×'))
const same = (a: Pick<StoredOrder, 'total' | 'lines'>, b: Pick<StoredOrder, 'total' | 'lines'> | undefined) =>
  b !== undefined && Math.round(a.total * 100) === Math.round(b.total * 100) && inOrder(a.lines).join() === inOrder(b.lines).join()
const sameOrder = (a: AcknowledgedOrder, b: StoredOrder | undefined) =>
  b !== undefined && a.id === b.id && a.session === b.session && same(a, b)

export interface LostLine {
  session: string
  product: number
  acknowledged: number
  doubtful: number
  there: number
}

/** Of carts that were read again, and of those that were ordered: an addition that was made twice may be in them twice. */
export function lostLines(load: Load, served: ServedLedger | undefined): LostLine[] {
  const ordered = load.carried.filter(({ acknowledged, there }) => there < acknowledged).map(line => ({ ...line, doubtful: 0 }))
  const kept = [...(served ? load.lines : [])].flatMap(([session, cart]) =>
    [...cart].flatMap(([product, acknowledged]) => {
      const doubtful = load.doubts.get(session)?.get(product) ?? 0
      const found = served?.carts.get(session)
      const there = found?.get(product) ?? 0
      return !found || there < acknowledged || there > acknowledged + doubtful ? [{ session, product, acknowledged, doubtful, there }] : []
    }),
  )
  return [...ordered, ...kept]
}

export function ledgers(load: Load, audit: Audit, served: ServedLedger | undefined): NonNullable<Round['ledgers']> {
  const replicas = audit.instances.filter(({ primary }) => !primary)
  const lacks = (instances: Instance[]) => (order: AcknowledgedOrder) =>
    instances.some(({ address }) => !sameOrder(order, audit.orders.get(address)?.get(order.key)))
  return {
    orders: {
      acknowledged: load.orders.length,
      missing: load.orders.filter(order => lacks(audit.instances)(order) || (served && !same(order, served.orders.get(order.id)))).length,
      missingOnReplica: load.orders.filter(lacks(replicas)).length,
      resolved: load.orders.filter(({ retries }) => retries > 0).length,
      unresolved: load.unresolved.length,
    },
    cartLines: {
      acknowledged: (served ? piecesIn(load.lines) : 0) + sum(load.carried.map(({ acknowledged }) => acknowledged)),
      missing: sum(lostLines(load, served).map(({ acknowledged, there }) => Math.max(0, acknowledged - there))),
    },
  }
}

/** The orders that a server acknowledged after another had already taken over from it. */
export function deposed(orders: readonly AcknowledgedOrder[]): AcknowledgedOrder[] {
  const byTime = orders.filter(({ database }) => database).sort((a, b) => a.at - b.at)
  const left = new Set<string>()
  let current: string | undefined
  return byTime.filter(({ database }) => {
    if (database === current) return false
    // Whoever was left may come back as primary, but only if it does not alternate with its successor.
    if (left.has(database)) return true
    if (current) left.add(current)
    current = database
    return false
  })
}

/** What the load itself, or the services, tell. */
const WITHOUT_AUDIT: Invariant[] = ['I7', 'I8', 'I9']

/** @param served undefined when the services could not be asked: then the databases alone are looked at */
export function judge(wanted: readonly Invariant[], load: Load, audit: Audit, served: ServedLedger | undefined): Round['invariants'] {
  const totals = ledgers(load, audit, served)
  const primary = audit.instances.find(instance => instance.primary)
  const stored = (primary && audit.orders.get(primary.address)) ?? new Map<string, StoredOrder>()
  const rules: Record<Invariant, () => [held: boolean, detail: string]> = {
    I1: () => {
      const { acknowledged, missing, missingOnReplica } = totals.orders
      const twice = acknowledged - new Set(load.orders.map(({ id }) => id)).size
      return [
        missing === 0 && twice === 0,
        `${acknowledged} acknowledged, ${missing} missing or other than answered, ${missingOnReplica} missing on a replica, ${twice} ids twice`,
      ]
    },
    I2: () => {
      const left = load.refused.filter(key => stored.has(key))
      return [left.length === 0, `${load.refused.length} refused, ${left.length} of them left an order${left[0] ? `: ${left[0]}` : ''}`]
    },
    I3: () => {
      const { resolved, unresolved } = totals.orders
      const made = load.unresolved.filter(key => stored.has(key)).length
      // Who retried and got two orders has one that no key leads to.
      const keyless = (audit.sessions.find(({ address }) => address === primary?.address)?.orders ?? 0) - stored.size
      return [
        keyless === 0,
        `${resolved} resolved by retry to one order each, ${unresolved} given up by their shoppers (${made} are orders), ${keyless} orders without a key`,
      ]
    },
    I4: () => {
      const below = audit.stocks.filter(({ left }) => left < 0)
      return [below.length === 0, `${audit.stocks.length} products, ${below.length} with less than nothing`]
    },
    I5: () => {
      const wrong = audit.stocks.filter(({ product, left, sold }) => load.products.get(product) !== left + sold)
      const gone = load.products.size - audit.stocks.length
      const first = wrong[0]
      return [
        wrong.length === 0 && gone === 0,
        `${audit.stocks.length} products, ${wrong.length} do not add up, ${gone} are gone${first ? `; of ${first.product} there were ${load.products.get(first.product)}, ${first.left} are left and ${first.sold} sold` : ''}`,
      ]
    },
    I6: () => {
      const more = audit.sessions.filter(({ orders, sessions }) => orders > sessions)
      return [
        more.length === 0,
        more.length ? `${more[0]!.orders} orders of ${more[0]!.sessions} shoppers who ordered once` : `${stored.size} keys, one order each`,
      ]
    },
    I7: () => {
      const seen = load.strangers.filter(({ kept }) => !kept)
      return [seen.length === 0, `${load.strangers.length} strangers asked, ${seen.length} saw what is not theirs`]
    },
    I8: () => {
      const lost = lostLines(load, served)
      const { acknowledged, missing } = totals.cartLines
      return [lost.length === 0, `${acknowledged} pieces acknowledged, ${missing} missing, ${lost.length} lines other than answered`]
    },
    I9: () => {
      const late = deposed(load.orders)
      const servers = new Set(load.orders.flatMap(({ database }) => database || []))
      return [late.length === 0, `${servers.size} servers acknowledged orders, ${late.length} orders by one that was deposed`]
    },
  }
  // Of databases that could not be read to their end nothing is said.
  return wanted
    .filter(id => (audit.complete || WITHOUT_AUDIT.includes(id)) && (served || id !== 'I8'))
    .map(id => {
      const [held, detail] = rules[id]()
      return { id, held, detail }
    })
}

/** Why the invariants could not be looked at: nothing that could have been lost is no proof that nothing was. */
export function notJudged(wanted: readonly Invariant[], load: Load, audit: Audit, instances: number): string[] {
  const reasons: string[] = []
  const needsOrders = wanted.some(id => ['I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I9'].includes(id))
  if (needsOrders && !load.orders.length) reasons.push('no order was acknowledged: there was nothing to lose')
  if (needsOrders && load.orders.length && !audit.complete) reasons.push('the databases could not be audited')
  if (needsOrders && audit.complete && audit.instances.length !== instances) {
    reasons.push(`${audit.instances.length} of ${instances} servers of PostgreSQL were audited`)
  }
  const primaries = audit.instances.filter(({ primary }) => primary).length
  if (needsOrders && audit.complete && primaries !== 1) reasons.push(`${primaries} of the audited servers said that they are the primary`)
  if (wanted.includes('I9') && load.orders.length && !load.orders.some(({ database }) => database))
    reasons.push('no order says which server acknowledged it')
  if (wanted.includes('I7') && !load.strangers.length) reasons.push('no stranger asked for what is another’s')
  if (wanted.includes('I8') && !load.lines.size && !load.carried.length)
    reasons.push('no line of a cart was acknowledged: there was nothing to lose')
  return reasons
}
