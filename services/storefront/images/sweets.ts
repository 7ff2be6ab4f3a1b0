/** The parts that the drawings are made of: what stands on the table. Positions are in the drawing's units, y grows downwards. */
import { block, d, darker, disc, dots, ellipse, filled, lighter, line, mix, type Point, paint, shape, strewn } from './ink.ts'

export const glint = (data: string, width = 4, opacity = 0.5) => line(data, paint.white, width, { opacity })

/** The shadow that an object `rx` wide throws on the table, a little to the right. */
export const shadow = (x: number, y: number, rx: number, ry = rx * 0.16) => ellipse(x + rx * 0.08, y, rx, ry, '#4a1a10', { opacity: 0.16 })

// --- Rolled sweets -------------------------------------------------------------------------------------------------

/** A ball lit from the top left. */
export const ball = (x: number, y: number, r: number, colour: string) => {
  const near = r * Math.SQRT1_2
  return (
    disc(x, y, r, colour) +
    shape(
      d`M${x + near} ${y - near}A${r} ${r} 0 0 1 ${x - near} ${y + near}A${r * 1.3} ${r * 1.3} 0 0 0 ${x + near} ${y - near}`,
      darker(colour, 0.2),
    ) +
    glint(d`M${x - r * 0.68} ${y - r * 0.22}A${r * 0.72} ${r * 0.72} 0 0 1 ${x - r * 0.28} ${y - r * 0.65}`, Math.max(2.5, r * 0.1), 0.45)
  )
}

/** A fluted paper cup, `w` the half width of its rim at `y`. What it holds is drawn before it. */
export const paperCup = (x: number, y: number, w: number, colour: string, h = w * 0.62) => {
  const flutes = 12
  const rim = Array.from({ length: flutes + 1 }, (_, i): Point => {
    const t = (i / flutes) * 2 - 1
    return [Math.round(x + w * t), Math.round(y + w * 0.16 * (1 - t * t) + (i % 2 ? -w * 0.05 : w * 0.05))]
  })
  const foot = rim.map(
    ([px, py], i): Point => [Math.round(x + (px - x) * 0.7), Math.round(y + h + (py - y) * 0.6 + (i % 2 ? w : -w) * 0.025)],
  )
  const at = (points: readonly Point[]) => points.map(([px, py]) => d`${px} ${py}`).join('L')
  const folds = Array.from(
    { length: flutes / 2 },
    (_, i) => `M${at([rim[i * 2 + 1]!, rim[i * 2 + 2]!, foot[i * 2 + 2]!, foot[i * 2 + 1]!])}`,
  ).join('')
  return shape(`M${at(rim)}L${at([...foot].reverse())}`, colour) + shape(folds, darker(colour, 0.17))
}

/** The inside of the cup, behind what it holds. */
const cupBack = (x: number, y: number, w: number, colour: string) => ellipse(x, y, w, w * 0.17, darker(colour, 0.35))

/** A rolled sweet in its paper cup; its middle is at (x, y). `coat` goes over the ball and under the cup. */
export const cuppedBall = (x: number, y: number, r: number, colour: string, cup: string, coat = '') =>
  shadow(x, y + r * 0.98, r * 0.95) +
  cupBack(x, y + r * 0.36, r * 1.06, cup) +
  ball(x, y, r, colour) +
  coat +
  paperCup(x, y + r * 0.36, r * 1.06, cup)

/** Points over the part of a ball that its cup leaves in sight. */
export const over = (count: number, x: number, y: number, r: number, share = 0.93) =>
  strewn(count, x, y, r * share, r * share).filter(([, py]) => py < y + r * 0.42)

// --- Dishes --------------------------------------------------------------------------------------------------------

export const plate = (x: number, y: number, rx: number, colour: string = paint.white) =>
  shadow(x, y + rx * 0.1, rx * 1.02, rx * 0.2) +
  ellipse(x, y + rx * 0.06, rx, rx * 0.2, darker(colour, 0.2)) +
  ellipse(x, y, rx, rx * 0.2, colour) +
  ellipse(x, y + 1, rx * 0.72, rx * 0.13, darker(colour, 0.08))

