// A shop that breaks one promise: stands before the real one and spoils it in the way that BREAKS names. Runs in a pod, with Node alone.
import { createServer, request } from 'node:http'

const { BREAKS, SHOP, ADMIN_TOKEN } = process.env
const shop = new URL(SHOP)
let orders = 0
let additions = 0
let since = 0
let restocked = false

const ask = (method, path, headers, body) =>
  new Promise((resolve, reject) => {
    const asked = request(
      { host: shop.hostname, port: shop.port || 80, method, path, headers: { ...headers, host: shop.host } },
      answer => {
        const parts = []
        answer.on('data', part => parts.push(part))
        answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts) }))
      },
    )
    asked.on('error', reject)
    asked.end(body)
  })

async function spoilt({ method, url, headers }, body) {
  const isOrder = method === 'POST' && url === '/api/pedidos'
  if (isOrder) {
    orders++
    // From the first order on: what comes before is the load's preparation.
    since ||= Date.now()
  }
  const second = (Date.now() - since) / 1000
  if (BREAKS === 'errors' && second > 4 && second < 6) return { status: 500, headers: {}, body: Buffer.from('{}') }
  // Acknowledged, and forgotten. What the load prepares goes well.
  if (BREAKS === 'forgets' && url.endsWith('/adicionar') && ++additions > 2 && additions % 5 === 0)
    return { status: 200, headers: {}, body: Buffer.from('{}') }
  const real = await ask(method, url, headers, body)
  if (!isOrder || real.status !== 201) return real
  if (BREAKS === 'loses' && orders % 5 === 0) {
    // Acknowledged as if it were another, that no database has.
    const { data } = JSON.parse(real.body)
    return { ...real, body: Buffer.from(JSON.stringify({ data: { ...data, id: data.id + 1_000_000 } })) }
  }
  if (BREAKS === 'deposed') return { ...real, headers: { ...real.headers, 'x-database': `10.0.0.${orders % 2}:5432` } }
  if (BREAKS === 'oversells' && !restocked) {
    restocked = true
    const [{ produto_id }] = JSON.parse(real.body).data.itens
    const authorized = { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' }
    await ask('PATCH', `/api/catalogo/produtos/${produto_id}`, authorized, JSON.stringify({ estoque: 15 }))
  }
  return real
}

createServer((incoming, outgoing) => {
  const parts = []
  incoming.on('data', part => parts.push(part))
  incoming.on('end', () =>
    spoilt(incoming, Buffer.concat(parts)).then(
      ({ status, headers, body }) => {
        const { 'transfer-encoding': _, 'content-length': __, connection: ___, ...kept } = headers
        outgoing.writeHead(status, { ...kept, 'content-length': body.length }).end(body)
      },
      () => outgoing.writeHead(502).end(),
    ),
  )
}).listen(8080)
process.on('SIGTERM', () => process.exit())
