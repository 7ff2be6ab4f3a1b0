import type { Language } from '../languages/language.ts'
import { html, type Markup } from '../markup.ts'
import type { Journal } from '../run.ts'

/** The commands that give this run and this report again. */
export function again({ environment, command, experiments, run }: Journal, { words: { again } }: Language): Markup {
  // A load of its own is no experiment.
  const one = command.startsWith('lab load') ? undefined : experiments[0]?.name
  const steps: [string, string][] = [
    [`git checkout ${environment.commit.replace(/-dirty$/, '')}`, again.steps.checkout],
    ['make up', again.steps.up],
    [command.replace(/^lab /, 'node loadtests/lab/lab.ts '), again.steps.same],
    ...(one === undefined ? [] : [[`node loadtests/lab/lab.ts run ${one}`, again.steps.one] satisfies [string, string]]),
    [`node loadtests/report/report.ts results/${run}`, again.steps.report],
  ]
  return html`<section id="again">
<h2>${again.title}</h2>
<p>${again.text}</p>
<dl class="commands">${steps.map(([line, what]) => html`<div><dt><code>${line}</code></dt><dd>${what}</dd></div>\n`)}</dl>
<p>${again.same}</p>
</section>`
}
