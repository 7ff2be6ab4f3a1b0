/** A sentence for whoever ran the command; not a bug. */
export class Refusal extends Error {
  readonly exitCode: number
  constructor(sentence: string, exitCode = 2) {
    super(sentence)
    this.exitCode = exitCode
  }
}
