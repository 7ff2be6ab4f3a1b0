/** What each product's drawing is made of, by the slug of its picture. The keys are those of the catalog's seed. */

import * as of from './ingredients.ts'
import {
  around,
  block,
  copies,
  d,
  disc,
  dots,
  ellipse,
  filled,
  line,
  type Point,
  paint,
  put,
  rods,
  shape,
  shop,
  spots,
  sprinkled,
  strewn,
} from './ink.ts'
import {
  ball,
  biscuit,
  board,
  bow,
  bowl,
  cream,
  cuppedBall,
  dome,
  glint,
  goblet,
  heart,
  loaf,
  lolly,
  over,
  paper,
  paperCup,
  plate,
  pot,
  ring,
  roundCake,
  scoop,
  shadow,
  slice,
  spiral,
  spoon,
  stand,
  tart,
} from './sweets.ts'

/** A coat of rods over a ball. */
const coated = (count: number, x: number, y: number, r: number, colours: readonly string[], size = 4, length = 5) =>
  sprinkled(over(count, x, y, r), colours, size, length)
/** A coat of grains: sugar, powder, coconut. */
const grainy = (count: number, x: number, y: number, r: number, colour: string, size = 3) => dots(over(count, x, y, r, 0.95), colour, size)

const brigadeiros = {
  'brigadeiro-tradicional':
    copies(cuppedBall(86, 122, 36, paint.cocoa, '#e8c08c', coated(13, 86, 122, 36, ['#9a6238'], 4, 5)), spots(0, 0, 148, 0)) +
    cuppedBall(160, 134, 52, paint.cocoa, shop.raspberry, coated(23, 160, 134, 52, [paint.dark, '#9a6238'], 5, 7)),
  'brigadeiro-branco':
    cuppedBall(146, 128, 58, '#fbe7c4', '#e2a08f', coated(48, 146, 128, 58, ['#fffdf6', '#e9cb98'], 5, 8)) + of.vanilla([252, 190, 1.1]),
  'brigadeiro-de-pistache':
    cuppedBall(150, 128, 58, '#a3bb5c', '#f2dcb4', coated(38, 150, 128, 58, ['#6f8f3a', '#c9d98a'], 7, 3)) +
    copies(of.pistachio([0, 0, 1.1, -14]), spots(56, 196, 262, 190, 230, 206)),
  'brigadeiro-de-churros':
    cuppedBall(
      160,
      132,
      56,
      '#c98a45',
      '#fff3dc',
      grainy(48, 160, 132, 56, '#f2cf95', 3.6) +
        shape('M122 92Q124 72 148 76Q152 54 166 58Q166 70 178 76Q200 76 198 94Q160 110 122 92', '#8f4f20') +
        glint('M136 86q2-6 12-5M158 68q2-4 6-5', 4),
    ) + of.cinnamon([254, 200, 0.9, -12]),
  'brigadeiro-de-maracuja':
    cuppedBall(
      142,
      128,
      58,
      '#f7c436',
      '#fff0cf',
      grainy(46, 142, 128, 58, '#fdeaa0', 4) + dots(spots(126, 92, 146, 84, 162, 98, 140, 106, 112, 112, 178, 116), '#3a2a1c', 7),
    ) + of.passionFruit([250, 184, 1.35]),
  'brigadeiro-de-ninho-com-creme-de-avela':
    cuppedBall(94, 128, 44, '#fff4dd', '#d9b078', grainy(30, 94, 128, 44, '#ead5ab', 3)) +
    shadow(206, 198, 56) +
    ball(206, 144, 56, '#fbeccb') +
    disc(206, 144, 46, '#fff8e8') +
    disc(206, 146, 29, '#6d3a1e') +
    shape('M226 125A29 29 0 0 1 186 167A36 36 0 0 0 226 125', '#522814') +
    glint('M188 138a20 20 0 0 1 9-10') +
    copies(of.hazelnut([0, 0, 0.9, -16]), spots(62, 206, 84, 212)),
  'brigadeiro-de-cafe':
    shape('M214 128h66q0 50-18 56h-30q-18-6-18-56', '#fffaf2') +
    shape('M264 128h16q0 50-18 56h-14q16-10 16-56', '#ead9c6') +
    line('M279 138q22-4 20 14t-24 16', '#fffaf2', 7) +
    ellipse(247, 128, 33, 8, '#f3e4d2') +
    ellipse(247, 129, 28, 6, '#4a2918') +
    line('M236 112q-7-9 0-17t0-17M256 112q-7-9 0-17t0-17', '#fffaf2', 5, { opacity: 0.7 }) +
    cuppedBall(134, 132, 56, '#432214', '#d98e2b', coated(34, 134, 132, 56, ['#26100a', '#6b4026'], 5, 7)) +
    copies(of.coffeeBean([0, 0, 1.1, -20]), spots(134, 78, 232, 206)),
  'bicho-de-pe':
    copies(cuppedBall(104, 132, 50, '#ef7f9c', '#fff3ec', grainy(44, 104, 132, 50, '#ffd9e0', 3.6)), spots(0, 0, 112, 0)) +
    of.strawberry([160, 196, 1, 12]),
  'brigadeiro-de-colher':
    spoon(206, 128, 24, '#c8975a') +
    pot(150, 100, 124, 100, [[90, '#5a2f1c']], shape('M80 150q60 22 150 0v60H80', '#48230f', { opacity: 0.5 })) +
    shape('M88 104Q96 78 130 84Q150 62 176 82Q208 80 212 104Q150 116 88 104', '#6b3a22') +
    glint('M104 94q8-8 22-5', 5, 0.35) +
    sprinkled(strewn(26, 150, 92, 48, 11), ['#2f130a', '#a5683c'], 4, 6) +
    block(108, 132, 74, 34, 8, '#fff3e0') +
    shape(heart(145, 150, 0.26), shop.raspberry),
}

