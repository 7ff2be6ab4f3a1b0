// The images say of which commit they are, and are built without one, too.
import t from 'tap'
import { bash } from './bash.ts'

t.test('a copy of the repository without git builds its images, of an unknown revision', async t => {
  const revision = (commands: Record<string, string>, format: string) =>
    bash(t, `source k8s/images/recipe.sh; source k8s/images/service/bundle.sh; revision ${format} package-lock.json`, {
      docker: '',
      ...commands,
    }).stdout
  t.equal(revision({ git: 'exit 128' }, '%H'), 'unknown\n')
  t.match(revision({}, '%H'), /^([0-9a-f]{40}|unknown)\n$/)
  t.match(revision({}, '%h'), /^([0-9a-f]{12}|unknown)\n$/)
})