/** A footed stand; its top lies at `y`. */
export const stand = (x: number, y: number, rx: number, colour: string, height = 34) =>
  shadow(x, y + height + 2, rx * 0.6) +
  shape(d`M${x - 12} ${y}h24q-2 ${height * 0.6} 22 ${height}q-34 9-68 0q24-${height * 0.4} 22-${height}`, darker(colour, 0.14)) +
  shape(d`M${x - rx} ${y}q0 14 ${rx} 15t${rx}-15`, darker(colour, 0.2)) +
  ellipse(x, y, rx, rx * 0.15, colour)

/** A board of wood. */
export const board = (x: number, y: number, w: number, h = 12) =>
  shadow(x, y + h, w / 2, 8) + block(x - w / 2, y, w, h, h / 2, '#c08a52') + block(x - w / 2, y, w, h * 0.55, h * 0.27, '#d7a36a')

/** A sheet of greaseproof paper. */
export const paper = (x: number, y: number, w: number) =>
  shape(d`M${x - w / 2} ${y}l${w * 0.12}-20h${w * 0.8}l${w * 0.08} 22q-${w / 2} 10-${w} -2`, '#fff6e6')

// --- Cakes ---------------------------------------------------------------------------------------------------------

/** The cut face of a stack of layers between two heights, as bands of equal or given thickness. */
type Layer = readonly [colour: string, share: number]

export type SliceOptions = { layers: readonly Layer[]; top: string; icing?: string; drip?: string; topping?: string; speckles?: string }

/** A wedge of cake: its point to the left, the cut face towards the viewer. */
export const slice = ({ layers, top, icing, drip, topping = '', speckles }: SliceOptions) => {
  const total = layers.reduce((sum, [, share]) => sum + share, 0)
  const face = 'M62 112L252 130V186Q252 192 246 192L74 174Q64 172 63 164'
  let passed = 0
  const bands = layers
    .map(([colour, share], i) => {
      const from = (passed / total) * 64
      passed += share
      return i ? shape(d`M50 ${111 + from}L260 ${131 + from}V210H50`, colour) : ''
    })
    .join('')
  return (
    shape('M66 172L248 193Q284 198 288 188Q290 180 254 168', '#4a1a10', { opacity: 0.16 }) +
    filled(
      face,
      layers[0]![0],
      bands +
        (speckles ? dots(strewn(26, 156, 152, 98, 32), speckles, 3.4) : '') +
        (icing ? shape('M238 120h30v90h-24', icing) + shape('M246 120h30v90h-26', darker(icing, 0.14)) : '') +
        (drip
          ? shape('M50 104L260 126v13L50 117', drip) +
            line('M72 116v14M92 118v26M112 120v12M132 122v30M152 124v14M172 126v24M192 128v12M212 130v28M232 132v14', drip, 15)
          : ''),
    ) +
    shape('M62 112Q60 108 66 106L222 84Q232 83 237 90L253 124Q255 131 247 130', top) +
    shape('M237 90L253 124Q255 131 247 130L150 121Q220 118 237 90', darker(top, 0.09)) +
    glint('M84 107L150 98', 4) +
    topping
  )
}

/** Icing that runs down from the front rim of an ellipse: a band of `edge` and drops of up to `longest`. */
const icingRuns = (x: number, y: number, rx: number, ry: number, edge: number, longest: number, colour: string, lean = 0) =>
  shape(d`M${x - rx} ${y}a${rx} ${ry} 0 0 0 ${rx * 2} 0l${lean} ${edge}a${rx + lean} ${ry} 0 0 1-${(rx + lean) * 2} 0`, colour) +
  line(
    [-0.93, -0.72, -0.5, -0.26, 0, 0.25, 0.48, 0.71, 0.92]
      .map(
        (t, i) =>
          d`M${Math.round(x + rx * t)} ${Math.round(y + ry * Math.sqrt(1 - t * t))}l${Math.round(lean * t)} ${Math.round(longest * [0.5, 0.95, 0.6, 1, 0.55, 0.9, 0.65, 1, 0.5][i]!)}`,
      )
      .join(''),
    colour,
    rx * 0.17,
  )

export type RoundCake = {
  x?: number
  /** The middle of the top. */
  y?: number
  rx?: number
  h?: number
  side: string
  top?: string
  bands?: readonly Layer[]
  drip?: string
}

