// Shops once, as one shopper, and says what it saw. Ends with 1 and one sentence when anything is not as promised.
import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'

const { CATALOG_URL, CART_URL, ORDERS_URL, STOREFRONT_URL } = process.env

async function ask(what, url, { status = 200, method = 'GET', headers = {}, body } = {}) {
  const answer = await fetch(url, {
    method,
    headers: { ...(body ? { 'content-type': 'application/json' } : {}), ...headers },
    body: body ? JSON.stringify(body) : null,
    signal: AbortSignal.timeout(5_000),
  }).catch(error => fail(`${what}: ${method} ${url} has no answer (${error.cause?.code ?? error.message}).`))
  const text = await answer.text()
  if (answer.status !== status) fail(`${what}: ${method} ${url} answered ${answer.status} instead of ${status}: ${text.slice(0, 500)}`)
  console.log(`${what}: ${answer.status}`)
  return /json/.test(answer.headers.get('content-type') ?? '') ? JSON.parse(text) : text
}

function fail(sentence) {
  console.error(sentence)
  process.exit(1)
}

// A first database takes minutes. Helm itself waits for 5 (--timeout), and would not say what for.
const patience = AbortSignal.timeout(240_000)
for (;;) {
  const status = await fetch(`${STOREFRONT_URL}/health`, { signal: AbortSignal.timeout(5_000) })
    .then(answer => answer.text().then(() => answer.status))
    .catch(error => error.cause?.code ?? error.message)
  if (status === 200 || patience.aborted) break
  console.log(`waiting for the shop to be well: ${status}`)
  await setTimeout(2_000)
}
await ask('the shop is well', `${STOREFRONT_URL}/health`)
await ask('the shop window', `${STOREFRONT_URL}/`)
const { data: products } = await ask('what is for sale', `${CATALOG_URL}/api/catalogo/produtos?limite=200`)
const product = products.find(({ estoque }) => estoque > 0) ?? fail('Nothing is in stock: there is nothing to order.')
const {
  data: { session_id },
} = await ask('a cart', `${CART_URL}/api/carrinho/sessao`, { method: 'POST', status: 201 })
await ask(`${product.nome} into the cart`, `${CART_URL}/api/carrinho/${session_id}/adicionar`, {
  method: 'POST',
  body: { produto_id: product.id, quantidade: 1 },
})
const order = {
  method: 'POST',
  status: 201,
  headers: { 'idempotency-key': randomUUID() },
  body: { session_id, cliente: { nome: 'helm test', email: 'helm-test@example.com' } },
}
const { data: ordered } = await ask('the order', `${ORDERS_URL}/api/pedidos`, order)
const { data: again } = await ask('the same order again', `${ORDERS_URL}/api/pedidos`, order)
if (again.id !== ordered.id) fail(`The same order sent twice became two: ${ordered.id} and ${again.id}.`)
const { data: found } = await ask('the order is there', `${ORDERS_URL}/api/pedidos/${ordered.id}`, {
  headers: { 'x-session-id': session_id },
})
if (found.total !== product.preco) fail(`Order ${ordered.id} costs ${found.total} instead of ${product.preco}.`)
console.log(`Order ${ordered.id}: 1 × ${product.nome}, R$ ${product.preco}.`)
