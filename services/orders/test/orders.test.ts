import { encodeCursor } from '@confeitaria/platform/cursor'
import { until } from '@confeitaria/standalone/process'
import t from 'tap'
import { cliente, startShop } from './shop.ts'

const shop = await startShop(t)
const orders = await shop.startOrders()
const { place, read, list, ask } = orders

let keys = 0
const newKey = () => `chave-${++keys}`

/** Everything that a checkout may change, to see that a refusal changed none of it (I2). */
const everything = () =>
  shop.sql(`SELECT (SELECT count(*) FROM pedidos.pedido) AS pedidos, (SELECT count(*) FROM pedidos.item) AS itens,
    (SELECT count(*) FROM pedidos.chave) AS chaves, (SELECT sum(estoque) FROM catalogo.produto) AS estoque`)

t.test('I1: a 201 order is in the database once, with the lines and prices that were answered', async t => {
  const [bolo, torta] = await shop.products({ nome: 'Bolo', preco: 19.9, estoque: 7 }, { nome: 'Torta', preco: 0.1, estoque: 9 })
  const session = await shop.session({ produto_id: torta!, quantidade: 3 }, { produto_id: bolo!, quantidade: 2 })
  const answer = await place(session, 'a primeira', { total_esperado: 40.1 })
  t.equal(answer.statusCode, 201)
  const { data } = answer.json()
  t.match(data, {
    status: 'confirmado',
    itens: [
      { produto_id: bolo, nome: 'Bolo', preco: 19.9, quantidade: 2, subtotal: 39.8 },
      { produto_id: torta, nome: 'Torta', preco: 0.1, quantidade: 3, subtotal: 0.3 },
    ],
    total: 40.1,
  })
  t.equal(answer.headers['idempotent-replayed'], undefined)
  t.equal(answer.headers['x-database'], `127.0.0.1:${shop.database.primary.port}`, 'which server has it')
  t.strictSame(await shop.ordersOfKey('a primeira'), [
    { id: data.id, session_id: session, total: '40.10', itens: [`${bolo}x2@19.90`, `${torta}x3@0.10`] },
  ])
  const [stored] = await shop.sql('SELECT cliente_nome, cliente_email, criado_em FROM pedidos.pedido WHERE id = $1', [data.id])
  t.match(stored, { cliente_nome: cliente.nome, cliente_email: cliente.email })
  t.equal((stored!.criado_em as Date).toISOString(), data.criado_em)
  t.equal(await shop.stockOf(bolo!), 5, 'I5')
  t.equal(await shop.stockOf(torta!), 6, 'I5')

  t.equal(answer.headers.location, `/api/pedidos/${data.id}`)
  const found = await ask({ url: String(answer.headers.location), headers: { 'x-session-id': session } })
  t.equal(found.statusCode, 200)
  t.strictSame(found.json().data, data)
  t.strictSame((await list(session)).json().data, [data])
})

t.test('the cart gets the X-Request-Id of who orders, when it is read and when it is emptied', async t => {
  const [bolo] = await shop.products({})
  const session_id = await shop.session({ produto_id: bolo!, quantidade: 1 })
  const headers = { 'idempotency-key': newKey(), 'x-request-id': 'quem-compra' }
  const answer = await ask({ method: 'POST', url: '/api/pedidos', headers, payload: { session_id, cliente } })
  t.equal(answer.statusCode, 201)
  const asked = () => shop.cart.log().match(/"reqId":"quem-compra","method":"\w+"/g) ?? []
  await until(() => asked().length >= 2, 'Two lines in the log of the cart', { ms: 5_000 })
  t.match(asked(), [/GET/, /POST/])
})

