import type { TopLevelSpec } from 'vega-lite'
import { proofsOfRound } from '../findings.ts'
import type { Language } from '../languages/language.ts'
import type { ExperimentResult, Run } from '../run.ts'
import { largest, smallest, sum } from '../statistics.ts'
import { FAINT, INK, STEPS, WIDTH } from './chart.ts'
import { add, only, shortName } from './counts.ts'
import type { Figure } from './figure.ts'

interface PodShare {
  round: number
  pod: string
  /** Of the requests of its round, 0–1. */
  share: number
}

const NAMES = 70

/** How load spreads over pods, where an experiment is about that: counted from when the last proof was seen, so that all are there. */
export function loadPerPod({ rounds, definition }: ExperimentResult, run: Run, language: Language): Figure[] {
  const { words, percent, number } = language
  const shares = rounds.flatMap(round => {
    const { fault, target } = round
    if (fault?.kind !== 'scale' || target === null) return []
    const ready = Math.ceil((largest(proofsOfRound(round, definition).map(({ afterMs }) => afterMs ?? 0)) ?? 0) / 1000)
    const seconds = run.timelineOf(round)?.seconds.filter(({ second }) => second > ready) ?? []
    const counts = only(add(seconds.map(({ pods }) => pods)), pod => pod.startsWith(`${target.name}-`))
    const all = sum(Object.values(counts))
    return Object.keys(counts)
      .toSorted()
      .map(pod => ({ round: round.number, pod: shortName(pod), share: counts[pod]! / all }))
  })
  if (shares.length === 0) return []
  const pods = largest([...Map.groupBy(shares, ({ round }) => round).values()].map(group => group.length))!
  const all = shares.map(({ share }) => share)
  return [
    {
      title: words.figures.loadPerPod,
      text: words.figures.loadPerPodText(percent(smallest(all)!), percent(largest(all)!), number(pods), percent(1 / pods)),
      note: '',
      spec: drawing(shares, 1 / pods, language),
    },
  ]
}

/** Every pod's share of the requests in each round, with the band of an even share ±10 %. */
function drawing(shares: PodShare[], even: number, { words, number }: Language): TopLevelSpec {
  const domain = [0, Math.max(even * 1.2, (largest(shares.map(({ share }) => share)) ?? 0) * 1.05) * 100]
  const rounds = [...Map.groupBy(shares, ({ round }) => round)]
  const band = [{ from: even * 90, to: even * 110, even: even * 100 }]
  return {
    vconcat: rounds.map(([round, pods], nth) => {
      const last = nth === rounds.length - 1
      const title = last ? words.figures.loadPerPodAxis : null
      const x = { type: 'quantitative', scale: { domain, nice: false }, title, axis: { labels: last, ticks: last } }
      return {
        title: { text: words.figures.round(number(round)), anchor: 'start', fontSize: 11.5, color: INK, offset: 4 },
        width: WIDTH - NAMES - 10,
        height: 18 * pods.length,
        layer: [
          {
            data: { values: band },
            mark: { type: 'rect', color: FAINT, opacity: 0.25 },
            encoding: { x: { ...x, field: 'from' }, x2: { field: 'to' } },
          },
          {
            data: { values: pods.map(({ pod, share }) => ({ pod, share: share * 100 })) },
            mark: { type: 'bar', color: STEPS[1]!, height: 9 },
            encoding: {
              x: { ...x, field: 'share' },
              y: { field: 'pod', type: 'nominal', title: null, axis: { minExtent: NAMES, maxExtent: NAMES, grid: false } },
            },
          },
          { data: { values: band }, mark: { type: 'rule', color: INK, strokeWidth: 1 }, encoding: { x: { ...x, field: 'even' } } },
        ],
      }
    }),
  } as TopLevelSpec
}
