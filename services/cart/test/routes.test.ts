import { Redis } from 'ioredis'
import t from 'tap'
import { startShop } from './surroundings.ts'

const shop = await startShop(t)
const { inject, session, add, read, check } = shop
const UNKNOWN = 'A'.repeat(24)
const redis = new Redis(shop.redis.url)
t.teardown(() => redis.disconnect())

t.test('a session is a secret of 144 bits that has an empty cart', async t => {
  const ids = await Promise.all(Array.from({ length: 200 }, session))
  t.equal(new Set(ids).size, 200)
  for (const id of ids) t.match(id, /^[A-Za-z0-9_-]{24}$/)
  const bytes = ids.map(id => Buffer.from(id, 'base64url'))
  const ones = Array.from({ length: 144 }, (_, bit) => bytes.filter(each => (each[bit >> 3]! >> (bit & 7)) & 1).length)
  t.ok(
    ones.every(count => count > 0 && count < ids.length),
    `each bit was 0 and was 1; how often it was 1: ${ones}`,
  )
  t.same(await read(ids[0]!), { session_id: ids[0], itens: [], quantidade_total: 0, total: 0 })
})

t.test('lines have the catalog’s name and price, in the order in which they came', async t => {
  const sid = await session()
  for (const id of [159, 2, 100, 1]) await add(sid, id, 2)
  t.equal((await add(sid, 2, 1)).statusCode, 200, 'adding more leaves a line where it is')
  const cart = await read(sid)
  t.same(
    cart.itens.map(({ produto_id }: { produto_id: number }) => produto_id),
    [159, 2, 100, 1],
  )
  t.same(cart.itens[1], { produto_id: 2, nome: 'Bolo de cenoura | com cobertura', preco: 62.9, quantidade: 3, subtotal: 188.7 })
  t.equal(cart.quantidade_total, 9)
  t.equal(cart.total, 198.7)
})

t.test('order survives when Redis no longer keeps it: 50 lines with names too long for its compact form', async t => {
  const ids = Array.from({ length: 50 }, (_, i) => 1_000 + ((i * 37) % 50))
  for (const id of ids) shop.catalog.products.set(id, { nome: 'Ç'.repeat(200), preco: 1, estoque: 9 })
  const sid = await session()
  for (const id of ids) await add(sid, id)
  t.same(
    (await read(sid)).itens.map(({ produto_id }: { produto_id: number }) => produto_id),
    ids,
  )
})

t.test('every change answers the cart that a read then answers', async t => {
  const sid = await session()
  for (const change of [
    () => add(sid, 1, 3),
    () => add(sid, 3, 4),
    () => inject('PUT', `${sid}/itens/1`, { quantidade: 7 }),
    () => inject('DELETE', `${sid}/itens/3`),
    () => inject('POST', `${sid}/comprado`, { pedido_id: 1, itens: [{ produto_id: 1, quantidade: 2 }] }),
  ]) {
    const answer = await change()
    t.equal(answer.statusCode, 200)
    t.equal(answer.headers['cache-control'], 'no-store')
    t.same(answer.json().data, await read(sid))
  }
  t.equal((await read(sid)).itens[0].quantidade, 5)
})

t.test('the greatest amounts are exact', async t => {
  const sid = await session()
  await add(sid, 4, 99)
  await add(sid, 3, 1)
  const cart = await read(sid)
  t.equal(cart.itens[0].subtotal, 9_899_999_999.01)
  t.equal(cart.total, 9_899_999_999.11)
})

t.test('emptying a cart keeps its session', async t => {
  const sid = await session()
  await add(sid, 1, 3)
  const answer = await inject('DELETE', sid)
  t.equal(answer.statusCode, 204)
  t.equal(answer.payload, '')
  t.same((await read(sid)).itens, [])
  t.equal((await inject('DELETE', sid)).statusCode, 204, 'twice is as good as once')
  t.equal((await add(sid, 1)).statusCode, 200)
})

t.test('a session that is unknown, malformed or somebody’s guess is a 404 on every route', async t => {
  for (const sid of [UNKNOWN, 'x', 'A'.repeat(25), `${'A'.repeat(23)}*`, '%00', '%F0%9F%8D%B0', '*', 'A'.repeat(500)]) {
    for (const answer of [
      await inject('GET', sid),
      await inject('DELETE', sid),
      await add(sid, 1),
      await inject('PUT', `${sid}/itens/1`, { quantidade: 1 }),
      await inject('DELETE', `${sid}/itens/1`),
      await inject('POST', `${sid}/comprado`, { pedido_id: 1, itens: [{ produto_id: 1, quantidade: 1 }] }),
    ]) {
      t.equal(answer.statusCode, 404, sid)
      t.equal(answer.json().type, 'nao-encontrado')
    }
  }
  t.equal((await inject('GET', '%ZZ')).statusCode, 400)
})

