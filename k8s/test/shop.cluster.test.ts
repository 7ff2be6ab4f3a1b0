// The shop on the running kind cluster, through its Ingress as a shopper would, while things break. It installs the chart if it is not
// there, and leaves it. Images are those that are loaded (k8s/images/service/build, k8s/kind/load).
import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { parse } from 'yaml'
import {
  CLUSTER,
  get,
  helm,
  kubectl,
  NAMESPACE,
  primaryOfCarts,
  primaryOfDatabase,
  query,
  REPOSITORY,
  run,
  sql,
  until,
  warningsOf,
  whole,
} from './cluster.ts'
import { type Answer, ask, browse, Cart, during, failed, inShort, type Order, openPage, order } from './shopper.ts'

const CHART = join(REPOSITORY, 'charts/confeitaria')
const RESTRICTED = 'pod-security.kubernetes.io/enforce=restricted'
const SERVICES = ['catalog', 'cart', 'orders', 'storefront']
t.setTimeout(45 * 60_000)
t.bail = true // what is broken would only break what follows

let token = ''
let product = 0

t.before(async () => {
  await warningsOf('get', '--raw', '/readyz')
  await warningsOf('create', 'namespace', NAMESPACE).catch(() => {}) // it is there already
  await warningsOf('label', '--overwrite', 'namespace', NAMESPACE, RESTRICTED)
  const status: string = await helm('status', 'confeitaria', '-o', 'json').then(
    json => JSON.parse(json).info.status,
    () => 'missing',
  )
  if (status !== 'deployed') await helm('upgrade', '--install', 'confeitaria', CHART, '--force-conflicts', '--wait', '--timeout', '15m')
  await whole()
  token = Buffer.from((await get('secret', 'confeitaria-admin')).data.token, 'base64').toString()
  product = await newProduct(100_000)
})

async function newProduct(estoque: number): Promise<number> {
  const { data: categories } = (await ask('/api/catalogo/categorias')).body
  const created = await ask('/api/catalogo/produtos', {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: { nome: `E2E ${randomUUID()}`, descricao: 'Para as provas', preco: 1.25, estoque, categoria_id: categories[0].id },
  })
  if (created.status !== 201) throw new Error(`No product to sell: ${inShort([created])}`)
  return created.body.data.id
}

/** I1, I4, I5 and I6 for a product of which `stock` pieces were there before these orders and none was added. */
async function ordersStand(t: Test, id: number, stock: number, orders: Order[]) {
  const lost: number[] = []
  for (const { id, session, itens, total } of orders) {
    const found = await ask(`/api/pedidos/${id}`, { headers: { 'x-session-id': session } })
    const same = JSON.stringify([found.body.data?.itens, found.body.data?.total]) === JSON.stringify([itens, total])
    if (found.status !== 200 || !same) lost.push(id)
  }
  t.strictSame(lost, [], 'I1: every acknowledged order is there as it was answered')
  const [row] = await sql(`SELECT p.estoque, coalesce(sum(i.quantidade), 0), count(i.*), count(DISTINCT i.pedido_id)
    FROM catalogo.produto p LEFT JOIN pedidos.item i ON i.produto_id = p.id WHERE p.id = ${id} GROUP BY p.estoque`)
  const [left, sold, lines, distinct] = row!.map(Number)
  t.ok(left! >= 0, 'I4')
  t.equal(left! + sold!, stock, 'I5: what is left and what was sold is what was there')
  t.equal(lines, distinct, 'I6: no order has the product twice')
  const keys = orders.map(({ key }) => `'${key}'`).join() || "''"
  const [[count] = []] = await sql(`SELECT count(DISTINCT pedido_id) FROM pedidos.chave WHERE chave IN (${keys})`)
  t.equal(Number(count), orders.length, 'I6: one order for each key')
}

/** The longest time without a success, ms, of results that ended at these moments. */
const longestGap = (moments: number[]) => Math.max(0, ...moments.slice(1).map((moment, i) => moment - moments[i]!))

