// One line that says where the run is. On a terminal it is written over; elsewhere it is repeated when something else is waited for.
const REPEAT_MS = 15_000

export class Progress {
  readonly #isTerminal = process.stderr.isTTY === true
  #where = ''
  #what = ''
  #figures: () => string = () => ''
  #endsAt = 0
  #lastLine = ''
  #lastAt = 0
  #timer: NodeJS.Timeout | undefined

  start() {
    this.#timer ??= setInterval(() => this.#show(false), this.#isTerminal ? 250 : 1_000)
    this.#timer.unref()
  }

  stop() {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#clear()
  }

  /** `experiment 2/26` */
  set where(text: string) {
    this.#where = text
  }

  set figures(figures: () => string) {
    this.#figures = figures
  }

  /** ms since 1970 */
  set endsAt(moment: number) {
    this.#endsAt = moment
  }

  /** What is being done, or waited for. */
  say(what: string) {
    if (what === this.#what) return
    this.#what = what
    this.#show(true)
  }

  /** A line that stays. */
  print(text: string) {
    this.#clear()
    console.log(text)
    this.#lastLine = ''
  }

  #clear() {
    if (this.#isTerminal && this.#lastLine) process.stderr.write('\r\u001b[2K')
  }

  #show(isNew: boolean) {
    const left = Math.max(0, Math.round((this.#endsAt - Date.now()) / 1000))
    const remaining = this.#endsAt ? `about ${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')} left` : ''
    const line = [this.#where, this.#what, this.#figures(), remaining].filter(Boolean).join(' · ')
    if (this.#isTerminal) {
      if (line === this.#lastLine) return
      process.stderr.write(`\r\u001b[2K${line.slice(0, (process.stderr.columns ?? 120) - 1)}`)
    } else {
      if (!isNew && Date.now() - this.#lastAt < REPEAT_MS) return
      process.stderr.write(`${line}\n`)
    }
    this.#lastLine = line
    this.#lastAt = Date.now()
  }
}
