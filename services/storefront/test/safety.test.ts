import fc from 'fast-check'
import t from 'tap'
import { acceptedEncoding } from '../assets.ts'
import { html } from '../html.ts'
import { isFromThisShop, pathOfThisShop } from '../same-origin.ts'

t.test('no text leaves the place in the markup that it was put in, and none is lost', async () => {
  const entities: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" }
  const plain = fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '&', '&amp;', 'a', 'ç', '🍰', '`', '=', ' ') })
  fc.assert(
    fc.property(plain, text => {
      const { text: markup } = html`<a title="${text}">${[text]}</a>`
      const [, title, content, rest] = /^<a title="([^"<>']*)">([^"<>']*)<\/a>(.*)$/s.exec(markup) ?? []
      const read = (part = '') => part.replace(/&(amp|lt|gt|quot|#39);/g, entity => entities[entity]!)
      return rest === '' && read(title) === text && read(content) === text
    }),
  )
})

t.test('a path to come back to is always one of this shop', async () => {
  const shop = 'http://shop.example'
  const parts = fc.constantFrom('/', '\\', '//', 'evil.example', 'http:', '@', '?', '#', '\t', '\n', ' ', '.', 'é', 'produto', '%2f', ':')
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 8 }), pieces => {
      const path = pathOfThisShop(pieces.join(''))
      return path.startsWith('/') && new URL(path, shop).origin === shop
    }),
    { numRuns: 5_000 },
  )
})

t.test('who sends a form: Sec-Fetch-Site decides, else Origin', async t => {
  const from = (headers: Record<string, string>) => isFromThisShop({ headers: { host: 'shop.example', ...headers } })
  t.ok(from({ 'sec-fetch-site': 'same-origin' }))
  t.ok(from({ 'sec-fetch-site': 'none' }))
  t.ok(from({ origin: 'https://shop.example' }))
  t.ok(from({ origin: 'https://gate.example', 'x-forwarded-host': 'gate.example, inner' }))
  for (const headers of [
    {},
    { origin: 'null' },
    { origin: '' },
    { origin: 'https://evil.example' },
    { origin: 'https://shop.example:444' },
    { origin: 'https://shop.example', 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ]) {
    t.notOk(from(headers), JSON.stringify(headers))
  }
})

t.test('the encoding is one that the client takes', async t => {
  t.equal(acceptedEncoding(undefined), 'identity')
  t.equal(acceptedEncoding('gzip, deflate, br, zstd'), 'br')
  t.equal(acceptedEncoding('gzip;q=0.8, br;q=0'), 'gzip')
  t.equal(acceptedEncoding('br;q=0.0,gzip;q=0'), 'identity')
  t.equal(acceptedEncoding('brotli, xgzip'), 'identity')
})
