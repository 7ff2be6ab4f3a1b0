import { execFile } from 'node:child_process'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { until as ask } from '../../loadtests/lab/waiting.ts'

const execute = promisify(execFile)
export const REPOSITORY = join(import.meta.dirname, '../..')
const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'confeitaria')
export const CLUSTER = process.env.CLUSTER || 'confeitaria'
const KUBECONFIG = join(CACHE, `kubeconfig-${CLUSTER}`)
export const NAMESPACE = 'confeitaria'

/** Runs a program with the cluster's tools and kubeconfig. @throws Error with what it wrote, when it fails */
export async function run(program: string, args: string[]): Promise<{ stdout: string; stderr: string }> {
  const env = { ...process.env, KUBECONFIG, PATH: `${join(CACHE, 'tools')}:${process.env.PATH}` }
  return execute(program, args, { env, maxBuffer: 64 * 1024 * 1024 }).catch(error => {
    throw new Error(`${program} ${args.join(' ')}: ${error.stderr || error.message}`)
  })
}

export const kubectl = async (...args: string[]) => (await run('kubectl', ['-n', NAMESPACE, ...args])).stdout.trim()
export const helm = async (...args: string[]) => (await run('helm', ['-n', NAMESPACE, ...args])).stdout.trim()
/** What the API server has to say against it, beside doing it. */
export const warningsOf = async (...args: string[]) => (await run('kubectl', args)).stderr.trim()

// biome-ignore lint/suspicious/noExplicitAny: the API's objects, of every kind
export const get = async (...args: string[]): Promise<any> => JSON.parse(await kubectl('get', ...args, '-o', 'json'))

/** Where a node port of the control plane is on this machine. */
async function origin(nodePort: number): Promise<string> {
  const { stdout } = await run('docker', ['port', `${CLUSTER}-control-plane`, `${nodePort}/tcp`])
  return `http://${stdout.trim().split('\n')[0]}`
}
export const ingress = () => origin(30080)
const prometheus = () => origin(30090)

export interface Sample {
  metric: Record<string, string>
  value: [number, string]
}

/** @throws Error with what Prometheus says of the expression */
export async function query(expression: string): Promise<Sample[]> {
  const answer = await fetch(`${await prometheus()}/api/v1/query?${new URLSearchParams({ query: expression })}`)
  const { status, data, error } = (await answer.json()) as { status: string; data: { result: Sample[] | [number, string] }; error?: string }
  if (status !== 'success') throw new Error(`${expression}: ${error}`)
  const { result } = data
  return typeof result[0] === 'number' ? [{ metric: {}, value: result as [number, string] }] : (result as Sample[])
}

/** As the lab waits, four times a second. */
export const until = <T>(what: string, isThere: () => Promise<T | undefined | false>, seconds = 120): Promise<T> =>
  ask(what, isThere, { seconds, everyMs: 250 })

export const primaryOfDatabase = async (): Promise<string> => (await get('cluster', 'confeitaria-db')).status.currentPrimary

/** Rows of a query as a superuser on the primary, columns as text. */
export async function sql(statement: string): Promise<string[][]> {
  const rows = await kubectl('exec', await primaryOfDatabase(), '-c', 'postgres', '--', 'psql', '-XAtd', 'confeitaria', '-c', statement)
  return rows ? rows.split('\n').map(row => row.split('|')) : []
}

interface Service {
  metadata: { name: string }
  spec: { clusterIP: string }
}

/** The name of Valkey's primary's pod, which is that of its own Service, if most sentinels agree who it is. */
export async function primaryOfCarts(): Promise<string | undefined> {
  const { items } = await get('services', '-l', 'app.kubernetes.io/component=valkey')
  const podAt = new Map<string, string>(items.map(({ metadata, spec }: Service) => [spec.clusterIP, metadata.name]))
  const said = await Promise.all(
    [0, 1, 2].map(i =>
      kubectl(
        ...['exec', `confeitaria-valkey-${i}`, '-c', 'sentinel', '--'],
        ...['valkey-cli', '-p', '26379', 'sentinel', 'get-primary-addr-by-name', 'confeitaria'],
      ).then(
        answer => podAt.get(answer.split('\n')[0]!),
        () => undefined,
      ),
    ),
  )
  return said.find((name, i) => name && said.indexOf(name) !== i)
}

/** All of the shop is there: every pod of every part, and both replicas of each primary. */
export async function whole(): Promise<void> {
  await until(
    'every Deployment and StatefulSet has its pods',
    async () => {
      const { items } = await get('deployments,statefulsets')
      return items.every(
        ({ metadata, spec, status }: { metadata: { generation: number }; spec: { replicas: number }; status: Record<string, number> }) =>
          status.observedGeneration === metadata.generation &&
          status.readyReplicas === spec.replicas &&
          status.replicas === spec.replicas &&
          (status.updatedReplicas ?? 0) === spec.replicas,
      )
    },
    300,
  )
  await until(
    'the Cluster is healthy',
    async () => (await get('cluster', 'confeitaria-db')).status.phase === 'Cluster in healthy state',
    300,
  )
  await until('two replicas stream', async () => (await sql('SELECT count(*) FROM pg_stat_replication'))[0]?.[0] === '2')
  await until('the sentinels agree on a primary with two replicas', async () => {
    const primary = await primaryOfCarts()
    if (!primary) return false
    const command = ['exec', primary, '-c', 'valkey', '--', 'sh', '-c', 'REDISCLI_AUTH=$PASSWORD valkey-cli info replication']
    const info = await kubectl(...command)
    return /role:master/.test(info) && /connected_slaves:2/.test(info)
  })
}
