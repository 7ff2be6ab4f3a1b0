import { type Html, html, raw } from '../html.ts'
import { type Category, ORDERS, type Ordering, type Product } from '../shop.ts'
import { breadcrumbs, type Page, portugueseName, type View } from './layout.ts'

/** Cards in the first rows are fetched at once, the others when they come near. */
const EAGER_CARDS = 4
const FEW = 5

export interface Listing {
  products: Product[]
  /** Path and query of the next page, if there is one. */
  next: string | null
  /** Path and query of this page. */
  here: string
  /** Path of the listing, with the query that is not ordering or cursor. */
  base: string
  ordering: Ordering | undefined
  /** Whether it is the first page. */
  first: boolean
}

export function home(view: View, categories: Category[], listing: Listing): Page {
  const { words } = view.language
  const hero = html`
<section class="hero">
<div>
<h1>${words.hero.title}</h1>
<p>${words.hero.text}</p>
<a class="button" href="#doces">${words.hero.action}</a>
</div>
<img src="${view.assets.url('/imagens/vitrine.svg')}" alt="" width="640" height="400" fetchpriority="high">
</section>
${categoryList(view, categories)}`
  return {
    title: words.shop,
    here: listing.here,
    main: html`${listing.first ? hero : ''}
<section id="doces" aria-labelledby="doces-titulo">
<div class="heading">${listing.first ? html`<h2 id="doces-titulo">${words.sweets}</h2>` : html`<h1 id="doces-titulo">${words.moreSweets}</h1>`}
${orderings(view, listing, 'nome')}</div>
${grid(view, listing, listing.first ? 3 : 2)}
</section>`,
  }
}

export function category(view: View, { id, nome }: Category, categories: Category[], listing: Listing): Page {
  return {
    title: nome,
    here: listing.here,
    main: html`
${breadcrumbs(view, [{ href: `/categoria/${id}`, text: nome, portuguese: true }])}
<section aria-labelledby="doces-titulo">
<div class="heading"><h1 id="doces-titulo"${portugueseName(view)}>${nome}</h1>
${orderings(view, listing, 'nome')}</div>
${grid(view, listing, 2)}
</section>
${categoryList(view, categories, id)}`,
  }
}

export function search(view: View, query: string, categories: Category[], listing: Listing | undefined): Page {
  const { words } = view.language
  const found = listing && listing.products.length > 0
  const title = !query ? words.search.empty : words.search.title(query)
  return {
    title,
    query,
    personal: true,
    here: listing?.here ?? '/busca',
    main: html`
<section aria-labelledby="doces-titulo">
<div class="heading"><h1 id="doces-titulo">${title}</h1>
${found ? orderings(view, listing, undefined) : ''}</div>
${found ? grid(view, listing, 2) : html`<p>${query ? words.search.nothing(query) : words.search.emptyHint}</p>${query ? html`<p>${words.search.nothingHint}</p>` : ''}`}
</section>
${found ? '' : categoryList(view, categories)}`,
  }
}

export function product(view: View, item: Product, related: Product[], here: string): Page {
  const { words, money } = view.language
  const limit = Math.min(99, item.estoque)
  return {
    title: item.nome,
    description: item.descricao,
    here,
    main: html`
${breadcrumbs(view, [
  { href: `/categoria/${item.categoria_id}`, text: item.categoria, portuguese: true },
  { href: `/produto/${item.id}`, text: item.nome, portuguese: true },
])}
<article class="product">
<div class="picture"><img src="${view.assets.picture(item.imagem)}" alt="${words.product.drawing(item.nome)}" width="320" height="240" fetchpriority="high"></div>
<div class="about">
<p class="kind"${portugueseName(view)}>${item.categoria}</p>
<h1${portugueseName(view)}>${item.nome}</h1>
<p class="price">${money(item.preco)} <small>${words.product.each}</small></p>
<p class="description"${portugueseName(view)}>${item.descricao}</p>
${
  item.estoque === 0
    ? html`<p class="sold-out-long">${words.product.soldOutLong}</p>`
    : html`<p class="stock${item.estoque <= FEW ? ' few' : ''}">${item.estoque <= FEW ? words.product.few(item.estoque) : words.product.available}</p>
<form method="post" action="/carrinho/adicionar" class="buy" data-add>
<input type="hidden" name="produto_id" value="${item.id}"><input type="hidden" name="voltar" value="${here}">
<label for="quantidade">${words.product.quantity}</label>
${quantityField(view, { id: 'quantidade', value: 1, max: limit })}
<button class="button">${words.product.addFull}</button>
</form>`
}
</div>
</article>
${
  related.length > 0 &&
  html`<section aria-labelledby="mais"><div class="heading"><h2 id="mais">${words.product.related(item.categoria)}</h2></div>
<ul class="grid">${related.map(each => card(view, each, 3, here, true))}</ul></section>`
}`,
  }
}

