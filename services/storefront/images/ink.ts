/**
 * Drawing primitives. Every function is pure and returns SVG markup or path data; coordinates are user units of the
 * drawing (320 × 240 for a product), colours are `#rrggbb`. Light always comes from the top left.
 */

export type Point = readonly [x: number, y: number]

/** The shop's colours; the style sheet's, save caramel. */
export const shop = {
  cream: '#fff8f0',
  surface: '#ffffff',
  cocoa2: '#6b4231',
  raspberry: '#b3124f',
  raspberryDark: '#8c0e3e',
  caramel: '#d98e2b',
  pistachio: '#7a9b57',
  strawberry: '#f48fa6',
  blush: '#fde7e4',
} as const

/** What the sweets are made of. */
export const paint = {
  dark: '#4a2518',
  cocoa: '#5f3320',
  leaf: '#6f9a4e',
  white: '#fffaf2',
  red: '#d3263f',
  wine: '#8c1d35',
} as const

const channels = (colour: string) => [1, 3, 5].map(i => Number.parseInt(colour.slice(i, i + 2), 16))

/** `share` (0–1) of `other` stirred into `colour`. */
export function mix(colour: string, other: string, share: number): string {
  const b = channels(other)
  return `#${channels(colour)
    .map((a, i) =>
      Math.round(a + (b[i]! - a) * share)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`
}

export const darker = (colour: string, share = 0.16) => mix(colour, '#4a1a10', share)
export const lighter = (colour: string, share = 0.3) => mix(colour, '#fffdf6', share)

/** Tenths are fine enough for places, hundredths are needed for shares. */
const round = (value: number) => {
  const steps = Math.abs(value) < 1 ? 100 : 10
  const rounded = Math.round(value * steps) / steps
  return String(Object.is(rounded, -0) ? 0 : rounded).replace(/^(-?)0\./, '$1.')
}

/** Path data with its numbers rounded to a tenth: d`M${x} ${y}h${w}`. */
export const d = (text: TemplateStringsArray, ...values: number[]) =>
  text.reduce((data, part, i) => data + round(values[i - 1]!) + part).replace(/ -/g, '-')

