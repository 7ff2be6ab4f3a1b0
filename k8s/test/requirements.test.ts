// What this machine lacks for a cluster is said in a sentence, before anything is made.
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import t from 'tap'

const K8S = join(import.meta.dirname, '..')

function requirement(command: string, env: Record<string, string> = {}) {
  const program = `source "$0/environment.sh"; source "$0/kind/requirements.sh"; ${command}`
  return spawnSync('bash', ['-c', program, K8S], { env: { ...process.env, ...env }, encoding: 'utf8' })
}

t.test('too little memory', async t => {
  const { status, stderr } = requirement('MEMORY_GIB=1000000; require_memory')
  t.not(status, 0)
  t.match(stderr, /has \d+ GiB of memory to spare and the cluster needs 1000000: end something/)
  t.equal(requirement('MEMORY_GIB=0; require_memory').status, 0)
})

t.test('a port that is taken: another one that is free is offered', async t => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  const { status, stderr } = requirement('require_port', { HTTP_PORT: String(port) })
  t.not(status, 0)
  const [, other] = new RegExp(`Port ${port} is taken .* HTTP_PORT=(\\d+)\\.`).exec(stderr) ?? []
  t.equal(requirement('require_port', { HTTP_PORT: other ?? '' }).status, 0, stderr)
})

t.test('a port that is none', async t => {
  for (const HTTP_PORT of ['abc', '0', '65536', '-1', '080']) {
    const { status, stderr } = requirement('require_port', { HTTP_PORT })
    t.not(status, 0)
    t.match(stderr, `HTTP_PORT=${HTTP_PORT}: give a port from 1 to 65535.`)
  }
})
