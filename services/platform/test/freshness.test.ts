import fc from 'fast-check'
import t from 'tap'
import { STALENESS_MS } from '../database.ts'
import { FreshCache, type Kept } from '../freshness.ts'
import { Problem, unavailable } from '../problem.ts'

const isOutage = (error: unknown) => !(error instanceof Problem && error.status < 500)
const cacheOf = (bytes = 1_000_000) => new FreshCache<string>(bytes, value => value.length)
const now = () => performance.now()
const old = () => now() - STALENESS_MS - 1
const away = async (): Promise<Kept<string>> => {
  throw unavailable('fora')
}
/** A load that ends when it is told to. */
function held() {
  let end = (_: Kept<string>) => {}
  let fail = (_: Error) => {}
  const promise = new Promise<Kept<string>>((resolve, reject) => {
    end = resolve
    fail = reject
  })
  return { load: () => promise, end, fail }
}

t.test('a value is given without loading while it is provably fresh, and not a moment longer', async t => {
  const cache = cacheOf()
  const asOf = now() - STALENESS_MS + 50
  await cache.get('a', async () => ({ value: 'first', asOf }), isOutage)
  let given = 0
  while (now() < asOf + STALENESS_MS + 20) {
    const before = now()
    const fresh = cache.fresh('a')
    if (fresh === 'first') given++
    if (fresh && before > asOf + STALENESS_MS) t.fail(`given ${before - asOf} ms after its moment`)
    if (!fresh && now() <= asOf + STALENESS_MS) t.fail('not given though fresh')
    await new Promise(setImmediate)
  }
  t.ok(given)
  t.match(await cache.get('a', async () => ({ value: 'second', asOf: now() }), isOutage), { value: 'second', staleMs: undefined })
})

t.test('who asks at the same time shares one load; who asks much later does not, since it may not know what was written since', async t => {
  const cache = cacheOf()
  const first = held()
  let loads = 0
  const load = () => {
    loads++
    return first.load()
  }
  const together = Array.from({ length: 50 }, () => cache.get('a', load, isOutage))
  const started = now()
  while (now() - started <= STALENESS_MS / 2) await new Promise(setImmediate)
  const later = cache.get('a', async () => ({ value: 'later', asOf: now() }), isOutage)
  t.match(await later, { value: 'later' })
  first.end({ value: 'first', asOf: started })
  for (const each of await Promise.all(together)) t.ok(['first', 'later'].includes(each.value))
  t.equal(loads, 1)
  t.equal(cache.fresh('a'), 'later', 'a load that began earlier and ends later does not bring back what was before')
})

t.test('what is read never goes backwards, whichever load ends first', async () => {
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }), async order => {
      const cache = cacheOf()
      const base = old() - 10
      let newest = -1
      for (const n of order) {
        const { value } = await cache.get('a', async () => ({ value: String(n), asOf: base + n }), isOutage)
        newest = Math.max(newest, n)
        if (Number(value) !== newest) return false
      }
      return true
    }),
  )
})

t.test('with nothing newer to be had the last good value is given with its age; what was never read fails', async t => {
  const cache = cacheOf()
  const asOf = old() - 5_000
  await cache.get('a', async () => ({ value: 'last good', asOf }), isOutage)
  for (let n = 0; n < 3; n++) {
    const { value, staleMs } = await cache.get('a', away, isOutage)
    t.equal(value, 'last good')
    t.ok(staleMs! >= 5_000 + STALENESS_MS && staleMs! < 20_000, `${staleMs} ms`)
  }
  t.equal(cache.fresh('a'), undefined)
  await t.rejects(cache.get('b', away, isOutage), new Error('fora'))
  t.match(await cache.get('a', async () => ({ value: 'new', asOf: now() }), isOutage), { value: 'new', staleMs: undefined })
})

t.test('a refusal is an answer: it comes out, and what was there before is forgotten', async t => {
  const cache = cacheOf()
  await cache.get('a', async () => ({ value: 'there', asOf: old() }), isOutage)
  const gone = async () => {
    throw new Problem(404, 'nao-encontrado', 'Não encontrado')
  }
  await t.rejects(cache.get('a', gone, isOutage), new Error('Não encontrado'))
  await t.rejects(cache.get('a', away, isOutage), new Error('fora'), 'not the last good one')
})

t.test('a load that fails is not shared with those who come after it', async t => {
  const cache = cacheOf()
  const first = held()
  const failing = t.rejects(cache.get('a', first.load, isOutage), new Error('fora'))
  first.fail(unavailable('fora'))
  await failing
  t.match(await cache.get('a', async () => ({ value: 'good', asOf: now() }), isOutage), { value: 'good' })
})

t.test('it stays within its size: the least recently used goes first, and what is too large is not kept', async t => {
  const bytes = 100_000
  const cache = cacheOf(bytes)
  const put = (key: string, length: number) => cache.get(key, async () => ({ value: 'x'.repeat(length), asOf: now() }), isOutage)
  let kept = 0
  for (let n = 0; n < 1_000; n++) {
    await put(`key ${n}`, 1_000)
    await cache.get('used all the time', async () => ({ value: 'x', asOf: now() }), isOutage)
  }
  for (let n = 0; n < 1_000; n++) if (await cache.get(`key ${n}`, away, isOutage).catch(() => undefined)) kept++
  t.ok(kept > 50 && kept * 1_000 <= bytes, `${kept} of 1,000 are kept`)
  t.equal((await cache.get('used all the time', away, isOutage)).value, 'x')
  t.equal((await put('huge', bytes + 1)).value.length, bytes + 1, 'it is given')
  t.equal(cache.fresh('huge'), undefined, 'and not kept')
  t.equal((await cache.get('used all the time', away, isOutage)).value, 'x', 'nor has it driven the others out')
})

t.test('a value that somebody asks for is renewed before it is too old, once at a time, and a failure is told apart', async t => {
  const cache = cacheOf()
  let loads = 0
  const renewal = (value: string) => ({
    load: async () => {
      loads++
      return { value, asOf: now() }
    },
    isOutage,
  })
  const keep = (age: number) => cache.get('a', async () => ({ value: 'first', asOf: now() - age }), isOutage)
  await keep(0)
  t.equal(cache.fresh('a', renewal('too early')), 'first')
  t.equal(loads, 0, 'it is young')

  const aging = cacheOf()
  await aging.get('a', async () => ({ value: 'first', asOf: now() - STALENESS_MS + 90 }), isOutage)
  t.equal(aging.fresh('a', renewal('second')), 'first', 'nobody waits')
  t.equal(aging.fresh('a', renewal('second')), 'first')
  t.equal(loads, 1)
  await new Promise(setImmediate)
  t.equal(aging.fresh('a'), 'second')

  for (const [failure, kept] of [
    [unavailable('fora'), 'first'],
    [new Problem(404, 'nao-encontrado', 'Não encontrado'), undefined],
  ] as const) {
    const failing = cacheOf()
    await failing.get('a', async () => ({ value: 'first', asOf: now() - STALENESS_MS + 90 }), isOutage)
    failing.fresh('a', { load: () => Promise.reject(failure), isOutage })
    await new Promise(setImmediate)
    t.equal(failing.fresh('a'), kept)
  }
})
