import { type LoggerInterface, parse, resetSVGDefIds, View } from 'vega'
import { type Config, compile, type TopLevelSpec } from 'vega-lite'
import type { Language } from '../languages/language.ts'
import { type Markup, verbatim } from '../markup.ts'

/** As wide as the text on an A4 page; on a screen the drawing is scaled. px. */
export const WIDTH = 690

/** Every colour is a property of the page's style, so that a drawing follows it into the dark and onto paper. */
export const INK = 'var(--ink)'
export const FAINT = 'var(--faint)'
export const ACCENT = 'var(--accent)'
export const FAULT = 'var(--fault)'
/** From dark to light on paper, apart for all kinds of colour vision and in grey. */
export const STEPS = ['var(--step-1)', 'var(--step-2)', 'var(--step-3)', 'var(--step-4)', 'var(--step-5)', 'var(--step-6)']

/** As many steps as there are things to tell apart, as far from each other as can be; the palest only when it is needed. */
export function steps(n: number): string[] {
  const last = n > 5 ? 5 : 4
  return Array.from({ length: n }, (_, i) => STEPS[n === 1 ? 1 : Math.round((i * last) / (n - 1))]!)
}

const STYLE: Config = {
  aria: false,
  background: 'transparent',
  font: 'inherit',
  padding: 2,
  view: { stroke: null, continuousWidth: WIDTH, continuousHeight: 90 },
  axis: {
    labelColor: INK,
    titleColor: INK,
    domainColor: FAINT,
    tickColor: FAINT,
    gridColor: 'var(--grid)',
    labelFontSize: 10.5,
    titleFontSize: 10.5,
    titleFontWeight: 'normal',
    tickSize: 4,
  },
  axisY: { minExtent: 42, maxExtent: 42, domain: false, ticks: false, titleAnchor: 'middle' },
  axisX: { grid: false },
  header: {
    title: null,
    labelColor: INK,
    labelFontSize: 11.5,
    labelFontWeight: 'bold',
    labelOrient: 'top',
    labelAnchor: 'start',
    labelPadding: 3,
  },
  legend: {
    labelColor: INK,
    titleColor: INK,
    labelFontSize: 10.5,
    titleFontSize: 11,
    symbolType: 'square',
    symbolStrokeWidth: 0,
    labelLimit: 150,
  },
  facet: { spacing: 14 },
  concat: { spacing: 12 },
}

/** Identifiers in drawings count from one in every page: the same run gives the same bytes. */
export const startPage = (): void => resetSVGDefIds()

/** Draws to SVG that takes its colours and its font from the page; `labelledBy` is the id of what describes it. */
export async function draw(spec: TopLevelSpec, labelledBy: string, language: Language): Promise<Markup> {
  const complaints: string[] = []
  const logger = complaining(complaints)
  const { decimal, thousands } = language.digits
  const locale = { number: { decimal, thousands, grouping: [3], currency: ['', ''] as [string, string] } }
  const { spec: drawing } = compile(spec, { config: { ...STYLE, locale }, logger })
  const view = new View(parse(drawing), { renderer: 'none', logger })
  const svg = await view.toSVG()
  view.finalize()
  if (complaints.length > 0) throw new Error(`A drawing is not as meant (${labelledBy}): ${complaints.join('; ')}`)
  return verbatim(
    svg
      // The drawing is one picture, whose caption describes it: its parts are nobody's symbols.
      .replace(/ (role="graphics-[a-z]+"|aria-[a-z]+="[^"]*")/g, '')
      .replace(/ (d|transform|x|y|x1|x2|y1|y2|width|height)="[^"]*"/g, attribute => attribute.replace(/-?\d+\.\d{2,}(e-\d+)?/g, shortened))
      .replace(
        /^<svg[^>]*?width="([\d.]+)" height="([\d.]+)"[^>]*>/,
        `<svg viewBox="0 0 $1 $2" width="$1" height="$2" role="img" aria-labelledby="${labelledBy}">`,
      ),
  )
}

const shortened = (number: string) => String(Math.round(Number(number) * 10) / 10)

/** The libraries only write to the console when something is wrong. Here it is kept. */
function complaining(complaints: string[]): LoggerInterface {
  const keep = (...words: readonly unknown[]) => {
    complaints.push(words.map(String).join(' '))
    return logger
  }
  const pass = () => logger
  const logger = { level: pass as never, error: keep, warn: keep, info: pass, debug: pass }
  return logger
}