t.test('no change makes a session', async t => {
  await inject('DELETE', UNKNOWN)
  await add(UNKNOWN, 1)
  t.equal(await redis.exists(`carrinho:${UNKNOWN}`), 0)
})

t.test('a product that the catalog does not have is a 404, one beyond int4 without asking', async t => {
  const sid = await session()
  t.equal((await add(sid, 999_999)).statusCode, 404)
  const { asked } = shop.catalog
  for (const id of [2_147_483_648, 1e300]) t.equal((await add(sid, id)).statusCode, 404)
  t.equal((await inject('PUT', `${sid}/itens/99999999999`, { quantidade: 1 })).statusCode, 404)
  t.equal((await inject('DELETE', `${sid}/itens/99999999999`)).statusCode, 404)
  t.equal(shop.catalog.asked, asked)
  t.same((await read(sid)).itens, [])
})

t.test('the catalog gets the X-Request-Id of who asks the cart', async t => {
  const url = `/api/carrinho/${await session()}/adicionar`
  const headers = { 'x-request-id': 'quem-poe' }
  const answer = await check.inject({ method: 'POST', url, headers, payload: { produto_id: 158, quantidade: 1 } })
  t.equal(answer.statusCode, 200)
  t.equal(shop.catalog.requestId, 'quem-poe')
})

t.test('a line that is not there cannot be changed or removed: 404', async t => {
  const sid = await session()
  await add(sid, 1)
  t.equal((await inject('PUT', `${sid}/itens/3`, { quantidade: 1 })).statusCode, 404)
  t.equal((await inject('DELETE', `${sid}/itens/3`)).statusCode, 404)
  t.equal((await read(sid)).quantidade_total, 1)
})

t.test('beyond the stock is a 409 that says how many there are, and what is in the line counts', async t => {
  const sid = await session()
  t.equal((await add(sid, 2, 4)).statusCode, 200)
  const answer = await add(sid, 2, 2)
  t.match(answer.json(), { status: 409, type: 'estoque-insuficiente', produto_id: 2, disponivel: 5, no_carrinho: 4 })
  t.match((await inject('PUT', `${sid}/itens/2`, { quantidade: 6 })).json(), { status: 409, type: 'estoque-insuficiente', disponivel: 5 })
  t.equal((await add(sid, 2, 1)).statusCode, 200)
  t.equal((await read(sid)).quantidade_total, 5)
})

t.test('beyond 99 of a product is a 409 of another type', async t => {
  const sid = await session()
  t.equal((await add(sid, 1, 99)).statusCode, 200)
  t.match((await add(sid, 1, 1)).json(), { status: 409, type: 'limite-por-produto', limite: 99, no_carrinho: 99 })
  t.equal((await read(sid)).quantidade_total, 99)
})

t.test('beyond 50 lines is a 409 of another type, and the lines there are can still grow', async t => {
  const sid = await session()
  for (let i = 0; i < 50; i++) await add(sid, 100 + i)
  t.match((await add(sid, 150)).json(), { status: 409, type: 'limite-do-carrinho', limite: 50 })
  t.equal((await add(sid, 100)).statusCode, 200)
  await inject('DELETE', `${sid}/itens/101`)
  t.equal((await add(sid, 150)).statusCode, 200)
  t.equal((await read(sid)).itens.length, 50)
})

t.test('what an order bought leaves the cart, what came meanwhile stays', async t => {
  const sid = await session()
  await add(sid, 1, 3)
  await add(sid, 2, 1)
  await add(sid, 3, 2)
  const bought = {
    pedido_id: 7,
    itens: [
      { produto_id: 1, quantidade: 2 },
      { produto_id: 2, quantidade: 1 },
      { produto_id: 100, quantidade: 1 },
    ],
  }
  const answer = await inject('POST', `${sid}/comprado`, bought)
  t.match(answer.json().data.itens, [
    { produto_id: 1, quantidade: 1 },
    { produto_id: 3, quantidade: 2 },
  ])
  t.equal(answer.json().data.itens.length, 2)

  await add(sid, 2, 2)
  const again = await inject('POST', `${sid}/comprado`, bought)
  t.equal(again.statusCode, 200)
  t.equal(again.json().data.quantidade_total, 5, 'the same order takes nothing twice')
  await inject('DELETE', sid)
  await add(sid, 1, 2)
  t.equal((await inject('POST', `${sid}/comprado`, bought)).json().data.quantidade_total, 2, 'nor after the cart was emptied')
  t.equal((await inject('POST', `${sid}/comprado`, { ...bought, pedido_id: 8 })).json().data.quantidade_total, 0)
})