/** A number field; the script puts a minus and a plus beside it. */
export const quantityField = (view: View, { id, value, max, label }: { id: string; value: number; max: number; label?: string }) =>
  html`<span class="stepper" data-stepper data-fewer="${view.language.words.product.fewer}" data-another="${view.language.words.product.another}"><input id="${id}" name="quantidade" type="number" inputmode="numeric" min="1" max="${max}" value="${value}" required${label ? html` aria-label="${label}"` : ''}></span>`

function categoryList(view: View, categories: Category[], current?: number): Html {
  const { words } = view.language
  return html`<nav class="categories" aria-labelledby="categorias"><h2 id="categorias">${words.categories}</h2><ul>
${current ? html`<li><a href="/">${words.all}</a></li>` : ''}
${categories.map(({ id, nome }) => html`<li><a href="/categoria/${id}"${portugueseName(view)}${id === current ? raw(' aria-current="page"') : ''}>${nome}</a></li>`)}
</ul></nav>`
}

function orderings(view: View, { base, ordering }: Listing, standard: Ordering | undefined): Html {
  const { order } = view.language.words
  const join = base.includes('?') ? '&' : '?'
  const choices: [Ordering | undefined, string][] = ORDERS.map(each => [each, order[each]])
  if (!standard) choices.unshift([undefined, order.relevance])
  return html`<nav class="orderings" aria-label="${order.label}"><ul>${choices.map(([each, name]) => {
    const href = each === undefined || each === standard ? base : `${base}${join}ordem=${each}`
    return html`<li><a href="${href}#doces-titulo"${each === (ordering ?? standard) ? raw(' aria-current="true"') : ''}>${name}</a></li>`
  })}</ul></nav>`
}

function grid(view: View, { products, next, here }: Listing, level: 2 | 3): Html {
  const { words } = view.language
  if (products.length === 0) return html`<p>${words.noProducts}</p>`
  return html`<ul class="grid" data-grid>${products.map((each, i) => card(view, each, level, here, i >= EAGER_CARDS))}</ul>
<p class="more" data-more data-added="${words.loadedMore(products.length)}">${next ? html`<a class="button quiet" href="${next}" rel="next" data-loading="${words.loadingMore}">${words.more}</a>` : words.end}</p>`
}

function card(view: View, item: Product, level: 2 | 3, here: string, lazy: boolean): Html {
  const { words, money } = view.language
  const soldOut = item.estoque === 0
  const title = html`<a href="/produto/${item.id}"${portugueseName(view)}>${item.nome}</a>`
  return html`<li class="card${soldOut ? ' sold-out' : ''}" id="p${item.id}">
<img src="${view.assets.picture(item.imagem)}" alt="" width="320" height="240"${lazy ? raw(' loading="lazy"') : ''} decoding="async">
<div class="about"><p class="kind"${portugueseName(view)}>${item.categoria}</p>
${level === 2 ? html`<h2>${title}</h2>` : html`<h3>${title}</h3>`}
<p class="price">${money(item.preco)}</p>
${soldOut ? html`<p class="stock none">${words.product.soldOut}</p>` : item.estoque <= FEW ? html`<p class="stock few">${words.product.few(item.estoque)}</p>` : ''}
${
  soldOut
    ? ''
    : html`<form method="post" action="/carrinho/adicionar" data-add><input type="hidden" name="produto_id" value="${item.id}"><input type="hidden" name="quantidade" value="1"><input type="hidden" name="voltar" value="${here}#p${item.id}"><button class="button small">${words.product.add}<span class="hidden">${words.product.addNamed}${item.nome}</span></button></form>`
}</div></li>
`
}
