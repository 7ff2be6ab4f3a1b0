/** The pictures that belong to the shop and to no product, by path below `public/`. */
import * as of from './ingredients.ts'
import {
  around,
  block,
  copies,
  d,
  darker,
  disc,
  dots,
  ellipse,
  filled,
  line,
  paint,
  put,
  shape,
  shop,
  spots,
  sprinkled,
  strewn,
  svg,
} from './ink.ts'
import { bow, cuppedBall, dome, glint, heart, over, paperCup, plate, ring, roundCake, shadow, slice, stand, tart } from './sweets.ts'

/** A soft round ground for the pictures that stand alone on a page. */
const ground = (colour: string, floor: string) => disc(160, 116, 104, colour) + ellipse(160, 204, 124, 22, floor)

/** The shop's mark in a square of 96: a brigadeiro in its cup. */
const mark = (sprinkles: boolean) =>
  disc(48, 48, 48, shop.blush) +
  ellipse(48, 60, 29, 5, shop.raspberryDark) +
  disc(48, 44, 27, '#6b3a22') +
  shape('M67 25A27 27 0 0 1 29 63A35 35 0 0 0 67 25', shop.cocoa) +
  (sprinkles
    ? sprinkled(over(22, 47, 43, 25), ['#a5683c', shop.strawberry], 3.2, 4)
    : dots(spots(40, 34, 54, 30, 47, 44, 60, 42, 34, 46, 54, 54), shop.strawberry, 6)) +
  glint('M29 37a20 20 0 0 1 9-11', 4) +
  paperCup(48, 57, 31, shop.raspberry, 22)

const lamp = (x: number, length: number) =>
  line(d`M${x} 60v${length}`, shop.cocoa2, 3) +
  disc(x, 78 + length, 34, '#fff3c4', { opacity: 0.5 }) +
  shape(d`M${x - 22} ${76 + length}q0-20 22-22q22 2 22 22`, shop.caramel) +
  shape(d`M${x + 6} ${55 + length}q16 4 16 21h-12q2-14-4-21`, darker(shop.caramel)) +
  ellipse(x, 77 + length, 12, 6, '#fff8dc')

const sweetsInARow = (y: number, sweets: readonly (readonly [x: number, colour: string, cup: string, sprinkle: string])[]) =>
  sweets.map(([x, colour, cup, sprinkle]) => cuppedBall(x, y, 25, colour, cup, dots(over(12, x, y, 25, 0.85), sprinkle, 4))).join('')

const shopWindow =
  ellipse(320, 384, 300, 14, '#4a1a10', { opacity: 0.12 }) +
  block(44, 40, 552, 346, 18, shop.cocoa2) +
  block(44, 40, 540, 346, 18, '#7d4f3a') +
  block(60, 56, 520, 280, 8, '#fdebd2') +
  shape('M60 56h180l-90 280h-90M300 56h60l-90 280h-60', '#fff6e6') +
  lamp(190, 42) +
  lamp(320, 30) +
  lamp(450, 42) +
  block(60, 228, 520, 12, 3, '#d9a56c') +
  block(60, 238, 520, 6, 2, '#b67f48') +
  put(
    stand(160, 186, 96, '#f6d5d9') +
      roundCake({ y: 112, rx: 80, h: 60, side: '#fff6ea', drip: shop.strawberry }) +
      copies(of.strawberry([0, 0, 0.8]), around(7, 160, 98, 56, 11, 0.3)),
    224,
    97,
    0.6,
  ) +
  put(
    shadow(0, 0, 46, 6) +
      filled(
        'M-40-100H40Q48-92 48-80V-12Q48 0 36 0H-36Q-48 0-48-12V-80Q-48-92-40-100',
        '#eef5f4',
        dots(strewn(14, 0, -38, 36, 34), '#d39a50', 26) +
          dots(strewn(18, 0, -40, 36, 36), '#5a2d18', 6) +
          shape('M26-110h40v120h-70Q36-40 26-110', '#3b1f14', { opacity: 0.1 }),
      ) +
      block(-44, -112, 88, 16, 7, shop.raspberry) +
      glint('M-36-82v60', 6, 0.7),
    140,
    228,
    0.82,
  ) +
  put(dome(-48, 0, 70, 70, '#5a2d18') + dome(38, 0, 70, 70, '#8c5230') + dome(-6, 4, 70, 64, '#f9e3bd'), 492, 226, 0.85) +
  block(44, 330, 552, 56, 10, '#8a5a42') +
  block(44, 330, 552, 12, 6, '#a9775a') +
  put(plate(160, 200, 116) + ring({ y: 196, rx: 86, h: 78, colour: '#f6cf78', sauce: '#a9551a', hole: '#7a3610' }), 232, 217, 0.56) +
  put(
    tart('#d8a15a', '#fbe3ae') + copies(of.strawberryHalf([0, 0, 1.25]), [...around(10, 160, 128, 78, 18), ...around(5, 160, 120, 36, 8)]),
    402,
    220,
    0.6,
  ) +
  sweetsInARow(300, [
    [96, paint.cocoa, shop.raspberry, '#a5683c'],
    [214, '#a3bb5c', '#f2dcb4', '#d8e4a4'],
  ]) +
  sweetsInARow(306, [[155, '#ef7f9c', '#fff3ec', '#ffd9e0']]) +
  block(44, 372, 552, 14, 6, shop.cocoa2) +
  // The awning is drawn last, it hangs before the window.
  Array.from({ length: 8 }, (_, i) => {
    const x = 24 + i * 74
    const colour = i % 2 ? '#fff4e8' : shop.raspberry
    return shape(d`M${x} 70v14a37 37 0 0 0 74 0v-14`, darker(colour, 0.12)) + shape(d`M${44 + i * 69} 14h69L${x + 74} 74H${x}`, colour)
  }).join('') +
  line('M46 16h548', '#fff', 5, { opacity: 0.25 })

