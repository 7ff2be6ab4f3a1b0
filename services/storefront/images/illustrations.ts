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
import { bow, cuppedBall, dome, glint, heart, over, paperCup, plate, ring, roundCake, shadow, slice, stand } from './sweets.ts'

/** A soft round ground for the pictures that stand alone on a page. */
const ground = (colour: string, floor: string) => disc(160, 116, 104, colour) + ellipse(160, 204, 124, 22, floor)

/** The shop's mark in a square of 96: a brigadeiro in its cup. */
const mark = (sprinkles: boolean) =>
  disc(48, 48, 48, shop.blush) +
  ellipse(48, 60, 29, 5, shop.raspberryDark) +
  disc(48, 44, 27, '#6b3a22') +
  shape('M67 25A27 27 0 0 1 29 63A35 35 0 0 0 67 25', '#4f2817') +
  (sprinkles
    ? sprinkled(over(22, 47, 43, 25), ['#a5683c', shop.strawberry], 3.2, 4)
    : dots(spots(40, 34, 54, 30, 47, 44, 60, 42, 34, 46, 54, 54), shop.strawberry, 6)) +
  glint('M29 37a20 20 0 0 1 9-11', 4) +
  paperCup(48, 57, 31, shop.raspberry, 22)

/** A lamp that hangs from (0, 0). */
const lamp =
  line('M0 0v34', shop.cocoa2, 3) +
  disc(0, 62, 34, '#fff6cf', { opacity: 0.7 }) +
  shape('M-22 54q0-20 22-22q22 2 22 22', shop.caramel) +
  ellipse(0, 54, 12, 6, '#fff8dc')

/** What the sweets on the counter have in common: the light on them, their sprinkles and the cup. */
const counterSweet =
  shape('M20-20A28 28 0 0 1-20 20A36 36 0 0 0 20-20', '#4a1a10', { opacity: 0.2 }) +
  dots(strewn(8, 0, -8, 20, 15), '#fff3e0', 4) +
  shape('M-30 10l6 5l6-1l6 5l6-1l6 3l6-3l6 1l6-5l6 1l6-5l-8 23q-22 8-44 0', '#fff3ec') +
  line('M-18 20l3 12M-6 22l1 13M7 22l-1 13M19 20l-3 12', '#e6d0c2', 3)
const row = spots(108, 296, 228, 296, 168, 304)

/** Every other stripe of the awning, from the one numbered `first`, with the scallops below. */
const stripes = (first: number, count: number, colour: string) => {
  const numbers = Array.from({ length: count }, (_, i) => first + i * 2)
  return (
    dots(
      numbers.map(i => [56 + i * 66, 78]),
      darker(colour, 0.12),
      66,
    ) + shape(numbers.map(i => d`M${44 + Math.round(i * 61.3)} 12h62L${89 + i * 66} 74h-66`).join(''), colour)
  )
}

const shopWindow =
  ellipse(320, 386, 300, 12, '#4a1a10', { opacity: 0.12 }) +
  block(44, 40, 552, 346, 18, shop.cocoa2) +
  block(60, 56, 520, 280, 0, '#fdebd2') +
  shape('M60 56h180l-90 280h-90', '#fff6e6') +
  copies(lamp, spots(222, 78, 418, 78)) +
  block(60, 226, 520, 16, 3, '#d9a56c') +
  shape('M60 236h520v6H60', '#b67f48') +
  put(
    stand(160, 186, 96, '#f6d5d9') +
      roundCake({ y: 108, rx: 80, h: 66, side: '#fff6ea', drip: shop.strawberry }) +
      copies(of.cherry([0, 0]), around(5, 160, 98, 58, 12, 0.3)),
    205,
    74,
    0.72,
  ) +
  shape('M98 132h78q8 6 8 16v66q0 12-12 12h-70q-12 0-12-12v-66q0-10 8-16', '#eef5f4') +
  dots(spots(106, 210, 134, 212, 162, 210, 118, 190, 150, 191, 132, 172, 106, 176, 164, 172), '#d39a50', 26) +
  dots(spots(104, 206, 132, 208, 140, 216, 168, 213, 116, 186, 155, 194, 138, 176, 162, 169), '#5a2d18', 5) +
  block(92, 120, 90, 15, 6, shop.raspberry) +
  glint('M101 150v50', 6, 0.8) +
  copies(dome(0, 0, 66, 66, '#6b3a22'), spots(462, 222, 540, 222, 501, 228)) +
  block(44, 332, 552, 54, 10, '#8a5a42') +
  block(44, 332, 552, 12, 6, '#a9775a') +
  row.map(([x, y], i) => disc(x, y, 28, [paint.cocoa, '#a3bb5c', '#ef7f9c'][i]!)).join('') +
  copies(counterSweet, row) +
  ellipse(338, 331, 74, 12, '#e4d3c3') +
  ellipse(338, 328, 74, 12, paint.white) +
  ring({ x: 338, y: 326, rx: 56, h: 54, colour: '#f6cf78', sauce: '#a9551a', hole: '#7a3610' }) +
  shape('M416 302h158l-14 28q-66 14-130 0', '#c98d4a') +
  line('M436 314l6 16M462 316l4 18M494 318v17M526 317l-4 18M554 312l-8 16', '#a9712f', 3) +
  ellipse(495, 302, 80, 20, '#e8bd80') +
  copies(of.strawberryHalf([0, 0, 0.95]), spots(470, 292, 520, 292, 434, 300, 495, 298, 556, 300, 463, 307, 527, 307, 495, 312)) +
  // The awning comes last: it hangs before the window.
  stripes(0, 5, shop.raspberry) +
  stripes(1, 4, '#fff4e8')

const emptyCart =
  ground(shop.blush, '#f7cfcf') +
  shadow(160, 204, 86, 10) +
  line('M88 124Q92 40 160 40T232 124', '#a8703a', 11) +
  line('M92 116Q98 44 160 42', '#d19a5c', 4) +
  bow(160, 40, 0.85, shop.raspberry) +
  ellipse(160, 126, 96, 22, '#8f5a2a') +
  ellipse(160, 130, 82, 15, '#5f3a1c') +
  filled(
    'M64 126Q70 146 160 148T256 126L240 190Q236 206 218 206H102Q84 206 80 190',
    '#d19a5c',
    line('M40 158h240M40 176h240M40 194h240', '#b67c40', 7) +
      line('M96 130l10 90M128 130l4 90M160 130v90M192 130l-4 90M224 130l-10 90', '#e3b77c', 9) +
      shape('M214 120h60v100h-90q40-40 30-100', '#4a1a10', { opacity: 0.14 }),
  ) +
  filled(
    'M96 138Q160 152 224 138L212 172Q204 186 192 176Q176 192 160 178Q144 192 128 176Q116 186 108 172',
    '#fff4ec',
    line('M80 152q80 18 160 0M80 172q80 18 160 0M108 130l12 60M136 130l6 60M184 130l-6 60M212 130l-12 60', shop.strawberry, 9, {
      opacity: 0.65,
    }),
  ) +
  line('M66 128Q80 148 160 149T254 128', '#e8c08c', 9) +
  of.cherry([276, 196, 0.9]) +
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
  shape('M240 32A24 24 0 1 0 266 62A20 20 0 0 1 240 32', '#f7cf7a') +
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
  // The sign says the same to whoever knows no brigadeiros.
  shadow(262, 204, 34, 6) +
  block(230, 148, 64, 54, 12, '#fff6e6') +
  shape('M294 178v12q0 12-12 12h-40q-12 0-12-12z', '#f1dfc4') +
  line('M253 164v22M271 164v22', shop.raspberry, 11)

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