const cakes = {
  'bolo-de-cenoura-com-chocolate':
    slice({ layers: [['#ef9a3c', 1]], top: '#5a2d18', drip: '#5a2d18', speckles: '#d97b1e' }) + of.carrot([250, 206, 0.95, 4]),
  'bolo-de-fuba-com-goiabada':
    plate(160, 196, 118) +
    ring({ y: 188, rx: 88, h: 76, colour: '#f2bf45', flutes: true, hole: '#b9812a' }) +
    copies(
      block(-7, -6, 14, 13, 2, '#a82733', { turn: [14, 0, 0] }) + block(-7, -6, 11, 9, 2, '#dd5a5c', { turn: [14, 0, 0] }),
      spots(98, 168, 136, 148, 178, 172, 212, 150, 114, 132, 194, 130, 138, 184, 226, 178),
    ) +
    of.guava([272, 194, 1.05]),
  'bolo-floresta-negra':
    stand(160, 178, 106, '#f3ddd0') +
    roundCake({
      y: 106,
      rx: 82,
      h: 60,
      side: '#fff6ea',
      bands: [
        ['#fff6ea', 3],
        ['#4f2818', 5],
        ['#fff6ea', 2],
        ['#4f2818', 5],
        ['#fff6ea', 2],
      ],
    }) +
    sprinkled(strewn(18, 160, 106, 44, 10), ['#4a2518', '#7a4a2c'], 4, 9) +
    copies(cream(0, 6, 0.85, '#fffdf8') + of.cherry([-1, -20, 0.62]), around(8, 160, 104, 64, 13, 0.2)),
  'bolo-red-velvet':
    slice({
      layers: [
        ['#fff4e6', 1.2],
        ['#b01f35', 4],
        ['#fff4e6', 1.3],
        ['#b01f35', 4],
        ['#fff4e6', 1.3],
        ['#b01f35', 4],
      ],
      top: '#fffaf2',
      icing: '#fff4e6',
      topping: dots(strewn(22, 186, 103, 46, 9), '#b01f35', 4.5),
    }) + cream(222, 100, 1.1),
  'bolo-de-rolo':
    board(160, 192, 250) +
    shadow(160, 194, 100, 6) +
    shape('M126 84L240 84Q276 100 276 140T240 194H126', '#efc177') +
    shape('M126 180Q200 180 272 160Q264 194 240 194H126', '#d9a052') +
    dots(strewn(26, 214, 100, 50, 12), '#fffaf2', 4) +
    ellipse(122, 140, 56, 55, '#f5d596') +
    line(spiral(122, 140, 50, 49, 6), '#b8303a', 4) +
    of.guava([274, 200, 0.8]),
  'bolo-prestigio':
    plate(160, 190, 120, '#eaf0ee') +
    roundCake({
      y: 104,
      rx: 88,
      h: 70,
      side: '#5a2f1c',
      bands: [
        ['#5a2f1c', 4],
        ['#fff6e6', 2.5],
        ['#5a2f1c', 4],
      ],
      drip: '#3f1d12',
    }) +
    rods(strewn(46, 160, 103, 74, 15), '#fffaf2', 3.4, 8) +
    of.coconut([272, 188, 1.05]),
  'bolo-de-casamento-de-dois-andares':
    stand(160, 190, 100, '#e9d3b8', 24) +
    roundCake({ y: 134, rx: 82, h: 50, side: '#fff7ee', top: '#fffdf8' }) +
    roundCake({ y: 82, rx: 50, h: 46, side: '#fff7ee', top: '#fffdf8' }) +
    line(
      'M79 170q10 16 20 6q10 12 20 4q10 11 21 2q10 10 20 1q10 9 20-1q11 9 21-2q10 9 20-4q10 10 20-6M111 116q8 12 17 3q8 10 16 2q8 9 16 0q8 9 16 0q8 8 16-2q9 9 17-3',
      '#f3b7c0',
      3,
    ) +
    line('M160 50v30', '#d9b48a', 3) +
    shape(heart(160, 40, 0.34), shop.raspberry) +
    copies(of.flower('#f28ba3', '#f7c75a')([0, 0, 0.8]), spots(144, 76, 174, 78, 96, 130, 224, 142)) +
    of.mint([114, 142, 0.7, -20]),
  'bolo-marmore':
    plate(150, 194, 126) +
    ring({ x: 128, y: 186, rx: 86, h: 82, colour: '#e9b866', flutes: true, hole: '#8f5a28' }) +
    line('M70 130q8 20 2 44M106 122q10 26 4 60M150 124q-6 26 4 58M188 132q-4 20 4 40', '#7a4526', 9, { opacity: 0.75 }) +
    shadow(232, 202, 54, 8) +
    filled(
      'M184 204Q176 140 204 118Q232 104 262 118Q286 140 280 204Q232 212 184 204',
      '#c98a3f',
      filled(
        'M191 198Q186 144 208 126Q232 114 258 126Q278 144 273 198Q232 206 191 198',
        '#f9e3a8',
        shape(
          'M180 160q20-22 34-4t28-8t40-14v26q-14 16-28 6t-30 12t-44 8M214 116q6 22 22 14t36 6l-20-30M204 210q8-18 26-10t44-18v30',
          '#7a4526',
        ) + line('M200 162q12-10 20 0t22-4M214 198q10-6 18 0', '#f9e3a8', 4),
      ),
    ),
  'bolo-de-milho-cremoso':
    plate(154, 186, 122, '#e4efd4') +
    put(
      shadow(156, 190, 84, 8) +
        shape('M74 130L140 104L232 122L172 152', '#f9d25c') +
        shape('M74 130L172 152V196L74 172', '#f4bd3a') +
        shape('M172 152L232 122V164L172 196', '#dd9d26') +
        shape('M74 130L140 104L232 122L172 152L173 144L214 122L140 110L92 130', '#c98325') +
        dots([...strewn(12, 122, 160, 40, 12), ...strewn(6, 202, 156, 18, 12)], '#fbe08a', 6) +
        glint('M98 128l40-16', 4),
      -28,
      -28,
      1.15,
    ) +
    of.corn([250, 200, 1.05, -10]),
}

const tarts = {
  'torta-de-limao':
    tart('#d8a15a', '#eaf0b4', { y: 138 }) +
    copies(cream(0, 10, 1.75, '#fff7e2') + shape('M-2-20Q2-24 4-28Q12-22 10-12Q2-8-8-12Q-8-18-2-20', '#e0a65c', { opacity: 0.75 }), [
      ...around(11, 160, 136, 76, 18, 0.1),
      ...around(5, 160, 122, 36, 7, 0.4),
    ]) +
    of.limeSlice([272, 194, 1.15]),
  'torta-de-morango':
    tart('#dca765', '#fbe3ae', { y: 130 }) +
    copies(of.strawberryHalf([0, 0, 1.1]), [...around(11, 160, 128, 78, 19), ...around(6, 160, 124, 38, 8)]) +
    of.mint([160, 114, 1]),
  'torta-holandesa':
    plate(160, 190, 122) +
    shadow(160, 188, 96, 12) +
    roundCake({ y: 112, rx: 90, h: 66, side: '#fbeccb', drip: '#4a2416' }) +
    line(
      [-0.92, -0.72, -0.48, -0.22, 0.05, 0.32, 0.57, 0.78, 0.94]
        .map(t => d`M${160 + 90 * t} ${140 + 20 * Math.sqrt(1 - t * t)}v34`)
        .join(''),
      '#e0ac66',
      17,
    ) +
    line(
      [-0.92, -0.72, -0.48, -0.22, 0.05, 0.32, 0.57, 0.78, 0.94]
        .map(t => d`M${160 + 90 * t} ${158 + 20 * Math.sqrt(1 - t * t)}v16`)
        .join(''),
      '#4a2416',
      17,
    ) +
    line('M96 110q14-12 30-2t30-2t30 2t34-2', '#fbeccb', 4),
  'torta-de-maca':
    tart('#d89a4c', '#e9b45c', { y: 132 }) +
    filled(
      'M60 133a100 28 0 0 1 200 0a100 28 0 0 1-200 0',
      '#c9772c',
      line('M50 128l90-50M70 150l130-70M110 166l130-66M170 170l110-56', '#f0c27c', 13) +
        line('M110 90l140 90M60 100l130 80M160 84l120 70M40 120l80 52', '#e3ab5e', 13),
    ) +
    of.apple([268, 186, 1.15]),
  banoffee:
    slice({
      layers: [
        ['#fffaf0', 2.6],
        ['#f9e39a', 1.6],
        ['#b8692a', 4],
        ['#d8a15a', 2],
      ],
      top: '#fffdf6',
      topping: copies(cream(0, 0, 1.25), spots(206, 106, 168, 112, 236, 118)) + dots(strewn(14, 190, 98, 50, 12), '#a8622c', 3),
    }) +
    copies(of.bananaSlice([0, 0, 1.1]), spots(102, 106, 130, 103)) +
    of.banana([256, 204, 0.9, 4]),
  'torta-bulgara':
    plate(156, 190, 128, '#f6e9de') +
    slice({ layers: [['#3a1a10', 1]], top: '#4f2817', topping: dots(strewn(40, 186, 104, 56, 11), '#fff3e0', 2.6), speckles: '#54291a' }) +
    line('M270 196l-34 22M276 188l12-8M272 184l12-8M280 192l12-8', '#c7cdd0', 4),
  'torta-de-nozes-com-doce-de-leite':
    stand(160, 176, 108, '#dfe8d3') +
    roundCake({
      y: 112,
      rx: 86,
      h: 52,
      side: '#e5bd7c',
      bands: [
        ['#e5bd7c', 4],
        ['#b8692a', 2],
        ['#e5bd7c', 4],
      ],
      drip: '#b8692a',
    }) +
    copies(of.walnut([0, 0, 0.62]), [...around(9, 160, 108, 68, 14), [160, 102]]),
  'cheesecake-de-frutas-vermelhas':
    slice({
      layers: [
        ['#fff3d2', 7],
        ['#c98d4a', 2],
      ],
      top: '#a81c45',
      drip: '#a81c45',
    }) +
    copies(of.blueberry([0, 0, 1.1]), spots(178, 102, 206, 112)) +
    copies(of.raspberry([0, 0, 1.15]), spots(204, 94, 230, 108, 276, 200)) +
    of.mint([184, 90, 0.8, -20]),
}

