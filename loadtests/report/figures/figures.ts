import { typicalRound, variantsOf } from '../findings.ts'
import type { Language } from '../languages/language.ts'
import type { Part } from '../markup.ts'
import type { ExperimentResult, Run } from '../run.ts'
import { figureMarkup } from './figure.ts'
import { loadPerPod } from './load-per-pod.ts'
import { oneRound } from './one-round.ts'
import { overTime } from './over-time.ts'
import { traces } from './seconds.ts'

/** The graphs of an experiment: all rounds over each other, then a typical round of each variant. */
export async function figuresOf(result: ExperimentResult, run: Run, language: Language): Promise<Part> {
  const traced = traces(result.rounds, run)
  const typical = variantsOf(traced.map(({ round }) => round)).flatMap(([, rounds]) => {
    const shown = traced.find(({ round }) => round === typicalRound(rounds))
    return shown && shown.seconds.length > 0 ? oneRound(shown, rounds.length, result.definition, language) : []
  })
  const figures = [...overTime(traced, language), ...typical, ...loadPerPod(result, run, language)]
  const parts: Part[] = []
  // One after the other: drawings number their parts in the order in which they are made.
  for (const [nth, figure] of figures.entries()) parts.push(await figureMarkup(figure, `${result.name}-${nth + 1}`, language))
  return parts
}