const emptyCart =
  ground(shop.blush, '#f7cfcf') +
  shadow(160, 204, 86, 10) +
  line('M88 124Q92 40 160 40T232 124', '#a8703a', 11) +
  line('M92 116Q98 44 160 42', '#d19a5c', 4) +
  ellipse(160, 126, 96, 22, '#8f5a2a') +
  ellipse(160, 130, 82, 15, '#5f3a1c') +
  filled(
    'M64 126Q70 146 160 148T256 126L240 190Q236 206 218 206H102Q84 206 80 190',
    '#d19a5c',
    line('M40 158h240M40 176h240M40 194h240', '#b67c40', 7) +
      line('M96 130l10 90M128 130l4 90M160 130v90M192 130l-4 90M224 130l-10 90', '#e3b77c', 9) +
      shape('M214 120h60v100h-90q40-40 30-100', '#4a1a10', { opacity: 0.14 }),
  ) +
  line('M66 128Q80 148 160 149T254 128', '#e8c08c', 9) +
  filled(
    'M72 130Q84 146 118 148L112 186Q108 192 102 188L64 146',
    '#fff4ec',
    line('M66 140l60 20M60 160l60 22M86 130l-14 60M108 136l-12 60', shop.strawberry, 8, { opacity: 0.75 }),
  ) +
  put(of.cherry([0, 0, 0.9]), 272, 198) +
  line('M206 62q8-14 20-10q12 6 2 20', shop.raspberry, 3.4, { opacity: 0.7 }) +
  dots(spots(50, 70, 268, 84, 246, 44, 76, 44), shop.strawberry, 8)

const notFound =
  ground('#fdeccf', '#f3d3a0') +
  stand(160, 176, 104, '#f3ddd0') +
  // What is left: a crust, crumbs and a fork.
  shape('M120 172q4-14 18-10q6-10 18-4q12-2 14 8q8 8-4 10q-24 4-46-4', '#c98a45') +
  shape('M156 158q12-2 14 8q8 8-4 10q-8 2-18 1q14-6 8-19', '#a9692f') +
  dots(spots(96, 176, 108, 182, 190, 178, 206, 172, 222, 180, 180, 186), '#b87636', 6) +
  dots(spots(100, 180, 198, 184, 214, 178, 134, 184), '#8f5a2a', 4) +
  copies(of.cherry([0, 0, 0.62]), spots(188, 168)) +
  // The glass dome, lifted.
  put(
    filled('M-78 52V0Q-78-66 0-68Q78-66 78 0V52', '#eaf4f4', shape('M44-70h60v130h-90Q60-10 44-70', '#3b1f14', { opacity: 0.07 })) +
      line('M-78 52V0Q-78-66 0-68Q78-66 78 0V52Z', '#fff', 5) +
      glint('M-60 24V0Q-58-40-24-50', 7, 0.95) +
      disc(0, -78, 11, '#fff') +
      disc(2, -77, 7, '#dbe8e8'),
    178,
    96,
    1,
    16,
  ) +
  line('M54 196l40 12M54 196l-14-10M52 198l-18-4M53 201l-16 2', '#c2c9cc', 4.5) +
  line('M76 62q-10-20 10-26t18 12q0 10-10 14t-8 14', shop.raspberry, 7) +
  dots(spots(85, 92), shop.raspberry, 9)