/** A round cake. `bands` show its layers, `drip` runs down from the top. */
export const roundCake = ({ x = 160, y = 104, rx = 84, h = 66, side, top = lighter(side, 0.35), bands, drip }: RoundCake) => {
  const ry = rx * 0.24
  const outline = d`M${x - rx} ${y}a${rx} ${ry} 0 0 1 ${rx * 2} 0v${h}a${rx} ${ry} 0 0 1-${rx * 2} 0`
  const total = bands?.reduce((sum, [, share]) => sum + share, 0) ?? 1
  let passed = 0
  const stripes = bands
    ?.map(([colour, share], i) => {
      const from = (passed / total) * h
      passed += share
      return i ? shape(d`M${x - rx} ${y + from}a${rx} ${ry} 0 0 0 ${rx * 2} 0v99h-${rx * 2}`, colour) : ''
    })
    .join('')
  const dripping = drip && icingRuns(x, y, rx, ry, 7, h * 0.42, drip)
  return (
    filled(
      outline,
      bands?.[0]?.[0] ?? side,
      (stripes ?? '') +
        (dripping ?? '') +
        shape(d`M${x + rx * 0.5} ${y}h${rx}v${h * 2}h-${rx * 1.5}q${rx * 0.6}-${h * 0.3} ${rx * 0.5}-${h * 2}`, '#4a1a10', {
          opacity: 0.12,
        }),
    ) +
    ellipse(x, y, rx, ry, drip ?? top) +
    glint(d`M${x - rx * 0.82} ${y - ry * 0.2}A${rx * 0.88} ${ry * 0.82} 0 0 1 ${x - rx * 0.2} ${y - ry * 0.8}`, 3.5, 0.45)
  )
}

/** A swirl of piped cream, standing on (x, y). */
export const cream = (x: number, y: number, size = 1, colour: string = paint.white) =>
  shape(
    d`M${x - 13 * size} ${y - 4 * size}q-2-${9 * size} ${7 * size}-${9 * size}q-1-${8 * size} ${7 * size}-${12 * size}q${7 * size} ${4 * size} ${6 * size} ${12 * size}q${8 * size} 0 ${6 * size} ${9 * size}q-${13 * size} ${8 * size}-${26 * size} 0`,
    colour,
  ) +
  line(
    d`M${x - 8 * size} ${y - 3 * size}q${10 * size} ${3 * size} ${18 * size}-${5 * size}M${x - 4 * size} ${y - 12 * size}q${6 * size} ${2 * size} ${9 * size}-${3 * size}`,
    darker(colour, 0.16),
    2 * size,
  )

/** A cake or pudding from a ring mould: `rx` at its foot, flutes if it is a fluted one. */
export type Ring = { x?: number; y?: number; rx?: number; h?: number; colour: string; sauce?: string; flutes?: boolean; hole?: string }
export const ring = ({ x = 160, y = 190, rx = 88, h = 78, colour, sauce, flutes = false, hole = darker(colour, 0.4) }: Ring) => {
  const top = rx * 0.66
  const ry = top * 0.27
  const outline = d`M${x - rx} ${y - 6}C${x - rx * 0.98} ${y - h * 0.6} ${x - top * 1.12} ${y - h} ${x - top} ${y - h}a${top} ${ry} 0 0 1 ${top * 2} 0C${x + top * 1.12} ${y - h} ${x + rx * 0.98} ${y - h * 0.6} ${x + rx} ${y - 6}Q${x + rx * 0.9} ${y + 10} ${x} ${y + 10}T${x - rx} ${y - 6}`
  const drips = sauce ? icingRuns(x, y - h, top, ry, 6, h * 0.6, sauce, (rx - top) * 0.55) : ''
  const folds = flutes
    ? line(
        [-0.72, -0.4, -0.02, 0.36, 0.7]
          .map(
            t => d`M${x + top * t} ${y - h + ry * Math.sqrt(1 - t * t) * 0.9}Q${x + rx * t} ${y - h * 0.5} ${x + rx * t * 1.04} ${y + 8}`,
          )
          .join(''),
        darker(colour, 0.15),
        5,
      )
    : ''
  return (
    filled(
      outline,
      colour,
      shape(
        d`M${x + rx * 0.3} ${y + 20}Q${x + rx * 0.9} ${y - h * 0.4} ${x + top * 0.8} ${y - h - 20}h${rx}v${h + 50}`,
        darker(colour, 0.14),
      ) +
        folds +
        drips,
    ) +
    ellipse(x, y - h, top, ry, sauce ? lighter(sauce, 0.1) : lighter(colour, 0.28)) +
    ellipse(x, y - h + 1, top * 0.32, ry * 0.4, hole) +
    glint(
      d`M${x - top * 0.8} ${y - h}A${top * 0.82} ${ry * 0.78} 0 0 1 ${x - top * 0.2} ${y - h - ry * 0.74}M${x - rx * 0.84} ${y - h * 0.3}q3-${h * 0.2} 7-${h * 0.34}`,
      4,
    )
  )
}

