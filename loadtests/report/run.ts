import { readFile } from 'node:fs/promises'
import { isAbsolute, join, normalize } from 'node:path'
import type Type from 'typebox'
import { Value } from 'typebox/value'
import { type ExperimentResult, Journal, type Round, Timeline } from '../lab/journal.ts'
import { Refusal } from '../lab/refusal.ts'

/** A run as it was written down: all that a report is made from. */
export interface Run {
  journal: Journal
  /** What happened second by second, where it was kept. */
  timelineOf(round: Round): Timeline | undefined
}

/** Reads a run's folder. Throws {@link Refusal} when what is in it is not what a run leaves. */
export async function readRun(folder: string): Promise<Run> {
  const journal = await read(Journal, join(folder, 'journal.json'))
  const timelines = new Map<Round, Timeline>()
  for (const round of journal.experiments.flatMap(({ rounds }) => rounds)) {
    if (round.timeline === null) continue
    const path = normalize(round.timeline)
    if (isAbsolute(path) || path.startsWith('..')) throw new Refusal(`The journal names a timeline outside of the run's folder: ${path}.`)
    timelines.set(round, await read(Timeline, join(folder, path)))
  }
  return { journal, timelineOf: round => timelines.get(round) }
}

async function read<T extends Type.TSchema>(schema: T, path: string): Promise<Type.Static<T>> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Refusal(
      error.code === 'ENOENT'
        ? `There is no ${path}: name the folder of a run, as in results/<run>.`
        : `Cannot read ${path}: ${error.message}.`,
    )
  })
  const value = parsed(text, path)
  const [wrong] = Value.Errors(schema, value)
  if (wrong) throw new Refusal(`${path} is not what a run leaves: ${wrong.instancePath || 'it'} ${wrong.message}.`)
  return value as Type.Static<T>
}

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Refusal(`${path} is not JSON (${(error as Error).message}): was the run cut off while it wrote?`)
  }
}

export type { ExperimentResult, Journal, Round, Timeline }