const paused =
  ground('#e4dcf2', '#cbbbe2') +
  disc(238, 54, 22, '#fbe3a4') +
  disc(247, 47, 19, '#e4dcf2') +
  dots(spots(84, 50, 62, 96, 268, 104, 204, 32), '#fff', 5) +
  cuppedBall(
    150,
    136,
    60,
    '#6b3a22',
    shop.raspberry,
    sprinkled(
      over(16, 150, 136, 60).filter(([, y]) => y < 116),
      ['#a5683c', '#47251a'],
      5,
      7,
    ),
  ) +
  // Asleep: the eyes closed, the cheeks rosy, a nightcap on.
  line('M120 134q9 9 18 0M162 134q9 9 18 0', '#fff3e6', 4.5) +
  line('M144 146q6 6 12 0', '#fff3e6', 4) +
  dots(spots(114, 146, 186, 146), shop.strawberry, 14) +
  filled(
    'M96 104Q104 62 148 54Q196 48 226 84Q240 104 236 124Q222 106 200 100Q150 92 96 104',
    shop.pistachio,
    line('M120 50l-14 70M150 44l-6 70M180 44l4 70M210 50l12 70', '#a9c28a', 8) +
      shape('M176 40Q230 70 244 130L200 100Q206 70 176 40', '#4a1a10', { opacity: 0.14 }),
  ) +
  line('M98 108Q152 90 204 106', '#fffaf2', 15) +
  disc(238, 130, 13, '#fffaf2') +
  shape('M247 121A13 13 0 0 1 229 139A17 17 0 0 0 247 121', '#e8dccb') +
  // The sign that says the same to whoever knows no brigadeiros.
  put(
    line('M-22-34L0-56L22-34', shop.cocoa2, 3.5) +
      block(-32, -36, 64, 56, 12, '#fff6e6') +
      block(-32, 12, 64, 8, 4, '#e7d3b4') +
      line('M-10-18v20M10-18v20', shop.raspberry, 11) +
      disc(0, -57, 4, shop.cocoa2),
    60,
    176,
    0.9,
    -5,
  )

const confirmed =
  ground('#e6f0d6', '#c5dba5') +
  sprinkled(
    strewn(36, 160, 84, 132, 70).filter(([x, y]) => Math.abs(x - 160) > 66 || y < 62),
    [shop.raspberry, shop.caramel, shop.pistachio, shop.strawberry],
    6,
    8,
  ) +
  shadow(160, 206, 92, 10) +
  block(80, 112, 160, 94, 8, '#fbd3db') +
  shape('M196 112h44v86q0 8-8 8h-56q26-40 20-94', '#f0b3c0') +
  block(148, 112, 24, 94, 0, shop.raspberry) +
  block(70, 88, 180, 34, 8, '#fde4e8') +
  shape('M214 88h28q8 0 8 8v18q0 8-8 8h-38q14-16 10-34', '#f3bcc7') +
  block(146, 88, 28, 34, 0, shop.raspberry) +
  shape('M172 112v94h-8q6-50 2-94M174 88v34h-8v-34', shop.raspberryDark) +
  bow(160, 86, 1.35, shop.raspberry) +
  shape(heart(112, 164, 0.4), shop.surface) +
  disc(232, 184, 33, shop.surface) +
  disc(232, 184, 28, '#5f8442') +
  line('M219 185l9 9l18-20', '#fff', 7)

/** A slice of cake under a glass dome, for a product that has no picture of its own. */
const fallback =
  shape('M0 0h320v240H0', '#fbeee0') +
  disc(160, 104, 94, shop.cream) +
  shape('M0 160h320v80H0', '#f0d9c0') +
  ellipse(160, 200, 150, 30, '#f7e7d4') +
  plate(160, 182, 118) +
  put(
    slice({
      layers: [
        ['#f3d08a', 3],
        ['#f7a9b8', 1],
        ['#f3d08a', 3],
      ],
      top: '#fff6ea',
      icing: '#fff6ea',
      topping: of.cherry([200, 84, 1.5]),
    }),
    74,
    78,
    0.54,
  ) +
  shape('M70 180V124Q70 50 160 46Q250 50 250 124V180Q160 200 70 180', '#fff', { opacity: 0.35 }) +
  line('M70 180V124Q70 50 160 46Q250 50 250 124V180', '#fff', 5, { opacity: 0.9 }) +
  glint('M88 150V126Q90 84 122 68', 8, 0.9) +
  disc(160, 36, 12, '#fff') +
  shape('M168 28A12 12 0 0 1 152 44A16 16 0 0 0 168 28', '#e4d8cc')

/** By path below `public/`. */
export const illustrations: Readonly<Record<string, string>> = {
  'favicon.svg': svg(96, 96, mark(false)),
  'imagens/logo.svg': svg(96, 96, mark(true)),
  'imagens/padrao.svg': svg(320, 240, fallback),
  'imagens/vitrine.svg': svg(640, 400, shopWindow),
  'imagens/carrinho-vazio.svg': svg(320, 240, emptyCart),
  'imagens/nao-encontrado.svg': svg(320, 240, notFound),
  'imagens/pedidos-pausados.svg': svg(320, 240, paused),
  'imagens/pedido-confirmado.svg': svg(320, 240, confirmed),
}
