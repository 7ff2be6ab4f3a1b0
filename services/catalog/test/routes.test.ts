import t from 'tap'
import { ADMIN_TOKEN, aProduct, insertProducts, settled, startInstance, startMigrated } from './running-catalog.ts'

const database = await startMigrated(t)
const { ask, write, read, contract } = await startInstance(t, database.url('catalogo'))
const prefixes = ['/api', '/api/catalogo']

/** The next read may come from the replica. */
const insert = async (products: Parameters<typeof insertProducts>[1]) => {
  const ids = await insertProducts(database, products)
  await settled(database, 0)
  return ids
}

/** Everything that a write may change, to see that a refusal changed none of it. */
const everything = () =>
  database.primary.query(`SELECT (SELECT json_agg(c ORDER BY id) FROM catalogo.categoria c)::text AS categorias,
    (SELECT json_agg(p ORDER BY id) FROM catalogo.produto p)::text AS produtos`)

for (const prefix of prefixes) {
  t.test(`every route answers under ${prefix}, and Location resolves under it`, async t => {
    const { data: all, paginacao } = (await ask(`${prefix}/categorias`)).json()
    t.strictSame(paginacao, { proximo: null })
    t.ok(all.length >= 8)
    t.strictSame(await read(`${prefix}/categorias/${all[0].id}`), all[0])

    const category = await write('POST', `${prefix}/categorias`, { nome: `Tudo de ${prefix.length}` })
    t.equal(category.statusCode, 201)
    t.equal(category.headers.location, `${prefix}/categorias/${category.json().data.id}`)
    t.strictSame(await read(String(category.headers.location)), category.json().data)

    const wanted = { ...aProduct, categoria_id: category.json().data.id }
    const created = await write('POST', `${prefix}/produtos`, wanted)
    t.equal(created.statusCode, 201)
    const { data } = created.json()
    t.match(data, { ...wanted, id: Number, categoria: category.json().data.nome, imagem: null, atualizado_em: /^\d{4}-.*Z$/ })
    t.equal(created.headers.location, `${prefix}/produtos/${data.id}`)
    t.strictSame(await read(String(created.headers.location)), data)
    t.strictSame(await read(`${prefix}/produtos?categoria_id=${data.categoria_id}`), [data])

    const changed = await write('PATCH', `${prefix}/produtos/${data.id}`, { preco: 9.99 })
    t.equal(changed.statusCode, 200)
    const { atualizado_em, ...rest } = changed.json().data
    t.strictSame(rest, { ...rest, ...wanted, preco: 9.99, id: data.id, categoria: data.categoria }, 'only what is given is changed')
    t.ok(atualizado_em > data.atualizado_em)
    t.strictSame(await read(`${prefix}/produtos/${data.id}`), changed.json().data)

    const removed = await write('DELETE', `${prefix}/produtos/${data.id}`)
    t.equal(removed.statusCode, 204)
    t.equal(removed.body, '')
    t.equal((await ask(`${prefix}/produtos/${data.id}`)).statusCode, 404)
    t.equal((await write('DELETE', `${prefix}/produtos/${data.id}`)).statusCode, 404)
    t.strictSame(await read(`${prefix}/produtos?categoria_id=${data.categoria_id}`), [])
  })

  t.test(`Link and proximo lead to the next page under ${prefix}, with the query kept`, async t => {
    const first = await ask(`${prefix}/produtos?limite=7&ordem=-preco&busca=${encodeURIComponent('açúcar')}`)
    t.equal(first.json().data.length, 7, 'there are more')
    const link = /^<(.*)>; rel="next"$/.exec(String(first.headers.link))?.[1]
    t.ok(link?.startsWith(`${prefix}/produtos?`), String(link))
    const query = new URL(link!, 'http://x').searchParams
    t.match(Object.fromEntries(query), { limite: '7', ordem: '-preco', busca: 'açúcar', cursor: first.json().paginacao.proximo })
    const seen = new Set(first.json().data.map(({ id }: { id: number }) => id))
    t.notOk(
      (await read<{ id: number }[]>(link!)).some(({ id }) => seen.has(id)),
      'the next page is another',
    )
    const last = await ask(`${prefix}/produtos?limite=200`)
    t.equal(last.json().paginacao.proximo, null)
    t.equal(last.headers.link, undefined)
  })
}

