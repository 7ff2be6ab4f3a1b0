import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { LRUCache } from 'lru-cache'
import { type Assets, acceptedEncoding, compress, type Encoding } from './assets.ts'
import type { CatalogAnswer, CatalogReader } from './catalog-reader.ts'
import { chooseLanguage, type Language, type LanguageCode, languages } from './languages/language.ts'
import { complete, errorPage, type Frame, frame, type Page, type View } from './views/layout.ts'
import { cartCountOf, cookiesOf, hasNotice, takeNotice, type Visit } from './visitor.ts'

/** Rendered pages remembered; they are remade whenever what they show has changed. */
const MAX_PAGES = 300
/** A page is the same for all visitors but for the cart's count: so much is kept of copies for one count each. */
const MAX_COPIES_BYTES = 48 * 1024 * 1024
const HTML_BROTLI_QUALITY = 4

const HTML = 'text/html; charset=utf-8'
const OWN = { 'content-type': HTML, 'cache-control': 'private, no-store' }
const VARY = 'Accept-Language, Cookie, Accept-Encoding'

interface Copy {
  body: Buffer
  etag: string
  encoded: Partial<Record<Encoding, Buffer | Promise<Buffer>>>
}

interface Rendered {
  language: Language
  sources: Sources
  frame: Frame
  /** Which rendering of any page it is: what its copies are called by. */
  number: number
}

/** What a page shows; undefined for what could not be had. */
type Sources = readonly (CatalogAnswer<unknown> | undefined)[]

const isSame = (a: CatalogAnswer<unknown> | undefined, b: CatalogAnswer<unknown> | undefined) =>
  a?.body === b?.body && a?.stale === b?.stale

/** Turns pages into answers. */
export class Site {
  readonly #reader: Pick<CatalogReader, 'fresh'>
  readonly #views: Record<LanguageCode, View>
  readonly #rendered = new LRUCache<string, Rendered>({ max: MAX_PAGES })
  #renderings = 0
  /** Compressed forms are made later; together they are smaller than the page itself. */
  readonly #copies = new LRUCache<string, Copy>({ maxSize: MAX_COPIES_BYTES, sizeCalculation: ({ body }) => 2 * body.length })
  /** The shared page at an address, language aside. */
  readonly #addresses = new LRUCache<string, { key: string; route: string }>({ max: MAX_PAGES })

  constructor(assets: Assets, reader: Pick<CatalogReader, 'fresh'>) {
    this.#reader = reader
    this.#views = { 'pt-BR': { language: languages['pt-BR'], assets }, en: { language: languages.en, assets } }
  }

  view(visit: Visit): View {
    return this.#views[chooseLanguage(cookiesOf(visit).idioma, visit.headers['accept-language']).code]
  }

  /**
   * Sends a page that everybody may see; it is rendered again only when one of its sources has changed.
   * @param key what the page is, language aside
   */
  sendShared(request: FastifyRequest, reply: FastifyReply, key: string, sources: Sources, build: (view: View) => Page) {
    const view = this.view(request)
    const { language } = view
    const fullKey = `${language.code} ${key}`
    let rendered = this.#rendered.get(fullKey)
    if (!rendered || !sources.every((source, i) => isSame(source, rendered?.sources[i]))) {
      const stale = sources.some(source => source?.stale)
      rendered = { language, sources, frame: frame(view, { ...build(view), stale }), number: ++this.#renderings }
      this.#rendered.set(fullKey, rendered)
    }
    const notice = takeNotice(request, reply, language.words)
    if (notice) {
      return reply
        .headers(OWN)
        .header('vary', VARY)
        .send(complete(rendered.frame, language, cartCountOf(request), notice))
    }
    this.#addresses.set(request.url, { key, route: request.routeOptions.url! })
    const send = ({ status, headers, content }: SharedAnswer) => reply.code(status).headers(headers).send(content)
    const answer = sharedAnswer(this.#copyFor(rendered, request), request)
    return answer instanceof Promise ? answer.then(send) : send(answer)
  }

  /** What {@link sendShared} would answer, when that lies ready and shows what the catalog has said within moments. */
  ready({ url = '', headers }: IncomingMessage): (SharedAnswer & { route: string }) | undefined {
    const address = this.#addresses.get(url)
    if (!address) return undefined
    const visit = { headers, cookies: cookiesOf({ headers }) }
    const rendered = this.#rendered.get(`${this.view(visit).language.code} ${address.key}`)
    const isFresh = rendered?.sources.every(source => source && isSame(source, this.#reader.fresh(source.path)))
    if (!rendered || !isFresh || hasNotice(visit)) return undefined
    const answer = sharedAnswer(this.#copyFor(rendered, visit), visit)
    return answer instanceof Promise ? undefined : { ...answer, route: address.route }
  }

  #copyFor({ number, frame, language }: Rendered, visit: Visit): Copy {
    const count = cartCountOf(visit)
    const key = `${number} ${count}`
    let copy = this.#copies.get(key)
    if (!copy) {
      const body = Buffer.from(complete(frame, language, count))
      copy = { body, etag: `W/"${createHash('sha1').update(body).digest('base64url')}"`, encoded: {} }
      this.#copies.set(key, copy)
    }
    return copy
  }

  /**
   * Sends a page that is one visitor's own. It is not compressed: next to a secret, a compressed echo of what a stranger
   * chose would tell the secret by its length.
   */
  sendOwn(request: FastifyRequest, reply: FastifyReply, page: Page, status = 200) {
    const view = this.view(request)
    const { language } = view
    const notice = takeNotice(request, reply, language.words)
    return reply
      .code(status)
      .headers(OWN)
      .send(complete(frame(view, page), language, cartCountOf(request), notice))
  }

  /** Also for requests that were refused before any hook: a notice waits for the page after this one. */
  sendError(request: FastifyRequest, reply: FastifyReply, status: number) {
    const view = this.view(request)
    const here = request.method === 'GET' ? request.url : '/'
    return reply
      .code(status)
      .headers(OWN)
      .send(complete(frame(view, errorPage(view, status, here)), view.language, cartCountOf(request)))
  }
}

interface SharedAnswer {
  status: 200 | 304
  headers: Record<string, string>
  content?: Buffer
}

/** A promise while the page is being compressed, which it is once. */
function sharedAnswer({ body, etag, encoded }: Copy, visit: Visit): SharedAnswer | Promise<SharedAnswer> {
  const headers = { 'content-type': HTML, vary: VARY, 'cache-control': 'private, no-cache', etag }
  if (visit.headers['if-none-match'] === etag) return { status: 304, headers }
  const encoding = acceptedEncoding(visit.headers['accept-encoding'])
  if (encoding === 'identity') return { status: 200, headers, content: body }
  encoded[encoding] ??= compress(body, encoding, HTML_BROTLI_QUALITY).then(bytes => (encoded[encoding] = bytes))
  const answer = (content: Buffer): SharedAnswer => ({ status: 200, headers: { ...headers, 'content-encoding': encoding }, content })
  return encoded[encoding] instanceof Promise ? encoded[encoding].then(answer) : answer(encoded[encoding])
}
