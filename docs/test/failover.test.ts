// The figures of docs/failover/README.md are those of the journals beside it.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'

const folder = join(import.meta.dirname, '../failover')
const rows = [...readFileSync(join(folder, 'README.md'), 'utf8').matchAll(/^\| .* \| (.*) \| \[.*\]\((.*\.json)\) \|$/gm)]

t.strictSame(
  rows.map(row => row[2]).sort(),
  readdirSync(folder)
    .filter(file => file.endsWith('.json'))
    .sort(),
  'every journal has its line',
)
for (const [, said, file] of rows) {
  const { rounds } = JSON.parse(readFileSync(join(folder, file!), 'utf8')).experiments[0]
  const seconds = rounds.map(({ recovery }: { recovery: { of: string; rtoMs: number | null }[] }) => {
    const { rtoMs } = recovery.find(({ of }) => of === 'orders')!
    return rtoMs === null ? 'not within the load' : (rtoMs / 1000).toFixed(1)
  })
  t.equal(said, seconds.join(' · '), file!)
  for (const { invariants } of rounds) {
    for (const { id, held } of invariants) t.ok(held, `${file}: ${id}`)
  }
}

t.test('a planned switchover: its times are those of the log, and of the journal', async t => {
  const document = readFileSync(join(folder, 'README.md'), 'utf8')
  const log: { at: number; by: string }[] = JSON.parse(readFileSync(join(folder, 'switchover/log.json'), 'utf8'))
  const steps = [...document.matchAll(/^\| (\d+\.\d) \| (\S+) \| .* \|$/gm)]
  t.equal(steps.length, 9)
  for (const [, at, by] of steps)
    t.ok(
      log.some(line => line.at === Number(at) && line.by === by),
      `${at} ${by}`,
    )
  const { rounds } = JSON.parse(readFileSync(join(folder, 'switchover/journal.json'), 'utf8')).experiments[0]
  const { rtoMs } = rounds[0].recovery.find(({ of }: { of: string }) => of === 'orders')
  t.ok(document.includes(`Orders were back for good after ${(rtoMs / 1000).toFixed(1)} s.`))
})
