import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Database } from '@confeitaria/platform/database'
import { FreshCache, type Kept, seenEverywhere } from '@confeitaria/platform/freshness'
import { notFound, Problem } from '@confeitaria/platform/problem'
import { answers as answersOf, Closed, Data, IdText, idOf } from '@confeitaria/platform/schema'
import { prefixOf, type Service } from '@confeitaria/platform/service'
import type { ReadyAnswer } from '@confeitaria/platform/shortcut'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { LRUCache } from 'lru-cache'
import { type TSchema, Type } from 'typebox'
import { Category, categories, NewCategory } from './categories.ts'
import { NewProduct, Product, ProductChange, ProductQuery, products } from './products.ts'

const CACHE_BYTES = 64 * 1024 * 1024
/** Memory for the paths that are remembered as good, with what they ask for. */
const PATHS_BYTES = 8 * 1024 * 1024
const JSON_TYPE = 'application/json; charset=utf-8'

/** Up to here a body goes out fastest as text, in one piece with its headers; above, encoding it each time costs more. */
const TEXT_BYTES = 4 * 1024

/** A successful answer, ready to be sent. */
interface Body {
  content: string | Buffer
  size: number
  etag: string
  /** The query that asks for the next page. */
  next?: string
  /** The PostgreSQL server that it was read from. */
  server: string | undefined
}

const IdParams = Closed({ id: IdText() })
const Page = Type.Object({ data: Type.Array(Product), paginacao: Type.Object({ proximo: Type.Union([Type.String(), Type.Null()]) }) })
const NotModified = Type.Null({ description: 'If-None-Match diz que o cliente já tem esta resposta' })

/** What is sent is ready-made bytes, so that a reply is not typed by these. */
const answers = (success: Record<number, TSchema>, ...problems: number[]) => answersOf(success, ...problems)

