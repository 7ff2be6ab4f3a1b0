import { isMoney } from '@confeitaria/platform/money'
import { Problem } from '@confeitaria/platform/problem'
import type { Answer, CallOptions } from '@confeitaria/platform/upstream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { pathOfThisShop } from '../same-origin.ts'
import type { Category, Data, List, ProblemBody, Product } from '../shop.ts'
import * as views from '../views/admin.ts'
import { adminTokenOf, leaveNotice, type NoticeCode, rememberAdmin } from '../visitor.ts'
import { attempt, CHANGE_MS, type Context, form, page, readOk, text, wholeNumber } from './context.ts'

const PAGE_SIZE = '50'
const MAX_STOCK = 1_000_000
/** The catalog's readers may be behind what was just written: a change that came too late looks again a little later. */
const CHANGE_ATTEMPTS = 10
const CHANGE_PAUSE_MS = 200

/** Products are read from the catalog itself, past what the shop's pages may keep: who changes something sees it at once. */
export function adminRoutes(app: FastifyInstance, { site, reader, catalog }: Context) {
  app.get('/admin', page, async (request, reply) => {
    const view = site.view(request)
    if (!staySignedIn(request, reply)) return site.sendOwn(request, reply, views.signIn(view))
    const query = text(request.query, 'busca').trim()
    const cursor = text(request.query, 'cursor')
    const own = new URLSearchParams({ ...(query && { busca: query }), ...(cursor && { cursor }) })
    const { body } = await read<List<Product>>(
      `/api/produtos?${new URLSearchParams({ ...Object.fromEntries(own), limite: PAGE_SIZE })}`,
      request,
    )
    const { data, paginacao } = body
    if (paginacao.proximo) own.set('cursor', paginacao.proximo)
    const here = request.url
    const next = paginacao.proximo && `/admin?${own}`
    return site.sendOwn(request, reply, views.productTable(view, { products: data, query, next, here }))
  })

  app.post('/admin/entrar', form, async (request, reply) => {
    const token = text(request.body, 'token').trim()
    const { admin, notices } = site.view(request).language.words
    // An empty product is refused either way: 401 to a stranger, 400 to who may.
    const answer = /^[\x21-\x7e]{1,500}$/.test(token)
      ? await write(request, '/api/produtos', { method: 'POST', body: {} }, token)
      : { status: 401 }
    if (answer?.status === 400) {
      rememberAdmin(request, reply, token)
      const id = text(request.body, 'produto')
      if (!id) return reply.redirect('/admin', 303)
      return showForm(request, reply, fieldsOf(request), id === views.NEW ? {} : { edited: editedOf(request, id) })
    }
    const [status, error] = answer?.status === 401 ? [401, admin.wrongToken] : [503, notices.adminAway]
    return site.sendOwn(request, reply, views.signIn(site.view(request), error, typedOf(request)), status)
  })

  app.post('/admin/sair', form, async (request, reply) => {
    rememberAdmin(request, reply, undefined)
    return redirect(request, reply, '/admin', 'signedOut')
  })

  app.get('/admin/produtos/novo', page, async (request, reply) => {
    if (!adminTokenOf(request)) return reply.redirect('/admin', 303)
    return showForm(request, reply, { nome: '', descricao: '', preco: '', estoque: '', categoria_id: '' })
  })

  app.get<{ Params: { id: string } }>('/admin/produtos/:id', page, async (request, reply) => {
    if (!adminTokenOf(request)) return reply.redirect('/admin', 303)
    const edited = await readEdited(request, request.params.id)
    return showForm(request, reply, edited.before, { edited })
  })

  app.post('/admin/produtos', form, async (request, reply) => {
    const fields = fieldsOf(request)
    const { product, errors } = parse(request, fields)
    if (!product) return showForm(request, reply, fields, { errors, status: 400 })
    const answer = await write<Data<Product>>(request, '/api/produtos', { method: 'POST', body: product })
    if (answer?.status === 201) return redirect(request, reply, '/admin', 'created')
    return refused(request, reply, answer, fields)
  })

  app.post<{ Params: { id: string } }>('/admin/produtos/:id', form, async (request, reply) => {
    const fields = fieldsOf(request)
    const edited = editedOf(request, request.params.id)
    const { product, errors } = parse(request, fields)
    if (!product) return showForm(request, reply, fields, { edited, errors, status: 400 })
    // What nobody touched is not sent: what was sold meanwhile stays sold, and what another administrator changed stays changed.
    const touched = views.PRODUCT_FIELDS.filter(key => fields[key] !== edited.before[key])
    if (!touched.length) return redirect(request, reply, '/admin', 'saved')
    let etag = /^"[\w-]+"$/.test(edited.etag) ? edited.etag : '""'
    for (let attempts = 1; ; attempts++) {
      const answer = await write<Data<Product>>(request, `/api/produtos/${edited.id}`, {
        method: 'PATCH',
        body: pick(product, touched),
        headers: { 'if-match': etag },
      })
      if (answer?.status === 200) return redirect(request, reply, '/admin', 'saved')
      if (answer?.status !== 412) return refused(request, reply, answer, fields, edited)
      const { admin, notices } = site.view(request).language.words
      const now = await readEdited(request, request.params.id)
      const shown = { ...now.before, categoria_id: now.category }
      const errors: views.ProductErrors = {}
      for (const key of touched) if (![edited.before[key], fields[key]].includes(now.before[key])) errors[key] = admin.changed(shown[key])
      if (attempts === CHANGE_ATTEMPTS) errors.formulario = notices.sellingFast
      if (Object.keys(errors).length)
        return showForm(request, reply, { ...now.before, ...pick(fields, touched) }, { edited: now, errors, status: 412 })
      etag = now.etag
      await pause()
    }
  })

  app.post<{ Params: { id: string } }>('/admin/produtos/:id/estoque', form, async (request, reply) => {
    const back = pathOfThisShop(text(request.body, 'voltar'))
    const more = wholeNumber(text(request.body, 'quantidade'))
    if (!more) return redirect(request, reply, back, 'badRestock')
    const notice = await restock(request, request.params.id, more)
    return notice ? redirect(request, reply, back, notice) : signInAgain(request, reply)
  })

  app.post<{ Params: { id: string } }>('/admin/produtos/:id/excluir', form, async (request, reply) => {
    const answer = await write(request, `/api/produtos/${encodeURIComponent(request.params.id)}`, { method: 'DELETE' })
    if (answer?.status === 401) return signInAgain(request, reply)
    return redirect(request, reply, '/admin', answer?.status === 204 ? 'deleted' : failureOf(answer))
  })

  /**
   * Adds to the stock as it is; If-Match sees to it that a sale in between is not undone.
   * @returns what to say of it; undefined when the token is not good any more
   */
  async function restock(request: FastifyRequest, id: string, more: number): Promise<NoticeCode | undefined> {
    const path = `/api/produtos/${encodeURIComponent(id)}`
    for (let attempts = 0; attempts < CHANGE_ATTEMPTS; attempts++) {
      const now = await attempt(catalog.call<Data<Product>>(path, { request }))
      if (now?.status === 404) return 'productGone'
      if (now?.status !== 200) return 'adminAway'
      const estoque = now.body.data.estoque + more
      if (estoque > MAX_STOCK) return 'badRestock'
      const answer = await write(request, path, {
        method: 'PATCH',
        body: { estoque },
        headers: { 'if-match': now.headers.etag?.toString() },
      })
      if (answer?.status === 200) return 'restocked'
      if (answer?.status === 401) return undefined
      if (answer?.status !== 412) return failureOf(answer)
      await pause()
    }
    return 'sellingFast'
  }

  async function read<T>(path: string, request: FastifyRequest): Promise<Answer<T>> {
    const answer = await catalog.call<T>(path, { request })
    if (answer.status !== 200) throw new Problem(answer.status, 'catalogo', 'O catálogo recusou')
    return answer
  }

  const write = <T>(request: FastifyRequest, path: string, options: CallOptions, token = adminTokenOf(request)) =>
    attempt(
      catalog.call<T>(path, {
        ...options,
        headers: { ...options.headers, authorization: `Bearer ${token ?? ''}` },
        timeoutMs: CHANGE_MS,
        request,
      }),
    )

  async function readEdited(request: FastifyRequest, id: string): Promise<views.Edited & { category: string }> {
    const { body, headers } = await read<Data<Product>>(`/api/produtos/${encodeURIComponent(id)}`, request)
    const { id: number, nome, descricao, preco, estoque, categoria_id, categoria } = body.data
    const { code } = site.view(request).language
    const price = preco.toFixed(2)
    const before = {
      nome,
      descricao,
      preco: code === 'pt-BR' ? price.replace('.', ',') : price,
      estoque: String(estoque),
      categoria_id: String(categoria_id),
    }
    return { id: number, before, etag: headers.etag?.toString() ?? '', category: categoria }
  }

  /** The fields as the catalog takes them, or what is wrong with them. */
  function parse(request: FastifyRequest, fields: views.ProductForm) {
    const { admin } = site.view(request).language.words
    const { nome } = fields
    const descricao = fields.descricao.replace(/\s+/g, ' ')
    const preco = /^[0-9]{1,8}([.,][0-9]{1,2})?$/.test(fields.preco) ? Number(fields.preco.replace(',', '.')) : Number.NaN
    const estoque = wholeNumber(fields.estoque)
    const categoria_id = wholeNumber(fields.categoria_id)
    const errors: views.ProductErrors = {
      ...((!nome || [...nome].length > 200) && { nome: admin.badName }),
      ...((!descricao || [...descricao].length > 5_000) && { descricao: admin.badDescription }),
      ...(!isMoney(preco) && { preco: admin.badPrice }),
      ...((estoque === undefined || estoque > MAX_STOCK) && { estoque: admin.badStock }),
      ...(!categoria_id && { categoria_id: admin.badCategory }),
    }
    return Object.keys(errors).length ? { errors } : { product: { nome, descricao, preco, estoque, categoria_id } }
  }

  async function showForm(
    request: FastifyRequest,
    reply: FastifyReply,
    fields: views.ProductForm,
    { edited, errors = {}, status = 200 }: { edited?: views.Edited; errors?: views.ProductErrors | undefined; status?: number } = {},
  ) {
    const { body } = await readOk<Data<Category[]>>(reader, '/api/categorias', request)
    staySignedIn(request, reply)
    return site.sendOwn(
      request,
      reply,
      views.productForm(site.view(request), { ...(edited && { edited }), form: fields, categories: body.data, errors }),
      status,
    )
  }

  function refused(
    request: FastifyRequest,
    reply: FastifyReply,
    answer: Answer | undefined,
    fields: views.ProductForm,
    edited?: views.Edited,
  ) {
    if (answer?.status === 401) return signInAgain(request, reply, edited ? String(edited.id) : views.NEW)
    const failure = failureOf(answer)
    if (failure === 'productGone') return redirect(request, reply, '/admin', failure)
    const { admin, notices } = site.view(request).language.words
    const errors: views.ProductErrors = {}
    for (const { campo, mensagem } of (answer?.body as ProblemBody | undefined)?.erros ?? [])
      errors[campo in fields ? (campo as keyof views.ProductForm) : 'formulario'] = mensagem
    if (answer?.status === 422) errors.categoria_id = admin.badCategory
    if (!Object.keys(errors).length) errors.formulario = answer && answer.status < 500 ? admin.refused : notices[failure]
    return showForm(request, reply, fields, { ...(edited && { edited }), errors, status: answer?.status ?? 503 })
  }

  /** What to say of a write that was not done, or not for sure: that it changed nothing is for the catalog alone to say. */
  function failureOf(answer: Answer | undefined): 'productGone' | 'adminAway' | 'adminUnknown' {
    if (answer?.status === 404) return 'productGone'
    const saysNo = answer && (answer.status < 500 || (answer.body as ProblemBody).type === 'indisponivel')
    return saysNo ? 'adminAway' : 'adminUnknown'
  }

  /** @param produto the form that is filled again after signing in */
  function signInAgain(request: FastifyRequest, reply: FastifyReply, produto = '') {
    rememberAdmin(request, reply, undefined)
    const view = site.view(request)
    return site.sendOwn(request, reply, views.signIn(view, view.language.words.admin.expired, typedOf(request, produto)), 401)
  }

  /** Who works is not signed out meanwhile. */
  function staySignedIn(request: FastifyRequest, reply: FastifyReply): boolean {
    const token = adminTokenOf(request)
    if (token) rememberAdmin(request, reply, token)
    return token !== undefined
  }

  function redirect(request: FastifyRequest, reply: FastifyReply, path: string, notice: NoticeCode) {
    leaveNotice(request, reply, notice)
    return reply.redirect(path, 303)
  }

  const fieldsOf = ({ body }: FastifyRequest, suffix = '') =>
    Object.fromEntries(views.PRODUCT_FIELDS.map(key => [key, text(body, key + suffix).trim()])) as views.ProductForm

  const editedOf = (request: FastifyRequest, id: string): views.Edited => ({
    id: wholeNumber(id) ?? 0,
    before: fieldsOf(request, '_antes'),
    etag: text(request.body, 'versao'),
  })

  /** A product's form as it was sent, for signing in to hand it on. */
  function typedOf(request: FastifyRequest, produto = text(request.body, 'produto')): views.Typed | undefined {
    if (!produto) return undefined
    return { produto, form: fieldsOf(request), ...(produto !== views.NEW && { edited: editedOf(request, produto) }) }
  }
}

const pause = () => new Promise(resolve => setTimeout(resolve, CHANGE_PAUSE_MS))

const pick = <T extends object>(all: T, keys: readonly (keyof T)[]) => Object.fromEntries(keys.map(key => [key, all[key]])) as Partial<T>
