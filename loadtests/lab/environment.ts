// What a run ran on.
import { readFileSync } from 'node:fs'
import { cpus, loadavg, totalmem } from 'node:os'
import { join } from 'node:path'
import type { Cluster } from './cluster.ts'
import type { Journal } from './journal.ts'
import { REPOSITORY, run } from './tools.ts'

const versionIn = (image: string) => /:v?([0-9][0-9.]*)/.exec(image)?.[1] ?? ''

export async function environment(cluster: Cluster): Promise<Journal['environment']> {
  const [kubernetes, nodes, own, ...others] = await Promise.all([
    cluster.version(),
    // The Role of the lab as a Job is for one namespace: nodes, other namespaces and Helm's releases are not for it to see.
    cluster.nodes().catch(() => []),
    cluster.pods(''),
    ...['traefik', 'cnpg-system'].map(namespace => cluster.pods('', namespace).catch(() => [])),
  ])
  const images = new Map<string, string>()
  for (const { status } of [own, ...others].flat()) {
    for (const { image, imageID } of status?.containerStatuses ?? []) images.set(image, /sha256:[0-9a-f]+/.exec(imageID)?.[0] ?? imageID)
  }
  const image = (part: string) => versionIn([...images.keys()].find(name => name.includes(part)) ?? '')
  const helm = await run('helm', ['version', '--short']).catch(() => '')
  const release = await run('helm', ['list', ...cluster.forHelm, '-o', 'json', '--filter', `^${cluster.release}$`]).then(
    text => JSON.parse(text)[0],
    () => undefined,
  )
  const values = release && JSON.parse(await run('helm', ['get', 'values', cluster.release, ...cluster.forHelm, '-a', '-o', 'json']))
  const versions = readFileSync(join(REPOSITORY, 'k8s/versions.env'), 'utf8')
  return {
    commit:
      process.env.LAB_COMMIT ??
      (await run('git', ['-C', REPOSITORY, 'describe', '--always', '--dirty', '--abbrev=12']).catch(() => 'unknown')).trim(),
    context: cluster.context,
    versions: {
      kubernetes,
      'cloudnative-pg': image('cloudnative-pg/cloudnative-pg'),
      postgresql: image('cloudnative-pg/postgresql'),
      valkey: image('valkey/valkey'),
      traefik: image('traefik'),
      k6: /^K6_VERSION=(.*)$/m.exec(versions)?.[1] ?? '',
      node: process.versions.node,
      helm: /v([0-9.]+)/.exec(helm)?.[1] ?? '',
    },
    machine: { cpus: cpus().length, memoryBytes: totalmem(), loadAverage: loadavg().map(value => Math.round(value * 100) / 100) },
    nodes: nodes.map(({ metadata, status }) => ({
      name: metadata?.name ?? '',
      roles: Object.keys(metadata?.labels ?? {}).flatMap(label => /^node-role\.kubernetes\.io\/(.+)$/.exec(label)?.[1] ?? []),
      kernel: status?.nodeInfo?.kernelVersion ?? '',
      kubelet: status?.nodeInfo?.kubeletVersion ?? '',
      runtime: status?.nodeInfo?.containerRuntimeVersion ?? '',
    })),
    images: [...images].map(([name, digest]) => ({ name, digest })).sort((a, b) => (a.name < b.name ? -1 : 1)),
    charts: release
      ? [{ name: 'confeitaria', version: String(release.chart).replace(/^confeitaria-/, ''), revision: Number(release.revision), values }]
      : [],
  }
}
