import net from 'node:net'

/** What happens to a connection once a client has sent the statement that is watched for. */
export type Cut =
  /** The statement reaches the server, its answer reaches nobody. */
  | 'answer'
  /** The statement itself is lost. */
  | 'statement'

/**
 * A TCP proxy in front of a real PostgreSQL that breaks the connection at one chosen moment, as a network does.
 * `cutNext` arms it for the next statement whose text contains `text`, and resolves when the server's part of it is over.
 */
export async function startProxy(port: number) {
  let armed: { text: string; cut: Cut; done: () => void } | undefined
  const sockets = new Set<net.Socket>()
  const server = net.createServer(client => {
    const upstream = net.connect({ port, host: '127.0.0.1' })
    let cut: typeof armed
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {}) // the other end is told by 'close'
      socket.on('close', () => sockets.delete(socket))
    }
    client.on('data', bytes => {
      if (armed && bytes.includes(armed.text)) {
        cut = armed
        armed = undefined
        if (cut.cut === 'statement') {
          upstream.destroy()
          client.destroy()
          return cut.done()
        }
      }
      upstream.write(bytes)
    })
    upstream.on('data', bytes => {
      if (!cut) return void client.write(bytes)
      client.destroy()
      upstream.destroy()
      cut.done()
    })
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as net.AddressInfo).port,
    cutNext: (text: string, cut: Cut) => new Promise<void>(done => (armed = { text, cut, done })),
    close: () =>
      new Promise<void>(resolve => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}
