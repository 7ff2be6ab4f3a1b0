/**
 * Stops PostgreSQL's primary for real and loses nothing (`make demo-failover`). It uses the shop that runs; when none does, it
 * starts one of its own in a temporary folder, on free ports, and removes it at the end.
 */
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { Client } from 'undici'
import { currentRun, dataFolder } from './data-folder.ts'
import { exited, freePorts, running, Sentence, until } from './process.ts'

interface Order {
  id: number
  itens: { produto_id: number }[]
  total: number
}
interface Answer {
  status: number
  headers: Headers
  body: { data: never; type?: string }
}

function expect(condition: unknown, what: string): asserts condition {
  if (!condition) throw new Sentence(`FAILED: ${what}`)
}

let stepStarted = performance.now()
function done(line: string) {
  console.log(`${`${((performance.now() - stepStarted) / 1000).toFixed(2)} s`.padStart(8)}  ${line}`)
  stepStarted = performance.now()
}

async function ownShop(): Promise<{ folder: string; end: () => Promise<void> }> {
  console.log('No shop runs: starting one in a temporary folder for this demonstration.')
  const XDG_DATA_HOME = mkdtempSync(join(tmpdir(), 'confeitaria-demo-'))
  const env = { ...process.env, XDG_DATA_HOME, ...(await freePorts()) }
  const child = spawn(process.execPath, [fileURLToPath(new URL('start.ts', import.meta.url))], { env, detached: true, stdio: 'inherit' })
  const folder = dataFolder(env)
  const end = async () => {
    if (running(child)) {
      child.kill('SIGTERM')
      await exited(child)
    }
    await rm(XDG_DATA_HOME, { recursive: true, force: true })
  }
  try {
    await until(() => currentRun(folder)?.open, 'The shop', { child, ms: 120_000 })
  } catch (error) {
    await end()
    throw error
  }
  return { folder, end }
}

async function demonstrate(folder: string): Promise<void> {
  const { gateway } = currentRun(folder)!
  process.chdir(folder) // the control socket's whole path may be too long for a socket
  const supervisor = new Client('http://supervisor', { socketPath: 'control', headersTimeout: 60_000 })
  const control = async (method: 'GET' | 'POST', path: string) => {
    const { statusCode, body } = await supervisor.request({ method, path })
    const answer = (await body.json()) as { primary: string; replica: string; replication: Record<string, string>[]; detail?: string }
    expect(statusCode === 200, answer.detail ?? `${path} answered ${statusCode}`)
    return answer
  }
  const call = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> => {
    const answer = await fetch(gateway + path, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(15_000),
    })
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Answer['body'] }
  }
  /** As any client: what is refused for now is asked again. */
  const answering = async (status: number, attempt: () => Promise<Answer>, what: string): Promise<Answer> => {
    const once = async () => {
      const answer = await attempt()
      return answer.status === status && answer
    }
    return (await until(once, what, { ms: 15_000 })) as Answer
  }
  const filledCart = async (): Promise<string> => {
    const session = await answering(201, () => call('POST', '/api/carrinho/sessao'), 'A session')
    const { session_id }: { session_id: string } = session.body.data
    const products: { id: number; estoque: number }[] = (await call('GET', '/api/catalogo/produtos')).body.data
    const product = products.find(({ estoque }) => estoque > 0)
    expect(product, 'no product is in stock')
    const line = { produto_id: product.id, quantidade: 1 }
    await answering(200, () => call('POST', `/api/carrinho/${session_id}/adicionar`, line), 'A cart with a product in it')
    return session_id
  }
  const order = (session_id: string, key: string) =>
    call('POST', '/api/pedidos', { session_id, cliente: { nome: 'Ana Sousa', email: 'ana@example.org' } }, { 'idempotency-key': key })
  const read = (session: string, id: number) => call('GET', `/api/pedidos/${id}`, undefined, { 'x-session-id': session })

  let whole = true
  try {
    stepStarted = performance.now()
    const before = await control('GET', '/')
    done(`primary ${before.primary}, replica ${before.replica}`)

    const [session, key] = [await filledCart(), randomUUID()]
    const placed = await answering(201, () => order(session, key), 'An order')
    const bought: Order = placed.body.data
    done(`order ${bought.id} placed: R$ ${bought.total.toFixed(2)}`)
    const waiting = await filledCart()

    whole = false
    await control('POST', '/kill-primary')
    done(`${before.primary} killed (SIGKILL to all its processes)`)

    for (let i = 0; i < 20; i++) {
      const { status } = await call('GET', `/api/catalogo/produtos/${bought.itens[0]!.produto_id}`)
      expect(status === 200, `a product answered ${status} with the primary away`)
    }
    done('20 of 20 reads of a product answered 200 from the replica')

    const [refusedSession, refusedKey] = [waiting, randomUUID()]
    const refused = await order(refusedSession, refusedKey)
    const retryAfter = refused.headers.get('retry-after')
    expect(refused.status === 503 && retryAfter, `an order with the primary away answered ${refused.status}, Retry-After ${retryAfter}`)
    done(`an order answers 503, Retry-After: ${retryAfter}`)

    const after = await control('POST', '/promote')
    done(`${after.primary} promoted`)

    const found = await answering(200, () => read(session, bought.id), 'The order made before')
    expect(isDeepStrictEqual(found.body.data, bought), 'the order made before reads differently')
    done(`order ${bought.id} is still there, unchanged`)
    const alone = await order(refusedSession, refusedKey)
    expect(alone.status === 503, `an order that ${after.primary} alone would have answered ${alone.status}`)
    done(`an order that ${after.primary} alone would have is not acknowledged: 503`)

    await control('POST', '/rebuild')
    const { replication } = await control('GET', '/')
    whole = true
    done(`${after.replica} made anew as the replica of ${after.primary}; pg_stat_replication:`)
    console.table(replication)
    const retried = await answering(201, () => order(refusedSession, refusedKey), 'A new order')
    done(`the order that was refused is placed on retry, once: ${(retried.body.data as Order).id}`)
    const replay = await answering(201, () => order(session, key), 'The first order, sent again')
    expect(replay.headers.get('idempotent-replayed') === 'true', 'the same key did not replay the first answer')
    expect(isDeepStrictEqual(replay.body.data, bought), 'the same key answered another order')
    done('the first one, sent again under its key, is answered and not placed twice')
  } finally {
    if (!whole && currentRun(folder)) await control('POST', '/heal')
    await supervisor.close()
  }
}

try {
  const own = currentRun(dataFolder()) ? undefined : await ownShop()
  await demonstrate(own?.folder ?? dataFolder()).finally(() => own?.end())
} catch (error) {
  console.error(error instanceof Sentence ? error.message : error)
  process.exitCode = 1
}
