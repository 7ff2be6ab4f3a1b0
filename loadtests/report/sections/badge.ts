import type { Verdict } from '../../lab/journal.ts'
import type { Language } from '../languages/language.ts'
import { html, type Markup } from '../markup.ts'

const SIGNS: Record<Verdict, string> = { passed: '✓', failed: '✕', INVALID: '?', aborted: '–', interrupted: '–' }

/** A verdict that can be told apart without its colour. */
export const badge = (verdict: Verdict, { words }: Language): Markup =>
  html`<span class="badge ${verdict.toLowerCase()}"><span aria-hidden="true">${SIGNS[verdict]}</span> ${words.verdicts[verdict]}</span>`

/** Whether a limit was kept. In a smoke run times do not count: what is beyond its limit is only marked. */
export function kept(held: boolean, { words }: Language, counts = true): Markup {
  const [kind, sign, name] = held ? ['kept', '✓', words.held] : counts ? ['broken', '✕', words.notHeld] : ['beyond', '!', words.beyond]
  return html`<span class="${kind}" role="img" aria-label="${name}">${sign}</span>`
}
