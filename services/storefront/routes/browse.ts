import { Problem } from '@confeitaria/platform/problem'
import { CONTROL, line } from '@confeitaria/platform/schema'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Category, type Data, type List, ORDERS, type Ordering, type Product } from '../shop.ts'
import * as views from '../views/browse.ts'
import { type Context, page, readOk, text } from './context.ts'

const PAGE_SIZE = 24
const RELATED = 4
const SUGGESTIONS = 6
const SHORTEST_SUGGESTION = 2
const CATEGORIES = '/api/categorias'

/** Search words as the catalog takes them: one line of at most 100 characters. */
const searchWords = (query: unknown) => line(text(query, 'q').slice(0, 100).toWellFormed().replace(CONTROLS, ' ')) ?? ''
const CONTROLS = new RegExp(CONTROL, 'gu')

export function browseRoutes(
  app: FastifyInstance,
  { site, reader, assets }: Context & { assets: { picture(path: string | null): string } },
) {
  /** The catalog's address and this shop's for one page of a listing. */
  function listing(request: FastifyRequest, path: string, own: Record<string, string>, filter: Record<string, string>) {
    const order = text(request.query, 'ordem')
    const cursor = text(request.query, 'cursor')
    if (order && !ORDERS.includes(order as Ordering)) throw new Problem(400, 'ordem', 'Ordem desconhecida')
    const ordering = (order || undefined) as Ordering | undefined
    const with_ = (parameters: Record<string, string | undefined>, base: string) => {
      let query = ''
      for (const [name, value] of Object.entries(parameters)) {
        if (value) query += `${query && '&'}${name}=${encodeURIComponent(value)}`
      }
      return query ? `${base}?${query}` : base
    }
    const shared = { ordem: ordering, cursor }
    return {
      source: with_({ ...filter, limite: String(PAGE_SIZE), ...shared }, '/api/produtos'),
      make: ({ data, paginacao: { proximo } }: List<Product>): views.Listing => ({
        products: data,
        next: proximo ? with_({ ...own, ordem: ordering, cursor: proximo }, path) : null,
        here: with_({ ...own, ...shared }, path),
        base: with_(own, path),
        ordering,
        first: !cursor,
      }),
    }
  }

  app.get('/', page, async (request, reply) => {
    const { source, make } = listing(request, '/', {}, {})
    const [categories, products] = await Promise.all([
      readOk<Data<Category[]>>(reader, CATEGORIES, request),
      readOk<List<Product>>(reader, source, request),
    ])
    return site.sendShared(request, reply, `/ ${source}`, [categories, products], view =>
      views.home(view, categories.body.data, make(products.body)),
    )
  })

  app.get<{ Params: { id: string } }>('/categoria/:id', page, async (request, reply) => {
    const { id } = request.params
    const { source, make } = listing(request, `/categoria/${encodeURIComponent(id)}`, {}, { categoria_id: id })
    const [categories, products] = await Promise.all([
      readOk<Data<Category[]>>(reader, CATEGORIES, request),
      readOk<List<Product>>(reader, source, request),
    ])
    const category = categories.body.data.find(each => String(each.id) === id)
    if (!category) throw new Problem(404, 'categoria', 'Categoria desconhecida')
    return site.sendShared(request, reply, `/categoria ${source}`, [categories, products], view =>
      views.category(view, category, categories.body.data, make(products.body)),
    )
  })

  app.get('/busca', page, async (request, reply) => {
    const words = searchWords(request.query)
    const { source, make } = listing(request, '/busca', { q: words }, { busca: words })
    const [categories, products] = await Promise.all([
      readOk<Data<Category[]>>(reader, CATEGORIES, request),
      words ? readOk<List<Product>>(reader, source, request) : undefined,
    ])
    return site.sendShared(request, reply, `/busca ${source}`, [categories, products], view =>
      views.search(view, words, categories.body.data, products && make(products.body)),
    )
  })

  app.get<{ Params: { id: string } }>('/produto/:id', page, async (request, reply) => {
    const path = `/api/produtos/${encodeURIComponent(request.params.id)}`
    const product = await readOk<Data<Product>>(reader, path, request)
    const item = product.body.data
    const related = await readOk<List<Product>>(
      reader,
      `/api/produtos?categoria_id=${item.categoria_id}&limite=${RELATED + 1}`,
      request,
    ).catch(() => undefined)
    const others = related?.body.data.filter(({ id }) => id !== item.id).slice(0, RELATED) ?? []
    return site.sendShared(request, reply, path, [product, related], view => views.product(view, item, others, `/produto/${item.id}`))
  })

  app.get('/sugestoes', page, async (request, reply) => {
    const { words, money } = site.view(request).language
    const busca = searchWords(request.query)
    const found =
      busca.length < SHORTEST_SUGGESTION
        ? []
        : (await readOk<List<Product>>(reader, `/api/produtos?${new URLSearchParams({ busca, limite: String(SUGGESTIONS) })}`, request))
            .body.data
    reply.header('cache-control', 'private, no-store')
    return {
      mensagem: found.length ? words.search.count(found.length) : words.search.none,
      sugestoes: found.map(({ id, nome, preco, imagem }) => ({
        nome,
        preco: money(preco),
        url: `/produto/${id}`,
        imagem: assets.picture(imagem),
      })),
    }
  })
}
