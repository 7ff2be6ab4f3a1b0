/** What lies beside a sweet and tells what it tastes of. Each is drawn about the origin, some 40 units across. */
import { block, d, darker, disc, dots, ellipse, filled, lighter, line, paint, put, shape, spots, strewn } from './ink.ts'

type Place = readonly [x: number, y: number, scale?: number, turn?: number]
const placed = (content: string) => (place: Place) => put(content, ...place)

const leaf = (x: number, y: number, turn: number, colour: string = paint.leaf) =>
  shape(d`M${x} ${y}q8-10 20 0q-12 9-20 0`, colour, { turn: [turn, x, y] })

/** A glint from the light at the top left. */
const glint = (data: string, width = 3.5) => line(data, paint.white, width, { opacity: 0.55 })

export const strawberry = placed(
  filled(
    'M-17-9Q-13-17 0-14Q13-17 17-9C18 6 6 20 0 21C-6 20-18 6-17-9',
    paint.red,
    ellipse(13, 9, 13, 22, darker(paint.red, 0.3), { opacity: 0.6 }),
  ) +
    dots(spots(-9, -4, -2, 2, -8, 6, 6, -3, 7, 7, 0, 13), '#ffd98a', 2.6) +
    shape('M-16-13Q-8-18-3-14L0-22L3-14Q8-18 16-13Q9-6 4-9L0-4L-4-9Q-9-6-16-13', paint.leaf),
)
export const strawberryHalf = placed(
  shape('M-16-9Q-12-16 0-13Q12-16 16-9C17 6 6 19 0 20C-6 19-17 6-16-9', paint.red) +
    shape('M-11-6Q-7-10 0-7Q7-10 11-6C11 4 4 13 0 14C-4 13-11 4-11-6', '#f9a3ab') +
    dots(spots(0, 0), paint.white, 8),
)
export const cherry = placed(
  line('M2-10Q4-26 16-30', paint.leaf, 2.6) +
    disc(0, 0, 12, paint.red) +
    shape('M8.5-8.5A12 12 0 0 1-8.5 8.5A15 15 0 0 0 8.5-8.5', paint.wine) +
    glint('M-6-3a7 7 0 0 1 4-4', 3),
)
const citrus = (peel: string, flesh: string) =>
  placed(
    disc(0, 0, 20, peel) +
      disc(0, 0, 17, '#fdf6d8') +
      disc(0, 0, 14.5, flesh) +
      line('M-14 0h28M-7-12l14 24M7-12l-14 24', '#fdf6d8', 2) +
      glint('M-15-8a17 17 0 0 1 7-7', 2.5),
  )