const balls: readonly Point[] = spots(106, 112, 156, 96, 206, 100)
const egg = 'M-110 4C-110-44-72-68-22-66C40-64 92-34 116 0C92 40 40 72-22 72C-72 72-110 50-110 4'
const nine = [64, 112, 160].flatMap(y => [103, 160, 217].map((x): Point => [x, y]))

const party = {
  'beijinho-de-coco': copies(
    cuppedBall(
      104,
      132,
      50,
      '#fff3dc',
      shop.strawberry,
      rods(over(36, 104, 132, 50), '#fffefa', 3, 7) + rods(over(14, 104, 132, 46), '#e9d3ab', 2.4, 7),
    ) + of.clove([102, 88, 1.2]),
    spots(0, 0, 112, 0),
  ),
  cajuzinho: copies(
    shadow(96, 196, 44) +
      shape('M66 178Q48 156 62 140Q76 126 80 108Q84 90 97 90Q110 90 114 108Q118 126 132 140Q146 156 128 178', '#bd7836') +
      shape('M114 108Q118 126 132 140Q146 156 128 178H112Q122 140 106 94Q112 98 114 108', '#985724') +
      dots(strewn(20, 96, 150, 30, 36), '#e9bc7c', 3.6) +
      glint('M76 132q8-10 10-20') +
      put(ellipse(0, 0, 14, 9.5, '#efc88c') + line('M-13 1Q0-5 13 1', '#c08a48', 2), 98, 84, 1, -64) +
      paperCup(96, 158, 46, '#8fb05a', 34),
    spots(0, 0, 124, 0, 62, 14),
  ),
  'olho-de-sogra': copies(
    shadow(0, 36, 54) +
      ellipse(0, 4, 58, 34, '#43202f') +
      ellipse(-2, 0, 52, 28, '#63324a') +
      glint('M-46-4a44 22 0 0 1 18-16') +
      ellipse(0, -4, 36, 20, '#f5bf45') +
      ellipse(-2, -8, 32, 14, '#fbdc80') +
      dots(strewn(14, 0, -6, 30, 14), '#fffaf0', 3.4) +
      paperCup(0, 12, 60, '#f7ead8', 28),
    spots(92, 134, 228, 134, 160, 168),
  ),
  'bem-casado':
    shadow(112, 200, 66) +
    shape('M84 116Q58 98 62 72L80 84L90 62L104 80L116 58L126 80L142 62L148 84L166 74Q164 100 138 116', '#fbd3db') +
    line('M80 84Q92 102 104 114M104 80Q108 98 110 114M126 80Q118 98 116 114M148 84Q132 102 122 114', '#eea9b8', 3) +
    shape('M92 112H132Q176 130 174 176Q172 198 150 200H74Q52 198 50 176Q48 130 92 112', '#fde4e8') +
    shape('M132 112Q176 130 174 176Q172 198 150 200H120Q156 170 124 112', '#f3bcc7') +
    line('M100 122Q76 144 74 188M112 124V194M124 122Q148 144 150 188', '#f3bcc7', 3) +
    bow(112, 114, 1.05, shop.raspberry) +
    shadow(238, 200, 48) +
    biscuit(238, 184, 46, 12, '#f7e3bd') +
    block(193, 168, 90, 16, 8, '#b8692a') +
    biscuit(238, 158, 46, 11, '#faecd0') +
    glint('M206 156q10-8 28-9', 4, 0.8),
  'camafeu-de-nozes': copies(
    shadow(100, 180, 58) +
      ellipse(100, 146, 56, 36, '#fff9f0') +
      shape('M140 121A56 36 0 0 1 60 171A72 52 0 0 0 140 121', '#e9d9cb') +
      glint('M56 140a48 30 0 0 1 18-18', 5, 0.9) +
      ellipse(103, 130, 25, 13, '#e0cdbb') +
      put(of.walnut([0, 0, 1.25]), 100, 122) +
      paperCup(100, 156, 60, '#d98e2b', 30),
    spots(60, -44, -4, 14, 124, 14),
  ),
  'surpresa-de-uva':
    cuppedBall(92, 132, 46, '#fbe7c4', '#a9c46c', grainy(24, 92, 132, 46, '#fffaf0', 4)) +
    shadow(208, 196, 54) +
    disc(208, 138, 57, '#efd09a') +
    dots(around(16, 208, 138, 54, 54), '#fffaf0', 3) +
    disc(208, 138, 51, '#fff3dc') +
    ball(208, 138, 36, '#9dbb4e') +
    disc(203, 133, 25, '#bcd478', { opacity: 0.7 }) +
    glint('M182 132a26 26 0 0 1 14-18', 6, 0.8) +
    line('M280 186q-2-18 8-24', '#6b8f3c', 4) +
    copies(of.grape([0, 0]), spots(266, 190, 288, 192, 276, 208)),
  'doce-de-morango-com-brigadeiro-branco': copies(
    shadow(0, 62, 46) +
      shape('M-46 36C-48 4-30-50 0-52C30-50 48 4 46 36Q22 54-46 36', '#d3263f') +
      shape('M8-50C34-42 48 4 46 36H30Q34-20 8-50', '#a81c36') +
      dots(spots(-14, -24, 2, -20, 15, -26, -4, -36, 6, -42, -22, -10, 22, -8), '#ffd98a', 3.6) +
      shape('M-47 38C-48 18-44 0-38-12Q-28-16-22-4Q-14 6-6-4Q2-14 10-3Q18 8 24-2Q30-12 38-12Q48 10 47 38Q0 54-47 38', '#fbe7c4') +
      shape('M38-12Q48 10 47 38L24 44Q40 16 30-9Q34-13 38-12', '#e6c896') +
      glint('M-37 12q0-8 4-14', 5, 0.8) +
      paperCup(0, 28, 50, '#f48fa6', 32),
    spots(86, 112, 234, 112, 160, 138),
  ),
  'caixa-de-brigadeiros-sortidos':
    shadow(160, 208, 108, 10) +
    block(62, 28, 196, 178, 14, '#8c0e3e') +
    block(62, 28, 196, 168, 14, shop.raspberry) +
    block(74, 40, 172, 146, 8, '#fdeee2') +
    copies(paperCup(0, 6, 25, '#e2bd8a', 15), nine) +
    nine
      .map(([x, y], i) =>
        disc(x, y - 2, 21, [paint.cocoa, '#fbe7c4', '#ef7f9c', '#a3bb5c', '#c98a45', paint.cocoa, '#ef7f9c', paint.dark, '#a3bb5c'][i]!),
      )
      .join('') +
    copies(shape('M15-17A21 21 0 0 1-15 13A27 27 0 0 0 15-17', '#4a1a10', { opacity: 0.22 }) + glint('M-14-6a15 15 0 0 1 8-10', 3), nine) +
    copies(
      dots(strewn(3, 0, -4, 11, 11), '#fff6e6', 4),
      [0, 1, 2, 4, 5, 8].map(i => nine[i]!),
    ),
}