const short = (colour: string) => colour.toLowerCase().replace(/^#(.)\1(.)\2(.)\3$/, '#$1$2$3')
const attributes = (values: Record<string, string | number | undefined>) =>
  Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${typeof value === 'number' ? round(value) : value}"`)
    .join('')

/** `opacity` of 1 is left out, as it is the default. */
type Finish = { opacity?: number; turn?: readonly [degrees: number, x: number, y: number] }
const finish = ({ opacity, turn }: Finish) =>
  attributes({ opacity, transform: turn && `rotate(${(turn[1] || turn[2] ? turn : [turn[0]]).map(round).join(' ').replace(/ -/g, '-')})` })

export const shape = (data: string, fill: string, how: Finish = {}) => `<path fill="${short(fill)}" d="${data}"${finish(how)}/>`
export const ellipse = (x: number, y: number, rx: number, ry: number, fill: string, how: Finish = {}) => {
  const centre = attributes({ cx: x || undefined, cy: y || undefined, fill: short(fill) })
  return rx === ry
    ? `<circle${centre} r="${round(rx)}"${finish(how)}/>`
    : `<ellipse${centre} rx="${round(rx)}" ry="${round(ry)}"${finish(how)}/>`
}
export const disc = (x: number, y: number, r: number, fill: string, how: Finish = {}) => ellipse(x, y, r, r, fill, how)
export const block = (x: number, y: number, width: number, height: number, rx: number, fill: string, how: Finish = {}) =>
  `<rect${attributes({ x, y, width, height, rx: rx || undefined })} fill="${short(fill)}"${finish(how)}/>`
export const line = (data: string, colour: string, width: number, how: Finish = {}) =>
  `<path stroke="${short(colour)}" stroke-width="${round(width)}" d="${data}"${finish(how)}/>`

/** Round dots of one colour in one path: a subpath without length, with a round cap. */
export const dots = (points: readonly Point[], colour: string, size: number, how: Finish = {}) =>
  line(points.map(([x, y]) => d`M${x} ${y}h0`).join(''), colour, size, how)

/** Short rods of one colour, each turned another way. */
export const rods = (points: readonly Point[], colour: string, size: number, length: number) =>
  line(
    points
      .map(([x, y], i) => {
        const angle = i * 2.1 + x
        return d`M${x} ${y}l${Math.round(Math.cos(angle) * length)} ${Math.round(Math.sin(angle) * length)}`
      })
      .join(''),
    colour,
    size,
  )

/** Rods strewn on `points` in turns of several colours. */
export const sprinkled = (points: readonly Point[], colours: readonly string[], size = 4, length = 6) =>
  colours
    .map((colour, i) =>
      rods(
        points.filter((_, k) => k % colours.length === i),
        colour,
        size,
        length,
      ),
    )
    .join('')

/** Points written as x, y, x, y. */
export const spots = (...xy: number[]) => Array.from({ length: xy.length / 2 }, (_, i): Point => [xy[i * 2]!, xy[i * 2 + 1]!])

/** `count` points, in whole units, spread evenly over an ellipse as the seeds of a sunflower. */
export const strewn = (count: number, x: number, y: number, rx: number, ry: number): Point[] =>
  Array.from({ length: count }, (_, i) => {
    const far = Math.sqrt((i + 0.5) / count)
    const angle = i * 2.399963 + 0.7
    return [Math.round(x + Math.cos(angle) * far * rx), Math.round(y + Math.sin(angle) * far * ry)]
  })

/** `count` points on an ellipse, from the back to the front, so that what is drawn later covers what stands behind. */
export const around = (count: number, x: number, y: number, rx: number, ry: number, start = 0): Point[] =>
  Array.from({ length: count }, (_, i): Point => {
    const angle = start + (i * 2 * Math.PI) / count
    return [Math.round(x + Math.cos(angle) * rx), Math.round(y + Math.sin(angle) * ry)]
  }).sort((a, b) => a[1] - b[1] || a[0] - b[0])

/** A short id that depends on the content only, so that drawings come out the same in every run. */
const idOf = (content: string) => {
  let hash = 7
  for (const character of content) hash = (hash * 31 + character.charCodeAt(0)) % 46_000
  return `i${hash.toString(36)}`
}

/** `content` on a ground of `fill`, both cut to the outline. */
export function filled(outline: string, fill: string, content: string): string {
  const id = idOf(outline)
  // A ground larger than any outline costs fewer bytes than the outline again.
  const ground = `<path fill="${short(fill)}" d="M-99-99h999v999h-999"/>`
  return `<clipPath id="${id}"><path d="${outline}"/></clipPath><g clip-path="url(#${id})">${ground}${content}</g>`
}

/** The same content at several places, relative to where it was drawn; the first ones lie behind. */
export function copies(content: string, places: readonly Point[]): string {
  const id = idOf(content)
  const uses = places.map(([x, y]) => `<use href="#${id}"${attributes({ x: x || undefined, y: y || undefined })}/>`).join('')
  return `<defs><g id="${id}">${content}</g></defs>${uses}`
}

/** `content`, drawn about the origin, put at (x, y). */
export const put = (content: string, x: number, y: number, scale = 1, turn = 0) => {
  const transform = [
    x || y ? `translate(${round(x)} ${round(y)})` : '',
    scale === 1 ? '' : `scale(${scale})`,
    turn ? `rotate(${round(turn)})` : '',
  ]
  return transform.some(Boolean) ? `<g transform="${transform.join('')}">${content}</g>` : content
}

export const svg = (width: number, height: number, content: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" fill="none" stroke-linecap="round" stroke-linejoin="round">${content}</svg>\n`