/** A loaf with a cut end on the right; `face` is drawn over the cut. */
export const loaf = (crust: string, crumb: string, face: string, topping = '') =>
  shadow(160, 192, 112, 11) +
  filled(
    'M52 188V142Q46 118 72 112Q84 100 112 104Q140 94 168 102Q196 98 212 110L222 188Q222 194 216 194H60Q52 194 52 188',
    crust,
    shape('M40 172Q130 186 230 168V200H40', darker(crust, 0.18)) + glint('M66 124Q84 112 108 114', 5, 0.4),
  ) +
  topping +
  filled(
    'M206 190L206 134Q198 116 222 108Q254 100 266 120Q276 128 270 140L268 188Q266 194 260 194H212Q206 194 206 190',
    darker(crust, 0.12),
    filled('M212 188V136Q206 120 224 114Q250 107 261 122Q270 130 264 140L262 188', crumb, face),
  )

// --- Tarts ---------------------------------------------------------------------------------------------------------

/** A tart in a fluted shell, its filling an ellipse of half width `rx` about (160, y). */
export const tart = (crust: string, filling: string, { y = 128, rx = 100, h = 34 } = {}) => {
  const ry = rx * 0.3
  const x = 160
  const scallops = 14
  const edge = Array.from({ length: scallops }, (_, i) => {
    const angle = (i / scallops) * Math.PI
    return [Math.round(x + Math.cos(angle) * (rx + 9)), Math.round(y + Math.sin(angle) * (ry + 6))] as const
  })
  const folds = edge
    .slice(1)
    .map(([px, py]) => d`M${px} ${py + 2}l${Math.round((x - px) * 0.12)} ${h - 6}`)
    .join('')
  return (
    shadow(x, y + ry + h - 9, rx * 0.96, 12) +
    filled(
      d`M${x - rx - 9} ${y}a${rx + 9} ${ry + 6} 0 0 1 ${rx * 2 + 18} 0l-${rx * 0.12} ${h}a${rx * 0.97} ${ry} 0 0 1-${rx * 1.94 - 6} 0`,
      darker(crust, 0.06),
      shape(d`M${x + rx * 0.4} ${y}h${rx}v90h-${rx * 1.5}`, '#4a1a10', { opacity: 0.12 }) + line(folds, darker(crust, 0.24), 3),
    ) +
    ellipse(x, y, rx + 9, ry + 6, lighter(crust, 0.22)) +
    ellipse(x, y + 1, rx, ry, darker(filling, 0.2)) +
    ellipse(x, y + 3, rx - 1, ry - 2, filling)
  )
}

// --- Glass ---------------------------------------------------------------------------------------------------------

export type Band = readonly [y: number, colour: string]
const bandsOf = (bands: readonly Band[], wave = 6) =>
  bands.map(([y, colour], i) => shape(d`M0 ${y}q80 ${i % 2 ? wave : -wave} 160 0t160 0v200h-320`, colour)).join('')

/** A stemmed glass filled in bands from the top down; `y` of each band is where it begins. */
export const goblet = (bands: readonly Band[], inside = '') =>
  shadow(160, 204, 46, 8) +
  shape('M152 164h16v22q4 12 34 15q0 7-42 7t-42-7q30-3 34-15', '#eaf4f4') +
  shape('M162 164h6v22q4 12 34 15q0 5-20 6q-18-6-20-21', '#c9dde0') +
  filled(
    'M100 74H220Q222 134 184 162Q160 176 136 162Q98 134 100 74',
    '#e6f1f2',
    bandsOf(bands) + inside + shape('M206 60h30v120h-70Q206 140 206 60', '#3b1f14', { opacity: 0.1 }),
  ) +
  glint('M112 88Q112 124 128 144', 5, 0.65)