t.test('the contract, through the Ingress', async t => {
  await t.test('health, and what is not for shoppers', async t => {
    const health = await until('the shop is well', async () => {
      const answer = await ask('/health')
      return answer.status === 200 && answer
    })
    t.match(health.body, { status: 'ok', servico: 'vitrine', catalogo: 'ok', carrinho: 'ok', pedidos: 'ok' })
    for (const path of ['/metrics', '/api/catalogo/metrics', '/api/carrinho/metrics', '/api/pedidos/metrics']) {
      t.match(await ask(path), { status: /^40[04]$/ }, path)
    }
  })

  await t.test('pages', async t => {
    const page = await openPage()
    t.equal(page.status, 200)
    t.match(page.headers.get('content-security-policy'), /default-src 'none'/)
    t.match(page.body, /<html lang="pt-BR"/)
  })

  await t.test('catalog', async t => {
    const list = await ask('/api/catalogo/produtos?limite=5')
    t.equal(list.body.data.length, 5)
    t.match(list.headers.get('link'), /^<\/api\/catalogo\/produtos\?.*>; rel="next"$/)
    const next = /<(.*)>/.exec(list.headers.get('link')!)![1]!
    t.equal((await ask(next)).status, 200, 'the next page')
    const one = await ask(`/api/catalogo/produtos/${product}`)
    t.equal(one.body.data.preco, 1.25)
    const again = await ask(`/api/catalogo/produtos/${product}`, { headers: { 'if-none-match': one.headers.get('etag')! } })
    t.equal(again.status, 304)
    t.match((await ask('/api/catalogo/produtos?busca=acai')).body.data[0].nome, /Açaí/i)
    const refused: [string, number, Parameters<typeof ask>[1]?][] = [
      ['/api/catalogo/produtos/0', 400],
      ['/api/catalogo/produtos/99999999999', 404],
      ['/api/catalogo/produtos?cor=azul', 400],
      ['/api/catalogo/produtos', 401, { method: 'POST', body: {} }],
      ['/api/catalogo/categorias', 405, { method: 'DELETE' }],
      ['/api/carrinho/sessao', 413, { method: 'POST', body: { a: 'a'.repeat(70_000) } }],
      ['/api/catalogo/nada', 404],
    ]
    for (const [path, status, request] of refused) {
      const answer = await ask(path, request)
      t.equal(answer.status, status, path)
      t.match(answer.headers.get('content-type'), /^application\/problem\+json/)
      t.match(answer.body, { status, title: String, type: String })
      t.ok(answer.headers.get('x-request-id'))
    }
    t.equal((await ask('/api/catalogo/produtos', { headers: { 'x-request-id': 'of-my-own' } })).headers.get('x-request-id'), 'of-my-own')
  })

  await t.test('whoever wrote finds it on the next read', async t => {
    const headers = { authorization: `Bearer ${token}` }
    for (const preco of [2.5, 3.75, 1.25]) {
      t.equal((await ask(`/api/catalogo/produtos/${product}`, { method: 'PATCH', headers, body: { preco } })).status, 200)
      t.equal((await ask(`/api/catalogo/produtos/${product}`)).body.data.preco, preco)
    }
  })

  await t.test('cart and order', async t => {
    const cart = (await Cart.open()) as Cart
    await cart.add(product)
    const body = { session_id: cart.session, cliente: { nome: 'Ana', email: 'ana@example.com' }, total_esperado: 1.25 }
    const headers = { 'idempotency-key': randomUUID() }
    t.equal((await ask('/api/pedidos', { method: 'POST', body })).status, 400, 'without a key')
    const placed = await ask('/api/pedidos', { method: 'POST', headers, body })
    t.equal(placed.status, 201)
    t.match(placed.body.data, { total: 1.25, itens: [{ produto_id: product, quantidade: 1, preco: 1.25 }] })
    const replayed = await ask('/api/pedidos', { method: 'POST', headers, body })
    t.equal(replayed.status, 201)
    t.equal(replayed.headers.get('idempotent-replayed'), 'true')
    t.equal(replayed.body.data.id, placed.body.data.id)
    const other = { ...body, cliente: { nome: 'Bia', email: 'bia@example.com' } }
    t.equal((await ask('/api/pedidos', { method: 'POST', headers, body: other })).status, 422, 'another payload')
    const location = placed.headers.get('location')!
    t.equal((await ask(location, { headers: { 'x-session-id': cart.session } })).status, 200)
    t.equal((await ask(location)).status, 400)
    const stranger = (await Cart.open()) as Cart
    t.equal((await ask(location, { headers: { 'x-session-id': stranger.session } })).status, 404, 'I7')
    t.equal((await cart.read()).body.data.quantidade_total, 0, 'the cart is emptied')
    t.equal(
      (await ask('/api/pedidos', { method: 'POST', headers: { 'idempotency-key': randomUUID() }, body })).status,
      422,
      'an empty cart',
    )
  })
})

