/** Sessions and carts made through the APIs, as shoppers make them. */
import { request } from 'undici'
import { Sentence } from '../process.ts'
import type { Running } from './shop.ts'

const AT_ONCE = 32

/** One call whose answer must be a success. @returns its `data` */
export async function call<T>(
  { name, origin }: Running,
  path: string,
  { method = 'GET', body, headers = {} }: { method?: string; body?: unknown; headers?: Record<string, string> } = {},
): Promise<T> {
  const answer = await request(origin + path, {
    method: method as 'GET',
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    body: body === undefined ? null : JSON.stringify(body),
  })
  const text = await answer.body.text()
  if (answer.statusCode >= 300) throw new Sentence(`${name}, ${method} ${path}: ${answer.statusCode} ${text}`)
  return (text ? JSON.parse(text).data : undefined) as T
}

/** Does something `count` times, some at once. */
export async function times<T>(count: number, work: (i: number) => Promise<T>): Promise<T[]> {
  const results: T[] = []
  let next = 0
  const worker = async () => {
    while (next < count) {
      const i = next++
      results[i] = await work(i)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return results
}

/** @returns the session of a new cart with one of each of these products in it */
export async function cartWith(cart: Running, products: number[]): Promise<string> {
  const { session_id } = await call<{ session_id: string }>(cart, '/api/carrinho/sessao', { method: 'POST' })
  for (const produto_id of products) {
    await call(cart, `/api/carrinho/${session_id}/adicionar`, { method: 'POST', body: { produto_id, quantidade: 1 } })
  }
  return session_id
}