t.test('an order is taken out of a cart once, also when 20 others came after it', async t => {
  const sid = await session()
  const buy = (pedido_id: number) => inject('POST', `${sid}/comprado`, { pedido_id, itens: [{ produto_id: 1, quantidade: 1 }] })
  for (let order = 1; order <= 21; order++) await buy(order)
  await add(sid, 1, 5)
  for (let order = 1; order <= 21; order++) await buy(order)
  t.equal((await read(sid)).quantidade_total, 5)
  await buy(22)
  t.equal((await read(sid)).quantidade_total, 4)
  await buy(24)
  await buy(23) // whose confirmation came later
  for (let order = 25; order <= 43; order++) await buy(order)
  await add(sid, 1, 5)
  for (let order = 23; order <= 43; order++) await buy(order)
  t.equal((await read(sid)).quantidade_total, 5, 'the oldest is forgotten, not the first that came')
  const remembered = async () => (await redis.hget(`carrinho:${sid}`, '_'))?.split('|')[1]?.split(',').length
  t.equal(await remembered(), 20)
  await redis.hset(`carrinho:${sid}`, '_', `9|${Array.from({ length: 30 }, (_, i) => 51 + i)}`)
  await buy(81)
  t.equal(await remembered(), 20, 'a cart that remembered more forgets them')
})

t.test('wrong input is a 400 that names the field', async t => {
  const sid = await session()
  const good = { produto_id: 1, quantidade: 1 }
  for (const [campo, body] of [
    ['quantidade', { ...good, quantidade: 0 }],
    ['quantidade', { ...good, quantidade: 100 }],
    ['quantidade', { ...good, quantidade: -1 }],
    ['quantidade', { ...good, quantidade: 1.5 }],
    ['quantidade', { ...good, quantidade: '2' }],
    ['quantidade', { ...good, quantidade: true }],
    ['quantidade', { ...good, quantidade: null }],
    ['quantidade', { produto_id: 1 }],
    ['produto_id', { ...good, produto_id: 0 }],
    ['produto_id', { ...good, produto_id: -1 }],
    ['produto_id', { ...good, produto_id: '1' }],
    ['produto_id', { ...good, produto_id: '\ud800' }],
    ['produto_id', { ...good, produto_id: [1] }],
    ['produto_id', { quantidade: 1 }],
    ['preco', { ...good, preco: 0.01 }],
    ['\u0000', { ...good, '\u0000': 1 }],
    ['\ud800', { ...good, '\ud800': 1 }],
  ] as const) {
    const answer = await inject('POST', `${sid}/adicionar`, body)
    t.equal(answer.statusCode, 400, JSON.stringify(body))
    t.equal(answer.json().erros[0].campo, campo)
  }
  for (const id of ['0', '-1', '01', '1.5', 'abc', '%20', '1e3']) {
    const answer = await inject('PUT', `${sid}/itens/${id}`, { quantidade: 1 })
    t.equal(answer.statusCode, 400, id)
    t.equal(answer.json().erros[0].campo, 'produto_id')
    t.equal((await inject('DELETE', `${sid}/itens/${id}`)).statusCode, 400)
  }
  t.equal((await inject('PUT', `${sid}/itens/1`, { quantidade: 1.5 })).statusCode, 400)
  t.equal((await inject('GET', `${sid}?pagina=2`)).json().erros[0].campo, 'pagina')
  t.equal((await inject('DELETE', `${sid}?tudo=1`)).json().erros[0].campo, 'tudo')
  t.equal((await inject('POST', 'sessao', { session_id: UNKNOWN })).json().erros[0].campo, 'session_id')
  for (const [campo, body] of [
    ['itens', { pedido_id: 1 }],
    ['itens', { pedido_id: 1, itens: [] }],
    ['itens', { pedido_id: 1, itens: Array.from({ length: 51 }, () => ({ produto_id: 1, quantidade: 1 })) }],
    ['itens.0.quantidade', { pedido_id: 1, itens: [{ produto_id: 1, quantidade: 0 }] }],
    ['pedido_id', { pedido_id: '1', itens: [{ produto_id: 1, quantidade: 1 }] }],
    ['pedido_id', { pedido_id: 1e300, itens: [{ produto_id: 1, quantidade: 1 }] }],
    ['pedido_id', { pedido_id: 2_147_483_648, itens: [{ produto_id: 1, quantidade: 1 }] }],
  ] as const) {
    const answer = await inject('POST', `${sid}/comprado`, body)
    t.equal(answer.statusCode, 400, JSON.stringify(body))
    t.equal(answer.json().erros[0].campo, campo)
  }
  t.same((await read(sid)).itens, [])
})

