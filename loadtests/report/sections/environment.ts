import { stringify } from 'yaml'
import { verdictOf } from '../findings.ts'
import type { Language } from '../languages/language.ts'
import { html, type Markup, type Part } from '../markup.ts'
import type { Journal } from '../run.ts'
import { largest } from '../statistics.ts'
import { table } from '../tables.ts'

/** On what the run was made: facts, versions, nodes, images by digest, charts with their values folded. */
export function environment(journal: Journal, language: Language): Markup {
  const { words, number } = language
  const { environment: text } = words
  const { versions, nodes, images, charts } = journal.environment
  const name = (show: Part) => ({ show, header: true as const })
  return html`<section id="environment">
<h2>${text.title}</h2>
<dl class="facts">${facts(journal, language).map(([term, what]) => html`<div><dt>${term}</dt><dd>${what}</dd></div>\n`)}</dl>
${table(
  text.versions,
  [{ head: text.component }, { head: text.version }],
  Object.entries(versions).map(([component, version]) => [[name(component), { show: html`<code>${version}</code>` }]]),
  'narrow',
)}
${table(
  text.nodes,
  [{ head: text.node }, { head: text.roles }, { head: text.kubelet }, { head: text.runtime }, { head: text.kernel }],
  nodes.map(node => [
    [name(node.name), { show: node.roles.join(', ') }, { show: node.kubelet }, { show: node.runtime }, { show: node.kernel }],
  ]),
)}
${table(
  text.images,
  [{ head: text.image }, { head: text.digest }],
  images.map(image => [[name(image.name), { show: html`<code class="digest">${image.digest}</code>` }]]),
)}
${table(
  text.charts,
  [{ head: text.chart }, { head: text.version }, { head: text.revision, numeric: true }],
  charts.map(chart => [[name(chart.name), { show: chart.version }, { show: number(chart.revision) }]]),
)}
${charts.map(chart => html`<details><summary>${text.values(chart.name)}</summary><pre tabindex="0">${stringify(chart.values)}</pre></details>\n`)}</section>`
}

function facts(journal: Journal, language: Language): [string, Part][] {
  const { words, number, moment, duration, bytes } = language
  const { environment: text } = words
  const { commit, context, machine } = journal.environment
  const clocks = journal.experiments.flatMap(({ rounds }) => rounds).flatMap(({ clock }) => clock ?? [])
  const milliseconds = (values: number[]) => language.milliseconds(largest(values) ?? 0)
  return [
    [words.run, html`<code>${journal.run}</code> (${words.verdicts[verdictOf(journal)]})`],
    [text.command, html`<code>${journal.command}</code>`],
    [text.mode, text.modes[journal.mode]],
    [text.started, moment(journal.startedAt)],
    [text.ended, journal.endedAt === null ? text.notEnded : moment(journal.endedAt)],
    ...(journal.endedAt === null ? [] : [[text.duration, duration(journal.endedAt - journal.startedAt)] satisfies [string, Part]]),
    [text.commit, html`<code>${commit}</code>`],
    [text.context, html`<code>${context}</code>`],
    [
      text.machine,
      text.machineText(number(machine.cpus), bytes(machine.memoryBytes), machine.loadAverage.map(load => number(load, 2)).join(' · ')),
    ],
    ...(clocks.length === 0
      ? []
      : [
          [
            text.clock,
            text.clockText(
              milliseconds(clocks.map(({ offsetMs }) => Math.abs(offsetMs))),
              milliseconds(clocks.map(({ uncertaintyMs }) => uncertaintyMs)),
            ),
          ] satisfies [string, Part],
        ]),
  ]
}
