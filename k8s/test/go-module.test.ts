// Which Go builds the tools: any that is there, or the one that it downloads. A script stands for Go here.
import t, { type Test } from 'tap'
import { bash } from './bash.ts'

/** What `go_environment` makes of a Go of this version, and what Go says of itself then. */
function goEnvironment(t: Test, version: string, download: string) {
  const go = `case "$*" in "env GOVERSION") echo ${version} ;; "env GOHOSTARCH") echo arm64 ;; "mod download"*) ${download} ;; esac`
  const newer = '#!/bin/sh\necho "the newer one, of $(cat "$(dirname "$0")/../src/go.mod")"\n'
  const program = `
    mkdir -p "$XDG_CACHE_HOME"/toolchain/{bin,pkg/tool,src}
    echo '${newer}' >"$XDG_CACHE_HOME/toolchain/bin/go"
    echo module std >"$XDG_CACHE_HOME/toolchain/src/_go.mod"
    source k8s/images/recipe.sh
    go_environment
    go env GOVERSION`
  return bash(t, program, { go })
}

t.test('a Go that is new enough is used', async t => {
  t.equal(goEnvironment(t, 'go1.99.0', 'exit 1').stdout, 'go1.99.0\n')
})

t.test('an older one downloads the one that is needed, which its archive keeps as plain files', async t => {
  for (const version of ['go1.18.1', 'go1.24.4']) {
    const { stdout, stderr } = goEnvironment(t, version, `printf '{\\n\\t"Dir": "%s",\\n}\\n' "$XDG_CACHE_HOME/toolchain"`)
    t.equal(stdout, 'the newer one, of module std\n', stderr)
  }
})

t.test('an older one that cannot download it', async t => {
  const { status, stderr } = goEnvironment(t, 'go1.18.1', 'exit 1')
  t.not(status, 0)
  t.match(stderr, /Go go1\.18\.1 is older than 1\.\d+\.\d+, which cannot be downloaded: install it from https:\/\/go\.dev\/dl\./)
})