t.test('bodies that are too large, of another type, broken, or where none belongs are refused on every route', async t => {
  const sid = await session()
  const json = { 'content-type': 'application/json' }
  for (const [method, path] of [
    ['POST', 'sessao'],
    ['POST', `${sid}/adicionar`],
    ['PUT', `${sid}/itens/1`],
    ['DELETE', `${sid}/itens/1`],
    ['DELETE', sid],
    ['POST', `${sid}/comprado`],
  ] as const) {
    const url = `/api/carrinho/${path}`
    const send = (payload: string | Buffer, headers: Record<string, string> = json) => check.inject({ method, url, headers, payload })
    t.equal((await send(JSON.stringify({ nota: 'x'.repeat(64 * 1024) }))).statusCode, 413, `${method} ${path}`)
    t.equal((await send('produto_id=1', { 'content-type': 'application/x-www-form-urlencoded' })).statusCode, 415)
    for (const body of [
      '{"produto_id":1,',
      '"x"',
      '7',
      '[1]',
      '{"__proto__":{"quantidade":1}}',
      Buffer.from('{"nota":"\xff"}', 'latin1'),
    ]) {
      t.equal((await send(body)).statusCode, 400, `${method} ${path} ${body}`)
    }
  }
  t.same((await read(sid)).itens, [])
})

t.test('HEAD is GET without its body; other methods are a 405 that says which there are', async t => {
  const sid = await session()
  const head = await inject('HEAD', sid)
  t.equal(head.statusCode, 200)
  t.equal(head.payload, '')
  t.equal((await inject('HEAD', UNKNOWN)).statusCode, 404)
  for (const [method, path, allow] of [
    ['GET', 'sessao', 'DELETE, GET, HEAD'],
    ['PATCH', sid, 'DELETE, GET, HEAD'],
    ['GET', `${sid}/adicionar`, 'POST'],
    ['POST', `${sid}/itens/1`, 'DELETE, PUT'],
    ['DELETE', `${sid}/comprado`, 'POST'],
  ] as const) {
    const answer = await inject(method, path)
    if (path === 'sessao') t.equal(answer.statusCode, 404, 'GET /sessao asks for a cart of that name')
    else t.match(answer, { statusCode: 405, headers: { allow } })
  }
  t.equal((await inject('GET', `${sid}/itens`)).statusCode, 404)
})

t.test('names come back as the catalog has them, whatever is in them', async t => {
  const sid = await session()
  const names = ['|', '1|2|3', '🍰'.repeat(100), 'Pa\u0303o de mel', `"aspas" & <b> \\ '`, '日本の菓子', 'Ç'.repeat(200), '%s\t{}$1']
  for (const [i, nome] of names.entries()) {
    shop.catalog.products.set(2_000 + i, { nome, preco: 1, estoque: 9 })
    t.equal((await add(sid, 2_000 + i)).statusCode, 200)
  }
  t.same(
    (await read(sid)).itens.map(({ nome }: { nome: string }) => nome),
    names,
  )
})

t.test('the metrics count what was asked of carts, by outcome, and tell whether Redis is there', async t => {
  const { payload } = await shop.app.inject('/metrics')
  t.match(payload, /cart_redis_up\{servico="carrinho"\} 1/)
  t.match(payload, /cart_operations_total\{operation="add",outcome="ok",servico="carrinho"\} [1-9]/)
  t.match(payload, /cart_operations_total\{operation="add",outcome="estoque-insuficiente",servico="carrinho"\} 1/)
  t.notMatch(payload, UNKNOWN, 'no label has what a shopper sent')
})

t.test('every answer that the OpenAPI document promises was seen here, save those of faults', async t => {
  t.same(
    check.unseen.filter(each => !each.endsWith(' 503')),
    [],
  )
})