const etagOf = (bytes: Buffer | string) => `"${createHash('sha1').update(bytes).digest('base64url')}"`
const bodyOf = (data: unknown, server: string | undefined, next?: string | null): Body => {
  const text = JSON.stringify(next === undefined ? { data } : { data, paginacao: { proximo: next } })
  const bytes = Buffer.from(text)
  return { content: bytes.length > TEXT_BYTES ? bytes : text, size: bytes.length, etag: etagOf(bytes), server }
}
/** If-None-Match and If-Match: `*`, or a list of tags, weak ones as good as strong ones. */
const matches = (header: string, etag: string) =>
  header === '*' || header === etag || header.split(',').some(tag => tag.trim().replace(/^W\//, '') === etag)

const isOutage = (error: unknown) => !(error instanceof Problem && error.status < 500)

export function catalogRoutes({ database, adminToken }: { database: Database; adminToken: string }) {
  const categoryRepository = categories(database)
  const productRepository = products(database)
  const cache = new FreshCache<Body>(CACHE_BYTES, ({ size }) => size)
  const paths = new LRUCache<string, { key: string; load: () => Promise<Kept<Body>>; route: string }>({
    maxSize: PATHS_BYTES,
    sizeCalculation: ({ key }, url) => url.length + key.length + 800,
  })

  const linkTo = (next: string, request: { url: string }) => `<${prefixOf(request, '/produtos')}/produtos?${next}>; rel="next"`

  function send(request: FastifyRequest, reply: FastifyReply, { content, etag, next, server }: Body, staleMs?: number) {
    reply.header('etag', etag).header('cache-control', 'no-cache')
    if (server) reply.header('x-database', server)
    if (staleMs !== undefined) reply.header('age', Math.round(staleMs / 1_000)).header('warning', '110 - "Response is Stale"')
    if (next) reply.header('link', linkTo(next, request))
    const known = request.headers['if-none-match']
    if (known && matches(known, etag)) return reply.code(304).send()
    return reply.type(JSON_TYPE).send(content)
  }

  /** Answers from the cache if that is fresh, else from the database, else the last good answer with its age. */
  async function answer(request: FastifyRequest, reply: FastifyReply, key: string, load: () => Promise<Kept<Body>>) {
    const { value, staleMs, cause } = await cache.get(key, load, isOutage)
    if (cause && !(cause instanceof Problem)) request.log.error({ err: cause }, 'unexpected error: the last good answer is given')
    const { url, routeOptions } = request
    if (!paths.has(url)) paths.set(url, { key, load, route: routeOptions.url! })
    return send(request, reply, value, staleMs)
  }

  /** What {@link send} would answer to a path that was good before and whose answer is fresh. */
  function ready({ url = '', headers }: IncomingMessage): ReadyAnswer | undefined {
    const path = paths.get(url)
    const body = path && cache.fresh(path.key, { load: path.load, isOutage })
    if (!body) return undefined
    const { route } = path
    const { content, size, etag, next, server } = body
    const common = [
      'etag',
      etag,
      'cache-control',
      'no-cache',
      ...(server ? ['x-database', server] : []),
      ...(next ? ['link', linkTo(next, { url })] : []),
    ]
    const known = headers['if-none-match']
    if (known && matches(known, etag)) return { status: 304, headers: common, route }
    return { status: 200, headers: [...common, 'content-type', JSON_TYPE, 'content-length', String(size)], content, route }
  }

  const loadProduct = async (id: number): Promise<Kept<Body>> => {
    const { product, asOf, server } = await productRepository.byId(id)
    return { value: bodyOf(product, server), asOf }
  }
  const loadPage = async (query: ProductQuery): Promise<Kept<Body>> => {
    const { page, next, asOf, server } = await productRepository.page(query)
    const body = bodyOf(page, server, next)
    return { value: next ? { ...body, next: String(new URLSearchParams({ ...query, cursor: next })) } : body, asOf }
  }
  const loadCategories = async (): Promise<Kept<Body>> => {
    const { rows, asOf, server } = await categoryRepository.list()
    return { value: bodyOf(rows, server, null), asOf }
  }
  const loadCategory = async (id: number): Promise<Kept<Body>> => {
    const { rows, asOf, server } = await categoryRepository.byId(id)
    if (!rows[0]) throw notFound(`A categoria ${id}`)
    return { value: bodyOf(rows[0], server), asOf }
  }
  const pageKey = ({ categoria_id, busca, ordem, limite, cursor }: ProductQuery) =>
    `produtos ${JSON.stringify([categoria_id, busca, ordem, limite, cursor])}`

  const digest = (text: string) => createHash('sha256').update(text).digest()
  const expected = digest(adminToken)
  const onlyAdmins = async (request: FastifyRequest) => {
    // Digests are of one length, and comparing them takes one time.
    const [, token = ''] = /^bearer (.*)$/i.exec(request.headers.authorization ?? '') ?? []
    if (!timingSafeEqual(digest(token), expected)) {
      throw new Problem(401, 'nao-autorizado', 'Não autorizado', {
        detail: 'Envie o token de administração em Authorization: Bearer <token>.',
        headers: { 'www-authenticate': 'Bearer' },
      })
    }
  }

  const read = { tags: ['catálogo'] }
  const write = { tags: ['administração'], security: [{ token: [] }] }

  const plugin = async (app: Service) => {
    app.get(
      '/categorias',
      {
        schema: {
          ...read,
          summary: 'As categorias, em ordem alfabética',
          response: answers({
            200: Type.Object({ data: Type.Array(Category), paginacao: Type.Object({ proximo: Type.Null() }) }),
            304: NotModified,
          }),
        },
      },
      (request, reply) => answer(request, reply, 'categorias', loadCategories),
    )
    app.get(
      '/categorias/:id',
      {
        schema: {
          ...read,
          summary: 'Uma categoria',
          params: IdParams,
          response: answers({ 200: Data(Category), 304: NotModified }, 404),
        },
      },
      (request, reply) => {
        const id = idOf(request.params.id, 'A categoria')
        return answer(request, reply, `categoria ${id}`, () => loadCategory(id))
      },
    )
    app.post(
      '/categorias',
      {
        onRequest: onlyAdmins,
        schema: {
          ...write,
          summary: 'Cria uma categoria',
          body: NewCategory,
          response: answers({ 201: Data(Category) }, 401, 409, 413, 415),
        },
      },
      async (request, reply) => {
        const category = await categoryRepository.create(request.body)
        await seenEverywhere()
        return reply
          .code(201)
          .header('location', `${prefixOf(request, '/categorias')}/categorias/${category.id}`)
          .send({ data: category })
      },
    )
    app.get(
      '/produtos',
      {
        schema: {
          ...read,
          summary: 'Uma página de produtos',
          querystring: ProductQuery,
          response: answers({ 200: Page, 304: NotModified }, 404),
        },
      },
      (request, reply) => {
        // What is kept with the path keeps the query, and not the request with its headers.
        const { query } = request
        return answer(request, reply, pageKey(query), () => loadPage(query))
      },
    )
    app.get(
      '/produtos/:id',
      {
        schema: { ...read, summary: 'Um produto', params: IdParams, response: answers({ 200: Data(Product), 304: NotModified }, 404) },
      },
      (request, reply) => {
        const id = idOf(request.params.id, 'O produto')
        return answer(request, reply, `produto ${id}`, () => loadProduct(id))
      },
    )
    app.post(
      '/produtos',
      {
        onRequest: onlyAdmins,
        schema: {
          ...write,
          summary: 'Cria um produto',
          body: NewProduct,
          response: answers({ 201: Data(Product) }, 401, 413, 415, 422),
        },
      },
      async (request, reply) => {
        const product = await productRepository.create(request.body)
        await seenEverywhere()
        return reply
          .code(201)
          .header('location', `${prefixOf(request, '/produtos')}/produtos/${product.id}`)
          .send({ data: product })
      },
    )
    app.patch(
      '/produtos/:id',
      {
        onRequest: onlyAdmins,
        schema: {
          ...write,
          summary: 'Muda um produto; com If-Match, só se ele ainda for o que se leu',
          params: IdParams,
          body: ProductChange,
          response: answers({ 200: Data(Product) }, 401, 404, 412, 413, 415, 422),
        },
      },
      async (request, reply) => {
        const expectedTag = request.headers['if-match']
        const product = await productRepository.update(idOf(request.params.id, 'O produto'), request.body, current => {
          if (expectedTag && !matches(expectedTag, bodyOf(current, undefined).etag)) {
            throw new Problem(412, 'mudou', 'O produto mudou', { detail: 'O produto mudou desde que foi lido; leia-o de novo e repita.' })
          }
        })
        await seenEverywhere()
        return reply.send({ data: product })
      },
    )
    app.delete(
      '/produtos/:id',
      {
        onRequest: onlyAdmins,
        schema: { ...write, summary: 'Apaga um produto', params: IdParams, response: answers({ 204: Type.Null() }, 401, 404) },
      },
      async (request, reply) => {
        await productRepository.remove(idOf(request.params.id, 'O produto'))
        await seenEverywhere()
        return reply.code(204).send()
      },
    )
  }

  return {
    plugin,
    ready,
    /** Reads what a shopper sees first, so that there is a last good answer should every database go away. */
    async warm() {
      const keep = (key: string, load: () => Promise<Kept<Body>>) => cache.get(key, load, isOutage)
      await keep('categorias', loadCategories)
      const { rows } = await categoryRepository.list()
      await keep(pageKey({ limite: '100' }), () => loadPage({ limite: '100' }))
      for (const { id } of rows)
        await keep(pageKey({ categoria_id: String(id), limite: '100' }), () => loadPage({ categoria_id: String(id), limite: '100' }))
      const { page } = await productRepository.page({ limite: '200' })
      for (const { id } of page) await keep(`produto ${id}`, () => loadProduct(id))
    },
  }
}