const regional = {
  quindim:
    plate(160, 192, 120, '#e6f0f2') +
    copies(
      shadow(96, 186, 50, 8) +
        ring({ x: 96, y: 178, rx: 52, h: 58, colour: '#f6b021', hole: '#c97c10' }) +
        dots(strewn(12, 96, 174, 42, 8), '#fbe3a0', 4),
      spots(62, -22, 0, 0, 126, 2),
    ),
  'cocada-branca':
    copies(
      shadow(88, 182, 50, 8) +
        shape('M42 172Q38 146 56 142Q60 122 84 126Q104 116 118 136Q138 144 134 172Q120 186 88 184T42 172', '#fff9ee') +
        shape('M118 136Q138 144 134 172Q120 186 88 184Q126 168 118 136', '#eadbc2') +
        line('M56 156l14-8M66 168l16 4M82 142l15 6M92 162l14-7M108 150l9 8M76 154l8-12M104 174l12-5', '#e7d3b0', 3.4) +
        line('M60 150l8 8M88 134l-8 8M98 140l10 4', '#fff', 3.4),
      spots(30, -24, 0, 14, 104, 16),
    ) + of.coconut([256, 148, 1.5]),
  'cocada-queimada':
    shape('M34 196Q90 160 170 172T296 184Q240 216 160 212T34 196', '#7fa35a') +
    line('M44 196Q160 186 286 188', '#5f8442', 3) +
    copies(
      shadow(100, 184, 46, 7) +
        shape('M56 178Q52 150 72 146Q82 130 104 138Q128 134 138 156Q150 170 142 180Q100 192 56 178', '#9a5a24') +
        shape('M138 156Q150 170 142 180Q118 188 96 186Q136 176 126 142Q134 146 138 156', '#77400f') +
        rods(strewn(16, 98, 162, 34, 17), '#d9a05a', 3, 9) +
        rods(strewn(9, 98, 158, 30, 14), '#f2cf95', 2.6, 8),
      spots(60, -34, -4, 8, 116, 10),
    ),
  'romeu-e-julieta':
    board(160, 192, 262) +
    put(
      shape('M76 152L228 152L252 128L110 128', '#fdf3d6') +
        shape('M76 152H228V190H76', '#f9e6b8') +
        shape('M228 152L252 128V166L228 190', '#e3c78c') +
        dots(spots(98, 166, 128, 178, 156, 164, 190, 176, 210, 162), '#ecd49c', 6) +
        shape('M84 112H220V152H84', '#c42f3c') +
        shape('M84 112L114 90H246L220 112', '#e2525a') +
        shape('M220 112L246 90V130L220 152', '#962032') +
        glint('M112 101h70M94 122v18', 5, 0.4) +
        of.mint([164, 94, 0.9]),
      -18,
      -16,
      1.1,
    ) +
    of.guava([276, 176, 1]),
  cartola:
    plate(160, 180, 132, '#e9f0ee') +
    line('M84 178Q150 196 236 172M92 164Q156 182 228 158', '#c97a26', 22) +
    line('M84 174Q150 192 236 168M92 160Q156 178 228 154', '#eeb04a', 15) +
    shape(
      'M86 148Q90 118 128 122Q164 104 206 120Q240 120 238 148Q244 164 226 166Q218 182 208 166Q184 160 172 172Q160 186 152 168Q124 160 112 170Q82 172 86 148',
      '#fbe3a4',
    ) +
    shape('M206 120Q240 120 238 148Q244 164 226 166Q218 182 208 166Q226 146 206 120', '#ecc878') +
    glint('M102 138q6-8 20-8', 5, 0.8) +
    dots(strewn(34, 160, 140, 62, 15), '#8f4a17', 3.4) +
    of.banana([262, 206, 0.85, -6]),
  'pe-de-moleque':
    paper(160, 196, 262) +
    copies(
      shadow(104, 184, 60, 7) +
        shape('M42 176L56 140Q100 128 152 142L166 172Q104 192 42 176', '#a45f22') +
        shape('M42 176Q104 192 166 172V184Q104 204 43 188', '#7d4110') +
        rods(strewn(13, 103, 159, 46, 16), '#d9a862', 10, 4) +
        rods(strewn(13, 102, 157, 46, 16), '#f6dcab', 5, 3) +
        glint('M64 150q14-6 28-7', 3.5),
      spots(58, -50, -8, 0, 118, 4),
    ),
  'pacoca-de-rolha':
    copies(
      shadow(92, 194, 36, 7) +
        shape('M58 124v62a34 11 0 0 0 68 0v-62', '#d3a163') +
        shape('M104 120h22v66a34 11 0 0 1-26 11q6-40 4-77', '#b98345') +
        ellipse(92, 124, 34, 11, '#ecc88f') +
        dots(strewn(16, 92, 162, 28, 26), '#e9c58d', 3.6) +
        dots(strewn(7, 92, 160, 26, 26), '#a8713a', 3.4),
      spots(66, -26, 0, 2, 130, 4),
    ) +
    dots(strewn(14, 166, 204, 60, 6), '#c9975a', 4) +
    of.peanut([158, 202, 0.95, -10]),
  'doce-de-leite-de-tacho':
    shadow(150, 204, 66) +
    filled(
      'M92 92q-8 8-8 20v76q0 16 16 16h100q16 0 16-16v-76q0-12-8-20',
      '#f3e8da',
      shape('M70 104q80 12 160 0v110H70', '#b3682a') + shape('M190 80h40v130h-60q30-50 20-130', '#3b1f14', { opacity: 0.13 }),
    ) +
    glint('M96 118v58', 6, 0.55) +
    block(92, 74, 116, 22, 8, '#d8b98d') +
    shape(
      'M84 80Q84 52 112 54Q150 44 188 54Q216 52 216 80Q204 90 192 82Q180 92 168 83Q156 92 144 83Q132 92 120 83Q104 92 84 80',
      shop.raspberry,
    ) +
    dots(strewn(14, 150, 68, 54, 11), '#fbdfe2', 5) +
    line('M94 90h112', '#f2d9a8', 4) +
    block(112, 130, 76, 44, 8, '#fff6e6') +
    shape('M150 138q14 16 8 24t-16 0q-6-8 8-24', '#b3682a') +
    put(
      line('M20-44L4-6', '#c8975a', 7) +
        ellipse(0, 4, 15, 10, '#c8975a') +
        ellipse(0, 2, 12, 7, '#a4561d') +
        shape('M-5 8q6 6 10 0q2 16-5 22q-8-4-5-22', '#a4561d'),
      258,
      168,
      1.2,
    ),
  ambrosia:
    shadow(160, 208, 48, 7) +
    shape('M152 156h16l4 34q26 4 32 16h-88q6-12 32-16', '#dfecee') +
    filled(
      'M78 102h164Q238 150 186 164H134Q82 150 78 102',
      '#e9f3f4',
      shape('M78 118h170v60H78', '#f3b93c') +
        dots(strewn(16, 160, 136, 66, 18), '#fbe08c', 19) +
        dots(strewn(9, 156, 132, 60, 14), '#fff3c2', 9) +
        shape('M214 90h40v90h-80q46-30 40-90', '#3b1f14', { opacity: 0.1 }),
    ) +
    dots(strewn(15, 160, 104, 62, 11), '#fbdc80', 20) +
    dots(strewn(9, 156, 100, 56, 8), '#fff3c2', 9) +
    of.cinnamon([182, 90, 0.9, -38]) +
    glint('M92 122q4 18 20 28', 5, 0.7),
}