/** A straight glass or pot; what lies above its rim is drawn by the caller. */
export const pot = (x: number, y: number, w: number, h: number, bands: readonly Band[], inside = '') =>
  shadow(x, y + h, w * 0.56, 9) +
  filled(
    d`M${x - w / 2} ${y}h${w}l-${w * 0.06} ${h - 10}q-2 10-12 10h-${w * 0.88 - 24}q-10 0-12-10`,
    '#e9f2f2',
    bandsOf(bands) +
      inside +
      shape(d`M${x + w * 0.34} ${y - 9}h${w}v${h + 20}h-${w * 0.8}q-8-40-${w * 0.2}-${h + 20}`, '#3b1f14', { opacity: 0.1 }),
  ) +
  glint(d`M${x - w / 2 + 11} ${y + 12}l${w * 0.04} ${h * 0.55}`, 5, 0.6) +
  line(d`M${x - w / 2} ${y}h${w}`, '#f4fafa', 4)

export const spoon = (x: number, y: number, turn: number, colour = '#cfd6d8') =>
  line(d`M${x} ${y}v-66`, colour, 6, { turn: [turn, x, y] }) +
  ellipse(x, y + 8, 12, 17, colour, { turn: [turn, x, y] }) +
  ellipse(x - 2, y + 6, 7, 11, lighter(colour, 0.4), { turn: [turn, x, y] })

/** A bowl, `rx` the half width of its rim; what it holds is heaped over the rim by the caller. */
export const bowl = (x: number, y: number, rx: number, h: number, colour: string, inside: string) =>
  shadow(x, y + h, rx * 0.66, 9) +
  filled(
    d`M${x - rx} ${y}h${rx * 2}Q${x + rx * 0.94} ${y + h * 0.86} ${x + rx * 0.42} ${y + h}h-${rx * 0.84}Q${x - rx * 0.94} ${y + h * 0.86} ${x - rx} ${y}`,
    colour,
    shape(d`M${x + rx * 0.5} ${y}h${rx}v${h * 1.2}h-${rx * 1.4}Q${x + rx * 0.5} ${y + h * 0.8} ${x + rx * 0.5} ${y}`, darker(colour, 0.16)),
  ) +
  ellipse(x, y, rx, rx * 0.2, lighter(colour, 0.3)) +
  ellipse(x, y + 1, rx - 6, rx * 0.2 - 4, inside) +
  glint(d`M${x - rx + 13} ${y + 18}q4 ${h * 0.3} 16 ${h * 0.5}`, 5, 0.4)

// --- Ices ----------------------------------------------------------------------------------------------------------

export type Lolly = { colour: string; dip?: string; bite?: boolean; inside?: string }
/** A lolly that leans a little, its tip up; `dip` is the coat of its tip. */
export const lolly = ({ colour, dip, bite = false, inside = '' }: Lolly) =>
  block(151, 150, 18, 62, 9, '#c99a63') +
  block(151, 150, 8, 62, 4, '#e5bd88') +
  filled(
    bite
      ? 'M112 158V86Q112 40 150 40Q150 52 162 52Q164 66 178 64Q182 78 196 76L208 84V158Q208 168 198 168H122Q112 168 112 158'
      : 'M112 158V88A48 48 0 0 1 208 88V158Q208 168 198 168H122Q112 168 112 158',
    colour,
    inside +
      (dip ? shape('M100 30h120v76q-10 16-18 2q-8-10-16 0q-8 18-18 0q-8-9-16 0q-10 22-20 0q-8-9-16 2q-8 8-16-2', dip) : '') +
      shape('M188 30h40v150h-70q36-40 30-150', '#4a1a10', { opacity: 0.13 }) +
      line('M142 90v58M178 90v58', '#4a1a10', 7, { opacity: 0.09 }),
  ) +
  glint('M123 96Q122 70 138 56', 6, 0.55)

export const scoop = (x: number, y: number, r: number, colour: string) =>
  ball(x, y, r, colour) +
  shape(
    d`M${x - r - 4} ${y + r * 0.5}q${r * 0.2}-8 ${r * 0.45}-1q${r * 0.24}-9 ${r * 0.5}-1q${r * 0.24}-9 ${r * 0.5} 0q${r * 0.24}-8 ${r * 0.5} 0q${r * 0.1}-5 ${r * 0.25} 2q-2 ${r * 0.42}-${r * 0.4} ${r * 0.36}h-${r * 1.4}q-${r * 0.4} 0-${r * 0.4}-${r * 0.36}`,
    mix(colour, '#4a1a10', 0.1),
  )

// --- Biscuits and chocolates ---------------------------------------------------------------------------------------