t.test('a product reads as the contract writes it, and prices are exact', async t => {
  const [id] = await insert([{ preco: 99_999_999.99, estoque: 1_000_000 }])
  const data = await read(`/api/produtos/${id}`)
  const fields = ['id', 'nome', 'descricao', 'preco', 'estoque', 'categoria_id', 'categoria', 'imagem', 'atualizado_em']
  t.strictSame(Object.keys(data), fields)
  t.equal(data.preco, 99_999_999.99)
  const prices = [0, 0.01, 0.1, 0.29, 1.1, 4.35, 1_234_567.89, 99_999_999.98]
  const made = await Promise.all(prices.map(preco => write('POST', '/api/produtos', { ...aProduct, preco })))
  t.strictSame(await Promise.all(made.map(async ({ headers }) => (await read(String(headers.location))).preco)), prices)
})

t.test('PATCH changes only what is given, each field alone and all at once', async t => {
  const [id] = await insert([{}])
  const url = `/api/produtos/${id}`
  let before = await read(url)
  for (const change of [
    { nome: 'Torta' },
    { descricao: 'De limão.' },
    { preco: 3 },
    { estoque: 0 },
    { categoria_id: 2 },
    { nome: 'Bolo', descricao: 'D', preco: 1, estoque: 1, categoria_id: 1 },
  ]) {
    const { statusCode } = await write('PATCH', url, change)
    t.equal(statusCode, 200)
    const after = await read(url)
    t.strictSame(after, { ...before, ...change, categoria: after.categoria, atualizado_em: after.atualizado_em }, JSON.stringify(change))
    before = after
  }
})

t.test('a write without the admin token, or with another, is a 401 that changes nothing', async t => {
  const before = await everything()
  const wrong = [
    undefined,
    '',
    'Bearer',
    'Bearer ',
    ADMIN_TOKEN,
    `Basic ${ADMIN_TOKEN}`,
    `Bearer ${ADMIN_TOKEN.slice(0, -1)}`,
    `Bearer ${ADMIN_TOKEN}x`,
    `Bearer  ${ADMIN_TOKEN}`,
    `Bearer ${ADMIN_TOKEN.toUpperCase()}`,
    `Bearer ${'x'.repeat(ADMIN_TOKEN.length)}`, // as long as the right one
    `Bearer ${'x'.repeat(8_000)}`,
  ]
  for (const authorization of wrong)
    for (const [method, url] of [
      ['POST', '/api/categorias'],
      ['POST', '/api/catalogo/produtos'],
      ['PATCH', '/api/produtos/1'],
      ['PATCH', '/api/produtos/2147483647'],
      ['DELETE', '/api/catalogo/produtos/1'],
    ] as const) {
      const payload = method === 'DELETE' ? undefined : url.endsWith('categorias') ? { nome: 'X' } : aProduct
      const answer = await ask({ method, url, headers: authorization === undefined ? {} : { authorization }, ...(payload && { payload }) })
      t.equal(answer.statusCode, 401, `${method} ${url} ${authorization?.slice(0, 20)}`)
      t.equal(answer.headers['www-authenticate'], 'Bearer')
    }
  t.strictSame(await everything(), before)
  const any = { method: 'DELETE', url: '/api/produtos/2147483647', headers: { authorization: `bearer ${ADMIN_TOKEN}` } } as const
  t.equal((await ask(any)).statusCode, 404, 'the name of the scheme is Bearer in any case')
})

t.test('an id that is no positive integer is a 400, one that nothing has a 404, beyond int4 and int8 too', async t => {
  const missing = ['2147483647', '2147483648', '9223372036854775808', '9'.repeat(40)]
  for (const id of ['0', '-1', '+1', '01', '1.0', '1e3', '0x1', 'abc', '%00', '1%20', 'NaN', "1'--", '١'])
    for (const path of ['produtos', 'categorias']) {
      const answer = await ask(`/api/${path}/${encodeURIComponent(decodeURIComponent(id))}`)
      t.match(answer.json(), { status: 400, erros: [{ campo: 'id', mensagem: 'deve ser um inteiro positivo' }] }, `${path} ${id}`)
    }
  for (const id of missing) {
    for (const path of ['produtos', 'categorias']) t.equal((await ask(`/api/${path}/${id}`)).statusCode, 404, `${path} ${id}`)
    t.equal((await write('PATCH', `/api/produtos/${id}`, { preco: 1 })).statusCode, 404)
    t.equal((await write('DELETE', `/api/produtos/${id}`)).statusCode, 404)
  }
  t.equal((await write('PATCH', '/api/produtos/x', { preco: 1 })).statusCode, 400)
  t.equal((await write('DELETE', '/api/produtos/0')).statusCode, 400)
})

