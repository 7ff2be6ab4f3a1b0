import { type Html, html, raw } from '../html.ts'
import type { Category, Product } from '../shop.ts'
import { errorSummary, field, titleOf } from './form.ts'
import { type Page, portugueseName, type View } from './layout.ts'

/** @param typed what waits to be saved */
export function signIn(view: View, error?: string, typed?: Typed): Page {
  const { admin } = view.language.words
  return {
    title: admin.title,
    here: '/admin',
    personal: true,
    main: html`<h1>${admin.title}</h1>
<form method="post" action="/admin/entrar" class="panel narrow">
${typed && html`<input type="hidden" name="produto" value="${typed.produto}">${PRODUCT_FIELDS.map(key => html`<input type="hidden" name="${key}" value="${typed.form[key]}">`)}${typed.edited && stateFields(typed.edited)}`}
${field({ id: 'token', label: admin.token, hint: admin.tokenHint, error, alert: true }, attributes => html`<input${attributes} type="password" autocomplete="current-password">`)}
<button class="button">${admin.signIn}</button>
</form>`,
  }
}

export interface AdminListing {
  products: Product[]
  query: string
  next: string | null
  here: string
}

export function productTable(view: View, { products, query, next, here }: AdminListing): Page {
  const { language } = view
  const { admin } = language.words
  return {
    title: admin.title,
    here,
    personal: true,
    main: html`<div class="heading"><h1>${admin.title}</h1><form method="post" action="/admin/sair"><button class="link">${admin.signOut}</button></form></div>
<div class="heading"><form class="inline" role="search" aria-label="${admin.find}" action="/admin" method="get"><label for="busca">${admin.find}</label><input id="busca" name="busca" type="search" maxlength="100" value="${query}"><button class="button small">${language.words.search.button}</button></form>
<a class="button" href="/admin/produtos/novo">${admin.newProduct}</a></div>
${
  products.length === 0
    ? html`<p>${admin.noProducts}</p>`
    : html`<table class="products"><caption class="hidden">${admin.products}</caption>
<thead><tr><th scope="col">${admin.name}</th><th scope="col">${admin.category}</th><th scope="col" class="number">${admin.price}</th><th scope="col">${admin.stock}</th><th scope="col">${admin.actions}</th></tr></thead>
<tbody>${products.map(
        each => html`<tr id="p${each.id}"><th scope="row"${portugueseName(view)}>${each.nome}</th><td${portugueseName(view)}>${each.categoria}</td><td class="number">${language.money(each.preco)}</td>
<td><form class="inline" method="post" action="/admin/produtos/${each.id}/estoque"><span class="number in-stock"><span class="narrow-only">${admin.stock}: </span>${each.estoque}</span><input type="hidden" name="voltar" value="${here}#p${each.id}"><input name="quantidade" type="number" inputmode="numeric" min="1" max="1000000" value="10" required aria-label="${admin.restockNamed(each.nome)}"><button class="button small">${admin.restock}<span class="hidden"> ${each.nome}</span></button></form></td>
<td><a href="/admin/produtos/${each.id}">${admin.edit}<span class="hidden"> ${each.nome}</span></a></td></tr>`,
      )}</tbody></table>
${next ? html`<p class="more"><a class="button quiet" href="${next}" rel="next">${admin.next}</a></p>` : ''}`
}`,
  }
}

export const PRODUCT_FIELDS = ['nome', 'descricao', 'preco', 'estoque', 'categoria_id'] as const
/** The fields as they stand in the form: text, whatever it was that somebody typed. */
export type ProductForm = Record<(typeof PRODUCT_FIELDS)[number], string>

export type ProductErrors = Partial<Record<keyof ProductForm | 'formulario', string>>

/** The product as it was when its form was made. */
export interface Edited {
  id: number
  before: ProductForm
  etag: string
}

/** A product's form that could not be saved. */
export interface Typed {
  /** The product's id, or {@link NEW}. */
  produto: string
  form: ProductForm
  edited?: Edited
}
export const NEW = 'novo'

const stateFields = ({ etag, before }: Edited) =>
  html`<input type="hidden" name="versao" value="${etag}">${PRODUCT_FIELDS.map(key => html`<input type="hidden" name="${key}_antes" value="${before[key]}">`)}`

/** @param edited undefined for a new product */
export function productForm(
  view: View,
  { edited, form, categories, errors = {} }: { edited?: Edited; form: ProductForm; categories: Category[]; errors?: ProductErrors },
): Page {
  const { admin } = view.language.words
  const id = edited?.id
  const title = edited ? admin.editing(edited.before.nome) : admin.newProduct
  const own = (key: keyof ProductForm, label: string, control: (attributes: Html) => Html, hint?: string) =>
    field({ id: key, label, hint, error: errors[key] }, control)
  return {
    title: titleOf(view, title, errors),
    here: id === undefined ? '/admin/produtos/novo' : `/admin/produtos/${id}`,
    personal: true,
    main: html`<h1>${title}</h1>
${errorSummary(view, errors)}
<form method="post" action="/admin/produtos${id === undefined ? '' : `/${id}`}" class="panel narrow" novalidate>
${edited && stateFields(edited)}
${own('nome', admin.name, attributes => html`<input${attributes} maxlength="200" value="${form.nome}">`)}
${own('descricao', admin.descriptionLabel, attributes => html`<textarea${attributes} rows="5" maxlength="5000">${form.descricao}</textarea>`)}
${own('preco', admin.price, attributes => html`<input${attributes} inputmode="decimal" value="${form.preco}">`, admin.priceHint)}
${own('estoque', admin.stock, attributes => html`<input${attributes} type="number" inputmode="numeric" min="0" max="1000000" value="${form.estoque}">`)}
${own(
  'categoria_id',
  admin.category,
  attributes =>
    html`<select${attributes}><option value=""></option>${categories.map(
      each =>
        html`<option value="${each.id}"${portugueseName(view)}${String(each.id) === form.categoria_id ? raw(' selected') : ''}>${each.nome}</option>`,
    )}</select>`,
)}
<p class="actions"><button class="button">${id === undefined ? admin.create : admin.save}</button> <a class="button quiet" href="/admin">${admin.cancel}</a></p>
</form>
${
  id === undefined
    ? ''
    : html`<details class="panel narrow danger"><summary>${admin.remove}</summary><p>${admin.removeHint}</p>
<form method="post" action="/admin/produtos/${id}/excluir"><button class="button">${admin.removeSure}</button></form></details>`
}`,
  }
}
