import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { decodeCursor, encodeCursor } from '../cursor.ts'
import { Problem } from '../problem.ts'

const places = fc.tuple(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1 }))

t.test('a cursor leads back to its place', async () => {
  fc.assert(fc.property(places, fc.string(), (place, query) => isDeepStrictEqual(decodeCursor(encodeCursor(place, query), query), place)))
})

t.test('one changed character, or another query, is a 400', async () => {
  const refused = (cursor: string, query: string) => {
    try {
      decodeCursor(cursor, query)
      return false
    } catch (error) {
      return error instanceof Problem && error.status === 400
    }
  }
  fc.assert(
    fc.property(places, fc.nat(), fc.constantFrom(...'AZaz09-_=. '), (place, at, letter) => {
      const cursor = encodeCursor(place, 'q')
      const index = at % cursor.length
      const changed = cursor.slice(0, index) + letter + cursor.slice(index + 1)
      return changed === cursor || refused(changed, 'q')
    }),
    { numRuns: 1_000 },
  )
  fc.assert(fc.property(places, place => refused(encodeCursor(place, 'q'), 'r')))
})
