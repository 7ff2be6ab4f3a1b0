import t from 'tap'
import { CHART, find, type Manifest, podsOf, render, run } from './rendering.ts'

const SERVICES = ['cart', 'catalog', 'orders', 'storefront']
const standard = render()
/** The first container, or the one of that name. */
const container = (manifest: Manifest, name?: string) =>
  manifest.spec.template.spec.containers.find((each: { name: string }) => !name || each.name === name)
const environment = (manifest: Manifest, name?: string): Record<string, { value?: string; valueFrom?: unknown }> =>
  Object.fromEntries(container(manifest, name).env.map(({ name, ...rest }: { name: string }) => [name, rest]))
const kinds = (manifests: Manifest[], kind: string) =>
  manifests.filter(manifest => manifest.kind === kind).map(({ metadata }) => metadata.name)

t.test('every pod passes the restricted standard, with requests and a limit of memory', async t => {
  const pods = podsOf(standard)
  t.equal(pods.length, 7, 'services, Valkey, migrations, test')
  for (const { name, spec } of pods) {
    t.match(spec.securityContext, { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } }, name)
    t.equal(spec.automountServiceAccountToken, false, `${name} has no token`)
    t.notOk(spec.hostNetwork || spec.hostPID || spec.hostIPC, name)
    for (const { name: within, securityContext, resources } of [...(spec.initContainers ?? []), ...spec.containers]) {
      t.strictSame(
        securityContext,
        { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
        `${name}/${within}`,
      )
      t.match(resources, { requests: { cpu: String, memory: String }, limits: { memory: String } }, `${name}/${within}`)
      t.notOk(resources.limits.cpu, `${name}/${within} is not throttled`)
    }
    for (const { hostPath } of spec.volumes ?? []) t.notOk(hostPath, name)
  }
})

t.test('services are replaced without a gap', async t => {
  for (const service of SERVICES) {
    const { spec } = find(standard, 'Deployment', `shop-confeitaria-${service}`)
    const pod = spec.template.spec
    t.strictSame(spec.strategy.rollingUpdate, { maxUnavailable: 0, maxSurge: 1 })
    t.ok(spec.minReadySeconds >= 10, 'and not all pods in one rush')
    t.equal(spec.replicas, 2)
    t.equal(pod.containers[0].readinessProbe.httpGet.path, '/readyz')
    t.equal(pod.containers[0].livenessProbe.httpGet.path, '/livez', 'a database that is away kills nobody')
    const { seconds } = pod.containers[0].lifecycle.preStop.sleep
    t.ok(pod.terminationGracePeriodSeconds >= seconds + 25)
    t.strictSame(
      pod.topologySpreadConstraints.map(({ topologyKey, whenUnsatisfiable }: Record<string, string>) => [topologyKey, whenUnsatisfiable]),
      [
        ['kubernetes.io/hostname', 'DoNotSchedule'],
        ['topology.kubernetes.io/zone', 'ScheduleAnyway'],
      ],
    )
    for (const { labelSelector } of pod.topologySpreadConstraints) t.strictSame(labelSelector, spec.selector)
    t.strictSame(find(standard, 'PodDisruptionBudget', `shop-confeitaria-${service}`).spec.selector, spec.selector)
  }
})

t.test('an upgrade to another version replaces the services, not the servers of the carts', async t => {
  const next = render({ image: { tag: '9.9.9' } })
  const template = (manifests: Manifest[], kind: string, name: string) => find(manifests, kind, name).spec.template
  t.strictSame(template(next, 'StatefulSet', 'shop-confeitaria-valkey'), template(standard, 'StatefulSet', 'shop-confeitaria-valkey'))
  t.equal(template(next, 'Deployment', 'shop-confeitaria-cart').spec.containers[0].image, 'ghcr.io/confeitaria/cart:9.9.9')
})

t.test('selectors never change', async t => {
  t.strictSame(find(standard, 'Deployment', 'shop-confeitaria-cart').spec.selector.matchLabels, {
    'app.kubernetes.io/name': 'confeitaria',
    'app.kubernetes.io/instance': 'shop',
    'app.kubernetes.io/component': 'cart',
  })
})

