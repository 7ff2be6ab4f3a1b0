/**
 * Draws every picture of the shop into `public/`: `node services/storefront/images/draw.ts`.
 * The same sources give the same bytes, so the results are committed and a test compares them.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { illustrations } from './illustrations.ts'
import { disc, ellipse, lighter, shape, svg } from './ink.ts'
import { products } from './products.ts'

type Catalogue = { produtos: { imagem: string; categoria: string }[] }

/** The colours of each category's wall and table. */
const rooms: Record<string, readonly [wall: string, table: string]> = {
  Brigadeiros: ['#fbdcd7', '#f2bfb9'],
  Bolos: ['#fce3bd', '#f2ca90'],
  Tortas: ['#fcd9c4', '#f2ba9b'],
  'Doces de festa': ['#f8d5e2', '#ecb3c9'],
  'Doces regionais': ['#fde7b0', '#f2cb74'],
  'Pães doces e folhados': ['#f4e2cd', '#e2c19c'],
  'Sobremesas geladas': ['#d0e8ed', '#a4cfd9'],
  'Chocolates e bombons': ['#ecdacd', '#d3b29d'],
  Biscoitos: ['#e8def1', '#cab6df'],
  'Sem açúcar e veganos': ['#deebca', '#b9d396'],
}

const room = ([wall, table]: readonly [string, string]) =>
  shape('M0 0h320v240H0', wall) +
  disc(160, 104, 94, lighter(wall, 0.55)) +
  shape('M0 160h320v80H0', table) +
  ellipse(160, 200, 150, 30, lighter(table, 0.28))

/** Every picture by its path below `public/`. */
export function drawings(): Map<string, string> {
  const seed = new URL('../../catalog/seed/catalogo.json', import.meta.url)
  const { produtos } = JSON.parse(readFileSync(seed, 'utf8')) as Catalogue
  const drawn = new Map(Object.entries(illustrations))
  for (const { imagem, categoria } of produtos) {
    const slug = imagem.replace(/^\/imagens\/(.+)\.svg$/, '$1')
    const sweet = products[slug]
    const place = rooms[categoria]
    if (!sweet || !place) throw new Error(`No drawing for ${imagem} of ${categoria}: add it to products.ts or its room to draw.ts.`)
    drawn.set(`imagens/${slug}.svg`, svg(320, 240, room(place) + sweet))
  }
  return drawn
}

if (import.meta.main) {
  const publicFolder = new URL('../public/', import.meta.url)
  mkdirSync(new URL('imagens/', publicFolder), { recursive: true })
  const all = drawings()
  for (const [path, content] of all) writeFileSync(new URL(path, publicFolder), content)
  console.log(`Drew ${all.size} pictures.`)
}
