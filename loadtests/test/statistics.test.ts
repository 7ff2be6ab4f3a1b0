import fc from 'fast-check'
import t from 'tap'
import { mean, median, percentile, ruleOfThree, slope, unevenness } from '../lab/statistics.ts'

const numbers = fc.array(fc.integer({ min: -1_000_000, max: 1_000_000 }), { minLength: 1, maxLength: 200 })
const holds = (property: fc.IRawProperty<unknown>) => fc.assert(property, { numRuns: 300 })

t.test('percentile: the smallest of the values that enough of them do not exceed', async () => {
  holds(
    fc.property(numbers, fc.double({ min: 0, max: 1, noNaN: true }), (values, share) => {
      const enough = (limit: number) => values.filter(value => value <= limit).length >= share * values.length
      const found = percentile(values, share)
      return enough(found) && values.includes(found) && values.every(value => value >= found || !enough(value) || share === 0)
    }),
  )
})

t.test('percentile, by hand', async t => {
  const hundred = Array.from({ length: 100 }, (_, i) => i + 1)
  t.equal(percentile(hundred, 0.99), 99)
  t.equal(percentile(hundred, 0.5), 50)
  t.equal(percentile(hundred, 1), 100)
  t.equal(percentile([7], 0.99), 7)
  t.throws(() => percentile([], 0.5), RangeError)
})

t.test('median lies between least and most, and does not care about order', async t => {
  holds(
    fc.property(numbers, values => {
      const found = median(values)
      return found >= Math.min(...values) && found <= Math.max(...values) && found === median([...values].reverse())
    }),
  )
  t.equal(median([3, 1, 2]), 2)
  t.equal(median([4, 1, 2, 3]), 2.5)
})

t.test('mean of equal values is that value', async () => {
  holds(
    fc.property(fc.integer({ min: -1000, max: 1000 }), fc.integer({ min: 1, max: 50 }), (value, n) => mean(Array(n).fill(value)) === value),
  )
})

t.test('rule of three: what n clean rounds leave possible', async t => {
  t.equal(ruleOfThree(26), 3 / 26)
  t.equal(ruleOfThree(1), 1)
  t.equal(ruleOfThree(0), 1)
  // With a true share of 3/n, n clean rounds in a row have a chance of about 5 %.
  for (const n of [20, 100, 1000]) t.ok(Math.abs((1 - ruleOfThree(n)) ** n - 0.05) < 0.015, `${n}`)
})

t.test('unevenness', async t => {
  t.equal(unevenness([1000, 1000, 1000]), 0)
  t.equal(unevenness([1100, 1000, 900]).toFixed(3), '0.100')
  t.equal(unevenness([300, 0, 0]), 2)
  holds(fc.property(fc.array(fc.nat(1000), { minLength: 1 }), counts => unevenness(counts) >= 0))
})

t.test('slope: a line is found whatever is added to it evenly, and noise alone is within its margin', async t => {
  holds(
    fc.property(fc.integer({ min: -100, max: 100 }), fc.integer({ min: -100, max: 100 }), (rise, start) => {
      const points = Array.from({ length: 20 }, (_, x) => [x, start + rise * x] as const)
      const found = slope(points)
      return Math.abs(found.slope - rise) < 1e-6 && found.margin < 1e-3
    }),
  )
  const noise = slope(Array.from({ length: 40 }, (_, x) => [x, x % 2 ? 5 : -5] as const))
  t.ok(Math.abs(noise.slope) < noise.margin)
  const leak = slope(Array.from({ length: 40 }, (_, x) => [x, x + (x % 2 ? 5 : -5)] as const))
  t.ok(leak.slope - leak.margin > 0)
})
