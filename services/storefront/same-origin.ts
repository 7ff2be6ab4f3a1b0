import type { FastifyRequest } from 'fastify'

/**
 * Whether a request that changes something was begun by a page of this shop (or by the person at the browser).
 * Sec-Fetch-Site says so where the browser sends it; else Origin must name the host that was asked. Every browser sends
 * one of the two with a POST, so who sends neither is refused.
 */
export function isFromThisShop({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  const { origin } = headers
  if (typeof origin !== 'string' || !URL.canParse(origin)) return false
  const { host } = new URL(origin)
  return (
    host !== '' &&
    (host === headers.host ||
      host ===
        String(headers['x-forwarded-host'] ?? '')
          .split(',', 1)[0]
          ?.trim())
  )
}

/** What a search of 100 characters takes in an address, beside a cursor. */
const MAX_PATH = 2_000

/** A path of this shop to come back to; anything else becomes `/`. */
export function pathOfThisShop(path: string): string {
  return path.length <= MAX_PATH && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(path) ? path : '/'
}
