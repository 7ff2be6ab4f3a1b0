import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { LRUCache } from 'lru-cache'
import { type Assets, acceptedEncoding, compress, type Encoding } from './assets.ts'
import { chooseLanguage, type LanguageCode, languages } from './languages/language.ts'
import { errorPage } from './views/error.ts'
import { complete, type Frame, frame, type Page, type View } from './views/layout.ts'
import { cartCountOf, cookiesOf, takeNotice } from './visitor.ts'

/** Rendered pages remembered; they are remade whenever what they show has changed. */
const MAX_PAGES = 300
/** A page is the same for all visitors but for the cart's count: one copy for each of so many counts. */
const MAX_COUNTS = 20
const HTML_BROTLI_QUALITY = 4

const OWN = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'private, no-store' }

interface Copy {
  body: Buffer
  etag: string
  encoded: Partial<Record<Encoding, Buffer | Promise<Buffer>>>
}

interface Rendered {
  sources: readonly unknown[]
  frame: Frame
  copies: Map<number, Copy>
}

/** Turns pages into answers. */
export class Site {
  readonly #views: Record<LanguageCode, View>
  readonly #rendered = new LRUCache<string, Rendered>({ max: MAX_PAGES })

  constructor(assets: Assets) {
    this.#views = { 'pt-BR': { language: languages['pt-BR'], assets }, en: { language: languages.en, assets } }
  }

  view(request: FastifyRequest): View {
    return this.#views[chooseLanguage(cookiesOf(request).idioma, request.headers['accept-language']).code]
  }

  /**
   * Sends a page that everybody may see; it is rendered again only when one of its sources is another object than before.
   * @param key what the page is, language aside
   */
  sendShared(request: FastifyRequest, reply: FastifyReply, key: string, sources: readonly unknown[], build: (view: View) => Page) {
    const view = this.view(request)
    const { language } = view
    const fullKey = `${language.code} ${key}`
    let rendered = this.#rendered.get(fullKey)
    if (!rendered || !sources.every((source, i) => source === rendered?.sources[i])) {
      rendered = { sources, frame: frame(view, build(view)), copies: new Map() }
      this.#rendered.set(fullKey, rendered)
    }
    const notice = takeNotice(request, reply, language.words)
    const count = cartCountOf(request)
    reply.header('content-type', 'text/html; charset=utf-8').header('vary', 'Accept-Language, Cookie, Accept-Encoding')
    if (notice) return reply.header('cache-control', 'private, no-store').send(complete(rendered.frame, language, count, notice))
    let copy = rendered.copies.get(count)
    if (!copy) {
      const body = Buffer.from(complete(rendered.frame, language, count))
      copy = { body, etag: `W/"${createHash('sha1').update(body).digest('base64url')}"`, encoded: {} }
      if (rendered.copies.size >= MAX_COUNTS) rendered.copies.clear()
      rendered.copies.set(count, copy)
    }
    reply.header('cache-control', 'private, no-cache').header('etag', copy.etag)
    if (request.headers['if-none-match'] === copy.etag) return reply.code(304).send()
    const encoding = acceptedEncoding(request.headers['accept-encoding'])
    if (encoding === 'identity') return reply.send(copy.body)
    const { body, encoded } = copy
    encoded[encoding] ??= compress(body, encoding, HTML_BROTLI_QUALITY).then(bytes => (encoded[encoding] = bytes))
    const send = (bytes: Buffer) => reply.header('content-encoding', encoding).send(bytes)
    return encoded[encoding] instanceof Promise ? encoded[encoding].then(send) : send(encoded[encoding])
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
    return reply
      .code(status)
      .headers(OWN)
      .send(complete(frame(view, errorPage(view, status)), view.language, cartCountOf(request)))
  }
}
