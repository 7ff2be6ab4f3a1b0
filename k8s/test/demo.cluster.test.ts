// The demonstration on the running cluster, as fast as the shop itself allows.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import t, { type Test } from 'tap'
import { CARTS, SCENES } from '../demo/scenes.ts'
import { get, REPOSITORY, whole } from './cluster.ts'

t.setTimeout(10 * 60_000)
const carts = async (): Promise<number> => (await get('deployment', 'confeitaria-cart')).spec.replicas
const sentence = (text: string) => text.replace(/\s+/g, ' ')

/** @param interruptAfter what the terminal shows before Ctrl-C */
async function demonstrate(t: Test, interruptAfter?: string): Promise<{ code: number; output: string }> {
  await whole()
  const before = await carts()
  t.not(before, CARTS, 'the cart has another size before: `kubectl scale` it to what the chart says')
  // A group of its own, as a terminal gives it: Ctrl-C goes to all of it.
  const demo = spawn('make', ['demo', 'AUTO=20'], { cwd: REPOSITORY, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  let output = ''
  let isInterrupted = false
  for (const stream of [demo.stdout, demo.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
      if (isInterrupted || !interruptAfter || !output.includes(interruptAfter)) return
      isInterrupted = true
      process.kill(-demo.pid!, 'SIGINT')
    })
  }
  const [code] = await once(demo, 'close')
  t.equal(await carts(), before, 'the cart has its size') || t.comment(output)
  return { code, output: sentence(output) }
}

t.test('the demonstration plays to its end', async t => {
  const { code, output } = await demonstrate(t)
  t.equal(code, 0) || t.comment(output)
  for (const { says } of SCENES.flatMap(({ steps }) => steps)) t.ok(output.includes(says.pt), says.pt)
})

t.test('interrupted while the cart grows, it leaves the cart as it was', async t => {
  const { code, output } = await demonstrate(t, 'confeitaria-cart scaled')
  t.not(code, 0)
  t.match(output, 'Interrompida')
})
