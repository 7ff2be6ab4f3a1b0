// The figures of docs/failover/README.md are those of the journals beside it.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'

type Recovery = { of: string; failed: number; rtoMs: number | null }

const folder = join(import.meta.dirname, '../failover')
const rows = [
  ...readFileSync(join(folder, 'README.md'), 'utf8').matchAll(/^\| [^|]+ \|(?: ([\d ·]+) \|)? ([^|]+) \| \[.*\]\((.*\.json)\) \|$/gm),
]

t.strictSame(
  rows.map(row => row[3]).sort(),
  readdirSync(folder)
    .filter(file => file.endsWith('.json'))
    .sort(),
  'every journal has its line',
)
for (const [, lost, back, file] of rows) {
  const { rounds } = JSON.parse(readFileSync(join(folder, file!), 'utf8')).experiments[0]
  const each = (of: string, say: (recovery: Recovery) => string) =>
    rounds.map(({ recovery }: { recovery: Recovery[] }) => say(recovery.find(each => each.of === of)!)).join(' · ')
  t.equal(
    back,
    each('orders', ({ rtoMs }) => (rtoMs === null ? 'not within the load' : (rtoMs / 1000).toFixed(1))),
    file!,
  )
  if (lost)
    t.equal(
      lost,
      each('reads', ({ failed }) => `${failed}`),
      file!,
    )
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
