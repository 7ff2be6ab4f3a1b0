// Which Go builds the tools: any that is there, or the one that it downloads. A script stands for Go here.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import t, { type Test } from 'tap'

const REPOSITORY = join(import.meta.dirname, '../..')

/** What `go_environment` makes of a Go of this version, and what Go says of itself then. */
function goEnvironment(t: Test, version: string, download = 'echo \'{\n\t"Dir": "\'"$XDG_CACHE_HOME"\'/toolchain",\n}\'') {
  const go = `#!/bin/sh\ncase "$*" in "env GOVERSION") echo ${version} ;; "env GOHOSTARCH") echo arm64 ;; "mod download"*) ${download} ;; esac\n`
  const newer = '#!/bin/sh\necho "the newer one, of $(cat "$(dirname "$0")/../src/go.mod")"\n'
  const folder = t.testdir({ old: { go }, toolchain: { bin: { go: newer }, pkg: { tool: {} }, src: { '_go.mod': 'module std' } } })
  const program = `chmod +x "$XDG_CACHE_HOME/old/go"; source k8s/images/recipe.sh; go_environment; go env GOVERSION`
  const env = { ...process.env, XDG_CACHE_HOME: folder, PATH: `${folder}/old:${process.env.PATH}` }
  return spawnSync('bash', ['-c', program], { cwd: REPOSITORY, env, encoding: 'utf8' })
}

t.test('a Go that is new enough is used', async t => {
  t.equal(goEnvironment(t, 'go1.99.0', 'exit 1').stdout, 'go1.99.0\n')
})

t.test('an older one downloads the one that is needed, which its archive keeps as plain files', async t => {
  for (const version of ['go1.18.1', 'go1.24.4']) {
    const { stdout, stderr } = goEnvironment(t, version)
    t.equal(stdout, 'the newer one, of module std\n', stderr)
  }
})

t.test('an older one that cannot download it', async t => {
  const { status, stderr } = goEnvironment(t, 'go1.18.1', 'exit 1')
  t.not(status, 0)
  t.match(stderr, /Go go1\.18\.1 is older than 1\.\d+\.\d+, which cannot be downloaded: install it from https:\/\/go\.dev\/dl\./)
})