t.test('an unknown category is a 422 in a body and a 404 as a filter', async t => {
  const [id] = await insert([{}])
  const before = await everything()
  for (const categoria_id of [999, 2_147_483_647, 2_147_483_648, Number.MAX_SAFE_INTEGER, 1e20, 1e300]) {
    for (const answer of [
      await write('POST', '/api/produtos', { ...aProduct, categoria_id }),
      await write('PATCH', `/api/produtos/${id}`, { preco: 1, categoria_id }),
    ])
      t.match(answer.json(), { status: 422, type: 'categoria-desconhecida' }, String(categoria_id))
  }
  t.strictSame(await everything(), before)
  for (const filter of ['999', '2147483648', '9'.repeat(40)]) t.equal((await ask(`/api/produtos?categoria_id=${filter}`)).statusCode, 404)
  t.equal((await ask('/api/produtos?categoria_id=999&busca=bolo')).statusCode, 404)
})

t.test('a category is there once, whatever its case, accents or combining marks', async t => {
  const made = await write('POST', '/api/categorias', { nome: 'Pão de açúcar ÊÇ' })
  t.equal(made.statusCode, 201)
  for (const nome of [
    'Pão de açúcar ÊÇ',
    'PÃO DE AÇÚCAR ÊÇ',
    'pao de acucar ec',
    '  Pao de Acucar ec\t',
    'Pa\u0303o de ac\u0327u\u0301car E\u0302C\u0327',
  ]) {
    const answer = await write('POST', '/api/categorias', { nome })
    t.match(answer.json(), { status: 409, type: 'categoria-existe' }, nome)
  }
  const at = await Promise.all(Array.from({ length: 10 }, (_, n) => write('POST', '/api/categorias', { nome: n % 2 ? 'Única' : 'ÚNICA' })))
  t.strictSame(at.map(({ statusCode }) => statusCode).sort(), [201, ...Array(9).fill(409)], 'also when ten ask at once')
})