export const limeSlice = citrus('#6f9a3c', '#c3d96c')
export const orangeSlice = citrus('#e8842b', '#f9b04e')
export const passionFruit = placed(
  disc(0, 0, 21, '#8a4a6d') +
    shape('M15-15A21 21 0 0 1-15 15A26 26 0 0 0 15-15', '#6e3657') +
    disc(0, 0, 17, '#fbe9d2') +
    disc(0, 0, 13.5, '#f5b427') +
    dots(strewn(9, 0, 0, 10, 10), '#3a2a1c', 4) +
    glint('M-8-7a10 10 0 0 1 4-3', 2),
)
export const coconut = placed(
  disc(0, 0, 24, '#6b4226') +
    line('M17 8q-3 7-8 10M22-3q1 4-1 8M5 22q-6 2-10 0', '#8a5a36', 2) +
    ellipse(-1, -3, 20, 18, '#fffaf2') +
    ellipse(0, -1, 15, 13, '#e9dfd0') +
    ellipse(1, 1, 13, 10.5, '#f6efe4'),
)
export const mint = placed(leaf(0, 0, -150) + leaf(0, 0, -30, darker(paint.leaf)) + leaf(0, 0, -88, '#86b163'))
export const pistachio = placed(
  shape('M-17 0Q-12-14 6-11Q18-8 18 1Q12 13-4 11Q-15 9-17 0', '#dcbc8b') +
    shape('M-13 0Q-6-9 6-7Q14-5 15 0Q8 7-3 7Q-11 6-13 0', '#8fb05a') +
    shape('M-17 0Q-14 11 0 12Q14 12 18 1Q6 8-6 5Q-13 3-17 0', '#c9a26a') +
    glint('M-5-4q5-2 9-1', 2),
)
export const coffeeBean = placed(
  ellipse(0, 0, 15, 11, '#5a3119') +
    shape('M14-4A15 11 0 0 1-8 9Q8 8 14-4', '#432210') +
    line('M-14 2Q-4-6 2 0T14-2', '#2f170a', 2.4) +
    glint('M-8-6q4-2 7-2', 2),
)
export const cinnamon = placed(
  block(-32, -8, 64, 9, 4, '#a8622c') +
    block(-30, 0, 64, 9, 4, '#8c4c1f') +
    line('M-26-4h50M-24 5h50', '#6d3813', 1.6) +
    disc(32, -3.5, 2.4, '#5d2f10') +
    disc(33, 4.5, 2.4, '#5d2f10'),
)
export const hazelnut = placed(
  shape('M0-17Q16-10 15 3Q13 15 0 16Q-13 15-15 3Q-16-10 0-17', '#b06a32') +
    shape('M-14 6Q0 1 14 6Q11 16 0 16Q-11 16-14 6', '#e0b67e') +
    glint('M-8-5q1-4 4-6', 3),
)
export const carrot = placed(
  line('M24-10L36-20M26-8L41-12M25-6L40-3', paint.leaf, 5) +
    filled('M29-9Q24-18 14-13L-32 11Q-36 16-29 15L23 3Q31-1 29-9', '#f08a2c', shape('M29-8L-36 15L20 20L35 4', '#dc7420')) +
    line('M10-6l4 6M-4 0l3 5M16-9l3 4', '#c9651a', 1.8),
)
export const corn = placed(
  filled(
    'M-30 0Q-28-12-8-13Q20-13 34 0Q20 13-8 13Q-28 12-30 0',
    '#f7c331',
    line('M-40-7h80M-40 0h80M-40 7h80M-18-16v32M-8-16v32M2-16v32M12-16v32M22-16v32', '#e0a31d', 1.6) +
      ellipse(8, 14, 40, 7, '#d8951a', { opacity: 0.5 }),
  ) +
    shape('M-36 2Q-30 16-6 15Q12 13 20 20Q-8 30-28 18Q-37 12-36 2', '#8fb05a') +
    shape('M-37-1Q-32-16-8-15Q2-14 6-20Q-14-28-30-16Q-38-9-37-1', '#a9c46c'),
)
export const guava = placed(
  disc(0, 0, 19, '#a9bf4f') +
    disc(0, 0, 16, '#f7b9ab') +
    disc(0, 0, 13, '#ea6e6c') +
    disc(0, 0, 8, '#f4928a') +
    dots(strewn(8, 0, 0, 7, 7), '#fbe6c4', 2.6),
)
export const apple = placed(
  line('M1-13Q1-22 7-26', '#6b4231', 3) +
    leaf(3, -19, -12) +
    filled(
      'M0-14Q-8-19-15-14C-26-5-18 21-6 20Q0 18 6 20C18 21 26-5 15-14Q8-19 0-14',
      '#d2343f',
      ellipse(16, 8, 15, 24, '#a8203a', { opacity: 0.65 }),
    ) +
    glint('M-14-3q0-5 4-7'),
)
export const banana = placed(
  shape('M-34-10Q-20 16 12 12Q28 9 34-6L37-12L32-13Q24 0 6 1Q-16 1-27-14Q-32-17-34-10', '#f7ce46') +
    shape('M-34-10Q-20 16 12 12Q28 9 34-6Q22 6 6 7Q-18 7-34-10', '#e5ae2b') +
    line('M34-9l2-4', '#7a5a2a', 5) +
    disc(-32, -12, 2.5, '#7a5a2a'),
)
export const bananaSlice = placed(
  ellipse(0, 2, 13, 9.5, '#e3bd5a') +
    ellipse(0, 0, 13, 9.5, '#fdf0bf') +
    ellipse(0, 0, 9.5, 6.5, '#f9e39a') +
    dots(spots(-3, 0, 3, -1, 0, 2), '#a8813c', 2),
)
export const walnut = placed(
  shape('M0-15C12-19 19-8 17 2C15 13 6 17 0 15C-6 17-15 13-17 2C-19-8-12-19 0-15', '#c48a4c') +
    line('M0-14v28M-6-10q-6 5-1 9q-6 3-1 8M6-10q6 5 1 9q6 3 1 8', '#8d5a28', 2.2) +
    glint('M-12-6q1-4 4-5', 2.5),
)
export const peanut = placed(
  shape('M-14-9Q-4-12 2-6Q10-12 18-6Q24 4 15 10Q6 12 1 7Q-6 13-15 9Q-22 0-14-9', '#dba964') +
    line('M-13-3q5-2 8 1M-12 4q5 2 9-1M8-2q5-2 8 1M8 5q4 1 7-1', '#b9813f', 1.8),
)
export const almond = placed(
  shape('M-17 2Q-8-13 8-9Q17-5 19 0Q12 12-4 10Q-13 8-17 2', '#a9642f') + line('M-8 0q8-5 18-3M-8 5q8 0 16-2', '#824817', 1.6),
)
export const almondFlake = placed(shape('M-9 1Q-4-7 5-5Q9-2 10 0Q6 7-2 6Q-7 4-9 1', '#fbe8c6') + line('M-6 1q5-4 12-2', '#d9a866', 1.4))
export const cashewNut = placed(
  shape('M-15-7Q-8-15 1-9Q6-4 12-7Q19-6 16 2Q10 13-2 12Q-17 10-15-7', '#ecd2a2') +
    line('M-9 0q5 7 14 6', '#cfa868', 1.8) +
    glint('M-9-7q3-2 5-1', 2),
)
export const grape = placed(
  disc(0, 0, 13, '#a8c15a') + shape('M9.2-9.2A13 13 0 0 1-9.2 9.2A16 16 0 0 0 9.2-9.2', '#87a340') + glint('M-7-3a8 8 0 0 1 4-5', 3),
)
export const prune = placed(
  shape('M-18 1Q-15-13 1-13Q17-11 18 2Q15 13-1 13Q-16 12-18 1', '#4a2238') +
    line('M-9-7Q-2-3-3 4M3-9Q9-3 8 6M-12 2q4 3 4 6', '#6d3a55', 2) +
    glint('M-10-6q3-3 6-3', 2.5),
)
export const clove = placed(
  line('M0 0L9 13', '#4a2a18', 3.4) + dots(spots(-1, -1), '#6b3a1d', 8) + dots(spots(-6, 1, 1, -7, -6, -5), '#4a2a18', 3.6),
)
export const vanilla = placed(
  line('M-30 10Q-6-2 28-14', '#4a2a18', 4) +
    [0, 72, 144, 216, 288].map(turn => ellipse(0, -9, 5, 9, '#fff3d6', { turn: [turn, 0, 0] })).join('') +
    disc(0, 0, 5, '#f4b93c'),
)
export const honeyDipper = placed(
  line('M6 6L34 34', '#b98145', 5) +
    put(block(-12, -17, 24, 34, 11, '#d9a05a') + line('M-12-8h24M-13 0h26M-12 8h24', '#a9713a', 3), 0, 0, 1, -45) +
    shape('M-9 8Q-4 14-8 22Q-10 27-13 22Q-16 14-9 8', '#f3a823'),
)
export const avocado = placed(
  shape('M0-25C10-25 11-12 16-3C24 12 14 26 0 26C-14 26-24 12-16-3C-11-12-10-25 0-25', '#4d6b35') +
    shape('M0-21C7-21 8-9 12-2C19 11 11 22 0 22C-11 22-19 11-12-2C-8-9-7-21 0-21', '#c9d984') +
    shape('M0-16C4-16 6-7 9-1C14 10 8 18 0 18C-8 18-14 10-9-1C-6-7-4-16 0-16', '#e6eaa6') +
    disc(0, 8, 9, '#8a5430') +
    glint('M-5 6a5 5 0 0 1 3-4', 2.5),
)
export const mango = placed(
  filled(
    'M-25 6C-27-10-10-21 6-19C22-17 29-2 24 10C19 21 3 23-9 20Q-23 17-25 6',
    '#f5a62f',
    ellipse(-16, -10, 22, 18, '#e4573d', { opacity: 0.75 }) + ellipse(20, 18, 24, 14, '#d9811c', { opacity: 0.6 }),
  ) +
    leaf(6, -19, -25) +
    line('M5-18l2-6', '#6b4231', 3) +
    glint('M-14-6q3-5 9-7'),
)
export const date = placed(
  shape('M-21 1Q-17-12 2-11Q20-9 21 1Q17 12-1 12Q-18 11-21 1', '#7b3f1d') +
    line('M-13-4q12-5 26 0M-14 3q14 4 27 0', '#5a2a10', 1.8) +
    glint('M-12-6q5-2 8-2', 2.2),
)
export const cocoaPod = placed(
  filled(
    'M-34 2Q-20-19 8-16Q28-13 36 2Q24 19-2 18Q-26 17-34 2',
    '#c9692c',
    line('M-34 2Q0-26 36 2M-34 2Q0-8 36 2M-34 2Q0 14 36 2', '#9c4a1a', 2) + ellipse(8, 20, 34, 9, '#8c3f16', { opacity: 0.55 }),
  ) + line('M-34 2l-7 3', '#6b4231', 4),
)
export const cupuacu = placed(
  ellipse(0, 0, 27, 19, '#8a5a34') +
    ellipse(-1, -2, 22, 14.5, '#fffaf0') +
    line('M-14-6q3 5 0 9M-4-11q4 7 0 15M7-10q4 7 0 13', '#e7d9c2', 2.4) +
    dots(spots(-9, 0, 3, -1, 12, -2), '#f3e8d5', 7),
)
export const acai = placed(disc(0, 0, 8, '#3c1f4f') + glint('M-4-2a5 5 0 0 1 2-2', 2))
export const blueberry = placed(
  disc(0, 0, 8, '#4d5d9e') + shape('M-3-3L0-1L3-3L2 1L3 3H-3L-2 1', '#333f77') + glint('M-5-1a5 5 0 0 1 2-3', 1.8),
)
export const raspberry = placed(
  shape('M-10-6Q0-12 10-6Q11 6 0 12Q-11 6-10-6', '#b91f4c') + dots(spots(-6, -5, 1, -6, 7, -4, -4, 1, 4, 1, 0, 7), '#dc4a70', 5),
)
export const kiwiSlice = placed(
  ellipse(0, 2, 14, 10, '#7c6136') +
    ellipse(0, 0, 14, 10, '#9cc04c') +
    ellipse(0, 0, 5, 3.5, '#e8efba') +
    dots(spots(-7, 0, 7, 0, -4, -5, 4, -5, -4, 5, 4, 5), '#3b4a1c', 1.8),
)
export const ginger = placed(
  shape('M-28 4Q-30-8-17-8Q-12-19-3-12Q4-8 10-12Q20-17 24-8Q32-3 25 6Q14 9 8 6Q6 18-4 14Q-8 8-14 11Q-26 14-28 4', '#d9b078') +
    line('M-20-2q4 3 9 1M12-6q4 1 6 4M-4 2q3 4 2 8', '#b3864c', 1.8),
)
export const flower = (colour: string, heart: string) =>
  placed(
    dots(spots(0, -8, 8, -2, 5, 7, -5, 7, -8, -2), colour, 15) +
      dots(spots(0, -8, 8, -2, 5, 7, -5, 7, -8, -2), lighter(colour), 7) +
      disc(0, 0, 5, heart),
  )
export const oats = placed(
  line('M0 26Q2 0 10-24', '#c99a4b', 2.6) + line('M8-18l5-8M4-6l8-8M3 6l8-8M6-18l-5-8M1-4l-7-8M-1 8l-7-8', '#dcb05a', 8),
)