const breads = {
  'sonho-de-creme':
    plate(160, 194, 126) +
    copies(
      ellipse(84, 180, 62, 15, '#b36a28') +
        shape('M24 172Q16 118 84 112T150 172Q120 184 84 184T24 172', '#d98f3e') +
        shape('M102 114Q156 124 150 172Q136 180 116 182Q140 140 102 114', '#bb7029') +
        line('M25 164Q84 184 149 164', '#f2cc85', 9) +
        shape('M48 140Q46 118 84 114Q116 114 124 132Q120 142 110 136Q104 148 92 140Q80 152 70 142Q58 152 48 140', '#fffaf0', {
          opacity: 0.9,
        }) +
        shape('M58 160Q56 146 74 150Q82 140 94 149Q112 144 114 158Q116 172 104 172Q104 186 94 182Q86 190 80 178Q60 176 58 160', '#fbdf85') +
        line('M70 162q10 5 18-1t16 1', '#e9bb4e', 3),
      spots(72, -46, -12, 4, 152, 4),
    ),
  'croissant-de-amendoas':
    shadow(160, 188, 118, 12) +
    filled(
      'M36 176Q24 158 50 140Q84 92 130 86Q160 78 194 88Q240 96 270 140Q296 158 284 176Q274 190 256 176Q226 152 204 160Q160 172 116 160Q94 152 64 176Q46 190 36 176',
      '#dd9a48',
      line('M82 96Q74 140 96 176M124 76Q116 130 134 180M196 76Q204 130 186 180M238 96Q246 140 224 176', '#b06a25', 5) +
        shape('M30 172Q100 138 160 156T290 170V200H30', '#a85f1e', { opacity: 0.35 }) +
        glint('M100 104q-10 14-12 28M140 94q-5 18-4 34M212 98q8 14 8 30', 6, 0.4),
    ) +
    copies(of.almondFlake([0, 0, 1, -30]), spots(104, 116, 140, 98, 190, 122, 216, 116)) +
    copies(of.almondFlake([0, 0, 1, 25]), spots(166, 108, 122, 130, 194, 98, 150, 126)) +
    of.almond([262, 206, 0.9, -14]),
  'pao-de-mel':
    shadow(130, 196, 84) +
    biscuit(124, 130, 78, 44, '#6d3a20') +
    line('M64 128q16-12 32 0t32 0t32 0t26-2', '#a2643a', 4) +
    shape('M150 176Q150 128 190 128Q232 130 240 170Q242 200 200 204Q152 204 150 176', '#5a2d18') +
    shape('M162 176Q160 138 192 138Q224 140 230 168Q232 192 200 194Q164 194 162 176', '#b7773a') +
    shape('M160 162Q196 152 230 162V174Q196 164 161 176', '#e0a24c') +
    dots(spots(178, 152, 198, 148, 214, 156, 184, 184, 206, 184), '#9a5d28', 4) +
    of.honeyDipper([262, 94, 1.1]),
  'rosca-de-coco':
    plate(160, 184, 134, '#e6eef0') +
    copies(
      shape('M-30 8Q-34-22 0-26Q34-24 32 6Q24 24 0 22T-30 8', '#dd9d4c') +
        line('M-22 4Q-12-14 12-18', '#f2c680', 6) +
        line('M-8 16Q12 8 22-10', '#b87630', 4),
      around(10, 160, 146, 88, 34, 0.3),
    ) +
    rods(
      strewn(60, 160, 142, 106, 46).filter(([x, y]) => ((x - 160) / 66) ** 2 + ((y - 142) / 24) ** 2 > 1),
      '#fffaf0',
      3.6,
      8,
    ),
  'cuca-de-banana':
    board(160, 192, 262) +
    shadow(160, 194, 110, 6) +
    shape('M60 136H260V186Q260 194 252 194H68Q60 194 60 186', '#f2cf86') +
    shape('M60 158H260V174H60', '#fbe9a8') +
    dots(spots(84, 166, 112, 166, 140, 166, 168, 166, 196, 166, 224, 166, 246, 166), '#f0cd62', 13) +
    shape('M232 120h28v66q0 8-8 8h-20', '#b87630', { opacity: 0.2 }) +
    shape(
      'M54 140Q50 124 66 120Q70 108 88 112Q104 100 124 110Q146 98 164 110Q186 98 204 110Q224 100 238 112Q258 108 262 124Q272 136 262 144Q160 154 54 140',
      '#c98a45',
    ) +
    dots(strewn(40, 160, 126, 96, 14), '#e6b770', 10) +
    dots(strewn(22, 156, 122, 92, 11), '#f6d9a2', 5) +
    copies(of.bananaSlice([0, 0, 0.95]), spots(106, 110, 164, 106, 220, 110)),
  'mil-folhas-de-creme':
    plate(160, 196, 132) +
    shadow(160, 192, 96, 7) +
    [172, 134, 96]
      .map(
        (y, i) =>
          block(66, y, 188, 20, 5, '#d9964a') +
          line(d`M70 ${y + 6}h178M68 ${y + 13}h184`, '#b06a25', 2) +
          (i < 2 ? block(70, y - 19, 180, 20, 8, '#fbe49a') + line(d`M78 ${y - 12}h40`, '#fff6d2', 5) : ''),
      )
      .join('') +
    shape('M254 96L278 66V164L254 192', '#8f5218') +
    shape('M252 112l26-26v16l-26 28M252 150l26-26v16l-26 28', '#e9c56e') +
    shape('M62 94L90 64Q92 62 95 62H278Q282 62 280 66L258 94V102H66Q62 102 62 98', '#f3e6d6') +
    shape('M62 94L90 64Q92 62 95 62H278Q282 62 280 66L258 94', '#fffdf8') +
    line('M76 90l34-24l4 24l34-24l4 24l34-24l4 24l34-24l4 24l34-24', '#5a2d18', 4),
  'caracol-de-canela':
    plate(160, 188, 126, '#f3e2e0') +
    shape('M62 130v42q4 26 98 26t98-26v-42', '#c07a34') +
    shape('M216 160q42-10 42-30v42q-2 12-32 20 12-14-10-32', '#a35f22') +
    ellipse(160, 130, 98, 47, '#e8b264') +
    line(spiral(160, 130, 84, 40, 4), '#8f4a17', 7) +
    line('M92 116q30-20 60-6t64-14M86 138q36-18 70-4t76-12M104 158q30-16 56-4t60-10', '#fffaf0', 11) +
    line('M104 158q-4 10-4 22M220 144q6 12 4 26M160 154q2 12 0 30', '#fffaf0', 10) +
    of.cinnamon([256, 208, 0.85, -8]),
  'churros-com-doce-de-leite':
    spots(110, -12, 142, 0, 172, 12)
      .map(([x, turn]) =>
        put(
          block(-17, -128, 34, 134, 17, '#d38f42') +
            line('M-8-116v110M0-120v116M8-116v110', '#aa6721', 3.4) +
            dots(strewn(14, 0, -66, 13, 58), '#fdebc8', 3) +
            ellipse(0, -124, 8, 6, '#7d3f12'),
          x!,
          178,
          1,
          turn!,
        ),
      )
      .join('') +
    shape('M76 126L204 126L188 204H94', '#fff3dc') +
    shape('M180 126H204L188 204H164', '#ecd5ae') +
    line('M96 128l12 74M124 128l6 74M154 128l-4 74M182 128l-10 74', shop.strawberry, 6) +
    bowl(252, 164, 44, 38, '#fffaf2', '#a4561d') +
    glint('M228 164q8-4 20-4', 3),
}

