import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import t from 'tap'
import { command, ownEnvironment } from './run.ts'

t.test('with no shop running, the demonstration starts one of its own and leaves nothing', async t => {
  const env = await ownEnvironment(t)
  const TMPDIR = env.XDG_DATA_HOME!
  t.not(TMPDIR, tmpdir())
  const { code, output } = await command(t, 'demo-failover.ts', { ...env, TMPDIR }).closed
  t.equal(code, 0, output)
  t.match(output, /No shop runs: starting one(.|\n)+an order answers 503, Retry-After: \d+(.|\n)+is still there, unchanged/)
  t.match(output, /postgres-b alone would have is not acknowledged: 503(.|\n)+placed on retry, once/)
  t.same(readdirSync(TMPDIR), [])
})
