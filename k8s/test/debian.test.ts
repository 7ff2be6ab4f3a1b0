// Where Debian's packages come from, when images are built of them.
import t from 'tap'
import { bash } from './bash.ts'

const SENTENCE = 'Building from source needs a Debian 12 or newer (apt and dpkg); on another system run where images can be pulled.'

/** A machine of another distribution, which has apt as well. */
const ubuntu = {
  grep: 'case "$*" in */etc/os-release) exit 1 ;; *) exec /bin/grep "$@" ;; esac',
  cat: 'case "$*" in */etc/apt/*) echo "deb http://archive.ubuntu.com/ubuntu noble main" ;; *) exec /bin/cat "$@" ;; esac',
}

t.test('no image of Debian is made from the packages of another distribution', async t => {
  const { status, stdout, stderr } = bash(t, 'k8s/images/debian/build', { ...ubuntu, docker: 'exit 1', debootstrap: 'echo "$@"' })
  t.not(status, 0)
  t.match(stderr, SENTENCE)
  t.equal(stdout, '')
})

t.test('no other packages of it are unpacked', async t => {
  const { status, stdout, stderr } = bash(t, 'source k8s/images/recipe.sh; debian_apt apt-get update', {
    ...ubuntu,
    'apt-get': 'echo "$@"',
  })
  t.not(status, 0)
  t.match(stderr, SENTENCE)
  t.equal(stdout, '')
})