t.test('after the commit the cart is emptied of what was bought and of nothing else', async t => {
  const [bolo, torta] = await shop.products({}, {})
  const session = await shop.session({ produto_id: bolo!, quantidade: 2 })
  const key = newKey()
  t.equal((await place(session, key)).statusCode, 201)
  t.strictSame(await shop.cartOf(session), [])
  await shop.add(session, { produto_id: bolo!, quantidade: 1 })
  await shop.add(session, { produto_id: torta!, quantidade: 4 })
  t.equal((await place(session, key)).headers['idempotent-replayed'], 'true')
  t.strictSame(
    await shop.cartOf(session),
    [
      { produto_id: bolo, quantidade: 1 },
      { produto_id: torta, quantidade: 4 },
    ],
    'a replay takes nothing out again',
  )
})

t.test('a replay is the first answer again, whatever has become of the cart, the prices and the products since', async t => {
  const [bolo] = await shop.products({ preco: 5 })
  const session = await shop.session({ produto_id: bolo!, quantidade: 1 })
  const key = newKey()
  const first = await place(session, key)
  t.equal(first.statusCode, 201)
  const again = async (when: string) => {
    const answer = await place(session, key)
    t.equal(answer.statusCode, 201, when)
    t.equal(answer.headers['idempotent-replayed'], 'true', when)
    t.equal(answer.headers.location, first.headers.location, when)
    t.equal(answer.body, first.body, when)
  }
  await again('with the cart empty')
  await shop.add(session, { produto_id: bolo!, quantidade: 3 })
  await again('with other things in the cart')
  await shop.sql("UPDATE catalogo.produto SET preco = 6, nome = 'Outro nome' WHERE id = $1", [bolo])
  await again('with another price and name')
  await shop.sql('DELETE FROM catalogo.produto WHERE id = $1', [bolo])
  await again('with the product gone')
  await forget(session)
  await again('with the session expired')
  t.equal((await shop.ordersOfKey(key)).length, 1, 'I6')
})

t.test('payloads are compared as data, not as text', async t => {
  const [bolo] = await shop.products({ preco: 12.5 })
  const session = await shop.session({ produto_id: bolo!, quantidade: 1 })
  const send = (key: string, payload: string) =>
    ask({ method: 'POST', url: '/api/pedidos', headers: { 'idempotency-key': key, 'content-type': 'application/json' }, payload })
  const key = newKey()
  const body = { session_id: session, cliente: { nome: 'João Ação', email: 'joao@x.example' }, total_esperado: 12.5 }
  t.equal((await send(key, JSON.stringify(body))).statusCode, 201)
  for (const [what, text] of Object.entries({
    'another order of members': JSON.stringify({
      total_esperado: 12.5,
      cliente: { email: 'joao@x.example', nome: 'João Ação' },
      session_id: session,
    }),
    'white space': JSON.stringify(body, null, 4),
    'another spelling of the number': JSON.stringify(body).replace('12.5', '1250e-2'),
    escapes: JSON.stringify(body).replace('ã', '\\u00e3'),
    'another normal form': JSON.stringify(body).normalize('NFD'),
    'blanks around': JSON.stringify({ ...body, cliente: { ...body.cliente, nome: '  João Ação ' } }),
  })) {
    const answer = await send(key, text)
    t.equal(answer.statusCode, 201, what)
    t.equal(answer.headers['idempotent-replayed'], 'true', what)
  }
  const other = await shop.session({ produto_id: bolo!, quantidade: 1 })
  for (const [what, changed] of Object.entries({
    'another name': { ...body, cliente: { ...body.cliente, nome: 'João Acao' } },
    'another email': { ...body, cliente: { ...body.cliente, email: 'Joao@x.example' } },
    'another total': { ...body, total_esperado: 12.51 },
    'no total': { ...body, total_esperado: undefined },
    'another session': { ...body, session_id: other },
    // The same words, cut at another place.
    'words moved from one member to the next': { ...body, cliente: { nome: 'João A', email: 'çãojoao@x.example' } },
  })) {
    const answer = await send(key, JSON.stringify(changed))
    t.equal(answer.statusCode, 422, what)
    t.equal(answer.json().type, 'chave-reutilizada', what)
  }
  t.strictSame(await shop.cartOf(other), [{ produto_id: bolo, quantidade: 1 }], 'I2: the other cart is as it was')
  t.equal((await shop.ordersOfKey(key)).length, 1)
})