/** A round biscuit lying flat. */
export const biscuit = (x: number, y: number, rx: number, h: number, colour: string) =>
  shape(d`M${x - rx} ${y}v${h}a${rx} ${rx * 0.3} 0 0 0 ${rx * 2} 0v-${h}`, darker(colour, 0.2)) +
  ellipse(x, y, rx, rx * 0.3, colour) +
  glint(d`M${x - rx * 0.72} ${y - 1}A${rx * 0.76} ${rx * 0.21} 0 0 1 ${x - rx * 0.2} ${y - rx * 0.19}`, 3, 0.4)

/** A moulded chocolate: a dome on a wider foot, middle of the foot at (x, y). */
export const dome = (x: number, y: number, w: number, h: number, colour: string, inside = '') =>
  shadow(x, y + 2, w * 0.58, w * 0.1) +
  filled(
    d`M${x - w / 2} ${y - 4}Q${x - w / 2} ${y - h} ${x} ${y - h}Q${x + w / 2} ${y - h} ${x + w / 2} ${y - 4}q0 8-8 8h-${w - 16}q-8 0-8-8`,
    colour,
    inside +
      shape(d`M${x + w * 0.2} ${y - h - 4}Q${x + w * 0.44} ${y - h * 0.4} ${x} ${y + 10}h${w}v-${h * 1.4}`, '#2a0d06', { opacity: 0.2 }),
  ) +
  glint(d`M${x - w * 0.36} ${y - h * 0.38}Q${x - w * 0.33} ${y - h * 0.72} ${x - w * 0.14} ${y - h * 0.84}`, w * 0.06, 0.5)

export const heart = (x: number, y: number, s: number) =>
  d`M${x} ${y + 34 * s}C${x - 62 * s} ${y - 6 * s} ${x - 44 * s} ${y - 46 * s} ${x - 20 * s} ${y - 42 * s}Q${x - 6 * s} ${y - 40 * s} ${x} ${y - 26 * s}Q${x + 6 * s} ${y - 40 * s} ${x + 20 * s} ${y - 42 * s}C${x + 44 * s} ${y - 46 * s} ${x + 62 * s} ${y - 6 * s} ${x} ${y + 34 * s}`

/** A ribbon's bow. */
export const bow = (x: number, y: number, s: number, colour: string) =>
  shape(
    d`M${x} ${y}q-${12 * s} ${10 * s}-${16 * s} ${28 * s}l${9 * s}-${4 * s}l${5 * s} ${7 * s}q-2-${16 * s} ${2 * s}-${31 * s}q${4 * s} ${15 * s} ${2 * s} ${31 * s}l${5 * s}-${7 * s}l${9 * s} ${4 * s}q-${4 * s}-${18 * s}-${16 * s}-${28 * s}`,
    darker(colour, 0.22),
  ) +
  shape(
    d`M${x} ${y}c-${12 * s}-${20 * s}-${34 * s}-${18 * s}-${34 * s}-${2 * s}c0 ${15 * s} ${22 * s} ${15 * s} ${34 * s} ${2 * s}c${12 * s}-${20 * s} ${34 * s}-${18 * s} ${34 * s}-${2 * s}c0 ${15 * s}-${22 * s} ${15 * s}-${34 * s} ${2 * s}`,
    colour,
  ) +
  shape(
    d`M${x - 8 * s} ${y}q-${10 * s}-${8 * s}-${17 * s}-${3 * s}q${5 * s} ${8 * s} ${17 * s} ${3 * s}M${x + 8 * s} ${y}q${10 * s}-${8 * s} ${17 * s}-${3 * s}q-${5 * s} ${8 * s}-${17 * s} ${3 * s}`,
    darker(colour, 0.3),
  ) +
  ellipse(x, y, 6 * s, 7 * s, darker(colour, 0.12))

/** A spiral from the middle outwards in half ellipses, as a line to be stroked. */
export const spiral = (x: number, y: number, rx: number, ry: number, turns: number) => {
  const halves = turns * 2
  const arcs = Array.from({ length: halves }, (_, i) => {
    const reach = (i + 1) / halves
    const width = (i ? i + (i + 1) : 1) / halves
    return d`A${(rx * width) / 2} ${(ry * width) / 2} 0 0 1 ${x + rx * reach * (i % 2 ? 1 : -1)} ${y}`
  })
  return d`M${x} ${y}` + arcs.join('')
}
