// What README.md says of scenarios and experiments is what they are.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { load, mistakes, names } from '../lab/definition.ts'
import { faultOf } from '../lab/faults/all.ts'
import { languages } from '../report/languages/language.ts'
import { markdownTable } from '../report/markdown.ts'
import { readRun } from '../report/run.ts'

const FOLDER = join(import.meta.dirname, '..')
const readme = readFileSync(join(FOLDER, 'README.md'), 'utf8')

t.test('each scenario is in the table, with what it takes', async t => {
  const said = [...readme.matchAll(/^\| `([a-z-]+)` \| .* \| (.*) \|$/gm)].map(([, name, parameters]) => [
    name,
    [...parameters!.matchAll(/`([A-Z_]+)` ([\d.]+)/g)].map(([, parameter, value]) => [parameter, Number(value)]),
  ])
  const files = readdirSync(join(FOLDER, 'scenarios')).map(file => [file, readFileSync(join(FOLDER, 'scenarios', file), 'utf8')] as const)
  const are = files
    .filter(([, text]) => text.includes('export const options'))
    .map(([file, text]) => [
      file.replace('.ts', ''),
      [...text.matchAll(/(?:number|seconds)\('([A-Z_]+)', ([\d.]+)\)/g)].map(([, parameter, value]) => [parameter, Number(value)]),
    ])
  const sorted = (list: unknown[][]) => list.map(([name, parameters]) => [name, (parameters as []).toSorted()]).toSorted()
  t.strictSame(sorted(said), sorted(are))
})

t.test('the experiment that it shows is one', async t => {
  const [, example] = /```yaml\n(.*?)```/s.exec(readme)!
  t.strictSame(mistakes(parse(example!)), [])
})

t.test('the experiments that a Job refuses are those that reach beyond the namespace', async t => {
  const [, said] = /\(((?:`[a-z-]+`(?:, )?)+)\) it refuses/.exec(readme)!
  const are = names().filter(name => load(name).faults.some(each => each.kind !== 'nothing' && faultOf(each).fromOutside))
  t.strictSame(said?.replaceAll('`', '').split(', '), are)
})

for (const [i, file] of ['README.pt-BR.md', 'README.md'].entries()) {
  t.test(`${file} shows the first table of the run that it names`, async t => {
    const text = readFileSync(join(FOLDER, '..', file), 'utf8')
    const [, run] = /\]\((docs\/results\/[^/)]+)\/\)/.exec(text)!
    const { journal } = await readRun(join(FOLDER, '..', run!))
    t.ok(text.includes(markdownTable(journal, languages[i]!)))
  })
}
