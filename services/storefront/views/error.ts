import { html } from '../html.ts'
import { type Page, scene, type View } from './layout.ts'

/** A page for what went wrong, by HTTP status. */
export function errorPage(view: View, status: number, here: string): Page {
  const { errors } = view.language.words
  const [title, text] = errors.pages[status] ?? errors.pages[status < 500 ? 400 : 500]!
  const picture = status < 500 ? 'nao-encontrado' : 'pedidos-pausados'
  const more = html`<p><a class="button" href="/">${errors.back}</a></p>`
  return { title, here, personal: true, main: scene(view, { picture, title, text, more }) }
}
