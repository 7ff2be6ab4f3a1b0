// Hands on what k6 writes into a file: many lines as one, with tabs between them, which JSON has none of. A line of a container's
// log costs the node and the API server more than its request cost the shop, on whose machine they may be.
import { openSync, readSync, writeSync } from 'node:fs'

const PERIOD_MS = 250
const buffer = Buffer.alloc(64 * 1024)
let file
let read = 0

function handOn() {
  try {
    file ??= openSync(process.argv[2])
  } catch {
    return // k6 has said nothing yet
  }
  for (;;) {
    const end = buffer.subarray(0, readSync(file, buffer, 0, buffer.length, read)).lastIndexOf('\n')
    if (end < 0) return
    writeSync(1, `${buffer.toString('utf8', 0, end).replaceAll('\n', '\t')}\n`)
    read += end + 1
  }
}

setInterval(handOn, PERIOD_MS)
process.on('SIGTERM', () => {
  handOn()
  process.exit()
})