t.test('image: registry, tag, pull policy, pull secrets reach every pod', async t => {
  const manifests = render({ image: { registry: 'eu.example/shop', tag: 'v2', pullPolicy: 'Always', pullSecrets: ['a', 'b'] } })
  for (const { name, spec } of podsOf(manifests)) {
    t.strictSame(spec.imagePullSecrets, [{ name: 'a' }, { name: 'b' }], name)
    for (const each of spec.containers) t.equal(each.imagePullPolicy, 'Always', name)
    if (!name.endsWith('valkey')) for (const { image } of spec.containers) t.match(image, /^eu\.example\/shop\/\w+:v2$/)
  }
  t.strictSame(find(manifests, 'Cluster', 'shop-confeitaria-db').spec.imagePullSecrets, [{ name: 'a' }, { name: 'b' }])
})

t.test('ingress', async t => {
  const paths = ({ spec }: Manifest) =>
    spec.rules[0].http.paths.map(({ path, pathType, backend }: Manifest) => `${pathType} ${path} ${backend.service.name}`)
  const plain = find(standard, 'Ingress', 'shop-confeitaria')
  t.strictSame(paths(plain), [
    'Prefix /api/carrinho shop-confeitaria-cart',
    'Prefix /api/catalogo shop-confeitaria-catalog',
    'Prefix /api/pedidos shop-confeitaria-orders',
    'Prefix / shop-confeitaria-storefront',
  ])
  t.notOk(plain.spec.tls ?? plain.spec.ingressClassName ?? plain.spec.rules[0].host ?? plain.metadata.annotations)
  const values = { className: 'nginx', host: 'doces.example', tlsSecret: 'tls', annotations: { 'a/b': true } }
  const full = find(render({ ingress: values }), 'Ingress', 'shop-confeitaria')
  t.match(full.spec, {
    ingressClassName: 'nginx',
    tls: [{ secretName: 'tls', hosts: ['doces.example'] }],
    rules: [{ host: 'doces.example' }],
  })
  t.strictSame(full.metadata.annotations, { 'a/b': 'true' })
  t.strictSame(kinds(render({ ingress: { enabled: false } }), 'Ingress'), [])
})

t.test('autoscaling: the autoscaler owns the number of pods', async t => {
  const manifests = render({ cart: { replicas: 1, autoscaling: { enabled: true, minReplicas: 3, maxReplicas: 9, targetCPU: 50 } } })
  t.strictSame(kinds(manifests, 'HorizontalPodAutoscaler'), ['shop-confeitaria-cart'])
  t.match(find(manifests, 'HorizontalPodAutoscaler', 'shop-confeitaria-cart').spec, {
    scaleTargetRef: { kind: 'Deployment', name: 'shop-confeitaria-cart' },
    minReplicas: 3,
    maxReplicas: 9,
    metrics: [{ resource: { name: 'cpu', target: { averageUtilization: 50 } } }],
  })
  t.equal(find(manifests, 'Deployment', 'shop-confeitaria-cart').spec.replicas, 3, 'never the one pod that Kubernetes would begin with')
  t.ok(find(manifests, 'PodDisruptionBudget', 'shop-confeitaria-cart'))
  t.strictSame(kinds(standard, 'HorizontalPodAutoscaler'), [])
})

t.test('replicas, resources and env of a service', async t => {
  const resources = { requests: { cpu: '1', memory: '1Gi' }, limits: { memory: '2Gi' } }
  const manifests = render({ orders: { replicas: 1, resources, env: { LOG_LEVEL: 'debug', MAX_IN_FLIGHT: 9 } } })
  const orders = find(manifests, 'Deployment', 'shop-confeitaria-orders')
  t.equal(orders.spec.replicas, 1)
  t.strictSame(container(orders).resources, resources)
  t.match(environment(orders), { LOG_LEVEL: { value: 'debug' }, MAX_IN_FLIGHT: { value: '9' } })
  t.notOk(kinds(manifests, 'PodDisruptionBudget').includes('shop-confeitaria-orders'), 'the only pod has no budget')
})