const cold = {
  'pudim-de-leite-condensado':
    plate(160, 194, 134) +
    ellipse(160, 193, 112, 18, '#b5651d') +
    ellipse(154, 190, 96, 13, '#cf8030') +
    ring({ y: 186, rx: 88, h: 80, colour: '#f6cf78', sauce: '#a9551a', hole: '#7a3610' }),
  'pave-de-chocolate':
    shadow(160, 204, 124, 9) +
    shape('M48 104Q52 80 82 90Q104 72 128 88Q152 72 176 88Q200 74 222 90Q252 78 272 104', '#6b3a22') +
    glint('M74 94q8-6 18-4M132 88q8-6 16-6', 4, 0.3) +
    filled(
      'M40 96H280L270 192Q268 204 256 204H64Q52 204 50 192',
      '#eef5f5',
      [
        [104, '#5a2f1c'],
        [122, '#e3b273'],
        [136, '#fbe7b6'],
        [154, '#e3b273'],
        [168, '#5a2f1c'],
        [184, '#e3b273'],
      ]
        .map(([y, colour]) => shape(d`M20 ${Number(y)}h280v110H20`, String(colour)))
        .join('') +
        line('M64 129h190M64 161h190M64 192h190', '#c08a4c', 3) +
        shape('M246 80h50v130h-80q40-40 30-130', '#3b1f14', { opacity: 0.12 }),
    ) +
    line('M40 97h240', '#fbffff', 6) +
    glint('M62 114l6 70', 6, 0.6) +
    sprinkled(strewn(20, 160, 86, 84, 6), ['#fbe7c4', '#3a180c'], 4, 8),
  'acai-na-tigela':
    bowl(160, 128, 104, 76, '#c9925a', '#4a2350') +
    shape('M70 126Q84 88 126 96Q160 76 198 96Q240 92 250 126Q160 152 70 126', '#57295f') +
    glint('M92 112q8-10 22-9', 5, 0.3) +
    dots(strewn(19, 206, 112, 34, 14), '#d9a052', 10) +
    dots(strewn(9, 204, 109, 30, 12), '#f0cb85', 6) +
    copies(of.bananaSlice([0, 0, 1.15]), spots(104, 116, 126, 110, 146, 108)) +
    of.strawberry([172, 92, 0.75, 20]) +
    copies(of.acai([0, 0]), spots(58, 204, 76, 210, 264, 206)),
  'mousse-de-maracuja':
    goblet([
      [74, '#f7c93f'],
      [94, '#fbe38a'],
      [132, '#f9d75e'],
    ]) +
    ellipse(160, 76, 60, 10, '#f9b423') +
    dots(strewn(11, 160, 76, 46, 6), '#3a2a1c', 5) +
    line('M102 74q58 14 116 0', '#f4fafa', 3, { opacity: 0.7 }) +
    of.passionFruit([258, 182, 1.3]) +
    of.mint([182, 66, 0.9, 20]),
  'manjar-de-coco':
    plate(160, 194, 130, '#dbe9ee') +
    ellipse(160, 192, 104, 15, '#5a2038') +
    ring({ y: 186, rx: 84, h: 84, colour: '#fffaf2', sauce: '#6b2743', hole: '#4a1729' }) +
    copies(of.prune([0, 0, 0.85, -8]), spots(130, 98, 190, 98, 58, 194, 262, 196)),
  'sorvete-de-casquinha':
    shadow(166, 220, 40, 6) +
    put(
      block(192, 4, 13, 66, 4, '#c98a45', { turn: [24, 198, 40] }) +
        filled(
          'M112 116H208L166 216Q160 224 154 216',
          '#dba457',
          line('M100 120l70 100M124 104l60 90M148 100l60 80M220 120l-70 100M196 104l-60 90M172 100l-60 80', '#b97a30', 3.4) +
            shape('M184 100h40l-64 130Q190 160 184 100', '#8f4a17', { opacity: 0.2 }),
        ) +
        scoop(160, 98, 47, '#fbe9b8') +
        scoop(160, 54, 38, '#f48fa6') +
        dots(spots(146, 42, 166, 36, 178, 52, 156, 58, 138, 58), '#d3365c', 5),
      11,
      10,
      0.93,
    ),
  'picole-de-coco-queimado':
    shadow(166, 214, 36, 6) +
    lolly({ colour: '#fbeed4', dip: '#4a2416', inside: rods(strewn(26, 160, 130, 44, 36), '#c98a45', 3.4, 7) }) +
    rods(strewn(14, 160, 72, 36, 22), '#e9bd7c', 3, 7) +
    of.coconut([248, 190, 1.1]),
  'gelatina-mosaico':
    plate(160, 192, 128) +
    shadow(160, 188, 88, 8) +
    filled(
      'M78 178L90 96Q92 84 106 84H214Q228 84 230 96L242 178Q243 190 230 190H90Q77 190 78 178',
      '#fff3e6',
      copies(block(-13, -13, 26, 26, 5, '#e5344f') + block(-9, -9, 9, 9, 3, '#f58a98'), spots(108, 112, 182, 108, 146, 152, 222, 156)) +
        copies(block(-13, -13, 26, 26, 5, '#5fa84a') + block(-9, -9, 9, 9, 3, '#a8d48c'), spots(144, 110, 108, 158, 204, 176)) +
        copies(block(-13, -13, 26, 26, 5, '#7a3f95') + block(-9, -9, 9, 9, 3, '#b48ac6'), spots(216, 118, 180, 148, 140, 186, 90, 190)) +
        shape('M214 70h50v130h-80q40-40 30-130', '#4a1a10', { opacity: 0.12 }),
    ) +
    glint('M96 118l8-24M118 92h60', 5, 0.8),
  'taca-de-morango-com-suspiro':
    goblet([
      [74, '#fffaf2'],
      [96, '#e0405c'],
      [122, '#fffaf2'],
      [142, '#e0405c'],
    ]) +
    copies(cream(126, 80, 1.4, '#fff6e8'), spots(0, 0, 68, 0)) +
    cream(160, 72, 1.7, '#fffdf8') +
    of.strawberry([160, 36, 1]) +
    copies(of.strawberryHalf([0, 0, 0.8, 12]), spots(110, 66, 212, 66)),
}

const eleven: readonly Point[] = spots(
  110,
  66,
  146,
  82,
  184,
  72,
  214,
  64,
  98,
  100,
  132,
  116,
  170,
  110,
  208,
  100,
  150,
  150,
  186,
  142,
  166,
  178,
)

