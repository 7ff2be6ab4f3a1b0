import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { CHART } from './rendering.ts'

t.test('helm test waits for the shop to be well before it shops, and says so', async t => {
  const asked: string[] = []
  const shop = createServer(({ url }, reply) => {
    asked.push(url!)
    reply.writeHead(url === '/health' && asked.length > 1 ? 200 : 503).end()
  }).listen(0, '127.0.0.1')
  await once(shop, 'listening')
  t.teardown(() => shop.close())
  const env = { STOREFRONT_URL: `http://127.0.0.1:${(shop.address() as AddressInfo).port}` }
  const [code, output, errors] = await new Promise<[unknown, string, string]>(done =>
    execFile(process.execPath, [join(CHART, 'files/shop-once.mjs')], { env }, (error, ...said) => done([error?.code, ...said])),
  )
  t.strictSame(asked, ['/health', '/health', '/health', '/'])
  t.match(output, /^waiting for the shop to be well: 503\nthe shop is well: 200$/m)
  t.match(errors, /^the shop window: GET .* answered 503 instead of 200/)
  t.equal(code, 1)
})