t.test('pods: times', async t => {
  const values = { preStopSeconds: 9, terminationGracePeriodSeconds: 50, lostNodeSeconds: 7 }
  for (const service of SERVICES) {
    const { spec } = find(render({ pods: values }), 'Deployment', `shop-confeitaria-${service}`).spec.template
    t.equal(spec.containers[0].lifecycle.preStop.sleep.seconds, 9)
    t.equal(spec.terminationGracePeriodSeconds, 50)
    t.strictSame(
      spec.tolerations.map((each: { tolerationSeconds: number }) => each.tolerationSeconds),
      [7, 7],
    )
  }
})

t.test('pods: the nodes that they may run on', async t => {
  const nodeSelector = { pool: 'shop' }
  const tolerations = [{ key: 'shop', operator: 'Exists' }]
  const djangoImport = { enabled: true, existingSecret: 'django' }
  const manifests = render({ pods: { nodeSelector, tolerations }, djangoImport })
  const specs = manifests.flatMap(({ kind, spec }) =>
    kind === 'Cluster' ? spec.affinity : kind === 'Pod' ? spec : (spec?.template?.spec ?? []),
  )
  t.equal(specs.length, 4 + 1 + 1 + 2 + 1, 'services, Valkey, database, Jobs, test')
  for (const spec of specs) {
    t.strictSame(spec.nodeSelector, nodeSelector)
    t.match(spec.tolerations.at(-1), tolerations[0])
    t.equal(spec.tolerations.length, 3)
  }
})

t.test('secrets are made, or given', async t => {
  t.strictSame(kinds(standard, 'Secret'), [
    'shop-confeitaria-admin',
    'shop-confeitaria-valkey',
    'shop-confeitaria-db-catalogo',
    'shop-confeitaria-db-pedidos',
  ])
  for (const { data } of standard.filter(({ kind }) => kind === 'Secret')) {
    const secret = Buffer.from(data.token ?? data.password, 'base64').toString()
    t.match(secret, /^[A-Za-z0-9]{32}$/, 'fits into a URL as it is')
  }
  const manifests = render({ admin: { existingSecret: 'mine' }, valkey: { existingSecret: 'cartkey' } })
  t.strictSame(kinds(manifests, 'Secret'), ['shop-confeitaria-db-catalogo', 'shop-confeitaria-db-pedidos'])
  const secretOf = (name: string, variable: string) => environment(find(manifests, 'Deployment', `shop-confeitaria-${name}`))[variable]
  t.strictSame(secretOf('catalog', 'ADMIN_TOKEN'), { valueFrom: { secretKeyRef: { name: 'mine', key: 'token' } } })
  t.strictSame(secretOf('cart', 'REDIS_PASSWORD'), { valueFrom: { secretKeyRef: { name: 'cartkey', key: 'password' } } })
})

t.test('the database: loses nothing that it acknowledged, and no two servers on one node', async t => {
  const { spec } = find(standard, 'Cluster', 'shop-confeitaria-db')
  t.match(spec, {
    instances: 3,
    affinity: { podAntiAffinityType: 'required', topologyKey: 'kubernetes.io/hostname' },
    postgresql: { synchronous: { method: 'any', number: 1, dataDurability: 'required', failoverQuorum: true } },
    primaryLease: { leaseDurationSeconds: 3, renewDeadlineSeconds: 2, retryPeriodSeconds: 1 },
    primaryUpdateMethod: 'switchover',
    smartShutdownTimeout: 0,
    enablePDB: true,
  })
  for (const value of Object.values(spec.postgresql.parameters)) t.type(value, 'string')
  t.match(find(standard, 'ConfigMap', 'shop-confeitaria-db-init').data['database.sql'], /CREATE SCHEMA IF NOT EXISTS pedidos/)
  for (const [service, role] of [
    ['catalog', 'catalogo'],
    ['orders', 'pedidos'],
  ] as const) {
    const env = environment(find(standard, 'Deployment', `shop-confeitaria-${service}`))
    t.equal(
      env.DATABASE_URL!.value,
      `postgres://${role}:$(DATABASE_PASSWORD)@shop-confeitaria-db-rw:5432,shop-confeitaria-db-ro:5432/confeitaria`,
    )
    t.strictSame(env.DATABASE_PASSWORD, { valueFrom: { secretKeyRef: { name: `shop-confeitaria-db-${role}`, key: 'password' } } })
  }
})