t.test('limits hold to the character, and what is beyond is a 400 that names the field', async t => {
  const emoji = '🍰'
  const taken: Record<string, unknown[]> = {
    nome: [...['a', 'ç', emoji].map(letter => letter.repeat(200)), 'a', "Pão d'água; --", '<b>&"'],
    descricao: [...['a', 'ç', emoji].map(letter => letter.repeat(5_000)), 'a'],
    preco: [0, 0.01, 99_999_999.99],
    estoque: [0, 1_000_000],
  }
  const refused: Record<string, unknown[]> = {
    nome: ['', '   ', 'a\u0000b', 'a\nb', 'a\u007fb', 'a\ud83c', 1, null, ['a'], ...['a', 'ç', emoji].map(letter => letter.repeat(201))],
    descricao: ['', '\t', 'a\u0085b', 'a\rb', null, ...['a', 'ç', emoji].map(letter => letter.repeat(5_001))],
    preco: [-0.01, 100_000_000, 99_999_999.995, 0.001, 1e-9, '1', null],
    estoque: [-1, 1_000_001, 1.5, '1', null, true, 1e300],
    categoria_id: [0, -1, 1.5, '1', null],
  }
  const cases = (values: Record<string, unknown[]>) =>
    Object.entries(values).flatMap(([field, all]) => all.map(value => ({ field, value })))
  const each = async (field: string, value: unknown, kept = value) => {
    const [id] = await insert([{}])
    const created = await write('POST', '/api/produtos', { ...aProduct, [field]: value })
    const changed = await write('PATCH', `/api/produtos/${id}`, { [field]: value })
    const name = `${field} ${JSON.stringify(value).slice(0, 20)} of ${String(value).length}`
    t.strictSame([created.statusCode, changed.statusCode], [201, 200], name)
    for (const url of [`/api/produtos/${id}`, String(created.headers.location)]) t.equal((await read(url))[field as 'nome'], kept, name)
  }
  await Promise.all([
    ...cases(taken).map(({ field, value }) => each(field, value)),
    each('nome', ' \t bolo de cafe\u0301 \n', 'bolo de café'), // trimmed and NFC
    each('nome', 'e\u0301'.repeat(200), 'é'.repeat(200)), // counted as it is kept
    ...['a', emoji].map(async letter => {
      t.equal((await write('POST', '/api/categorias', { nome: letter.repeat(100) })).statusCode, 201)
      t.match((await write('POST', '/api/categorias', { nome: letter.repeat(101) })).json(), { status: 400, erros: [{ campo: 'nome' }] })
    }),
  ])

  const [id] = await insert([{}])
  const url = `/api/produtos/${id}`
  const before = await everything()
  for (const { field, value } of cases(refused))
    for (const answer of [
      await write('POST', '/api/produtos', { ...aProduct, [field]: value }),
      await write('PATCH', url, { [field]: value }),
    ])
      t.match(answer.json(), { status: 400, erros: [{ campo: field }] }, `${field} ${JSON.stringify(value).slice(0, 20)}`)
  for (const field of Object.keys(aProduct)) {
    const { [field as 'nome']: _, ...rest } = aProduct
    t.match((await write('POST', '/api/produtos', rest)).json(), { status: 400, erros: [{ campo: field }] })
  }
  const json = { 'content-type': 'application/json' }
  for (const body of [{}, [], null, 'x', 1]) t.equal((await write('PATCH', url, JSON.stringify(body), json)).statusCode, 400)
  for (const field of ['cor', 'id', 'imagem'])
    t.match((await write('PATCH', url, { [field]: 1 })).json(), { status: 400, erros: [{ campo: field }] })
  for (const [method, path] of [
    ['POST', '/api/categorias'],
    ['POST', '/api/produtos'],
    ['PATCH', url],
  ] as const) {
    t.equal((await write(method, path, { ...aProduct, descricao: 'x'.repeat(70_000) })).statusCode, 413)
    t.equal((await write(method, path, 'nome=bolo', { 'content-type': 'application/x-www-form-urlencoded' })).statusCode, 415)
    t.equal((await write(method, path, '{', json)).statusCode, 400)
  }
  t.strictSame(await everything(), before, 'a refusal changes nothing')
})

t.test('a query parameter that is unknown, repeated or not to the letter is a 400 that names it', async t => {
  for (const [parameter, query] of [
    ['limit', 'limit=2'],
    ['pagina', 'pagina=2'],
    ['limite', 'limite=0'],
    ['limite', 'limite=201'],
    ['limite', 'limite=-1'],
    ['limite', 'limite=1e1'],
    ['limite', 'limite=%205'],
    ['limite', 'limite=5%20'],
    ['limite', 'limite=05'],
    ['limite', 'limite='],
    ['limite', 'limite=2&limite=2'],
    ['ordem', 'ordem=id'],
    ['ordem', 'ordem=-nome'],
    ['ordem', 'ordem='],
    ['ordem', 'ordem=nome&ordem=nome'],
    ['categoria_id', 'categoria_id=0'],
    ['categoria_id', 'categoria_id=x'],
    ['categoria_id', 'categoria_id='],
    ['categoria_id', 'categoria_id=1&categoria_id=2'],
    ['busca', 'busca='],
    ['busca', 'busca=%20'],
    ['busca', 'busca=a%00b'],
    ['busca', `busca=${'x'.repeat(201)}`],
    ['busca', 'busca=a&busca=b'],
    ['cursor', 'cursor='],
    ['cursor', 'cursor=x'],
  ] as const)
    t.match((await ask(`/api/produtos?${query}`)).json(), { status: 400, erros: [{ campo: parameter }] }, query)
  for (const url of ['/api/categorias?x=1', '/api/categorias/1?x=1', '/api/produtos/1?x=1'])
    t.match((await ask(url)).json(), { status: 400, erros: [{ campo: 'x' }] }, url)
  for (const limite of [1, 200]) t.ok((await read<unknown[]>(`/api/produtos?limite=${limite}`)).length <= limite)
  t.equal((await read<unknown[]>('/api/produtos?limite=1')).length, 1)
})

