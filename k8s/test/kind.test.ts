// What the steps of a kind cluster do with Docker, kind and kubectl, for which scripts stand here.
import t, { type Test } from 'tap'
import { bash } from './bash.ts'

const cluster = (t: Test, program: string, commands: Record<string, string>, env: NodeJS.ProcessEnv = {}) =>
  bash(t, `source k8s/environment.sh; source k8s/kind/cluster.sh; ${program}`, commands, env)

t.test('a cluster stays what it was made as: of images that were pulled, or that were built', async t => {
  const mode = (image: string) => {
    const docker = `case $1 in inspect) echo ${image} ;; *) exit 1 ;; esac`
    return cluster(t, 'cluster_is_whole() { :; }; images_are_pulled || :; echo "$IMAGES"', { docker }, { IMAGES: '' }).stdout.trim()
  }
  t.equal(mode('kindest/node:v1@sha256:0123'), 'pulled')
  t.equal(mode('kindest/node:v1'), 'source')
})

t.test('for a new cluster an image is tried, and why it does not come is told', async t => {
  const mode = (pull: string) => {
    const commands = { docker: `case $1 in pull) ${pull} ;; *) exit 1 ;; esac` }
    return cluster(t, 'images_are_pulled || :; echo "$IMAGES $PULL_ERROR"', commands, { IMAGES: '' }).stdout.trim()
  }
  t.match(mode('echo sha256:0123'), /^pulled /)
  t.equal(mode('printf "pulling\\ntoo many requests\\n" >&2; exit 1'), 'source too many requests')
  t.equal(mode('exit 1'), 'source no answer within 30 s')
})

t.test('kind makes the cluster under its own name, with Docker', async t => {
  const kind = 'echo "$KIND_EXPERIMENTAL_PROVIDER $*"'
  const env = { NODE_IMAGE: 'node', HTTP_PORT: '8080', KIND_CLUSTER_NAME: 'other', KIND_EXPERIMENTAL_PROVIDER: 'podman' }
  const { stdout, stderr } = cluster(t, 'create_cluster', { kind, docker: '' }, env)
  t.match(stdout, /^docker create cluster --name confeitaria-none /, stderr)
})

t.test('the network goes with its last container, of whatever kind, and stays where it cannot go', async t => {
  const removal = (containers: string, rm = 'exit 0') => {
    const log = '>>"$XDG_CACHE_HOME/log"'
    const docker = `case "$1 $2" in "ps -aq") ${containers} ;; "network rm") echo "$@" ${log}; ${rm} ;; esac`
    return cluster(t, 'remove_network; cat "$XDG_CACHE_HOME/log"', { docker }).stdout
  }
  t.equal(removal('case $* in *network=kind) echo 0123 ;; esac'), '')
  t.equal(removal(':'), 'network rm kind\n')
  t.equal(removal(':', 'exit 1'), 'network rm kind\n')
})

t.test('the nodes are waited for, however long what was before them took', async t => {
  const kubectl = 'case $1 in get) [ -e "$XDG_CACHE_HOME/asked" ] || { touch "$XDG_CACHE_HOME/asked"; exit 1; } ;; esac'
  t.equal(cluster(t, 'SECONDS=1000; wait_for_nodes', { kind: '', kubectl }).status, 0)
})