t.test('the database: from another one, and with a backup', async t => {
  const bootstrap = { pg_basebackup: { source: 'old', database: 'confeitaria', owner: 'confeitaria' } }
  const more = { bootstrap, externalClusters: [{ name: 'old', connectionParameters: { host: 'old-rw' } }], backup: { target: 'primary' } }
  const { spec } = find(render({ postgresql: { spec: more } }), 'Cluster', 'shop-confeitaria-db')
  t.match(spec, { ...more, instances: 3 })
  t.strictSame(spec.bootstrap, bootstrap, 'and no empty database')
  t.ok(find(standard, 'Cluster', 'shop-confeitaria-db').spec.bootstrap.initdb)
})

t.test('the database: values', async t => {
  const storage = { size: '9Gi', storageClass: 'fast' }
  const resources = { requests: { cpu: '2', memory: '4Gi' }, limits: { memory: '4Gi' } }
  const postgresql = { instances: 5, image: 'pg:x', storage, resources, parameters: { max_connections: 300 } }
  const { spec } = find(render({ postgresql }), 'Cluster', 'shop-confeitaria-db')
  t.match(spec, { instances: 5, imageName: 'pg:x', storage, resources, postgresql: { parameters: { max_connections: '300' } } })
  t.equal(spec.postgresql.synchronous.number, 2, 'with the primary a majority')
  const alone = find(render({ postgresql: { instances: 1, synchronous: false } }), 'Cluster', 'shop-confeitaria-db').spec
  t.equal(alone.instances, 1)
  t.notOk(alone.postgresql.synchronous)
  t.equal(alone.enablePDB, false, 'the node of the only server can be drained')
})

t.test('the database: a replica that is away does not fill the disk of the primary', async t => {
  const { postgresql, storage } = find(standard, 'Cluster', 'shop-confeitaria-db').spec
  const gigabytes = (size: string) => Number(/^(\d+)Gi?B?$/.exec(size)![1])
  const maxWalSize = 1 // PostgreSQL's own
  const kept = gigabytes(postgresql.parameters.max_slot_wal_keep_size) + maxWalSize / 2
  t.ok(kept <= 0.75 * gigabytes(storage.size), `${kept} of ${storage.size} at most are log`)
})

t.test('an external database', async t => {
  const manifests = render({ postgresql: { enabled: false, external: { existingSecret: 'db' } } })
  t.strictSame(kinds(manifests, 'Cluster'), [])
  for (const [service, role] of [
    ['catalog', 'catalogo'],
    ['orders', 'pedidos'],
  ] as const) {
    const { DATABASE_URL } = environment(find(manifests, 'Deployment', `shop-confeitaria-${service}`))
    t.strictSame(DATABASE_URL, { valueFrom: { secretKeyRef: { name: 'db', key: role } } })
  }
  t.notOk(JSON.stringify(manifests).includes('shop-confeitaria-db'), 'nothing speaks of a database of its own')
})

const valkeyEnvironment = (manifests: Manifest[]) => environment(find(manifests, 'StatefulSet', 'shop-confeitaria-valkey'), 'valkey')

