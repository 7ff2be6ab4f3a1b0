import type { Assets } from '../assets.ts'
import { type Html, html, raw } from '../html.ts'
import type { Language } from '../languages/language.ts'

/** What every view needs beside its data. */
export interface View {
  language: Language
  assets: Pick<Assets, 'url' | 'picture'>
}

export interface Page {
  title: string
  main: Html
  /** Where the language switch comes back to: path and query of this page. */
  here: string
  description?: string
  /** The search words, to stand in the search field. */
  query?: string
  /** The catalog's answer is older than promised; say so. */
  stale?: boolean
  /** The page is somebody's own: search engines stay out. */
  personal?: boolean
}

export interface Notice {
  text: string
  /** A link that follows the text. */
  link?: { href: string; text: string }
  /** Somebody has to do something about it: it stays. */
  failed?: boolean
}

/** A rendered page with two holes: the visitor's cart count and notice. */
export type Frame = readonly [beforeCount: string, beforeNotice: string, rest: string]

const icon = {
  cart: raw(
    '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M5 9h14l-1.4 10.2a2 2 0 0 1-2 1.8H8.4a2 2 0 0 1-2-1.8L5 9Zm3.2 0L11 3m4.8 6L13 3M3 9h18"/></svg>',
  ),
  search: raw(
    '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5"/></svg>',
  ),
  orders: raw('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M6 3h12v18l-3-2-3 2-3-2-3 2V3Zm3 5h6m-6 4h6"/></svg>'),
}

export function frame(view: View, page: Page): Frame {
  const { words } = view.language
  const top = html`<!doctype html>
<html lang="${view.language.code}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${page.title === words.shop ? `${words.shop} · ${words.tagline}` : `${page.title} · ${words.shop}`}</title>
<meta name="description" content="${page.description ?? words.description}">
<meta name="theme-color" content="#FFF8F0" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#1E110C" media="(prefers-color-scheme: dark)">
${page.personal ? raw('<meta name="robots" content="noindex">') : ''}
<link rel="stylesheet" href="${view.assets.url('/assets/shop.css')}">
<link rel="icon" href="${view.assets.url('/favicon.svg')}" type="image/svg+xml">
<link rel="manifest" href="${view.assets.url('/assets/shop.webmanifest')}">
<script type="module" src="${view.assets.url('/assets/shop.js')}"></script>
</head>
<body>
<a class="skip" href="#conteudo">${words.skip}</a>
<header class="top">
<div class="wrap bar">
<a class="brand" href="/"><img src="${view.assets.url('/imagens/logo.svg')}" alt="" width="44" height="44"><span>${words.shop}</span></a>
<form class="search" role="search" action="/busca" method="get" data-search data-suggestions="${words.search.suggestions}">
<label class="hidden" for="q">${words.search.label}</label>
<input id="q" name="q" type="text" inputmode="search" maxlength="100" value="${page.query ?? ''}" placeholder="${words.search.placeholder}" autocomplete="off" enterkeyhint="search">
<button type="submit"><span class="hidden">${words.search.button}</span>${icon.search}</button>
</form>
<nav class="tools" aria-label="${words.shopNavigation}">
<a class="tool" href="/pedidos">${icon.orders}<span class="label">${words.orders.title}</span></a>
<a class="tool" href="/carrinho">${icon.cart}<span class="label">${words.cart.title}</span>`
  const middle = html`</a>
</nav>
</div>
</header>
<div class="toast" role="status" data-status>`
  const rest = html`</div>
${page.stale ? html`<p class="stale wrap">${words.stale}</p>` : ''}
<main id="conteudo" class="wrap" tabindex="-1">
${page.main}
</main>
<footer class="bottom">
<div class="wrap">
<div>
<p class="signature">${words.shop}</p>
<p>${words.footer.about}</p>
<p>${words.demonstration}</p>
</div>
<div>
<div class="links"><a href="/pedidos">${words.orders.title}</a><a href="/admin">${words.admin.title}</a></div>
<form class="languages" method="post" action="/idioma" aria-label="${words.footer.languageLabel}">
<input type="hidden" name="voltar" value="${page.here}">
${languageButton(view, 'pt-BR', 'Português')}
${languageButton(view, 'en', 'English')}
</form>
</div>
</div>
</footer>
</body>
</html>
`
  return [top.text, middle.text, rest.text]
}

function languageButton(view: View, code: string, name: string): Html {
  const current = view.language.code === code
  return html`<button name="idioma" value="${code}" lang="${code}"${current ? raw(' aria-current="true"') : ''}>${name}</button>`
}

/** Fills the two holes. */
export function complete([beforeCount, beforeNotice, rest]: Frame, language: Language, count: number, notice?: Notice): string {
  return beforeCount + cartCount(language, count).text + beforeNotice + (notice ? toast(notice).text : '') + rest
}

const cartCount = ({ words }: Language, count: number) =>
  html`<span class="count" data-count="${count}"><span>${count}</span><span class="hidden">${words.cart.count(count)}</span></span>`

const toast = ({ text, link, failed }: Notice) =>
  html`<p${failed ? raw(' data-failed') : ''}>${text}${link ? html` <a href="${link.href}">${link.text}</a>` : ''}</p>`

/** Names of products and categories are Portuguese whatever the page's language is. */
export const portugueseName = ({ language }: View) => (language.code === 'pt-BR' ? '' : raw(' lang="pt-BR"'))

export const breadcrumbs = (view: View, trail: { href: string; text: string; portuguese?: boolean }[]) => html`
<nav class="breadcrumbs" aria-label="${view.language.words.breadcrumbs}"><ol>
${[{ href: '/', text: view.language.words.home, portuguese: false }, ...trail].map(
  ({ href, text, portuguese }, i) =>
    html`<li><a href="${href}"${portuguese ? portugueseName(view) : ''}${i === trail.length ? raw(' aria-current="page"') : ''}>${text}</a></li>`,
)}
</ol></nav>`

/** A page that is mostly a picture and a sentence: empty cart, not found, paused. */
export const scene = (
  view: View,
  { picture, title, text, more }: { picture: string; title: string; text: string; more?: Html | Html[] },
) => html`
<section class="scene">
<img src="${view.assets.url(`/imagens/${picture}.svg`)}" alt="" width="320" height="240">
<div>
<h1>${title}</h1>
<p>${text}</p>
${more}
</div>
</section>`

/** What somebody asked for cannot be shown now; to be tried again at the same address. */
export const away = (view: View, here: string, words: { awayTitle: string; awayText: string }): Page => ({
  title: words.awayTitle,
  here,
  personal: true,
  main: scene(view, {
    picture: 'pedidos-pausados',
    title: words.awayTitle,
    text: words.awayText,
    more: html`<p><a class="button" href="${here}">${view.language.words.paused.retry}</a></p><p><a href="/">${view.language.words.paused.browse}</a></p>`,
  }),
})

/** A page for what went wrong, by HTTP status. */
export function errorPage(view: View, status: number, here: string): Page {
  const { errors } = view.language.words
  const [title, text] = errors.pages[status] ?? errors.pages[status < 500 ? 400 : 500]!
  const picture = status < 500 ? 'nao-encontrado' : 'pedidos-pausados'
  const more = html`<p><a class="button" href="/">${errors.back}</a></p>`
  return { title, here, personal: true, main: scene(view, { picture, title, text, more }) }
}
