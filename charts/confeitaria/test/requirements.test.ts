import t from 'tap'
import { find, refusal, render } from './rendering.ts'

const external = { postgresql: { enabled: false, external: { existingSecret: 'db' } } }
const cases: [name: string, values: object, sentence: RegExp][] = [
  ['no pod', { orders: { replicas: 0 } }, /orders\.replicas is 0: set it to 1 or more/],
  ['no fewest pod', { cart: { autoscaling: { enabled: true, minReplicas: 0 } } }, /cart\.autoscaling\.minReplicas is 0: set it to 1/],
  [
    'fewest above most',
    { catalog: { autoscaling: { enabled: true, minReplicas: 7 } } },
    /catalog\.autoscaling\.minReplicas is 7 and maxReplicas 6: set minReplicas to at most maxReplicas/,
  ],
  [
    'an autoscaler without a request',
    { cart: { autoscaling: { enabled: true }, resources: { requests: { cpu: null } } } },
    /set cart\.resources\.requests\.cpu/,
  ],
  ['TLS without a host', { ingress: { tlsSecret: 'tls' } }, /ingress\.tlsSecret is set without ingress\.host: set the host/],
  [
    'too little grace',
    { pods: { preStopSeconds: 20 } },
    /pods\.terminationGracePeriodSeconds is 40: .* preStopSeconds \(20\) .*; set it to 45 or more/,
  ],
  [
    'two Django shops',
    { djangoImport: { enabled: true, existingSecret: 'django', existingClaim: 'django' } },
    /djangoImport\.existingSecret and djangoImport\.existingClaim are both set: leave one away/,
  ],
  [
    'no Django shop',
    { djangoImport: { enabled: true } },
    /nothing to import is given: set djangoImport\.existingSecret to a Secret with key fonte/,
  ],
  ['no server', { postgresql: { instances: 0, synchronous: false } }, /postgresql\.instances is 0: set it to 1 or more/],
  ['two servers', { postgresql: { instances: 2 } }, /postgresql\.instances is 2 with postgresql\.synchronous: .* set 3 or more/],
  [
    'a lease that ends before it is given up',
    { postgresql: { primaryLease: { renewDeadlineSeconds: 5 } } },
    /primaryLease is 3\/5\/1: leaseDurationSeconds must be more than renewDeadlineSeconds/,
  ],
  [
    'a lease that is tried too seldom',
    { postgresql: { primaryLease: { retryPeriodSeconds: 3 } } },
    /primaryLease is 3\/2\/3: .* more than 1\.2 × retryPeriodSeconds/,
  ],
  [
    'two databases',
    { postgresql: { external: { existingSecret: 'db' } } },
    /postgresql\.enabled and postgresql\.external\.existingSecret are both set: set postgresql\.enabled=false/,
  ],
  ['no database', { postgresql: { enabled: false } }, /no external database is given: set postgresql\.external\.existingSecret/],
  ['two sentinels', { valkey: { replicas: 2 } }, /valkey\.replicas is 2: .* set 3, or 5/],
  ['four sentinels', { valkey: { replicas: 4 } }, /valkey\.replicas is 4: .* set 3, or 5/],
  [
    'two Redis',
    { valkey: { external: { existingSecret: 'carts' } } },
    /valkey\.enabled and valkey\.external\.existingSecret are both set: set valkey\.enabled=false/,
  ],
  ['no Redis', { valkey: { enabled: false } }, /no external one is given: set valkey\.external\.existingSecret/],
]

for (const [name, values, sentence] of cases) {
  t.test(name, async t => {
    t.match(refusal(values), sentence)
  })
}

t.test('everything that is wrong is said at once', async t => {
  const said = refusal({ orders: { replicas: 0 }, valkey: { replicas: 2 } })
  t.match(said, /orders\.replicas/)
  t.match(said, /valkey\.replicas/)
})

t.test("what the chart sets of the Cluster's spec is not given a second time", async t => {
  const manifests = render({ image: { pullSecrets: ['a'] } })
  const keys = Object.keys(find(manifests, 'Cluster', 'shop-confeitaria-db').spec).filter(key => key !== 'bootstrap')
  const said = refusal({ postgresql: { spec: Object.fromEntries(keys.map(key => [key, {}])) } })
  for (const key of keys) t.match(said, new RegExp(`postgresql\\.spec\\.${key} would take .*: (set|leave)`))
  t.match(said, /spec\.postgresql would .*: set postgresql\.synchronous and postgresql\.parameters instead/)
})

t.test('without CloudNativePG: how to get it, and what helm template needs', async t => {
  const said = refusal({}, { apis: [] })
  t.match(said, /CloudNativePG is missing .*: install it with k8s\/cnpg\/install/)
  t.match(said, /add --api-versions postgresql\.cnpg\.io\/v1/)
  t.ok(render(external, { apis: [] }).length, 'an external database needs no operator')
})

t.test('without the Prometheus operator', async t => {
  t.match(
    refusal({ monitoring: { operator: true } }, { apis: ['postgresql.cnpg.io/v1'] }),
    /the Prometheus operator is missing .*monitoring\.operator=false/,
  )
})

t.test('a value that does not exist, or of another kind, is named', async t => {
  t.match(refusal({ catalog: { replcas: 3 } }), /'replcas'/)
  t.match(refusal({ catalog: { replicas: 'two' } }), /\/catalog\/replicas.*got string, want integer/s)
  t.match(refusal({ image: { pullPolicy: 'Sometimes' } }), /\/image\/pullPolicy.*'Always', 'IfNotPresent', 'Never'/s)
})
