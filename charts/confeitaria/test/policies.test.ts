// Good practice, as kube-score knows it, in all that the chart makes.
import t from 'tap'
import { render, run, VARIANTS } from './rendering.ts'

/** What is not followed here, and why. */
const LEFT_OUT = [
  'container-image-pull-policy', // tags are versions, which do not move: a pod must start where its image is, with or without a registry
  'container-ephemeral-storage-request-and-limit', // nothing can be written but logs, which the kubelet rotates
  'deployment-targeted-by-hpa-does-not-have-replicas-configured', // an upgrade says how many there are: without, it would be one for a moment
  'deployment-has-host-podantiaffinity', // topologySpreadConstraints do that, and more pods than nodes are still possible
]
/** It knows neither the operator's pods nor the label that Kubernetes gives each pod of a StatefulSet. */
const UNKNOWN_PODS = [
  /NetworkPolicy: The NetworkPolicys selector doesn't match any pods/,
  /valkey-\d v1\/Service: The services selector does not match any pods/,
]

function objections(manifests: object[]): string[] {
  const { output, errors } = run(
    'kube-score',
    // A limit would slow a service down while the node has time to spare.
    ['score', '--output-format', 'ci', '--ignore-container-cpu-limit', ...LEFT_OUT.flatMap(id => ['--ignore-test', id]), '-'],
    manifests.map(manifest => JSON.stringify(manifest)).join('\n---\n'),
  )
  const lines = output.trim().split('\n')
  if (!lines.some(line => line.startsWith('[OK]'))) throw new Error(`kube-score says nothing: ${errors}`)
  return lines.filter(line => !/^\[(OK|SKIPPED)\]/.test(line) && !UNKNOWN_PODS.some(pattern => pattern.test(line)))
}

for (const name of ['the standard values', 'all that can be switched on']) {
  t.test(`${name}: nothing is against good practice`, async t => t.strictSame(objections(render(VARIANTS[name])), []))
}

t.test('what is against it is found', async t => {
  const manifests = render()
  const { spec } = manifests.find(({ kind }) => kind === 'Deployment')!.spec.template
  delete spec.containers[0].resources
  spec.containers[0].securityContext.privileged = true
  const found = objections(manifests).join('\n')
  for (const objection of ['The container is privileged', 'Memory limit is not set']) t.match(found, objection)
})
