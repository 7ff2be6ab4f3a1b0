/** How many answers a second each route gives, against bare Fastify giving the same bytes. */
import { writeFile } from 'node:fs/promises'
import { request } from 'undici'
import type { Answer } from './bare.ts'
import { LOAD_CORE, pin, SERVER_CORE } from './cores.ts'
import { type Load, load, type Round } from './load.ts'
import { type Measure, measure } from './report.ts'
import type { Running, Shop } from './shop.ts'

const CONNECTIONS = 32
const SECONDS = 3
const P99_AT_MOST = 3
/** Each connection of itself; of these none means anything in a fixed answer. */
const NOT_COPIED = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding'])

export interface Row {
  name: string
  service: Running
  /** Its pattern, as Fastify writes it. */
  route: string
  load: Load
  /** What bare Fastify answers, if not the same bytes as the route. */
  instead?: Load
  /** Of bare Fastify's answers. */
  atLeast?: number
  /** Whether Node's own HTTP server is measured beside. */
  withHttp?: boolean
}

/** All sides of one row in turn, round after round, so that what disturbs the machine disturbs them alike. */
export async function measureRow(
  shop: Shop,
  { name, service, route, load: asked, instead = asked, atLeast, withHttp = false }: Row,
  rounds: number,
): Promise<Measure[]> {
  const file = `${shop.folder}/answer.json`
  const answer = await answerOf(service, instead, route)
  await writeFile(file, JSON.stringify(answer))
  const bare = (kind: 'fastify' | 'http') =>
    shop.start(`bare ${kind}`, { path: 'standalone/bench/bare.ts', words: [kind, 'PORT', file], probe: asked.requests[0]!.path })
  const sides: { who: string; server: Running; rounds: Round[] }[] = [
    ...(withHttp ? [{ who: 'node:http', server: await bare('http'), rounds: [] }] : []),
    { who: 'bare Fastify', server: await bare('fastify'), rounds: [] },
    { who: 'the route', server: service, rounds: [] },
  ]
  await pin(
    sides.map(({ server }) => server.child.pid),
    SERVER_CORE,
  )
  // One round more: the first warms up.
  for (let round = 0; round <= rounds; round++) {
    for (const side of sides) {
      const result = await load(side.server, asked, { seconds: round ? SECONDS : 2, connections: CONNECTIONS, folder: shop.folder })
      if (round) side.rounds.push(result)
      await shop.forgetLogs()
    }
  }
  for (const { server } of sides) await (server === service ? pin([service.child.pid], LOAD_CORE) : shop.stop(server))

  const [reference, own] = [sides.at(-2)!.rounds, sides.at(-1)!.rounds]
  const ratios = (of: (round: Round) => number) => own.map((round, i) => of(round) / of(reference[i]!))
  return [
    ...sides.map(({ who, rounds }) =>
      measure(
        `${name}: ${who}`,
        'answers/s',
        rounds.map(({ perSecond }) => perSecond),
      ),
    ),
    ...sides.slice(-2).map(({ who, rounds }) =>
      measure(
        `${name}: ${who}, time on a core`,
        'µs',
        rounds.map(({ cpuUs }) => cpuUs),
      ),
    ),
    measure(
      `${name}: of bare Fastify`,
      '×',
      ratios(({ perSecond }) => perSecond),
      atLeast === undefined ? undefined : { atLeast },
    ),
    measure(
      `${name}: p99 of bare Fastify’s`,
      '×',
      ratios(({ p99 }) => p99),
      { atMost: P99_AT_MOST },
    ),
  ]
}

/** What the route answers to the first request, to the byte. */
async function answerOf({ origin }: Running, { requests: [first], headers }: Load, route: string): Promise<Answer> {
  const { method = 'GET', path, body } = first!
  const answer = await request(origin + path, {
    method: method as 'GET',
    ...(headers && { headers }),
    body: body === undefined ? null : JSON.stringify(body),
  })
  const own = Object.entries(answer.headers).filter((entry): entry is [string, string] => !NOT_COPIED.has(entry[0]))
  return {
    method,
    route,
    status: answer.statusCode,
    headers: Object.fromEntries(own),
    body: Buffer.from(await answer.body.arrayBuffer()).toString('base64'),
  }
}
