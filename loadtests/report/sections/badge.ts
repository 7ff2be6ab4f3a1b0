import type { Verdict } from '../../lab/journal.ts'
import type { Language } from '../languages/language.ts'
import { html, type Markup } from '../markup.ts'

const SIGNS: Record<Verdict, string> = { passed: '✓', failed: '✕', INVALID: '?', aborted: '–', interrupted: '–' }

/** A verdict that can be told apart without its colour. */
export const badge = (verdict: Verdict, { words }: Language): Markup =>
  html`<span class="badge ${verdict.toLowerCase()}"><span aria-hidden="true">${SIGNS[verdict]}</span> ${words.verdicts[verdict]}</span>`

/** Whether a limit was kept, for a cell of its own. */
export const kept = (held: boolean, { words }: Language): Markup =>
  html`<span class="${held ? 'kept' : 'broken'}" role="img" aria-label="${held ? words.held : words.notHeld}">${held ? '✓' : '✕'}</span>`
