/** What a placeholder of a manuscript stands for: a figure, a table or a drawing, all from the kept run of the lab (or the chart's values). */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parse } from 'yaml'
import { load, names } from '../../loadtests/lab/definition.ts'
import { Refusal } from '../../loadtests/lab/refusal.ts'
import { limit, measured } from '../../loadtests/report/amounts.ts'
import { figuresOf } from '../../loadtests/report/figures/figures.ts'
import { budgetsOf, verdictOf } from '../../loadtests/report/findings.ts'
import type { Language } from '../../loadtests/report/languages/language.ts'
import { markdownTable } from '../../loadtests/report/markdown.ts'
import { html, Markup, type Part } from '../../loadtests/report/markup.ts'
import { type ExperimentResult, type Run, readRun } from '../../loadtests/report/run.ts'
import { headline, losses } from '../../loadtests/report/sections/promises.ts'
import { isNumber, median, sum } from '../../loadtests/report/statistics.ts'

export const REPOSITORY = join(import.meta.dirname, '../..')
const KEPT = join(REPOSITORY, 'docs/results')

const isRun = (folder: string) => existsSync(join(folder, 'journal.json'))

/** @param asked the name of a run, or its folder; without one the only run that is kept is meant */
export function readEvidence(asked: string | undefined): Promise<Run> {
  if (asked !== undefined) return readRun([asked, join(REPOSITORY, 'results', asked), join(KEPT, asked)].find(isRun) ?? asked)
  const kept = existsSync(KEPT) ? readdirSync(KEPT).filter(name => isRun(join(KEPT, name))) : []
  if (kept.length === 1) return readRun(join(KEPT, kept[0]!))
  const where = relative(REPOSITORY, KEPT)
  throw new Refusal(
    kept.length === 0
      ? `There is no kept run in ${where}: make one with 'make lab' and copy its folder there, or name a run of results/ with RUN=<run>.`
      : `There are several runs in ${where}: say which with RUN=<run>, one of ${kept.join(', ')}.`,
  )
}

/** Text, markup, or Markdown that is still to be set. */
export type Filling = Part | { markdown: string }

/** Fills the placeholders of one document in one language. */
export class Evidence {
  /** Experiments that the text speaks of and the run does not have. */
  readonly missing = new Set<string>()
  readonly #run: Run
  readonly #language: Language
  readonly #drawn = new Map<string, Part>()

  constructor(run: Run, language: Language) {
    this.#run = run
    this.#language = language
  }

  get run() {
    return this.#run.journal.run
  }