t.test('I2: what was refused left nothing, and may be sent again under its key', async t => {
  const [bolo, torta] = await shop.products({ nome: 'Bolo', preco: 10, estoque: 5 }, { nome: 'Torta', preco: 20, estoque: 5 })
  const session = await shop.session()
  const key = newKey()
  const refused = async (status: number, type: string, more: Record<string, unknown> = {}) => {
    const before = await everything()
    const answer = await place(session, key, more)
    t.equal(answer.statusCode, status, type)
    t.match(answer.headers['content-type'], 'application/problem+json')
    t.equal(answer.json().type, type)
    t.strictSame(await everything(), before, `${type} left nothing`)
    return answer.json()
  }
  await refused(422, 'carrinho-vazio')
  await shop.add(session, { produto_id: bolo!, quantidade: 3 })
  await shop.add(session, { produto_id: torta!, quantidade: 4 })

  await shop.sql('UPDATE catalogo.produto SET estoque = 2 WHERE id = $1', [torta])
  const short = await refused(409, 'estoque-insuficiente')
  t.strictSame(short.produtos, [{ produto_id: torta, nome: 'Torta', quantidade: 4, disponivel: 2 }])
  t.match(short.detail, 'Torta')
  await shop.sql('UPDATE catalogo.produto SET estoque = 0 WHERE id = $1', [bolo])
  t.strictSame((await refused(409, 'estoque-insuficiente')).produtos, [
    { produto_id: bolo, nome: 'Bolo', quantidade: 3, disponivel: 0 },
    { produto_id: torta, nome: 'Torta', quantidade: 4, disponivel: 2 },
  ])
  await shop.sql('DELETE FROM catalogo.produto WHERE id = $1', [bolo])
  t.match((await refused(409, 'estoque-insuficiente')).produtos, [{ produto_id: bolo, nome: null, quantidade: 3, disponivel: 0 }, {}])

  await shop.sql('UPDATE catalogo.produto SET estoque = 9, preco = 20.01 WHERE id = $1', [torta])
  await shop.sql(
    `INSERT INTO catalogo.produto (id, nome, descricao, preco, estoque, categoria_id) OVERRIDING SYSTEM VALUE VALUES ($1, 'Bolo', 'x', 10, 3, 1)`,
    [bolo],
  )
  const changed = await refused(409, 'preco-mudou', { total_esperado: 110 })
  t.equal(changed.total, 110.04)
  t.strictSame(changed.itens, [
    { produto_id: bolo, nome: 'Bolo', preco: 10, quantidade: 3, subtotal: 30 },
    { produto_id: torta, nome: 'Torta', preco: 20.01, quantidade: 4, subtotal: 80.04 },
  ])
  await shop.sql('UPDATE catalogo.produto SET preco = 33333333 WHERE id = $1', [torta])
  await refused(422, 'total-acima-do-limite')
  await shop.sql('UPDATE catalogo.produto SET preco = 20.01 WHERE id = $1', [torta])

  const answer = await place(session, key, { total_esperado: 110.04 })
  t.equal(answer.statusCode, 201, 'the key was free all along, for another payload too')
  t.equal(answer.headers['idempotent-replayed'], undefined)
})

t.test('an order has the prices of the catalog and not those of the cart', async t => {
  const [bolo] = await shop.products({ preco: 10 })
  const session = await shop.session({ produto_id: bolo!, quantidade: 2 })
  await shop.sql('UPDATE catalogo.produto SET preco = 7.35 WHERE id = $1', [bolo])
  t.match((await place(session, newKey())).json(), { data: { total: 14.7, itens: [{ preco: 7.35, subtotal: 14.7 }] } })
})

