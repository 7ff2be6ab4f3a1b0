import fc from 'fast-check'
import t from 'tap'
import shop from '../seed/catalogo.json' with { type: 'json' }
import { generateProducts, MAX_GENERATED } from '../seed/names.ts'

/** What the contract asks of any text, its length counted in characters. */
const isText = (text: string, longest: number) =>
  text !== '' && text === text.trim() && text === text.normalize('NFC') && !/\p{Cc}/u.test(text) && [...text].length <= longest
const isPrice = (price: number) => /^\d+(\.\d{1,2})?$/.test(String(price)) && price >= 3.5 && price <= 189.9
const isStock = (stock: number) => Number.isInteger(stock) && stock >= 0 && stock <= 200
const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()

t.test('the shop starts with enough goods, and each is within the limits of the contract', async t => {
  t.ok(shop.categorias.length >= 8, `${shop.categorias.length} categories`)
  t.ok(shop.produtos.length >= 72, `${shop.produtos.length} products`)
  for (const category of shop.categorias) t.ok(isText(category, 100), category)
  for (const { nome, descricao, preco, estoque } of shop.produtos) {
    t.ok(isText(nome, 200), `${nome}: name`)
    t.ok(isText(descricao, 300) && [...descricao].length >= 80, `${nome}: description`)
    t.ok(isPrice(preco), `${nome}: price ${preco}`)
    t.ok(isStock(estoque), `${nome}: stock ${estoque}`)
  }
})

t.test('no category, product or picture is there twice, case and accents aside', async t => {
  for (const names of [shop.categorias, shop.produtos.map(p => p.nome), shop.produtos.map(p => p.imagem)]) {
    t.equal(new Set(names.map(plain)).size, names.length)
  }
})

t.test('every category has products, and every product one of the categories', async t => {
  t.same(new Set(shop.produtos.map(p => p.categoria)), new Set(shop.categorias))
})

t.test('the picture is named after the product', async t => {
  for (const { nome, imagem } of shop.produtos) t.equal(imagem, `/imagens/${plain(nome).replace(/[^a-z0-9]+/g, '-')}.svg`)
})

t.test('some are sold out and some nearly, so that a visitor meets both', async t => {
  const stock = shop.produtos.map(p => p.estoque)
  t.ok(stock.includes(0))
  t.ok(stock.some(n => n > 0 && n < 5))
  t.ok(stock.filter(n => n >= 20 && n <= 120).length > stock.length / 2)
})

t.test('generated products are within the limits, whatever the seed', async () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), seed => {
      const products = [...generateProducts(200, seed)]
      return (
        products.length === 200 &&
        products.every(({ nome, descricao, preco, estoque, categoria }) => {
          const length = descricao.split(' ').length
          return (
            isText(nome, 200) &&
            isText(descricao, 5000) &&
            length >= 8 &&
            length <= 14 &&
            isPrice(preco) &&
            isStock(estoque) &&
            shop.categorias.includes(categoria)
          )
        })
      )
    }),
    { numRuns: 50 },
  )
})

t.test('the same seed gives the same products, another seed gives others', async t => {
  t.same([...generateProducts(300, 5)], [...generateProducts(300, 5)])
  t.notSame([...generateProducts(300, 5)], [...generateProducts(300, 6)])
  t.same([...generateProducts(300, 5)].slice(0, 100), [...generateProducts(100, 5)], 'fewer are the first of more')
})

t.test('no generated name comes twice, and the words are as many as a shop knows', async t => {
  const names = new Set<string>()
  const words = new Set<string>()
  for (const { nome, descricao } of generateProducts(100_000, 3)) {
    names.add(nome)
    for (const word of `${nome} ${descricao}`.toLowerCase().split(/[^\p{L}-]+/u)) words.add(word)
  }
  t.equal(names.size, 100_000)
  t.ok(words.size > 2000, `${words.size} words`)
})

t.test('a count that cannot be is refused at once, with what to ask for', async t => {
  for (const count of [-1, 1.5, Number.NaN, MAX_GENERATED + 1]) {
    t.throws(() => generateProducts(count), { name: 'RangeError', message: /from 0 to 1000000/ })
  }
  t.throws(() => generateProducts(1, 0.5), { name: 'RangeError', message: /seed/ })
  t.same([...generateProducts(0)], [])
})