  /** @param placeholder what stands between the braces: a name and its arguments */
  async fill(placeholder: string): Promise<Filling> {
    const [name = '', ...given] = placeholder.trim().split(/\s+/)
    const { journal } = this.#run
    const { words, number, moment, duration } = this.#language
    const { environment, experiments } = journal
    switch (name) {
      case 'run':
        return html`<code>${journal.run}</code>`
      case 'commit':
        return html`<code>${environment.commit.slice(0, 12)}</code>`
      case 'command':
        return html`<code>${journal.command}</code>`
      case 'started':
        return moment(journal.startedAt)
      case 'duration':
        return journal.endedAt === null ? words.environment.notEnded : duration(journal.endedAt - journal.startedAt)
      case 'mode':
        return words.environment.modes[journal.mode]
      case 'cpus':
        return number(environment.machine.cpus)
      case 'memory':
        return this.#language.bytes(environment.machine.memoryBytes)
      case 'nodes':
        return number(environment.nodes.length)
      case 'versions':
        return this.#language.list(Object.entries(environment.versions).map(([component, version]) => `${component} ${version}`))
      case 'experiments':
        return number(experiments.length)
      case 'rounds':
        return given.length ? this.#of(given, ({ rounds }) => number(rounds.length)) : number(sum(experiments.map(e => e.rounds.length)))
      case 'passed':
        return this.#of(given, ({ rounds }) =>
          words.promises.heldIn(number(rounds.filter(({ verdict }) => verdict === 'passed').length), number(rounds.length)),
        )
      case 'verdict':
        return given.length ? this.#of(given, ({ verdict }) => words.verdicts[verdict]) : words.verdicts[verdictOf(journal)]
      case 'answer':
        return words.answers[verdictOf(journal)]
      case 'headline':
        return headline(journal, this.#language)
      case 'losses':
        return losses(journal, this.#language)
      case 'title':
        return this.#titles(given)
      case 'limit':
      case 'median':
      case 'worst':
        return this.#budget(name, given)
      case 'load':
        return this.#load(given)
      case 'promises':
        return { markdown: markdownTable(given.length ? { ...journal, experiments: this.#those(given) } : journal, this.#language) }
      case 'figure':
        return this.#figure(given)
      case 'omitted':
        return journal.omitted.length === 0
          ? html`<p>${words.omitted.nothing}</p>`
          : html`<ul>${journal.omitted.map(({ name, reason }) => html`<li><b>${name}</b>: ${reason[this.#language.key]}</li>`)}</ul>`
      case 'chart':
        return chartValue(given[0] ?? '')
    }
    throw new Refusal(`Nothing is called {{${placeholder}}}: what there is stands in docs/publishing/evidence.ts.`)
  }

  /** The experiments of the run that are named; names that no experiment has are refused. */
  #those(given: readonly string[]): ExperimentResult[] {
    return given.flatMap(name => {
      const found = this.#run.journal.experiments.find(experiment => experiment.name === name)
      if (!found && !names().includes(name)) throw new Refusal(`No experiment is called ${name}: 'lab list' names them.`)
      if (!found || found.rounds.length === 0) this.missing.add(name)
      return found ?? []
    })
  }

  #of([name = '']: readonly string[], say: (experiment: ExperimentResult) => string): string {
    const [experiment] = this.#those([name])
    return experiment && experiment.rounds.length > 0 ? say(experiment) : this.#language.words.notMeasured
  }

  #titles([name = '']: readonly string[]): string {
    const [experiment] = this.#those([name])
    return (experiment ?? load(name)).title[this.#language.key]
  }

  /** Of a budget: its limit, or what was measured of it over all rounds. */
  #budget(what: 'limit' | 'median' | 'worst', [name = '', metric = '']: readonly string[]): string {
    return this.#of([name], experiment => {
      const finding = budgetsOf(experiment).find(({ budget, together }) => budget.name === metric && !together)
      if (!finding) throw new Refusal(`${name} has no budget ${metric}.`)
      if (what === 'limit') return limit(finding.budget, this.#language)
      // Of one round there is no median beside it.
      return measured(what === 'median' && finding.of === 1 ? finding.worst : finding[what], finding.budget, this.#language)
    })
  }

  /** Of the load of all rounds: counts are added up, of the rest the median round stands for all. */
  #load([name = '', what = '']: readonly string[]): string {
    const { number, milliseconds } = this.#language
    return this.#of([name], ({ rounds }) => {
      const loads = rounds.flatMap(({ load }) => load ?? [])
      const middle = (values: (number | undefined)[], write: (value: number) => string) => {
        const value = median(values.filter(isNumber))
        return value === null ? this.#language.words.notMeasured : write(value)
      }
      switch (what) {
        case 'requests':
        case 'failed':
        case 'shed':
          return number(sum(loads.map(load => load[what])))
        case 'throughput':
          return middle(
            loads.map(load => load.throughput),
            value => number(value, 1),
          )
        case 'mean':
        case 'p50':
        case 'p95':
        case 'p99':
          return middle(
            loads.map(({ latency }) => latency?.[what]),
            milliseconds,
          )
      }
      throw new Refusal(`A load has no ${what}.`)
    })
  }

  /** One graph of an experiment, by what the report's words call it. */
  async #figure([name = '', what = '']: readonly string[]): Promise<Part> {
    const { words } = this.#language
    const [experiment] = this.#those([name])
    if (!experiment || experiment.rounds.length === 0) return html`<p class="note">${this.#titles([name])}: ${words.notMeasured}.</p>`
    if (!this.#drawn.has(name)) this.#drawn.set(name, await figuresOf(experiment, this.#run, this.#language))
    const title = words.figures[what as 'success']
    if (title === undefined) throw new Refusal(`No graph is called ${what}.`)
    const figure = [this.#drawn.get(name)].flat().find(part => part instanceof Markup && part.text.includes(`<b>${title}`))
    return figure ?? html`<p class="note">${title}: ${words.notMeasured}.</p>`
  }
}

const values: unknown = parse(readFileSync(join(REPOSITORY, 'charts/confeitaria/values.yaml'), 'utf8'))

/** A value of the shop's chart, by its path. */
function chartValue(path: string): string {
  const value = path.split('.').reduce<unknown>((part, name) => (part as Record<string, unknown> | undefined)?.[name], values)
  if (typeof value === 'object' || value === undefined) throw new Refusal(`The chart has no value ${path}.`)
  return String(value).replace(/^(\d+)(ms|s)$/, '$1\u00a0$2')
}