t.test('an order may reach the highest total and not pass it', async t => {
  const [caro, centavo] = await shop.products({ preco: '99999999.99' }, { preco: '0.01' })
  const exact = await place(await shop.session({ produto_id: caro!, quantidade: 1 }), newKey())
  t.equal(exact.json().data.total, 99_999_999.99)
  const over = await place(await shop.session({ produto_id: caro!, quantidade: 1 }, { produto_id: centavo!, quantidade: 1 }), newKey())
  t.equal(over.json().type, 'total-acima-do-limite')
})

t.test('bad input is refused with the field named', async t => {
  const good = { session_id: 'uma', cliente }
  const before = await everything()
  const post = (payload: unknown, headers: Record<string, string> = {}) =>
    ask({
      method: 'POST',
      url: '/api/pedidos',
      headers: { 'idempotency-key': 'k', 'content-type': 'application/json', ...headers },
      payload: JSON.stringify(payload),
    })
  for (const [campo, body] of [
    ['session_id', { cliente }],
    ['session_id', { ...good, session_id: 7 }],
    ['session_id', { ...good, session_id: '' }],
    ['session_id', { ...good, session_id: 'a\u0000b' }],
    ['session_id', { ...good, session_id: 'x'.repeat(129) }],
    ['cliente', { session_id: 'uma' }],
    ['cliente', { ...good, cliente: 'Ana' }],
    ['cliente.nome', { ...good, cliente: { email: 'a@b' } }],
    ['cliente.nome', { ...good, cliente: { ...cliente, nome: ' \u00a0 ' } }],
    ['cliente.nome', { ...good, cliente: { ...cliente, nome: 'Ana\nBia' } }],
    ['cliente.nome', { ...good, cliente: { ...cliente, nome: 'é'.repeat(121) } }],
    ['cliente.email', { ...good, cliente: { nome: 'Ana' } }],
    ['cliente.email', { ...good, cliente: { ...cliente, email: 'sem arroba' } }],
    ['cliente.email', { ...good, cliente: { ...cliente, email: `${'a'.repeat(250)}@b.br` } }],
    ['cliente.telefone', { ...good, cliente: { ...cliente, telefone: '1' } }],
    ['total_esperado', { ...good, total_esperado: '10' }],
    ['total_esperado', { ...good, total_esperado: 10.001 }],
    ['total_esperado', { ...good, total_esperado: -0.01 }],
    ['total_esperado', { ...good, total_esperado: 100_000_000 }],
    ['total_esperado', { ...good, total_esperado: null }],
    ['itens', { ...good, itens: [] }],
    ['corpo', []],
    ['corpo', null],
  ] as const) {
    const answer = await post(body)
    t.equal(answer.statusCode, 400, campo)
    t.equal(answer.json().erros?.[0]?.campo, campo)
  }
  for (const key of ['', 'x'.repeat(129), 'chavé', 'a\tb']) {
    const answer = await post(good, { 'idempotency-key': key })
    t.equal(answer.statusCode, 400, `key ${JSON.stringify(key)}`)
    t.match(answer.json().detail, 'idempotency-key')
  }
  const keyless = await ask({ method: 'POST', url: '/api/pedidos', payload: good })
  t.equal(keyless.statusCode, 400)
  t.match(keyless.json().detail, 'idempotency-key')
  t.equal((await post(good, { 'content-type': 'text/plain' })).statusCode, 415)
  t.equal((await post({ ...good, cliente: { ...cliente, nome: 'x'.repeat(70_000) } })).statusCode, 413)
  const notJson = await ask({
    method: 'POST',
    url: '/api/pedidos',
    headers: { 'idempotency-key': 'k', 'content-type': 'application/json' },
    payload: '{"session_id": ',
  })
  t.equal(notJson.statusCode, 400)
  const query = await ask({ method: 'POST', url: '/api/pedidos?x=1', headers: { 'idempotency-key': 'k' }, payload: good })
  t.equal(query.statusCode, 400)
  t.strictSame(await everything(), before)
})

