// What kubectl is set to elsewhere is another cluster's, maybe that of production: nothing here touches it unasked.
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'

const REPOSITORY = join(import.meta.dirname, '../..')

function run(command: string, env: Record<string, string>) {
  return spawnSync('bash', ['-c', command], { cwd: REPOSITORY, env: { ...process.env, CLUSTER: '', ...env }, encoding: 'utf8' })
}

t.test('each cluster has a kubeconfig of its own', async t => {
  const XDG_CACHE_HOME = t.testdir()
  const file = (env = {}) =>
    run('source k8s/environment.sh; echo "$KUBECONFIG"', { XDG_CACHE_HOME, KUBECONFIG: '/elsewhere', ...env }).stdout
  t.equal(file(), `${XDG_CACHE_HOME}/confeitaria/kubeconfig-confeitaria\n`)
  t.equal(file({ CLUSTER: 'other' }), `${XDG_CACHE_HOME}/confeitaria/kubeconfig-other\n`)
})

t.test('the lab takes it too, unless a context is named', async t => {
  const folder = t.testdir({ confeitaria: {} })
  const write = (path: string, name: string) => {
    const named = { name, cluster: { server: 'https://127.0.0.1:1' }, user: {}, context: { cluster: name, user: name } }
    const parts = { 'current-context': name, clusters: [named], users: [named], contexts: [named] }
    writeFileSync(join(folder, path), JSON.stringify({ apiVersion: 'v1', kind: 'Config', ...parts }))
  }
  write('users', 'producao')
  write('confeitaria/kubeconfig-confeitaria', 'own')
  const undo = (more = '') =>
    run(`node loadtests/lab/lab.ts undo ${more}`, { XDG_CACHE_HOME: folder, KUBECONFIG: join(folder, 'users') }).stderr
  t.match(undo(), 'The context is own,')
  t.match(undo('--context own'), 'There is no context own:')
})