const chocolates = {
  'bombom-de-cereja':
    dome(104, 186, 112, 100, '#5a2b1a') +
    line('M62 148q42-30 84-6M72 116q32-22 62-2', '#a2643a', 4) +
    dome(
      218,
      192,
      116,
      104,
      '#4a2014',
      filled('M170 190Q168 98 218 98T266 190', '#fbeee0', disc(218, 150, 36, '#c01f3c') + glint('M194 144a26 26 0 0 1 12-16', 5)),
    ) +
    of.cherry([44, 200, 0.9]),
  'trufa-de-chocolate-amargo':
    shape('M50 204Q160 182 276 204Q160 220 50 204', '#8a5a3a', { opacity: 0.45 }) +
    copies(
      shadow(104, 186, 44, 7) +
        ball(104, 146, 44, '#59301f') +
        dots(over(30, 104, 146, 44), '#8c5836', 5) +
        dots(over(18, 100, 140, 34), '#3d1c10', 4),
      spots(56, -58, 6, 8, 104, 8),
    ) +
    of.cocoaPod([272, 200, 0.75, -12]),
  'barra-de-chocolate-ao-leite-com-castanhas':
    put(
      shadow(4, 66, 100, 9) +
        block(-94, -58, 188, 116, 8, '#6d3a20') +
        [0, 1, 2, 3]
          .flatMap(i =>
            [0, 1].map(
              j => block(-88 + i * 45, -52 + j * 54, 40, 48, 5, '#8c5230') + line(d`M${-82 + i * 45} ${-14 + j * 54}v-32h28`, '#b37a4e', 3),
            ),
          )
          .join('') +
        shape('M-94 8l20-8l22 9l24-9l26 9l24-9l26 9l24-9l22 8V66Q94 74 86 74H-86Q-94 74-94 66', '#f3d9a6') +
        shape('M-94 24H94V66Q94 74 86 74H-86Q-94 74-94 66', shop.raspberry) +
        block(-50, 34, 100, 28, 14, '#fff3dc'),
      156,
      112,
      1,
      -7,
    ) +
    copies(of.cashewNut([0, 0, 1.1, 8]), spots(146, 158, 266, 194)) +
    copies(of.almond([0, 0, 0.9]), spots(178, 158, 236, 206)),
  'bombom-de-cupuacu':
    dome(
      108,
      178,
      116,
      108,
      '#fff6e2',
      shape('M40 110q40 14 70-12t70-10v22q-40-4-66 16t-74 10', '#e9a23c') +
        line('M40 148q44 14 74-12t60-12', '#8fb05a', 7) +
        dots(strewn(14, 104, 130, 46, 44), '#d98e2b', 3),
    ) +
    dome(
      214,
      192,
      112,
      104,
      '#fff6e2',
      filled(
        'M170 188Q166 102 214 102T258 188',
        '#f3cf7c',
        shape('M160 120q50 30 110-10v90H160', '#f7dd9c') +
          line('M184 140q10 6 8 18M206 128q10 10 6 24M230 136q6 10 2 22M196 168q8 4 8 12M222 164q6 6 4 16', '#fff3cf', 4),
      ),
    ) +
    of.cupuacu([72, 200, 1.15]),
  'ovo-de-colher-de-brigadeiro':
    shadow(156, 206, 104, 10) +
    shape('M70 176Q60 202 90 208H214Q246 202 236 176', shop.raspberry) +
    shape('M196 190Q226 186 236 176Q246 202 214 208H184', shop.raspberryDark) +
    put(
      shape(egg, '#77431f') +
        put(shape(egg, '#a8683c'), 0, -4, 0.97) +
        put(shape(egg, '#4f2817'), 0, -3, 0.88) +
        glint('M-74-8q6-20 30-26', 6, 0.25) +
        sprinkled(strewn(16, -2, 24, 70, 22), ['#2f130a', '#b37a4e'], 4, 7),
      154,
      126,
      1,
      -8,
    ) +
    copies(shadow(3, 20, 23, 7), balls) +
    ['#6f3e24', '#fbe7c4', '#ef7f9c'].map((colour, i) => disc(...balls[i]!, 24, colour)).join('') +
    copies(shape('M17-17A24 24 0 0 1-17 17A31 31 0 0 0 17-17', '#4a1a10', { opacity: 0.22 }) + glint('M-16-6a17 17 0 0 1 9-11', 3), balls) +
    copies(rods(strewn(9, 0, -2, 17, 16), '#fff6e6', 3.6, 4), [balls[0]!, balls[2]!]) +
    spoon(286, 182, 30, '#c8975a'),
  'nha-benta-de-maracuja':
    dome(104, 190, 96, 124, '#5a2d18') +
    block(54, 182, 100, 14, 7, '#43200f') +
    dome(
      218,
      190,
      104,
      130,
      '#4a2416',
      filled('M176 186Q172 70 218 70T260 186', '#fdeaa6', dots(strewn(14, 216, 128, 30, 46), '#fff6d2', 8)),
    ) +
    block(164, 180, 108, 18, 9, '#4a2416') +
    block(174, 182, 88, 9, 4, '#d9a05a') +
    of.passionFruit([44, 196, 1]),
  'pirulito-de-chocolate-em-coracao':
    put(
      line('M0 30V110', '#fff6e8', 8) +
        shape(heart(0, 0, 1.25), '#5f3320') +
        shape(heart(-3, -3, 1.05), '#7d4829') +
        rods(strewn(20, -2, -16, 38, 22), shop.strawberry, 5, 6) +
        glint('M-42-26q4-14 18-16', 6),
      112,
      104,
      1,
      -9,
    ) +
    put(
      line('M0 30V104', '#fff6e8', 8) +
        shape(heart(0, 0, 1.1), '#5f3320') +
        shape(heart(-3, -3, 0.92), '#7d4829') +
        rods(strewn(16, -2, -14, 32, 18), '#fbd7de', 5, 6) +
        glint('M-36-22q4-12 14-14', 6) +
        bow(0, 54, 0.7, shop.raspberry),
      216,
      104,
      1,
      8,
    ),
  'caixa-de-bombons-coracao':
    shadow(160, 208, 92, 10) +
    shape(heart(160, 132, 2.3), '#8c0e3e') +
    shape(heart(160, 124, 2.3), shop.raspberry) +
    shape(heart(160, 122, 2), '#fdeee2') +
    eleven
      .map(([x, y], i) =>
        disc(
          x,
          y,
          17,
          ['#5a2d18', '#fbe7c4', '#8c5230', '#3f1d12', '#c98a45', '#fbe7c4', '#5a2d18', '#8c5230', '#3f1d12', '#c98a45', '#5a2d18'][i]!,
        ),
      )
      .join('') +
    copies(shape('M12-12A17 17 0 0 1-12 12A22 22 0 0 0 12-12', '#4a1a10', { opacity: 0.25 }) + glint('M-11-4a12 12 0 0 1 6-7', 3), eleven) +
    line('M128 60l8 4M186 66l6-6', '#fff6e8', 3) +
    bow(246, 52, 0.85, '#e0a23c'),
}