t.test('the longest of everything is taken, counted in characters and not in bytes', async t => {
  const [bolo] = await shop.products({})
  const session = await shop.session({ produto_id: bolo!, quantidade: 1 })
  const key = '~'.repeat(128)
  const nome = '🍰'.repeat(120)
  const answer = await place(session, key, { cliente: { nome, email: `${'ç'.repeat(250)}@b.c` } })
  t.equal(answer.statusCode, 201)
  const [row] = await shop.sql('SELECT cliente_nome FROM pedidos.pedido WHERE id = $1', [answer.json().data.id])
  t.equal(row!.cliente_nome, nome)
})

t.test('an unknown session, or somebody else’s, is a 404 and orders nothing', async t => {
  const [bolo] = await shop.products({})
  const before = await everything()
  for (const session of ['nao-existe', 'x'.repeat(24), '..', '../sessao', 'a b', 'ç', '%00', '?']) {
    const answer = await place(session, newKey())
    t.equal(answer.statusCode, 404, session)
    t.equal(answer.json().type, 'nao-encontrado')
  }
  const session = await shop.session({ produto_id: bolo!, quantidade: 1 })
  const answer = await ask({
    method: 'POST',
    url: '/api/pedidos',
    headers: { 'idempotency-key': newKey(), 'x-session-id': await shop.session() },
    payload: { session_id: session, cliente },
  })
  t.equal(answer.statusCode, 404, 'X-Session-Id says that the sender is another')
  t.strictSame(await everything(), before)
})

t.test('I7: no session reads another’s orders, and a stranger cannot tell them from orders that do not exist', async t => {
  const [bolo] = await shop.products({})
  const owner = await shop.session({ produto_id: bolo!, quantidade: 1 })
  const { id } = (await place(owner, newKey())).json().data
  const stranger = await shop.session()
  const problem = (answer: { statusCode: number; json: () => { type: string; detail: string } }) => ({
    status: answer.statusCode,
    type: answer.json().type,
    detail: answer.json().detail.replace(/\d+/, 'N'),
  })
  const absent = problem(await read(stranger, 2_000_000_000))
  t.match(absent, { status: 404, type: 'nao-encontrado' })
  for (const session of [stranger, 'nao-existe', `${owner} `.trim().toLowerCase(), `${owner}, ${owner}`, '%']) {
    t.strictSame(problem(await read(session, id)), absent)
    const answer = await ask({ url: `/api/pedidos?session_id=${owner}`, headers: { 'x-session-id': session } })
    t.equal(answer.statusCode, 404)
    t.notMatch(answer.body, '"itens"')
  }
  t.strictSame((await list(stranger)).json(), { data: [], paginacao: { proximo: null } })
  t.equal((await ask({ url: `/api/pedidos/${id}` })).statusCode, 400, 'without X-Session-Id')
  t.match((await ask({ url: `/api/pedidos/${id}` })).json().detail, 'x-session-id')
  t.equal((await ask({ url: `/api/pedidos?session_id=${owner}` })).statusCode, 400, 'without X-Session-Id')
  t.equal((await ask({ url: '/api/pedidos', headers: { 'x-session-id': owner } })).statusCode, 400, 'without session_id')
})

t.test('an id that is no positive integer is a 400, one that nothing has a 404', async t => {
  const session = await shop.session()
  for (const id of ['0', '-1', '1.5', '01', 'abc', '1e3', '%00', '+1']) t.equal((await read(session, id)).statusCode, 400, id)
  for (const id of ['2147483647', '2147483648', '9'.repeat(30)]) t.equal((await read(session, id)).statusCode, 404, id)
})

