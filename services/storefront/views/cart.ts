import { toCents, toReais } from '@confeitaria/platform/money'
import { type Html, html } from '../html.ts'
import type { Line, Product } from '../shop.ts'
import { quantityField } from './browse.ts'
import { away, type Page, portugueseName, scene, type View } from './layout.ts'

/** A cart line beside what the catalog says of its product now: `null` when it is gone, `undefined` when nobody could tell. */
export interface ComparedLine {
  line: Line
  product: Product | null | undefined
}

/** What an order would call it. */
export const nameNow = ({ line, product }: ComparedLine): string => product?.nome ?? line.nome
export const priceNow = ({ line, product }: ComparedLine): number => product?.preco ?? line.preco
export const priceChanged = (compared: ComparedLine): boolean => toCents(priceNow(compared)) !== toCents(compared.line.preco)
/** Whether the line keeps the cart from being ordered. */
export const blocks = ({ line, product }: ComparedLine): boolean =>
  product === null || (product !== undefined && product.estoque < line.quantidade)
export const subtotalNow = (compared: ComparedLine): number => toReais(toCents(priceNow(compared)) * compared.line.quantidade)
/** What the cart costs at today's prices, in reais. */
export const totalNow = (lines: ComparedLine[]): number =>
  toReais(lines.reduce((cents, compared) => cents + toCents(priceNow(compared)) * compared.line.quantidade, 0))

/** @param buying whether a purchase was begun whose outcome this browser never saw */
export function emptyCart(view: View, buying: boolean): Page {
  const { words } = view.language
  const more = html`${buying && html`<p>${words.cart.boughtJustNow} <a href="/pedidos">${words.orders.title}</a>.</p>`}<p><a class="button" href="/#doces">${words.cart.browse}</a></p>`
  return {
    title: words.cart.title,
    here: '/carrinho',
    personal: true,
    main: scene(view, { picture: 'carrinho-vazio', title: words.cart.emptyTitle, text: words.cart.emptyText, more }),
  }
}

export const cartAway = (view: View): Page => away(view, '/carrinho', view.language.words.cart)

export interface CartState {
  /** Some line could not be compared with the catalog as it is now. */
  unchecked?: boolean
  /** What went wrong before. */
  alert?: [title: string, text: string]
}

export function cart(view: View, lines: ComparedLine[], { unchecked, alert }: CartState = {}): Page {
  const { words, money } = view.language
  const refreshable = lines.some(each => priceChanged(each) && !blocks(each))
  const blocked = lines.some(blocks)
  return {
    title: words.cart.title,
    here: '/carrinho',
    personal: true,
    main: html`
<h1>${words.cart.title}</h1>
${alert ? html`<div class="alert" role="alert" tabindex="-1" data-focus><h2>${alert[0]}</h2><p>${alert[1]}</p></div>` : ''}
${unchecked ? html`<p class="hint">${words.cart.unchecked}</p>` : ''}
${
  lines.some(priceChanged) || blocked
    ? html`<div class="alert" data-changes><h2>${words.cart.changesTitle}</h2><ul>${lines
        .filter(each => priceChanged(each) || blocks(each))
        .map(each => html`<li><strong${portugueseName(view)}>${nameNow(each)}</strong>: ${changes(view, each).join(' ')}</li>`)}</ul>
${refreshable ? html`<form method="post" action="/carrinho/precos" data-cart><button id="precos" class="button small">${words.cart.refresh}</button></form>` : ''}</div>`
    : ''
}
<div class="columns">
<section aria-labelledby="itens"><h2 id="itens" class="hidden">${words.cart.lines}</h2>
<ul class="lines">${lines.map(each => cartLine(view, each))}</ul>
<form method="post" action="/carrinho/esvaziar" data-cart><button class="link">${words.cart.clear}</button></form>
</section>
<section class="summary" aria-labelledby="resumo"><h2 id="resumo">${words.cart.summary}</h2>
<dl><div><dt>${words.cart.items(lines.reduce((n, { line }) => n + line.quantidade, 0))}</dt><dd>${money(totalNow(lines))}</dd></div>
<div class="total"><dt>${words.cart.total}</dt><dd data-total>${money(totalNow(lines))}</dd></div></dl>
${blocked ? html`<p class="hint">${words.cart.blocked}</p>` : html`<a class="button wide" href="/finalizar">${words.cart.checkout}</a>`}
<p><a href="/#doces">${words.cart.keepShopping}</a></p>
</section>
</div>`,
  }
}

/** What changed about a line since it was added, in sentences. */
export function changes({ language }: View, compared: ComparedLine): string[] {
  const { words, money } = language
  const { line, product } = compared
  if (product === undefined) return []
  if (product === null) return [words.cart.lineGone]
  const sentences: string[] = []
  if (priceChanged(compared)) {
    const sentence = product.preco > line.preco ? words.cart.priceUp : words.cart.priceDown
    sentences.push(sentence(money(line.preco), money(product.preco)))
  }
  if (product.estoque === 0) sentences.push(words.cart.lineSoldOut)
  else if (product.estoque < line.quantidade) sentences.push(words.cart.lineShort(product.estoque))
  return sentences
}

function cartLine(view: View, compared: ComparedLine): Html {
  const { words, money } = view.language
  const { line, product } = compared
  const id = line.produto_id
  const max = Math.max(1, Math.min(99, product?.estoque ?? 99))
  const name = nameNow(compared)
  const lang = portugueseName(view)
  return html`<li class="line">
<img src="${view.assets.picture(product?.imagem)}" alt="" width="96" height="72">
<div class="what">${product === null ? html`<strong${lang}>${name}</strong>` : html`<a href="/produto/${id}"${lang}>${name}</a>`}
<span class="unit">${money(priceNow(compared))} ${words.product.each}</span>${blocks(compared) && html`<em class="change">${changes(view, compared).at(-1)}</em>`}</div>
<form method="post" action="/carrinho/itens/${id}" class="amount" data-cart>
${quantityField(view, { id: `q${id}`, value: line.quantidade, max: Math.max(max, line.quantidade), label: words.cart.line(name) })}
<button class="link" name="acao" value="mudar" data-update>${words.cart.update}<span class="hidden">${words.cart.updateNamed}${name}</span></button>
<button class="link" id="r${id}" name="acao" value="remover" formnovalidate>${words.cart.remove}<span class="hidden">${words.cart.removeNamed}${name}</span></button>
</form>
<span class="subtotal"><span class="hidden">${words.cart.subtotal}: </span>${money(subtotalNow(compared))}</span>
</li>`
}
