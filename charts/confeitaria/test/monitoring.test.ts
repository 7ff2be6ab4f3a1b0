import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { CHART, REPOSITORY } from './rendering.ts'

const RUNBOOKS = join(REPOSITORY, 'docs/runbooks')
/** The chart's own rules are among them, by a link. */
const RULES = join(REPOSITORY, 'k8s/monitoring/rules')
const rules: { alert: string; expr: string; labels: Record<string, string>; annotations: Record<string, string> }[] = readdirSync(RULES)
  .flatMap(file => parse(readFileSync(join(RULES, file), 'utf8')).groups)
  .flatMap(({ rules }) => rules)

t.test('every alert says what is the matter and has a runbook', async t => {
  t.ok(rules.length > 16)
  for (const { alert, labels, annotations } of rules) {
    t.ok(['critical', 'warning'].includes(labels.severity!), alert)
    t.ok(annotations.summary, alert)
    t.equal(annotations.runbook, `docs/runbooks/${alert}.md`)
    if (!existsSync(join(RUNBOOKS, `${alert}.md`))) t.fail(`docs/runbooks/${alert}.md is missing`)
    else {
      const headings = [...readFileSync(join(RUNBOOKS, `${alert}.md`), 'utf8').matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)
      t.strictSame(headings, ['Meaning', 'Impact', 'Diagnosis', 'Mitigation'], alert)
    }
  }
})

t.test('every panel has a unit, a title and says what it shows', async t => {
  const folder = join(CHART, 'files/dashboards')
  const uids = new Set()
  for (const file of readdirSync(folder)) {
    const { uid, title, panels, templating } = JSON.parse(readFileSync(join(folder, file), 'utf8'))
    uids.add(uid)
    t.match(title, /^Confeitaria: /)
    t.strictSame(
      templating.list.map(({ name }: { name: string }) => name),
      ['datasource', 'namespace'],
    )
    for (const panel of panels) {
      t.match(
        panel,
        { title: /./, description: /./, fieldConfig: { defaults: { unit: /./ } }, targets: [{ expr: /./ }] },
        `${file}: ${panel.title}`,
      )
      t.equal(panel.datasource.uid, '$' + '{datasource}', panel.title)
    }
  }
  t.equal(uids.size, 4)
})
