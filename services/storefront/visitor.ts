import type { IncomingHttpHeaders } from 'node:http'
import { type CookieSerializeOptions, fastifyCookie } from '@fastify/cookie'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Words } from './languages/portuguese.ts'
import type { Cart } from './shop.ts'
import type { Notice } from './views/layout.ts'

/** As long as a cart lives after its last change, seconds. */
const CART_SECONDS = 7 * 24 * 3600
const LANGUAGE_SECONDS = 365 * 24 * 3600
/** A notice is for the page that comes next. */
const NOTICE_SECONDS = 30
const ADMIN_SECONDS = 30 * 60
const MAX_COUNT = 99 * 50

const isHttps = (request: FastifyRequest) => String(request.headers['x-forwarded-proto'] ?? '').split(',', 1)[0] === 'https'

function setCookie(request: FastifyRequest, reply: FastifyReply, name: string, value: string, options: CookieSerializeOptions) {
  reply.setCookie(name, value, { path: '/', httpOnly: true, sameSite: 'lax', secure: isHttps(request), ...options })
}

/** A request whose cookies no hook may have parsed yet: it was refused before that, or is answered without Fastify. */
export interface Visit {
  headers: IncomingHttpHeaders
  cookies?: Record<string, string | undefined>
}

export const cookiesOf = ({ cookies, headers }: Visit): Record<string, string | undefined> =>
  cookies ?? fastifyCookie.parse(headers.cookie ?? '')

/** The cart's session id, which also opens the orders made with it; undefined for who has none. */
export function sessionOf(request: FastifyRequest): string | undefined {
  const session = request.cookies.sessao
  return session && /^[A-Za-z0-9_-]{16,128}$/.test(session) ? session : undefined
}

/** How many items the visitor's cart held when this server last saw it. */
export function cartCountOf(visit: Visit): number {
  const count = Number(cookiesOf(visit).itens)
  return Number.isInteger(count) && count > 0 && count <= MAX_COUNT ? count : 0
}

export function rememberCart(
  request: FastifyRequest,
  reply: FastifyReply,
  { session_id, quantidade_total }: Pick<Cart, 'session_id' | 'quantidade_total'>,
) {
  setCookie(request, reply, 'sessao', session_id, { maxAge: CART_SECONDS })
  rememberCount(request, reply, quantidade_total)
}

export function rememberCount(request: FastifyRequest, reply: FastifyReply, count: number) {
  request.cookies.itens = String(count)
  setCookie(request, reply, 'itens', String(count), { maxAge: CART_SECONDS })
}

export function rememberLanguage(request: FastifyRequest, reply: FastifyReply, code: string) {
  setCookie(request, reply, 'idioma', code, { maxAge: LANGUAGE_SECONDS })
}

/** The Idempotency-Key of the purchase that the visitor has begun and that is not known to be an order yet. */
export function purchaseKeyOf(request: FastifyRequest): string | undefined {
  const key = request.cookies.compra
  return key && isPurchaseKey(key) ? key : undefined
}

export const isPurchaseKey = (key: string) => /^[\x21-\x7e]{1,128}$/.test(key)

export function rememberPurchase(request: FastifyRequest, reply: FastifyReply, key: string | undefined) {
  setCookie(request, reply, 'compra', key ?? '', { maxAge: key ? CART_SECONDS : 0 })
}

export const adminTokenOf = (request: FastifyRequest): string | undefined => request.cookies.admin || undefined

/** The token goes to no other path, and to no request that another site began. */
export function rememberAdmin(request: FastifyRequest, reply: FastifyReply, token: string | undefined) {
  request.cookies.admin = token
  setCookie(request, reply, 'admin', token ?? '', { path: '/admin', sameSite: 'strict', maxAge: token ? ADMIN_SECONDS : 0 })
}

export type NoticeCode = keyof Omit<Words['notices'], 'viewCart'>

/** Something to say on the page that the visitor is being sent to. */
export function leaveNotice(request: FastifyRequest, reply: FastifyReply, code: NoticeCode, name = '') {
  setCookie(request, reply, 'aviso', `${code}:${name}`, { maxAge: NOTICE_SECONDS })
}

export const hasNotice = (visit: Visit) => Boolean(cookiesOf(visit).aviso)

/** The notice left by the request before, once. */
export function takeNotice(request: FastifyRequest, reply: FastifyReply, words: Words): Notice | undefined {
  const left = request.cookies.aviso
  if (!left) return undefined
  setCookie(request, reply, 'aviso', '', { maxAge: 0 })
  const [code = '', ...name] = left.split(':')
  return Object.hasOwn(words.notices, code) && code !== 'viewCart' ? noticeOf(words, code as NoticeCode, name.join(':')) : undefined
}

export function noticeOf({ notices }: Words, code: NoticeCode, name = ''): Notice {
  if (code === 'added') return { text: notices.added(name), link: { href: '/carrinho', text: notices.viewCart } }
  return { text: notices[code], failed: FAILURES.has(code) }
}

/** Nobody answered, or nobody knows what became of it. */
const FAILURES = new Set<NoticeCode>(['cartAway', 'adminAway', 'adminUnknown', 'sellingFast'])
