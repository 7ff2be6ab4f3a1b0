import { existsSync, mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname } from 'node:path'
import t, { type Test } from 'tap'
import { dataFolder, prepare } from '../data-folder.ts'
import { command, ownEnvironment } from './run.ts'

async function refused(t: Test, env: NodeJS.ProcessEnv, sentence: RegExp, ...nodeOptions: string[]) {
  const { code, output } = await command(t, 'start.ts', env, ...nodeOptions).closed
  t.equal(code, 1)
  t.match(output, sentence)
  t.notMatch(output, /\n +at /, 'no stack')
  t.notOk(existsSync(`${dataFolder(env)}/run.json`), 'nothing that would hinder the next start')
}

/** An option of Node for a program that changes what start.ts finds. */
const before = (program: string) => `--import=data:text/javascript,${encodeURIComponent(program)}`

t.test('a taken port: which, by whom, and what to set', async t => {
  const env = await ownEnvironment(t)
  const other = createServer().listen(Number(env.ORDERS_PORT), '127.0.0.1')
  t.teardown(() => other.close())
  const sentence = `Port ${env.ORDERS_PORT} is taken by \\S+ \\(process ${process.pid}\\): stop it, or set ORDERS_PORT to a free port`
  await refused(t, env, new RegExp(sentence))
})

t.test('a taken port on a machine without IPv6', async t => {
  const env = await ownEnvironment(t)
  const other = createServer().listen(Number(env.ORDERS_PORT), '127.0.0.1')
  t.teardown(() => other.close())
  const withoutIPv6 = before(`
    import fs from 'node:fs'
    import { syncBuiltinESMExports } from 'node:module'
    for (const name of ['existsSync', 'readFileSync']) {
      const original = fs[name]
      fs[name] = (path, ...rest) => original(path === '/proc/net/tcp6' ? '/proc/nothing' : path, ...rest)
    }
    syncBuiltinESMExports()`)
  await refused(t, env, new RegExp(`Port ${env.ORDERS_PORT} is taken by \\S+ \\(process ${process.pid}\\)`), withoutIPv6)
})

/** Where the system lets nobody listen on the port, and says so with a code. */
const closed = (port: string | undefined, code: string) =>
  before(`
    import net from 'node:net'
    const { listen } = net.Server.prototype
    net.Server.prototype.listen = function (options, ...rest) {
      if (options.port !== ${port}) return listen.call(this, options, ...rest)
      process.nextTick(() => this.emit('error', Object.assign(new Error('listen ${code}'), { code: '${code}' })))
    }`)

t.test('a port that only root may take', async t => {
  const env = await ownEnvironment(t)
  const sentence = `Port ${env.GATEWAY_PORT} is not for this user to take: set GATEWAY_PORT to one from 1024 on.`
  await refused(t, env, new RegExp(sentence), closed(env.GATEWAY_PORT, 'EACCES'))
})

t.test('an address that this machine does not have', async t => {
  const env = await ownEnvironment(t)
  const sentence = (host: string, code: string) => new RegExp(`HOST=${host} is no address of this machine \\(${code}\\): set it to one`)
  await refused(t, { ...env, HOST: '192.0.2.1' }, sentence('192.0.2.1', 'EADDRNOTAVAIL'))
  for (const code of ['EAFNOSUPPORT', 'ENOTFOUND'])
    await refused(t, { ...env, HOST: '::1' }, sentence('::1', code), closed(env.GATEWAY_PORT, code))
})

t.test('one port given twice', async t => {
  const env = await ownEnvironment(t)
  await refused(t, { ...env, REDIS_PORT: env.CART_PORT }, /CART_PORT and REDIS_PORT are both \d+: give each its own/)
})

t.test('a port that is none', async t => {
  const env = await ownEnvironment(t)
  await refused(t, { ...env, GATEWAY_PORT: '8o8o' }, /GATEWAY_PORT="8o8o".*expected TCP port/)
})

t.test('an admin token that is too short is refused and not shown', async t => {
  const env = await ownEnvironment(t)
  const run = command(t, 'start.ts', { ...env, ADMIN_TOKEN: 'brigadeiro' })
  const { code, output } = await run.closed
  t.equal(code, 1)
  t.match(output, /ADMIN_TOKEN.*16 to 200 printable/)
  t.notMatch(output, /brigadeiro/)
})

t.test('a data folder that cannot be written', async t => {
  const env = await ownEnvironment(t)
  await refused(t, { ...env, XDG_DATA_HOME: '/sys' }, /The data folder \/sys\/confeitaria cannot be written \(E\w+\): set XDG_DATA_HOME/)
})

t.test('too little space on the disk', async t => {
  const folder = dataFolder(await ownEnvironment(t))
  t.doesNotThrow(() => prepare(folder, 1))
  t.throws(() => prepare(folder, 2 ** 60), /has \d+ MiB left and the shop needs \d+ MiB: free some space, or set XDG_DATA_HOME/)
})

t.test('neither Redis nor Valkey in PATH', async t => {
  const env = await ownEnvironment(t)
  await refused(t, { ...env, PATH: '/nowhere' }, /Neither valkey-server nor redis-server is in PATH: run make install/)
})

t.test('a machine for which there is no PostgreSQL', async t => {
  const env = await ownEnvironment(t)
  const arm = before("Object.defineProperty(process, 'arch', { value: 'arm64' })")
  await refused(t, env, /for Linux on x64 and this is linux on arm64: use the cluster/, arm)
})

t.test('reset leaves alone what is not the shop’s', async t => {
  const env = await ownEnvironment(t)
  const folder = dataFolder(env)
  const nothing = await command(t, 'reset.ts', env).closed
  t.match(nothing, { code: 0, output: /nothing to remove/ })
  for (const name of ['postgres-a', 'photos']) mkdirSync(`${folder}/${name}`, { recursive: true })
  const some = await command(t, 'reset.ts', env).closed
  t.match(some, { code: 0, output: /removed .*postgres-a \(0\.0 MiB\)/ })
  t.notOk(existsSync(`${folder}/postgres-a`))
  t.ok(existsSync(`${folder}/photos`))
  t.ok(existsSync(dirname(folder)))
})