t.test('replication, as PostgreSQL and the operator see it', async t => {
  const rows = await sql('SELECT state, sync_state FROM pg_stat_replication ORDER BY application_name')
  t.strictSame(rows, [
    ['streaming', 'quorum'],
    ['streaming', 'quorum'],
  ])
  const { status } = await get('cluster', 'confeitaria-db')
  t.equal(status.readyInstances, 3)
  t.equal(status.instancesStatus.healthy.length, 3)
  const { items } = await get('pods', '-l', 'cnpg.io/cluster=confeitaria-db')
  t.equal(new Set(items.map(({ spec }: { spec: { nodeName: string } }) => spec.nodeName)).size, 3, 'each on a node of its own')
  t.match(await sql('SHOW synchronous_standby_names'), [[/^ANY 1 /]])
})

t.test('every pod passes the restricted standard, and no node has all pods of a service', async t => {
  t.equal(
    await warningsOf('label', '--dry-run=server', '--overwrite', 'namespace', NAMESPACE, RESTRICTED),
    '',
    'nobody would be turned away',
  )
  t.match(await get('namespace', NAMESPACE), { metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } } })
  for (const component of [...SERVICES, 'valkey']) {
    const { items } = await get('pods', '-l', `app.kubernetes.io/component=${component}`)
    const nodes = new Set(items.map(({ spec }: { spec: { nodeName: string } }) => spec.nodeName))
    t.equal(nodes.size, items.length, component)
  }
})

t.test('the API server knows every member of what the chart makes: nothing in it is refused or dropped', async t => {
  // helm's own --dry-run=server sends none of it.
  const folder = t.testdir({ 'manifest.yaml': await helm('get', 'manifest', 'confeitaria') })
  const dryRun = ['--server-side', '--dry-run=server', '--validate=strict', '--force-conflicts']
  t.notMatch(await warningsOf('-n', NAMESPACE, 'apply', ...dryRun, '-f', join(folder, 'manifest.yaml')), /unknown field/)
})

t.test('an upgrade that would delete the database is refused', async t => {
  const external = 'postgresql.enabled=false,postgresql.external.existingSecret=elsewhere'
  await t.rejects(helm('upgrade', 'confeitaria', CHART, '--reuse-values', '--dry-run=server', '--set', external), {
    message: /would delete it with its volumes/,
  })
})

t.test('helm test shops once', async t => {
  t.match(await helm('test', 'confeitaria', '--timeout', '3m'), /Phase:\s+Succeeded/)
  t.match(await kubectl('logs', 'confeitaria-test'), /^Order \d+: 1 ×/m)
})

t.test('a pod of each service goes, one after the other: no request fails', async t => {
  const work: Record<string, () => Promise<Answer[]>> = {
    catalog: async () => [await browse(), await ask(`/api/catalogo/produtos/${product}`)],
    cart: async () => {
      const cart = await Cart.open()
      return cart instanceof Cart ? [await cart.add(product), await cart.read()] : [cart]
    },
    orders: async () => (await order(product)).failures,
    storefront: async () => [await openPage()],
  }
  for (const service of SERVICES) {
    await t.test(service, async t => {
      const selector = `app.kubernetes.io/component=${service}`
      const { items } = await get('pods', '-l', selector)
      const { results } = await during(work[service]!, async () => {
        await kubectl('delete', 'pod', items[0].metadata.name, '--wait=true')
        await until(`${service} has its pods again`, async () => {
          const { status, spec } = await get('deployment', `confeitaria-${service}`)
          return status.readyReplicas === spec.replicas
        })
      })
      const failures = failed(results.flat())
      t.comment(`${results.length} rounds`)
      t.strictSame(inShort(failures), [], `${failures.length} failures`)
    })
  }
})

