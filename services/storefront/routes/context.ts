import { Problem } from '@confeitaria/platform/problem'
import type { Answer, CallOptions, Upstream } from '@confeitaria/platform/upstream'
import type { CatalogAnswer, CatalogReader } from '../catalog-reader.ts'
import type { Site } from '../site.ts'

/** What the routes work with. */
export interface Context {
  site: Site
  reader: CatalogReader
  catalog: Pick<Upstream, 'call'>
  cart: Pick<Upstream, 'call'>
  orders: Pick<Upstream, 'call'>
}

/**
 * How long a change may take, ms: longer than a COMMIT waits for a replica, and shorter than the 5 s after which an Ingress may end a
 * request, as kind's does. Before that the shopper is shown a page that says what to do.
 */
export const CHANGE_MS = 4_500

/** Pages are not part of the OpenAPI document, and a query parameter that they do not know is nobody's error. */
export const page = { schema: { hide: true } }
export const form = { schema: { hide: true, body: { type: 'object' } } }

/** A form field or query parameter that was given once; otherwise empty. */
export function text(fields: unknown, name: string): string {
  const value = (fields as Record<string, unknown> | undefined)?.[name]
  return typeof value === 'string' ? value : ''
}

/** A whole number in decimal digits, or undefined. */
export const wholeNumber = (digits: string): number | undefined => (/^[0-9]{1,9}$/.test(digits.trim()) ? Number(digits) : undefined)

/** @throws Problem with the catalog's own status, when it is not a 200 */
export async function readOk<T>(reader: CatalogReader, path: string, request: CallOptions['request']): Promise<CatalogAnswer<T>> {
  const answer = await reader.read<T>(path, request)
  if (answer.status !== 200) throw new Problem(answer.status, 'catalogo', 'O catálogo recusou')
  return answer
}

/** A call whose being impossible is an answer too: undefined then. */
export async function attempt<T>(call: Promise<Answer<T>>): Promise<Answer<T> | undefined> {
  try {
    return await call
  } catch (error) {
    if (error instanceof Problem && error.status === 503) return undefined
    throw error
  }
}
