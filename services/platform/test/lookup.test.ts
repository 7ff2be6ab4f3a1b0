// That a name goes on leading somewhere without a DNS server is shown on a cluster: k8s/test/shop.cluster.test.ts.
import { once } from 'node:events'
import net from 'node:net'
import t from 'tap'
import { lookup, socketThatRemembers } from '../lookup.ts'

const find = (name: string, options: { all?: boolean }) =>
  new Promise<unknown[]>((resolve, reject) => lookup(name, options, (error, ...found) => (error ? reject(error) : resolve(found))))

t.test('a name: all of its addresses, or one, the first time and from memory', async t => {
  for (let time = 0; time < 2; time++) {
    const [[all], one] = await Promise.all([find('localhost', { all: true }), find('localhost', {})])
    t.match(all, [{ address: /^(127.0.0.1|::1)$/, family: Number }])
    const [{ address, family }] = all as [{ address: string; family: number }]
    t.strictSame(one, [address, family])
  }
})

t.test('a name that nobody knows is an error each time', async t => {
  for (let time = 0; time < 2; time++) await t.rejects(find('nobody.invalid', {}), { code: /^(ENOTFOUND|EAI_AGAIN)$/ })
})

t.test('a socket connects by a name', async t => {
  const server = net.createServer().listen(0, 'localhost')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const socket = socketThatRemembers()
  t.teardown(() => socket.destroy())
  socket.connect((server.address() as net.AddressInfo).port, 'localhost')
  await once(socket, 'connect')
})