t.test('the carts: a majority of sentinels on different nodes, acknowledged by a replica', async t => {
  const { spec } = find(standard, 'StatefulSet', 'shop-confeitaria-valkey')
  t.equal(spec.replicas, 3)
  t.ok(spec.template.spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution)
  t.strictSame(spec.template.spec.containers.map(({ name }: { name: string }) => name).sort(), ['exporter', 'sentinel', 'valkey'])
  for (const i of [0, 1, 2]) {
    const { spec } = find(standard, 'Service', `shop-confeitaria-valkey-${i}`)
    const own = { 'statefulset.kubernetes.io/pod-name': `shop-confeitaria-valkey-${i}` }
    t.strictSame(spec.selector, { ...find(standard, 'StatefulSet', 'shop-confeitaria-valkey').spec.selector.matchLabels, ...own })
    t.ok(spec.publishNotReadyAddresses && spec.clusterIP === undefined, 'that stays, and is there before the pod is ready')
  }
  t.ok(find(standard, 'PodDisruptionBudget', 'shop-confeitaria-valkey'))
  const cart = environment(find(standard, 'Deployment', 'shop-confeitaria-cart'))
  const sentinels = [0, 1, 2].map(i => `shop-confeitaria-valkey-${i}:26379`).join()
  t.match(cart, { REDIS_SENTINELS: { value: sentinels }, REDIS_WAIT_REPLICAS: { value: '1' } })
  const scripts = find(standard, 'ConfigMap', 'shop-confeitaria-valkey').data
  for (const name of ['addresses.sh', 'primary.sh', 'valkey.sh', 'sentinel.sh', 'ready.sh', 'leave.sh']) t.ok(scripts[name], name)
  t.notMatch(scripts['leave.sh'], /unpause/, 'a primary that hands over takes nothing more')
  t.match(scripts['valkey.sh'], /--appendonly yes --appendfsync everysec/)
  t.match(scripts['valkey.sh'], /--min-replicas-to-write "\$MIN_REPLICAS"/)
  t.match(valkeyEnvironment(standard), {
    MIN_REPLICAS: { value: '1' },
    MEMORY: { valueFrom: { resourceFieldRef: { resource: 'limits.memory' } } },
  })
})

t.test('the carts: once they are ready, probes that run a command are rare', async t => {
  const { containers } = find(standard, 'StatefulSet', 'shop-confeitaria-valkey').spec.template.spec
  const probes = containers.flatMap(({ readinessProbe, livenessProbe }: Record<string, unknown>) => [readinessProbe, livenessProbe])
  const commands = probes.filter((probe?: { exec?: object }) => probe?.exec)
  t.ok(commands.length)
  for (const { exec, periodSeconds } of commands) t.ok(periodSeconds >= 10, exec.command.join(' '))
})

t.test('the carts: values', async t => {
  const storage = { size: '3Gi', storageClass: 'fast' }
  const resources = { requests: { cpu: '1', memory: '1Gi' }, limits: { memory: '1Gi' } }
  const valkey = { replicas: 5, image: 'vk:x', downAfterMilliseconds: 900, exporter: { enabled: false }, storage, resources }
  const manifests = render({ valkey })
  const { spec } = find(manifests, 'StatefulSet', 'shop-confeitaria-valkey')
  t.equal(spec.replicas, 5)
  t.strictSame(
    spec.template.spec.containers.map(({ image }: { image: string }) => image),
    ['vk:x', 'vk:x'],
    'no exporter',
  )
  t.notOk(spec.template.metadata.annotations['prometheus.io/scrape'])
  t.match(spec.volumeClaimTemplates[0].spec, { storageClassName: 'fast', resources: { requests: { storage: '3Gi' } } })
  t.match(JSON.stringify(spec.template), /"name":"DOWN_AFTER_MS","value":"900"/)
  t.match(JSON.stringify(spec.template), /"limits":\{"memory":"1Gi"\}/)
  const cart = environment(find(manifests, 'Deployment', 'shop-confeitaria-cart'))
  t.match(cart.REDIS_SENTINELS!.value, /valkey-4:/)
  t.equal(cart.REDIS_WAIT_REPLICAS!.value, '2', 'with the primary a majority')
  t.equal(valkeyEnvironment(manifests).MIN_REPLICAS!.value, '2')
  const unlimited = render({ valkey: { resources: { limits: null } } })
  t.notOk(valkeyEnvironment(unlimited).MEMORY, 'without a limit it would be the memory of the node')
})

t.test('an external Redis', async t => {
  const manifests = render({ valkey: { enabled: false, external: { existingSecret: 'carts', waitReplicas: 2 } } })
  t.strictSame(kinds(manifests, 'StatefulSet'), [])
  const env = environment(find(manifests, 'Deployment', 'shop-confeitaria-cart'))
  t.match(env, { REDIS_URL: { valueFrom: { secretKeyRef: { name: 'carts', key: 'url' } } }, REDIS_WAIT_REPLICAS: { value: '2' } })
  t.notOk(env.REDIS_SENTINELS)
  t.notOk(JSON.stringify(manifests).includes('confeitaria-valkey'))
})

