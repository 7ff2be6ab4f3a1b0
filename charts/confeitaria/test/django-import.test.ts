import t from 'tap'
import { find, podsOf, render } from './rendering.ts'

const job = (djangoImport: object, values: object = {}) => {
  const manifests = render({ djangoImport: { enabled: true, ...djangoImport }, ...values })
  return { manifests, job: find(manifests, 'Job', 'shop-confeitaria-django-import-1') }
}

t.test('off by default', async t => {
  t.notMatch(JSON.stringify(render()), /django/)
})

t.test('from a Secret: mounted, read-only, not in the environment', async t => {
  const { job: found } = job({ existingSecret: 'django', arguments: ['--dry-run'] })
  const { spec } = found.spec.template
  const [container] = spec.containers
  t.strictSame(container.args, ['django/importar-django.mjs', '/fonte/fonte', '--dry-run'])
  t.match(container.image, /\/catalog:/)
  t.strictSame(container.volumeMounts, [{ name: 'source', mountPath: '/fonte', readOnly: true }])
  t.strictSame(spec.volumes, [{ name: 'source', secret: { secretName: 'django' } }])
  t.match(JSON.stringify(container.env), /"name":"DATABASE_URL","value":"postgres:\/\/catalogo:/)
  t.equal(spec.restartPolicy, 'Never')
  t.strictSame(found.spec.podFailurePolicy.rules, [
    { action: 'FailJob', onExitCodes: { containerName: 'import', operator: 'In', values: [2] } },
  ])
})

t.test('from a claim', async t => {
  const resources = { requests: { cpu: '1', memory: '1Gi' }, limits: { memory: '2Gi' } }
  const { spec } = job({ existingClaim: 'old', file: 'loja/db.sqlite3', resources }).job.spec.template
  t.strictSame(spec.containers[0].args, ['django/importar-django.mjs', '/fonte/loja/db.sqlite3'])
  t.strictSame(spec.containers[0].resources, resources)
  t.strictSame(spec.volumes, [{ name: 'source', persistentVolumeClaim: { claimName: 'old', readOnly: true } }])
})

t.test('its pod passes the restricted standard', async t => {
  const { manifests } = job({ existingSecret: 'django' }, { image: { pullSecrets: ['a'] } })
  const { spec } = podsOf(manifests).find(({ name }) => name.includes('django'))!
  t.match(spec.securityContext, { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } })
  t.equal(spec.automountServiceAccountToken, false)
  t.strictSame(spec.imagePullSecrets, [{ name: 'a' }])
  t.strictSame(spec.containers[0].securityContext, {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  })
})

t.test('it may reach the database, and the Django shop when that may be one', async t => {
  const self = { 'app.kubernetes.io/component': 'django-import' }
  const policies = (djangoImport: object, values: object = {}) => {
    const { manifests } = job(djangoImport, values)
    return manifests.filter(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name.includes('django-import'))
  }
  const [out, into] = policies({ existingSecret: 'django' })
  const database = { podSelector: { matchLabels: { 'cnpg.io/cluster': 'shop-confeitaria-db' } } }
  t.match(out!.spec, {
    podSelector: { matchLabels: self },
    egress: [{ ports: [{ port: 5432 }], to: [database] }, { ports: [{ protocol: 'TCP' }] }],
  })
  t.match(into!.spec, { ...database, policyTypes: ['Ingress'], ingress: [{ from: [{ podSelector: { matchLabels: self } }] }] })
  t.equal(policies({ existingClaim: 'old' })[0]!.spec.egress.length, 1)
  const external = policies({ existingSecret: 'django' }, { postgresql: { enabled: false, external: { existingSecret: 'db' } } })
  t.strictSame(
    external.map(({ spec }) => spec.egress),
    [[{ ports: [{ protocol: 'TCP' }] }]],
  )
  t.strictSame(policies({ existingSecret: 'django' }, { networkPolicies: { enabled: false } }), [])
})