t.test('a session’s orders come in pages, newest first, each once', async t => {
  const [bolo] = await shop.products({ estoque: 1_000 })
  const session = await shop.session()
  const ids: number[] = []
  for (let i = 0; i < 5; i++) {
    await shop.add(session, { produto_id: bolo!, quantidade: 1 })
    ids.push((await place(session, newKey())).json().data.id)
  }
  const seen: number[] = []
  let url: string | undefined = `/api/pedidos?session_id=${session}&limite=2`
  let cursor = ''
  const sizes: number[] = []
  while (url) {
    const answer = await ask({ url, headers: { 'x-session-id': session } })
    t.equal(answer.statusCode, 200)
    const { data, paginacao } = answer.json()
    seen.push(...data.map(({ id }: { id: number }) => id))
    sizes.push(data.length)
    url = /^<(.+)>; rel="next"$/.exec(String(answer.headers.link ?? ''))?.[1]
    t.equal(url === undefined, paginacao.proximo === null)
    cursor ||= paginacao.proximo
  }
  t.strictSame(seen, ids.reverse())
  t.strictSame(sizes, [2, 2, 1])
  t.equal((await list(session)).headers.link, undefined, 'all on one page')
  for (let i = 0; i < cursor.length; i++) {
    const changed = `${cursor.slice(0, i)}${cursor[i] === 'A' ? 'B' : 'A'}${cursor.slice(i + 1)}`
    t.equal((await list(session, `&cursor=${changed}`)).statusCode, 400, `character ${i} changed`)
  }
  const stranger = await shop.session()
  t.equal((await list(stranger, `&cursor=${cursor}`)).statusCode, 400, 'another session’s cursor')
  for (const place of [['abc'], [1.5], [2 ** 31], [[1]], null, { 0: 1 }]) {
    const answer = await list(session, `&cursor=${encodeCursor(place as unknown[], `pedidos ${session}`)}`)
    t.equal(answer.statusCode, 400, `made by hand: ${JSON.stringify(place)}`)
    t.equal(answer.json().erros[0].campo, 'cursor')
  }
  for (const query of [
    '&limite=0',
    '&limite=101',
    '&limite=1.5',
    '&limite=02',
    '&limite=',
    '&cursor=',
    '&ordem=id',
    '&limite=2&limite=2',
  ]) {
    t.equal((await list(session, query)).statusCode, 400, query)
  }
  t.equal((await list(session, '&limite=100')).statusCode, 200)
})

t.test('known paths answer other methods with 405 and Allow, HEAD as GET, unknown paths with 404', async t => {
  const session = await shop.session()
  for (const [method, url, allow] of [
    ['DELETE', '/api/pedidos', 'GET, HEAD, POST'],
    ['PUT', '/api/pedidos/1', 'GET, HEAD'],
    ['POST', '/api/pedidos/1', 'GET, HEAD'],
  ] as const) {
    const answer = await ask({ method, url })
    t.equal(answer.statusCode, 405, `${method} ${url}`)
    t.equal(answer.headers.allow, allow)
  }
  const head = await ask({ method: 'HEAD', url: `/api/pedidos?session_id=${session}`, headers: { 'x-session-id': session } })
  t.equal(head.statusCode, 200)
  t.equal(head.body, '')
  t.equal((await ask({ url: '/api/pedidos/1/itens' })).statusCode, 404)
})

