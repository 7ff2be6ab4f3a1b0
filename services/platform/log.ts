import pino from 'pino'

/** How many lines, or how much time (ms), go by before lines are written. */
const MAX_LINES = 256
const MAX_DELAY_MS = 200

/**
 * Standard output for many short lines. They are joined before they reach pino's own destination, because that one measures
 * all it holds again at each line, and each of its writes wakes another thread.
 */
export function logOutput(): pino.DestinationStream {
  const output = pino.destination({ sync: false })
  let lines: string[] = []
  const hand = () => {
    if (lines.length === 0) return
    output.write(lines.join(''))
    lines = []
  }
  setInterval(hand, MAX_DELAY_MS).unref()
  process.on('exit', () => {
    hand()
    output.flushSync()
  })
  return {
    write(line: string) {
      if (lines.push(line) === MAX_LINES) hand()
    },
  }
}

/** ISO 8601, put into words once for all lines of one millisecond. */
export function logTime(): () => string {
  let at = 0
  let member = ''
  return () => {
    const now = Date.now()
    if (now !== at) {
      at = now
      member = `,"time":"${new Date(now).toISOString()}"`
    }
    return member
  }
}