t.test('migrations: a Job at the install; at an upgrade a hook, once there is a database', async t => {
  const onInstall = find(standard, 'Job', 'shop-confeitaria-migrations-1')
  t.notOk(onInstall.metadata.annotations, 'a hook would come before the database that the same install makes')
  const steps = ({ spec }: Manifest) => {
    const { initContainers, containers } = spec.template.spec
    return [...initContainers, ...containers].map(({ image, args }) => `${image.split(/[/:]/).at(-2)} ${args}`)
  }
  t.strictSame(steps(onInstall), ['catalog migrate.mjs', 'orders migrate.mjs', 'catalog seed.mjs'])
  t.match(steps(find(render({ seed: { enabled: false } }), 'Job', 'shop-confeitaria-migrations-1'))[2], /^catalog -e,/)
  const external = { postgresql: { enabled: false, external: { existingSecret: 'db' } } }
  const hook = find(render(external, { args: ['--is-upgrade'] }), 'Job', 'shop-confeitaria-migrations-upgrade')
  t.match(hook.metadata.annotations, { 'helm.sh/hook': 'pre-upgrade' })
  const afterFailedInstall = find(render({}, { args: ['--is-upgrade'] }), 'Job', 'shop-confeitaria-migrations-1')
  t.notOk(afterFailedInstall.metadata.annotations)
})

t.test('network policies: default deny, and who may', async t => {
  const policies = standard.filter(({ kind }) => kind === 'NetworkPolicy')
  t.equal(policies.length, 9)
  t.match(find(policies, 'NetworkPolicy', 'shop-confeitaria-default').spec, {
    podSelector: { matchLabels: { 'app.kubernetes.io/instance': 'shop' } },
    policyTypes: ['Ingress', 'Egress'],
  })
  t.notOk(find(policies, 'NetworkPolicy', 'shop-confeitaria-default').spec.ingress)
  const callers = (name: string) =>
    find(policies, 'NetworkPolicy', `shop-confeitaria-${name}`).spec.ingress.flatMap(({ from }: Manifest) =>
      from.map(({ podSelector, namespaceSelector }: Manifest) => {
        const labels = (podSelector ?? namespaceSelector).matchLabels
        return labels['app.kubernetes.io/component'] ?? labels['cnpg.io/cluster'] ?? labels['kubernetes.io/metadata.name']
      }),
    )
  t.strictSame(callers('catalog'), ['traefik', 'monitoring', 'storefront', 'cart', 'test'])
  t.strictSame(callers('cart'), ['traefik', 'monitoring', 'storefront', 'orders', 'test'])
  t.strictSame(callers('orders'), ['traefik', 'monitoring', 'storefront', 'test'])
  t.strictSame(callers('storefront'), ['traefik', 'monitoring', 'test'])
  t.strictSame(callers('valkey'), ['cart', 'valkey', 'monitoring'])
  t.strictSame(callers('db'), ['catalog', 'orders', 'migrations', 'shop-confeitaria-db', 'cnpg-system', 'monitoring'])
  t.strictSame(kinds(render({ networkPolicies: { enabled: false } }), 'NetworkPolicy'), [])
  const elsewhere = { ingressNamespace: 'edge', monitoringNamespace: 'ops', operatorNamespace: 'operators' }
  const text = JSON.stringify(render({ networkPolicies: elsewhere }).filter(({ kind }) => kind === 'NetworkPolicy'))
  for (const name of Object.values(elsewhere)) t.ok(text.includes(`{"kubernetes.io/metadata.name":"${name}"}`), name)
  t.notMatch(text, /traefik|cnpg-system/)
  const open = render({ networkPolicies: { ingressNamespace: '' } })
  for (const service of SERVICES) {
    const { ingress } = find(open, 'NetworkPolicy', `shop-confeitaria-${service}`).spec
    t.strictSame(ingress, [{ ports: [{ port: 'http' }] }], 'no namespace: anybody may ask the services')
  }
})

t.test('network policies: the DNS and the API server are let out to wherever they are', async t => {
  const dns = { ports: [{ port: 53, protocol: 'UDP' }, { port: 53 }] }
  t.strictSame(find(standard, 'NetworkPolicy', 'shop-confeitaria-default').spec.egress, [dns])
  t.strictSame(find(standard, 'NetworkPolicy', 'shop-confeitaria-db').spec.egress.slice(1), [{ ports: [{ protocol: 'TCP' }] }, dns])
})

