import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { until } from '@confeitaria/standalone/process'
import cookie from '@fastify/cookie'
import Fastify from 'fastify'
import t from 'tap'
import { Assets } from '../assets.ts'
import { raw } from '../html.ts'
import { Site } from '../site.ts'

const MIB = 1024 * 1024
setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc')

/** Where bodies lie. */
function bufferBytes() {
  collectGarbage()
  return process.memoryUsage().arrayBuffers
}

t.test('many large pages, each with many counts of a cart, stay within the memory that is set aside for them', async t => {
  const site = new Site(await Assets.load(fileURLToPath(new URL('../public', import.meta.url))), { fresh: () => undefined })
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(cookie)
  app.get<{ Params: { name: string } }>('/:name', (request, reply) =>
    site.sendShared(request, reply, request.params.name, [], () => ({ title: 'x', here: '/', main: raw('x'.repeat(MIB / 8)) })),
  )
  const before = bufferBytes()
  for (let page = 0; page < 40; page++)
    for (let itens = 1; itens <= 20; itens++) await app.inject({ url: `/${page}`, cookies: { itens: String(itens) } })
  // Of 100 MiB. What was collected is given back a little later.
  await until(() => bufferBytes() - before < 48 * MIB, 'The memory of what is not kept', { ms: 5_000 })
  t.ok(bufferBytes() - before > 16 * MIB, 'and the rest is kept')
})
