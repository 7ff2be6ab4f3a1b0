import { promises as dns, type LookupAddress } from 'node:dns'
import { type LookupFunction, Socket } from 'node:net'

const known = new Map<string, LookupAddress[]>()
const asked = new Map<string, Promise<LookupAddress[]>>()

/** One question for each name at a time: each takes a thread of few, for as long as nobody answers it. */
function ask(name: string): Promise<LookupAddress[]> {
  const running = asked.get(name)
  if (running) return running
  const question = dns.lookup(name, { all: true }).finally(() => asked.delete(name))
  asked.set(name, question)
  question.then(
    addresses => known.set(name, addresses),
    () => {},
  )
  return question
}

/**
 * Where a name leads, as dns.lookup says, but what was found once is answered at once and asked again for the next time: the addresses of
 * Services stay, and a DNS server that is away must not keep anybody from them.
 */
export const lookup: LookupFunction = (name, options, callback) => {
  const question = ask(name)
  Promise.resolve(known.get(name) ?? question).then(
    addresses => (options.all ? callback(null, addresses) : callback(null, addresses[0]!.address, addresses[0]!.family)),
    error => callback(error, []),
  )
}

/** A socket for the option `stream` of pg, which has none for `lookup`. */
export function socketThatRemembers(): Socket {
  const socket = new Socket()
  const connect = socket.connect.bind(socket) as (where: unknown) => Socket
  // By port and host, or by the path of a Unix socket.
  socket.connect = ((where: number | string, host?: string) =>
    connect(host === undefined ? where : { port: Number(where), host, lookup })) as typeof socket.connect
  return socket
}
