// What this machine lacks for a cluster is said in a sentence, before anything is made.
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import t, { type Test } from 'tap'
import { bash } from './bash.ts'

const requirement = (t: Test, command: string, env: NodeJS.ProcessEnv = {}, commands: Record<string, string> = {}) =>
  bash(t, `source k8s/environment.sh; source k8s/kind/requirements.sh; ${command}`, commands, env)

t.test('too little memory', async t => {
  const { status, stderr } = requirement(t, 'MEMORY_GIB=1000000; require_memory')
  t.not(status, 0)
  t.match(stderr, /has \d+ GiB of memory to spare and the cluster needs 1000000: end something/)
  t.equal(requirement(t, 'MEMORY_GIB=0; require_memory').status, 0)
})

t.test('too few files that may be watched: root changes it, others are told how', async t => {
  const limited = (user: number, instances: number) => {
    const cat = `case $1 in *instances) echo ${instances} ;; *watches) echo 65536 ;; *) exec /bin/cat "$@" ;; esac`
    return requirement(t, 'require_inotify', {}, { cat, id: `echo ${user}`, sysctl: 'echo "$@"' })
  }
  t.equal(limited(0, 128).stdout, '-qw fs.inotify.max_user_instances=512 fs.inotify.max_user_watches=524288\n')
  t.equal(limited(0, 512).stdout, '-qw fs.inotify.max_user_watches=524288\n')
  const { status, stderr } = limited(1000, 512)
  t.not(status, 0)
  t.match(stderr, /: sudo sysctl -w fs\.inotify\.max_user_watches=524288$/m)
})

t.test('a port that is taken: another one that is free is offered', async t => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  const { status, stderr } = requirement(t, 'require_port', { HTTP_PORT: String(port) })
  t.not(status, 0)
  const [, other] = new RegExp(`Port ${port} is taken .* HTTP_PORT=(\\d+)\\.`).exec(stderr) ?? []
  t.equal(requirement(t, 'require_port', { HTTP_PORT: other ?? '' }).status, 0, stderr)
})

t.test('a port that is none', async t => {
  for (const HTTP_PORT of ['abc', '0', '65536', '-1', '080']) {
    const { status, stderr } = requirement(t, 'require_port', { HTTP_PORT })
    t.not(status, 0)
    t.match(stderr, `HTTP_PORT=${HTTP_PORT}: give a port from 1 to 65535.`)
  }
})