t.test('the role of orders touches the catalog through one function only, and the catalog’s role no order at all', async t => {
  const pg = (await import('pg')).default
  const [bolo] = await shop.products({ estoque: 5 })
  const as = async (role: 'catalogo' | 'pedidos', sql: string, values: unknown[] = []) => {
    const client = new pg.Client(shop.database.url(role).replace(/@[^/]+/, `@127.0.0.1:${shop.database.primary.port}`))
    await client.connect()
    try {
      return (await client.query(sql, values)).rows
    } finally {
      await client.end()
    }
  }
  for (const sql of [
    'SELECT * FROM catalogo.produto',
    'SELECT * FROM catalogo.categoria',
    'UPDATE catalogo.produto SET estoque = 1000000',
    "INSERT INTO catalogo.categoria (nome) VALUES ('x')",
    'DELETE FROM catalogo.produto',
    'CREATE TABLE catalogo.x ()',
    'CREATE TABLE public.x ()',
    'CREATE SCHEMA x',
    'CREATE TEMPORARY TABLE x ()',
    'SELECT catalogo.indexar(ARRAY[1])',
    "SELECT catalogo.dobra('x')",
    "SELECT pg_read_file('/etc/passwd')",
    'SELECT catalogo.ao_inserir()',
  ]) {
    await t.rejects(as('pedidos', sql), { code: '42501' }, sql)
  }
  await t.rejects(as('pedidos', 'SELECT catalogo.baixar_estoque(ARRAY[$1::int], ARRAY[-1])', [bolo]), { code: 'P0001' }, 'nor back')
  t.match(await as('pedidos', 'SELECT * FROM catalogo.baixar_estoque(ARRAY[$1::int], ARRAY[2])', [bolo]), [{ estoque: 3, faltou: false }])
  for (const sql of ['SELECT * FROM pedidos.pedido', 'SELECT * FROM pedidos.chave', 'DELETE FROM pedidos.item']) {
    await t.rejects(as('catalogo', sql), { code: '42501' }, sql)
  }
})

t.test('health tells who the servers are; metrics count results and have no label that grows', async t => {
  t.match((await ask({ url: '/health' })).json(), {
    status: 'ok',
    servico: 'pedidos',
    banco: { [`127.0.0.1:${shop.database.primary.port}`]: 'primary' },
  })
  for (const url of ['/livez', '/readyz']) t.equal((await ask({ url })).statusCode, 200, url)
  const text = (await ask({ url: '/metrics' })).body
  const results = [...text.matchAll(/^checkouts_total\{.*resultado="([^"]+)".*\} (\d+)/gm)].map(([, result]) => result!)
  t.strictSame(results.sort(), [
    'carrinho-vazio',
    'chave-reutilizada',
    'confirmado',
    'estoque-insuficiente',
    'nao-encontrado',
    'preco-mudou',
    'repetido',
    'total-acima-do-limite',
  ])
  t.notMatch(text, /chave-1"|nao-existe/)
})

t.test('the OpenAPI document has every route with its headers, and no answer that was not seen here or under faults', async t => {
  const { paths } = (await ask({ url: '/openapi.json' })).json()
  t.strictSame(Object.keys(paths).sort(), ['/api/pedidos', '/api/pedidos/{id}'])
  const { post, get } = paths['/api/pedidos']
  t.strictSame(Object.keys(post.responses), ['201', '400', '404', '409', '413', '415', '422', '503'])
  const required = (operation: { parameters: { name: string; required: boolean }[] }) =>
    operation.parameters.filter(({ required }) => required).map(({ name }) => name)
  t.strictSame(required(post), ['idempotency-key'])
  t.strictSame(required(get).sort(), ['session_id', 'x-session-id'])
  for (const operation of [post, get, paths['/api/pedidos/{id}'].get]) {
    t.ok(operation.summary)
    t.strictSame(operation.tags, ['pedidos'])
  }
  t.strictSame(
    orders.contract.unseen.filter(each => !each.endsWith(' 503')),
    [],
  )
})

t.test('names and emails are never logged', async t => {
  const log = shop.log()
  t.match(log, '"status":201')
  t.match(log, '"status":422')
  for (const secret of [cliente.nome, cliente.email, 'João', 'joao@x.example', 'sem arroba', '🍰']) t.notOk(log.includes(secret), secret)
  t.notMatch(log, '"level":50', 'and nothing was unexpected')
})

/** Lets a session expire. */
async function forget(session: string) {
  const { Redis } = await import('ioredis')
  const redis = new Redis(shop.redis.url)
  t.equal(await redis.del(`carrinho:${session}`), 1)
  await redis.quit()
}
