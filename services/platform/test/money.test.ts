import fc from 'fast-check'
import t from 'tap'
import { isMoney, MAX_PRICE, numericToCents, toCents, toReais } from '../money.ts'

const cents = fc.integer({ min: 0, max: MAX_PRICE * 100 })

t.test('every amount of cents survives the way through reais, JSON and numeric(10,2)', async () => {
  fc.assert(
    fc.property(cents, amount => {
      const reais = JSON.parse(JSON.stringify(toReais(amount)))
      return isMoney(reais) && toCents(reais) === amount && numericToCents(reais.toFixed(2)) === amount
    }),
  )
})

t.test('sums of lines are exact in cents', async t => {
  t.equal(toReais(toCents(0.1) + toCents(0.2)), 0.3)
  t.equal(toReais(toCents(1.15) * 3), 3.45)
  t.equal(numericToCents('-0.05'), -5)
})

t.test('what is not an amount is refused', async t => {
  for (const value of [-0.01, 1.005, 0.001, MAX_PRICE + 0.01, 1e8, Number.NaN, Number.POSITIVE_INFINITY, '1', null])
    t.notOk(isMoney(value), String(value))
  fc.assert(
    fc.property(fc.double({ min: 0, max: MAX_PRICE, noNaN: true }), value => isMoney(value) === (Math.round(value * 100) / 100 === value)),
  )
})