t.test('every edge has both its ends: who may call is let out, and let in', async t => {
  const policies = standard.filter(({ kind }) => kind === 'NetworkPolicy')
  const ends = (direction: 'ingress' | 'egress', peers: 'from' | 'to') =>
    policies.flatMap(({ spec }) => {
      const self = spec.podSelector.matchLabels['app.kubernetes.io/component'] ?? spec.podSelector.matchLabels['cnpg.io/cluster']
      return (spec[direction] ?? []).flatMap((rule: Manifest) =>
        (rule[peers] ?? []).flatMap((peer: Manifest) => {
          const labels = peer.podSelector?.matchLabels
          const other = labels?.['app.kubernetes.io/component'] ?? labels?.['cnpg.io/cluster']
          return other ? [direction === 'egress' ? `${self} → ${other}` : `${other} → ${self}`] : []
        }),
      )
    })
  t.strictSame([...new Set(ends('egress', 'to'))].sort(), [...new Set(ends('ingress', 'from'))].sort())
})

t.test('monitoring', async t => {
  const annotated = (manifests: Manifest[]) =>
    podsOf(manifests).flatMap(({ name, metadata }) =>
      metadata.annotations?.['prometheus.io/scrape'] ? [`${name}:${metadata.annotations['prometheus.io/port']}`] : [],
    )
  t.strictSame(annotated(standard).sort(), [
    'shop-confeitaria-cart:5002',
    'shop-confeitaria-catalog:5001',
    'shop-confeitaria-orders:5003',
    'shop-confeitaria-storefront:8000',
    'shop-confeitaria-valkey:9121',
  ])
  t.strictSame(kinds(standard, 'PodMonitor'), [])
  const labels = { release: 'kube-prometheus-stack' }
  const manifests = render({ monitoring: { annotations: false, operator: true, dashboards: false, labels } })
  t.strictSame(annotated(manifests), [])
  t.strictSame(kinds(manifests, 'PodMonitor'), ['shop-confeitaria', 'shop-confeitaria-db'])
  t.ok(find(manifests, 'PrometheusRule', 'shop-confeitaria').spec.groups[0].rules.length > 10)
  for (const { kind, metadata } of manifests) if (/^P\w+(Monitor|Rule)$/.test(kind)) t.match(metadata.labels, labels, kind)
  const dashboards = (all: Manifest[]) => all.filter(({ metadata }) => metadata.labels?.grafana_dashboard)
  t.equal(dashboards(manifests).length, 0)
  t.equal(dashboards(standard).length, 4)
  for (const { data } of dashboards(standard)) for (const json of Object.values(data)) t.ok(JSON.parse(json as string).panels.length)
})

t.test('tracing', async t => {
  const manifests = render({ tracing: { otlpEndpoint: 'http://collector:4318' } })
  for (const service of SERVICES) {
    t.equal(
      environment(find(manifests, 'Deployment', `shop-confeitaria-${service}`)).OTEL_EXPORTER_OTLP_ENDPOINT!.value,
      'http://collector:4318',
    )
    t.match(find(manifests, 'NetworkPolicy', `shop-confeitaria-${service}`).spec.egress.at(-1), { ports: [{ port: 4318 }] })
    t.notOk(environment(find(standard, 'Deployment', `shop-confeitaria-${service}`)).OTEL_EXPORTER_OTLP_ENDPOINT)
  }
})

t.test('names stay within what Kubernetes takes', async t => {
  const long = 'a'.repeat(53) // Helm's own limit
  const { output, errors } = run('helm', ['template', long, CHART, '--api-versions', 'postgresql.cnpg.io/v1'])
  const names = [...output.matchAll(/^ {2}name: (.*)$/gm)].map(([, name]) => name!)
  t.ok(names.length > 20, errors)
  // A pod of a StatefulSet carries its name as a label with a hash behind it: 63 - 11.
  for (const name of names) t.ok(name.length <= 63 && (!name.endsWith('valkey') || name.length <= 52), name)
})
