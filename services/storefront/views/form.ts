import { type Html, html, raw } from '../html.ts'
import type { View } from './layout.ts'

interface Field {
  id: string
  label: string
  hint?: string | undefined
  error?: string | undefined
  /** The error is the first thing to be told, since nothing above it tells it. */
  alert?: boolean
}

/** @param control given the attributes that tie it to its label, hint and error */
export function field({ id, label, hint, error, alert }: Field, control: (attributes: Html) => Html): Html {
  const described = [error && `${id}-erro`, hint && `${id}-dica`].filter(Boolean).join(' ')
  return html`<div class="field${error ? ' wrong' : ''}"><label for="${id}">${label}</label>
${hint ? html`<p class="hint" id="${id}-dica">${hint}</p>` : ''}
${error ? html`<p class="error" id="${id}-erro"${alert ? raw(' role="alert"') : ''}>${error}</p>` : ''}
${control(
  html` id="${id}" name="${id}" required${described ? html` aria-describedby="${described}"` : ''}${error ? raw(' aria-invalid="true"') : ''}`,
)}</div>`
}

/** What is wrong with a form, each with a link to its field. */
export function errorSummary({ language }: View, errors: Partial<Record<string, string>>): Html | '' {
  const found = Object.entries(errors)
  if (!found.length) return ''
  return html`<div class="alert" role="alert" tabindex="-1" data-focus><h2>${language.words.checkout.errorsTitle}</h2><ul>${found.map(
    ([id, message]) => html`<li>${id === 'formulario' ? message : html`<a href="#${id}">${message}</a>`}</li>`,
  )}</ul></div>`
}

/** The title of a page with a form, which says first that something is wrong. */
export const titleOf = ({ language }: View, title: string, errors: object) =>
  Object.keys(errors).length ? `${language.words.checkout.errorsTitle} · ${title}` : title