t.test('without a DNS server orders go on: what a name led to is remembered', async t => {
  const scale = (replicas: number) => kubectl('-n', 'kube-system', 'scale', 'deployment/coredns', `--replicas=${replicas}`)
  t.teardown(async () => {
    await scale(2)
    await kubectl('-n', 'kube-system', 'rollout', 'status', 'deployment/coredns', '--timeout=120s')
  })
  const { results } = await during(
    async () => (await order(product)).failures,
    async () => {
      await scale(0)
      await kubectl('-n', 'kube-system', 'wait', '--for=delete', 'pod', '-l', 'k8s-app=kube-dns', '--timeout=60s')
      // The heartbeats take other connections every 5 s: three times as long.
      await new Promise(resolve => setTimeout(resolve, 15_000))
    },
    { shoppers: 2, pauseMs: 200 },
  )
  t.strictSame(inShort(failed(results.flat())), [])
})

t.test("the ingress controller's pods are replaced: it is there for everyone, with its routes", async t => {
  const controller = (...args: string[]) => kubectl('-n', 'traefik', 'rollout', ...args, 'daemonset/traefik')
  const { results } = await during(
    () => ask('/api/catalogo/categorias', { headers: { connection: 'close' } }),
    async () => {
      await controller('restart')
      await controller('status', '--timeout=180s')
    },
    { shoppers: 24, pauseMs: 1 },
  )
  const others = results.filter(({ status }) => status !== 200)
  t.strictSame(inShort(others), [], `${others.length} of ${results.length}`)
})

t.test('the cart goes from one pod to three: no request fails, and all three get work', async t => {
  const scale = async (replicas: number) => {
    await kubectl('scale', 'deployment/confeitaria-cart', `--replicas=${replicas}`)
    await kubectl('rollout', 'status', 'deployment/confeitaria-cart', '--timeout=180s')
    await until(`${replicas} pods`, async () => (await get('pods', '-l', 'app.kubernetes.io/component=cart')).items.length === replicas)
  }
  t.teardown(() => scale(2))
  const { results } = await during(
    async () => {
      const cart = await Cart.open()
      return cart instanceof Cart ? [await cart.read()] : [cart]
    },
    async () => {
      await scale(1)
      await scale(3)
    },
  )
  t.strictSame(inShort(failed(results.flat())), [])
  const cart = (await Cart.open()) as Cart
  const served = async () => (await cart.read()).headers.get('x-served-by')!
  await until('all three answer', async () => new Set(await Promise.all(Array.from({ length: 9 }, served))).size === 3)
  const shares = new Map<string, number>()
  for (let sent = 0; sent < 300; sent += 10) {
    const answers = await Promise.all(Array.from({ length: 10 }, () => cart.read()))
    t.strictSame(inShort(failed(answers)), [])
    for (const { headers } of answers) {
      const pod = headers.get('x-served-by')!
      shares.set(pod, (shares.get(pod) ?? 0) + 1)
    }
  }
  t.comment(`requests by pod: ${[...shares.values()].join(', ')}`)
  t.equal(shares.size, 3)
  for (const share of shares.values()) t.ok(share > 50, 'a fair share of 300')
})

