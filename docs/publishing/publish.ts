import { join } from 'node:path'
import { Refusal } from '../../loadtests/lab/refusal.ts'
import type { Run } from '../../loadtests/report/run.ts'
import { REPOSITORY, readEvidence } from './evidence.ts'

/** Makes a document from the run that was named, or the kept one, into build/. */
export async function publish(make: (run: Run, folder: string, say: (line: string) => void) => Promise<void>): Promise<void> {
  try {
    const [asked, ...more] = process.argv.slice(2)
    if (more.length > 0) throw new Refusal('Give one run, or nothing for the one that is kept.')
    await make(await readEvidence(asked), join(REPOSITORY, 'build'), console.log)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    console.error(error.message)
    process.exitCode = 2
  }
}