const biscuits = {
  'casadinho-de-goiabada': copies(
    shadow(100, 186, 50, 8) +
      biscuit(100, 170, 48, 12, '#f0cd8c') +
      ellipse(100, 160, 47, 14, '#b0243a') +
      ellipse(100, 156, 47, 14, '#d8414e') +
      biscuit(100, 140, 48, 13, '#f6dba2') +
      dots(strewn(20, 100, 140, 40, 10), '#fffaf0', 3.4),
    spots(-8, 12, 124, 12, 58, -36),
  ),
  'alfajor-de-doce-de-leite':
    biscuit(106, 174, 70, 16, '#eccb92') +
    block(34, 148, 144, 24, 12, '#a4561d') +
    dots(strewn(34, 106, 162, 72, 12), '#fff6e4', 4) +
    biscuit(106, 128, 70, 18, '#f6dfae') +
    glint('M52 126q12-12 36-15', 4, 0.7) +
    put(
      shadow(0, 60, 60) +
        disc(0, 0, 58, '#a4561d') +
        disc(0, 0, 52, '#f6dfae') +
        shape('M37-37A52 52 0 0 1-37 37A66 66 0 0 0 37-37', '#e2bf84') +
        dots(around(28, 0, 0, 55, 55), '#fff6e4', 5) +
        glint('M-38-12a40 40 0 0 1 18-22', 5, 0.8),
      222,
      138,
    ),
  'sequilho-de-coco':
    plate(160, 190, 134, '#efe3f2') +
    copies(
      shape('M54 166Q52 148 74 146H130Q152 148 150 166Q152 182 130 182H74Q52 182 54 166', '#e0b266') +
        shape('M54 162Q52 146 74 144H130Q152 146 150 162Q152 174 130 174H74Q52 174 54 162', '#f9e3ae') +
        line('M68 154h66M68 161h66M68 168h66', '#dfb56c', 3),
      spots(58, -58, 4, -26, 110, -26, -40, 10, 58, 14, 154, 8),
    ),
  suspiro: copies(
    shadow(92, 190, 46, 8) +
      shape('M46 178Q38 150 60 146Q56 124 74 120Q74 96 96 82Q104 98 116 118Q132 126 126 146Q146 154 138 178Q92 200 46 178', '#fffaf2') +
      shape('M116 118Q132 126 126 146Q146 154 138 178Q120 188 100 188Q130 160 104 104', '#f0ded6') +
      line('M58 166Q90 180 122 156M68 140Q92 150 114 130M82 114Q94 118 104 106', '#e6cfc6', 4),
    spots(66, -34, -4, 6, 136, 8),
  ),
  'cookie-com-gotas-de-chocolate':
    shadow(128, 196, 96, 10) +
    disc(128, 118, 82, '#c98a45') +
    disc(126, 114, 77, '#dba45e') +
    shape('M186 60A82 82 0 0 1 70 176A104 104 0 0 0 186 60', '#b87630', { opacity: 0.5 }) +
    dots(spots(90, 84, 128, 64, 164, 86, 108, 120, 148, 118, 86, 148, 130, 156, 172, 136, 64, 112), '#4a2416', 19) +
    dots(spots(87, 80, 125, 60, 161, 82, 105, 116, 145, 114, 83, 144, 127, 152, 169, 132), '#7a4a2c', 6) +
    dots(strewn(12, 126, 112, 62, 60), '#fff6e4', 2.6) +
    shadow(246, 204, 46, 7) +
    biscuit(246, 186, 46, 10, '#d39a50') +
    dots(spots(226, 184, 248, 178, 266, 188, 244, 192), '#4a2416', 10),
  'biscoito-de-gengibre':
    [
      [104, 116, -8],
      [216, 122, 9],
    ]
      .map(([x, y, turn], i) =>
        put(
          shadow(2, 80, 44, 6) +
            shape(
              'M0-82C18-82 28-68 24-54Q22-42 14-37Q40-42 52-34Q62-22 50-14Q36-10 26-8Q26 18 36 50Q40 68 26 72Q12 74 8 58L0 32L-8 58Q-12 74-26 72Q-40 68-36 50Q-26 18-26-8Q-36-10-50-14Q-62-22-52-34Q-40-42-14-37Q-22-42-24-54C-28-68-18-82 0-82',
              '#b86a2c',
            ) +
            dots(spots(-9, -60, 9, -60), '#fffaf2', 6) +
            line('M-8-50q8 8 16 0M-44-30q-4 6 0 12M44-30q4 6 0 12M-34 54q8 6 14 2M20 56q8 4 14-2', '#fffaf2', 3.6) +
            dots(spots(0, -22, 0, -4, 0, 14), i ? shop.pistachio : shop.raspberry, 8),
          x!,
          y!,
          1,
          turn!,
        ),
      )
      .join('') + of.ginger([160, 204, 0.9]),
  'rosquinha-de-leite':
    shadow(248, 200, 34, 6) +
    shape('M212 84h70l-8 104q-2 10-12 10h-30q-10 0-12-10', '#eef5f5') +
    shape('M214 108h66l-6 80q-2 10-12 10h-30q-10 0-12-10', '#fffdf6') +
    shape('M262 108h18l-6 80q-2 10-12 10h-14q18-40 14-90', '#e6dfd2') +
    glint('M224 96l6 84', 5, 0.9) +
    copies(
      line('M0-20a22 22 0 1 0 .1 0', '#c98a3f', 24) +
        line('M-1-23a22 22 0 1 0 .1 0', '#e8b668', 19) +
        line('M-20-8a22 22 0 0 1 14-12', '#f9e0a8', 5) +
        rods(around(11, 0, -1, 23, 23), '#fff8ea', 4, 3),
      spots(64, 168, 130, 170, 98, 116, 186, 186),
    ),
}

const vegan = {
  'brigadeiro-vegano-de-cacau':
    cuppedBall(136, 126, 58, '#47251a', '#a9c46c', coated(42, 136, 126, 58, ['#2b120b', '#7d4c2e'], 7, 3)) +
    of.mint([138, 66, 1.1]) +
    of.cocoaPod([248, 192, 1.05, -14]),
  'bolo-vegano-de-banana-e-aveia':
    loaf(
      '#b87636',
      '#dba968',
      dots(strewn(10, 238, 152, 18, 28), '#a8682c', 5) + dots(spots(230, 136, 248, 150, 228, 168), '#fbe9a8', 9),
      dots(strewn(14, 126, 106, 62, 8), '#f0d6a4', 6) + copies(of.bananaSlice([0, 0, 1.15]), spots(82, 112, 112, 104, 142, 100, 174, 102)),
    ) + of.oats([288, 178, 1.1, 10]),
  'torta-vegana-de-frutas':
    tart('#b98a58', '#fffaf0', { y: 130 }) +
    copies(of.kiwiSlice([0, 0, 1.5]), spots(92, 124, 160, 106, 228, 124)) +
    copies(of.strawberryHalf([0, 0, 1]), spots(126, 110, 194, 110, 160, 146)) +
    copies(of.orangeSlice([0, 0, 0.95]), spots(122, 138, 198, 138)) +
    copies(of.blueberry([0, 0, 1.1]), spots(94, 146, 160, 122, 226, 146)),
  'mousse-de-abacate-com-cacau':
    pot(136, 104, 116, 96, [
      [96, '#6b3f24'],
      [126, '#a9bd5c'],
      [160, '#93ab48'],
    ]) +
    shape('M80 108Q84 82 112 88Q130 62 152 84Q186 78 192 108Q136 120 80 108', '#7a4a2c') +
    glint('M94 98q8-8 18-6', 4, 0.4) +
    rods(strewn(10, 136, 94, 40, 8), '#3f1d12', 5, 5) +
    of.mint([140, 76, 0.9]) +
    of.avocado([248, 170, 1.5, 14]),
  'cocada-de-forno-sem-acucar':
    shadow(160, 200, 92, 10) +
    shape('M66 124h188l-14 68q-2 8-12 8H92q-10 0-12-8', '#e9f0e2') +
    shape('M222 124h32l-14 68q-2 8-12 8h-28q20-36 22-76', '#c8d6bb') +
    line('M92 136l8 56M124 138l4 56M160 138v56M196 138l-4 56M228 136l-8 56', '#d3dfc7', 4) +
    ellipse(160, 124, 96, 26, '#f6faf0') +
    ellipse(160, 124, 88, 21, '#e8b964') +
    shape('M76 120Q92 96 124 104Q160 86 198 104Q232 98 244 122Q160 146 76 120', '#f3cf86') +
    rods(strewn(40, 160, 116, 72, 15), '#fffaf0', 3, 8) +
    rods(strewn(14, 164, 114, 66, 12), '#b8712f', 3, 7) +
    of.coconut([270, 196, 0.95]),
  'bombom-de-tamara-com-amendoim':
    put(
      shadow(0, 36, 72) +
        ellipse(0, 0, 72, 38, '#4a2416') +
        shape('M52-26A72 38 0 0 1-52 27A90 54 0 0 0 52-26', '#331308') +
        glint('M-54-10a58 28 0 0 1 26-17', 5, 0.4) +
        line('M-40-24q16 22 4 50M-10-34q18 30 4 66M22-32q16 26 4 58', '#6d3a20', 4) +
        dots(spots(-26, -12, 6, -16, 34, -4), '#fff6e4', 4),
      112,
      134,
      1,
      -8,
    ) +
    put(
      shadow(0, 44, 48) +
        disc(0, 0, 46, '#3f1d12') +
        disc(0, 0, 38, '#8a4a22') +
        disc(0, 0, 24, '#dba55e') +
        dots(strewn(7, 0, 0, 18, 18), '#f2cf95', 6),
      216,
      152,
    ) +
    of.date([72, 200, 1.15, -6]) +
    of.peanut([268, 204, 0.9, 14]),
  'picole-vegano-de-manga':
    shadow(166, 214, 36, 6) +
    lolly({ colour: '#f7a928', bite: true, inside: dots(strewn(7, 158, 116, 32, 44), '#fbc65c', 15, { opacity: 0.7 }) }) +
    of.mango([76, 182, 1.35, -8]) +
    of.limeSlice([244, 196, 0.85]),
}

/** By slug of the picture. */
export const products: Readonly<Record<string, string>> = {
  ...brigadeiros,
  ...cakes,
  ...tarts,
  ...party,
  ...regional,
  ...breads,
  ...cold,
  ...chocolates,
  ...biscuits,
  ...vegan,
}
