import { notFound, unavailable } from '@confeitaria/platform/problem'
import { INNER_CALL_MS, type Upstream } from '@confeitaria/platform/upstream'
import type { FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'

/** What the cart needs of a product as the catalog answers it. */
const Product = Type.Object({
  id: Type.Integer(),
  nome: Type.String(),
  preco: Type.Number(),
  estoque: Type.Integer(),
})
export type Product = Static<typeof Product>
const Answer = Compile(Type.Object({ data: Product }))

/** How long an answer is used again, ms from when it was asked for. */
const KEPT_MS = 200

/** The catalog's products, by REST. Who asks for the same one at the same time shares one call. */
export function products(catalog: Upstream) {
  const asked = new Map<number, Promise<Product>>()

  async function ask(id: number, request: FastifyRequest): Promise<Product> {
    const { status, body } = await catalog.call(`/api/produtos/${id}`, { request, timeoutMs: INNER_CALL_MS })
    if (status === 404) throw notFound(`O produto ${id}`)
    if (status !== 200 || !Answer.Check(body)) {
      throw unavailable('O catálogo não responde; tente de novo.', { cause: new Error(`the catalog answered ${status}`) })
    }
    return body.data
  }

  /** @throws Problem 404 when there is no such product, 503 with Retry-After when the catalog does not tell */
  return (id: number, request: FastifyRequest): Promise<Product> => {
    const known = asked.get(id)
    if (known) return known
    const asking = ask(id, request)
    asked.set(id, asking)
    const forget = () => {
      if (asked.get(id) === asking) asked.delete(id)
    }
    setTimeout(forget, KEPT_MS).unref()
    asking.catch(forget)
    return asking
  }
}