t.test('the primary of the database is deleted by force while orders come in: none that was acknowledged is lost', async t => {
  const stock = 10_000
  const id = await newProduct(stock)
  const was = await primaryOfDatabase()
  const successes: number[] = []
  const reads: Answer[] = []
  const { results } = await during(
    async () => {
      const result = await order(id, { patienceMs: 120_000 })
      if (result.order) successes.push(performance.now())
      reads.push(await browse(), await ask(`/api/catalogo/produtos/${id}`))
      return result
    },
    async () => {
      await kubectl('delete', 'pod', was, '--force', '--grace-period=0')
      const since = successes.length
      await until('another server is primary', async () => (await primaryOfDatabase()) !== was)
      await until('20 orders after it', async () => successes.length >= since + 20)
    },
    { shoppers: 4 },
  )
  t.comment(
    `${results.length} orders, the longest gap ${Math.round(longestGap(successes))} ms, ${results.flatMap(r => r.failures).length} refusals`,
  )
  const allowed = results.flatMap(({ failures }) => failures).filter(({ status, headers }) => status !== 503 || !headers.get('retry-after'))
  t.strictSame(inShort(allowed), [], 'a refusal is a 503 that says when to come back')
  t.strictSame(inShort(failed(reads)), [], `${reads.length} reads`)
  t.ok(
    results.every(result => result.order),
    'with patience every order came through',
  )
  await whole()
  await ordersStand(
    t,
    id,
    stock,
    results.flatMap(({ order }) => order ?? []),
  )
})

/** Carts that have not what was acknowledged, or more than may be in them. */
async function wrongIn(carts: Cart[]): Promise<string[]> {
  const read = await Promise.all(carts.map(async cart => ({ cart, answer: await cart.read() })))
  return read.flatMap(({ cart: { acknowledged, unknown }, answer: { status, body } }) => {
    const there = status === 200 ? body.data.quantidade_total : -1
    return there < acknowledged || there > acknowledged + unknown ? `${there} instead of ${acknowledged} (+ ${unknown})` : []
  })
}

t.test('the primary of the carts is deleted by force while carts are filled: no acknowledged line is lost', async t => {
  const was = (await primaryOfCarts())!
  const carts = (await Promise.all(Array.from({ length: 4 }, () => Cart.open()))) as Cart[]
  const full: Cart[] = []
  let turn = 0
  const successes: number[] = []
  const { results } = await during(
    async () => {
      let cart = carts[turn++ % carts.length]!
      // 99 of one product is the most that a line takes.
      if (cart.acknowledged + cart.unknown >= 90) {
        const fresh = await Cart.open()
        if (!(fresh instanceof Cart)) return fresh
        carts.push(fresh)
        carts[carts.indexOf(cart)] = fresh
        full.push(cart)
        cart = fresh
      }
      const answer = await cart.add(product)
      if (answer.status === 200) successes.push(performance.now())
      return answer
    },
    async () => {
      await kubectl('delete', 'pod', was, '--force', '--grace-period=0')
      const since = successes.length
      await until('the sentinels agree on a primary', primaryOfCarts)
      await until('20 changes after it', async () => successes.length >= since + 20)
    },
    { shoppers: 3 },
  )
  t.comment(`${results.length} changes, the longest gap ${Math.round(longestGap(successes))} ms, ${failed(results).length} refusals`)
  await whole()
  t.strictSame(await wrongIn([...new Set([...carts, ...full])]), [], 'I8')
})

t.test('the primary of the carts is asked to go: it hands over to another', async t => {
  const was = (await primaryOfCarts())!
  const carts: Cart[] = []
  const { results } = await during(
    async () => {
      const cart = await Cart.open()
      if (!(cart instanceof Cart)) return cart
      carts.push(cart)
      return cart.add(product)
    },
    async () => {
      await kubectl('delete', 'pod', was)
      t.not(await until('the sentinels agree on a primary', primaryOfCarts), was)
    },
  )
  t.comment(`${results.length} changes, ${failed(results).length} refusals: ${inShort(failed(results))}`)
  await whole()
  t.strictSame(await wrongIn(carts), [], 'I8')
})

