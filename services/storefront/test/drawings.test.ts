import { readdir, readFile } from 'node:fs/promises'
import { SaxesParser } from 'saxes'
import t from 'tap'
import shop from '../../catalog/seed/catalogo.json' with { type: 'json' }
import { drawings } from '../images/draw.ts'
import { illustrations } from '../images/illustrations.ts'
import { products } from '../images/products.ts'

const PRODUCT_BYTES = 2_560
const ILLUSTRATION_BYTES = 6_144
/** Everything a drawing may be made of; a `style` or `script` is not, and no attribute that the strict CSP would stop. */
const ATTRIBUTES: Record<string, readonly string[]> = {
  svg: ['xmlns', 'viewBox', 'fill', 'stroke-linecap', 'stroke-linejoin'],
  g: ['id', 'transform', 'clip-path'],
  defs: [],
  clipPath: ['id'],
  use: ['href', 'x', 'y'],
  path: ['d', 'fill', 'stroke', 'stroke-width', 'opacity', 'transform'],
  rect: ['x', 'y', 'width', 'height', 'rx', 'fill', 'opacity', 'transform'],
  circle: ['cx', 'cy', 'r', 'fill', 'opacity', 'transform'],
  ellipse: ['cx', 'cy', 'rx', 'ry', 'fill', 'opacity', 'transform'],
}
const publicFolder = new URL('../public/', import.meta.url)

/** What is wrong with a drawing, in sentences; nothing when it is well formed and asks for nothing from elsewhere. */
function faults(content: string): string[] {
  const found: string[] = []
  const ids: string[] = []
  const references: string[] = []
  const parser = new SaxesParser({ xmlns: true })
  parser.on('error', error => found.push(error.message))
  parser.on('text', text => text.trim() && found.push(`has the text ${text.trim()}`))
  parser.on('opentag', ({ name, attributes }) => {
    const allowed = ATTRIBUTES[name]
    if (!allowed) return found.push(`has a <${name}>`)
    for (const { name: attribute, value } of Object.values(attributes)) {
      if (!allowed.includes(attribute)) found.push(`has ${attribute} on a <${name}>`)
      else if (attribute === 'id') ids.push(value)
      else if (attribute === 'href' || attribute === 'clip-path') references.push(value)
      else if (/NaN|undefined|Infinity|url/i.test(value)) found.push(`has ${attribute}="${value}"`)
    }
    return undefined
  })
  parser.write(content).close()
  if (new Set(ids).size !== ids.length) found.push(`has an id twice: ${ids}`)
  for (const reference of references) {
    const id = /^#(\w+)$|^url\(#(\w+)\)$/.exec(reference)
    if (!id || !ids.includes((id[1] ?? id[2])!)) found.push(`points to ${reference}, which it does not have`)
  }
  return found
}

t.test('the check of drawings sees what it is there for', async t => {
  const svg = (inside: string) => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1">${inside}</svg>`
  t.same(faults(svg('<path d="M0 0"/>')), [])
  for (const bad of [
    '<path d="M0 0">',
    '<script/>',
    '<style/>',
    '<path style="fill:red"/>',
    '<path onclick="x()"/>',
    '<use href="https://example.org/#a"/>',
    '<use href="#nowhere"/>',
    '<path fill="url(https://example.org/a)"/>',
    '<path d="M0 NaN"/>',
    '<g id="a"/><g id="a"/>',
    'text',
  ]) {
    t.not(faults(svg(bad)).length, 0, bad)
  }
})

t.test('what is committed is what the sources draw', async t => {
  const drawn = drawings()
  for (const [path, content] of drawn) {
    const committed = await readFile(new URL(path, publicFolder), 'utf8').catch((error: Error) => error.message)
    t.ok(committed === content, `${path} (if not: node services/storefront/images/draw.ts)`)
  }
  const files = await readdir(new URL('imagens/', publicFolder))
  t.same(
    files.filter(file => !drawn.has(`imagens/${file}`)),
    [],
    'no picture is there that nobody draws',
  )
})

t.test('every product of the shop has its own drawing, and no drawing is without its product', async t => {
  t.same(Object.keys(products).sort(), shop.produtos.map(p => p.imagem.replace(/^\/imagens\/|\.svg$/g, '')).sort())
  t.equal(new Set(Object.values(products)).size, shop.produtos.length, 'all differ')
})

t.test('every drawing is well formed, small, and asks for nothing from elsewhere', async t => {
  for (const [path, content] of drawings()) {
    t.same(faults(content), [], path)
    const most = path in illustrations ? ILLUSTRATION_BYTES : PRODUCT_BYTES
    t.ok(Buffer.byteLength(content) <= most, `${path}: ${Buffer.byteLength(content)} of ${most} bytes`)
    if (!(path in illustrations)) t.match(content, 'viewBox="0 0 320 240"')
  }
})