t.test('a wrong method on a known path is a 405 with Allow, an unknown path a 404', async t => {
  for (const prefix of prefixes) {
    for (const [method, path, allow] of [
      ['DELETE', '/categorias', 'GET, HEAD, POST'],
      ['PATCH', '/categorias/1', 'GET, HEAD'],
      ['PUT', '/produtos', 'GET, HEAD, POST'],
      ['POST', '/produtos/1', 'DELETE, GET, HEAD, PATCH'],
    ] as const) {
      const answer = await write(method as 'PUT', prefix + path, {})
      t.equal(answer.statusCode, 405)
      t.equal(answer.headers.allow, allow)
    }
    t.equal((await ask(`${prefix}/produto`)).statusCode, 404)
  }
})

t.test('reads carry ETag and Cache-Control, If-None-Match gives a 304 without a body, HEAD answers as GET', async t => {
  const [id] = await insert([{}])
  for (const url of ['/api/categorias', '/api/categorias/1', '/api/produtos?limite=3', `/api/produtos/${id}`]) {
    const first = await ask(url)
    const etag = String(first.headers.etag)
    t.match(etag, /^"[\w-]+"$/)
    t.equal(first.headers['cache-control'], 'no-cache')
    for (const known of [etag, `W/${etag}`, '*', `"x", ${etag}`, `"x",W/${etag} , "y"`]) {
      const answer = await ask({ url, headers: { 'if-none-match': known } })
      t.equal(answer.statusCode, 304, known)
      t.equal(answer.body, '')
      t.equal(answer.headers.etag, etag)
      t.equal(answer.headers['cache-control'], 'no-cache')
      t.equal((await ask({ method: 'HEAD', url, headers: { 'if-none-match': known } })).statusCode, 304)
    }
    for (const known of ['"x"', etag.replaceAll('"', ''), `"${etag}"`, 'W/"x", "y"', `"x${etag.slice(1)}`])
      t.equal((await ask({ url, headers: { 'if-none-match': known } })).statusCode, 200, known)
    const head = await ask({ method: 'HEAD', url })
    t.equal(head.statusCode, 200)
    t.equal(head.body, '')
    for (const name of ['etag', 'cache-control', 'content-type', 'content-length', 'link'])
      t.equal(head.headers[name], first.headers[name], `HEAD ${name}`)
  }
  t.equal((await ask({ method: 'HEAD', url: '/api/produtos/2147483647' })).statusCode, 404)
  const url = `/api/produtos/${id}`
  const before = (await ask(url)).headers.etag
  await write('PATCH', url, { estoque: 99 })
  t.equal((await ask({ url, headers: { 'if-none-match': String(before) } })).statusCode, 200, 'another product, another tag')
})

t.test('If-Match lets a change through only onto what was read', async t => {
  const [id] = await insert([{}])
  const url = `/api/produtos/${id}`
  const etag = String((await ask(url)).headers.etag)
  t.equal((await write('PATCH', url, { preco: 2 }, { 'if-match': etag })).statusCode, 200)
  t.match((await write('PATCH', url, { preco: 3 }, { 'if-match': etag })).json(), { status: 412 })
  t.equal((await read(url)).preco, 2)
  t.equal((await write('PATCH', url, { preco: 4 }, { 'if-match': '*' })).statusCode, 200)
  const now = String((await ask(url)).headers.etag)
  const racing = await Promise.all([5, 6, 7].map(preco => write('PATCH', url, { preco }, { 'if-match': now })))
  t.strictSame(racing.map(({ statusCode }) => statusCode).sort(), [200, 412, 412], 'of three at once, one')
  t.equal((await write('PATCH', '/api/produtos/2147483647', { preco: 1 }, { 'if-match': '*' })).statusCode, 404)
})

t.test('every documented answer but those of an outage was given above', async t => {
  // Under one prefix or the other: they are the same routes.
  const unseen = contract.unseen.filter(answer => !answer.endsWith(' 503'))
  t.strictSame(
    unseen.filter(answer => unseen.includes(answer.replace('/api/', '/api/catalogo/'))),
    [],
  )
})