t.test('an upgrade and a rollback: no request fails', async t => {
  const shop = async () => {
    const { failures } = await order(product)
    return [...failures, await browse(), await openPage()]
  }
  const replaced = async (change: () => Promise<unknown>) => {
    const { results } = await during(shop, async () => {
      await change()
      await whole()
    })
    const failures = failed(results.flat())
    t.comment(`${results.length} rounds`)
    t.strictSame(inShort(failures), [], `${failures.length} failures`)
  }
  const pods = async () =>
    (await get('pods', '-l', `app.kubernetes.io/name=confeitaria,app.kubernetes.io/component in (${[...SERVICES, 'valkey'].join()})`)).items
      .filter(({ metadata }: { metadata: { deletionTimestamp?: string } }) => !metadata.deletionTimestamp)
      .map(({ metadata }: { metadata: { uid: string } }) => metadata.uid)
  const before = new Set(await pods())
  await t.test('upgrade', async () => {
    const level = SERVICES.map(service => `${service}.env.LOG_LEVEL=warn`).join()
    await replaced(() =>
      helm('upgrade', 'confeitaria', CHART, '--reuse-values', '--force-conflicts', '--set', level, '--wait', '--timeout', '10m'),
    )
    t.equal((await pods()).filter((uid: string) => before.has(uid)).length, 3, 'every pod of the services is another; those of Valkey stay')
  })
  await t.test('rollback', () => replaced(() => helm('rollback', 'confeitaria', '--force-conflicts', '--wait', '--timeout', '10m')))
  t.equal(Buffer.from((await get('secret', 'confeitaria-admin')).data.token, 'base64').toString(), token, 'the token is kept')
})

t.test('a sentinel that takes much of a core is started anew, and knows what it knew', async t => {
  const pod = (await primaryOfCarts())!
  const restarts = async () => {
    const { status } = await get('pod', pod)
    return status.containerStatuses.find(({ name }: { name: string }) => name === 'sentinel').restartCount as number
  }
  await until('it is at rest', () =>
    kubectl('exec', pod, '-c', 'sentinel', '--', 'sh', '/configuration/sentinel-alive.sh').then(() => true),
  )
  const before = await restarts()
  // It spins over nothing in earnest (decision 7); here it has a question after the other to answer. They end with the container.
  const questions = kubectl('exec', pod, '-c', 'sentinel', '--', 'sh', '-c', 'valkey-cli -p 26379 -r -1 ping >/dev/null').catch(() => {})
  t.equal(await until('it is started anew', async () => (await restarts()) > before && restarts()), before + 1)
  await questions
  t.equal(await until('the sentinels agree on a primary', primaryOfCarts), pod)
  await whole()
})

t.test('every expression of dashboards and alerts', async t => {
  const concrete = (expression: string) => expression.replaceAll('$namespace', NAMESPACE).replaceAll('$__rate_interval', '1m')
  const folder = join(CHART, 'files/dashboards')
  for (const file of readdirSync(folder)) {
    for (const { title, targets } of JSON.parse(readFileSync(join(folder, file), 'utf8')).panels) {
      for (const { expr } of targets) t.ok((await query(concrete(expr))).length, `${file}, ${title}: ${expr}`)
    }
  }
  // The shop's own are among them, by a link.
  const rules = join(REPOSITORY, 'k8s/monitoring/rules')
  const files = readdirSync(rules).map(file => join(rules, file))
  for (const { alert, expr } of files.flatMap(file => parse(readFileSync(file, 'utf8')).groups).flatMap(({ rules }) => rules)) {
    await t.resolves(query(expr), alert)
    // Most alerts are empty, as they should be; what they look at must not be.
    const selectors = [...expr.matchAll(/\b((?:up|[a-z]+_[a-z0-9_]+_[a-z0-9]+|cart_redis_up)\b(?:\{[^}]*\})?)(?!\s*\()/g)].map(
      ([, selector]) => selector,
    )
    t.ok(selectors.length, `${alert} looks at something`)
    // Volumes of kind are folders of its nodes, which no kubelet measures; and the plugin that keeps backups is not there.
    for (const selector of selectors.filter(selector => !/^(kubelet_volume_stats|barman_cloud)_/.test(selector))) {
      t.ok((await query(`count(${selector.replace(/,? *status=~"5\.\."/, '')})`)).length, `${alert}: ${selector}`)
    }
  }
})

t.test('the cluster is known to be whole, and is not made anew, when the cache was cleared', async t => {
  const known = 'XDG_CACHE_HOME=$1 CLUSTER=$2; source "$3/k8s/environment.sh"; source "$K8S_DIR/kind/cluster.sh"; cluster_is_whole'
  await t.resolves(run('bash', ['-c', known, '-', t.testdir(), CLUSTER, REPOSITORY]))
})
