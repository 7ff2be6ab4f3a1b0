import { type Html, html } from '../html.ts'
import type { Order } from '../shop.ts'
import { type ComparedLine, changes, nameNow, subtotalNow, totalNow } from './cart.ts'
import { errorSummary, field, titleOf } from './form.ts'
import { away, type Page, portugueseName, scene, type View } from './layout.ts'

export interface CheckoutForm {
  /** The Idempotency-Key that every submission of this form carries. */
  key: string
  name: string
  email: string
}

export type CheckoutErrors = Partial<Record<'nome' | 'email' | 'formulario', string>>

/** @param alert a sentence about what happened to the last submission */
export function checkout(view: View, lines: ComparedLine[], form: CheckoutForm, errors: CheckoutErrors = {}, alert?: Html): Page {
  const { words, money } = view.language
  return {
    title: titleOf(view, words.checkout.title, errors),
    here: '/finalizar',
    personal: true,
    main: html`
<h1>${words.checkout.title}</h1>
${alert ? html`<div class="alert" role="alert" tabindex="-1" data-focus>${alert}</div>` : ''}
${errorSummary(view, errors)}
<div class="columns">
<form method="post" action="/finalizar" class="panel" data-once data-sending="${words.checkout.sending}" novalidate>
<h2>${words.checkout.who}</h2>
<input type="hidden" name="chave" value="${form.key}">
<input type="hidden" name="total_esperado" value="${totalNow(lines)}">
${field({ id: 'nome', label: words.checkout.name, error: errors.nome }, attributes => html`<input${attributes} value="${form.name}" maxlength="120" autocomplete="name">`)}
${field(
  { id: 'email', label: words.checkout.email, hint: words.checkout.emailHint, error: errors.email },
  attributes => html`<input${attributes} type="email" value="${form.email}" maxlength="254" autocomplete="email">`,
)}
<button class="button wide">${words.checkout.confirm} · ${money(totalNow(lines))}</button>
<p class="hint">${words.checkout.once}</p>
</form>
<section class="summary" aria-labelledby="resumo"><h2 id="resumo">${words.checkout.yourOrder}</h2>
<ul class="short-lines">${lines.map(
      each =>
        html`<li><span><span class="times">${each.line.quantidade} ×</span> <span${portugueseName(view)}>${nameNow(each)}</span>${changes(
          view,
          each,
        ).map(sentence => html` <em class="change">${sentence}</em>`)}</span><span>${money(subtotalNow(each))}</span></li>`,
    )}</ul>
<dl><div class="total"><dt>${words.cart.total}</dt><dd data-total>${money(totalNow(lines))}</dd></div></dl>
<p><a href="/carrinho">${words.checkout.back}</a></p>
</section>
</div>`,
  }
}

export interface Pause {
  kind: 'paused' | 'unknown' | 'running'
  form: CheckoutForm
  total: string
  /** After how many seconds it is worth asking again. */
  seconds: number
  /** How often this form was sent already. */
  attempt: number
}

const AUTOMATIC_ATTEMPTS = 20

/** The order could not be settled: the same form again, with the same key, to be sent by hand or by the script. */
export function paused(view: View, { kind, form, total, seconds, attempt }: Pause): Page {
  const { paused: words } = view.language.words
  const [title, text] = {
    paused: [words.title, words.text],
    unknown: [words.unknownTitle, words.unknownText],
    running: [words.runningTitle, words.runningText],
  }[kind] as [string, string]
  const automatic = attempt < AUTOMATIC_ATTEMPTS && html` data-retry="${seconds}" data-automatic="${words.automatic(seconds)}"`
  return {
    title,
    here: '/carrinho',
    personal: true,
    main: scene(view, {
      picture: 'pedidos-pausados',
      title,
      text,
      more: html`
<form method="post" action="/finalizar" data-once data-sending="${view.language.words.checkout.sending}"${automatic}>
<input type="hidden" name="chave" value="${form.key}"><input type="hidden" name="total_esperado" value="${total}">
<input type="hidden" name="nome" value="${form.name}"><input type="hidden" name="email" value="${form.email}">
<input type="hidden" name="tentativa" value="${attempt + 1}">
<p role="status" data-countdown></p>
<p><button class="button">${words.retry}</button></p>
</form>
<p><a href="/">${words.browse}</a></p>`,
    }),
  }
}

export function confirmation(view: View, order: Order): Page {
  const { words, money, moment } = view.language
  return {
    title: words.orders.one(String(order.id)),
    here: `/pedido/${order.id}`,
    personal: true,
    main: html`
${scene(view, { picture: 'pedido-confirmado', title: words.orders.confirmed, text: words.orders.thanks })}
<section class="receipt" aria-labelledby="recibo"><h2 id="recibo">${words.orders.one(String(order.id))}</h2>
<dl class="facts"><div><dt>${words.orders.when}</dt><dd><time datetime="${order.criado_em}">${moment(order.criado_em)}</time></dd></div>
<div><dt>${words.orders.status}</dt><dd>${words.orders.statuses[order.status] ?? order.status}</dd></div></dl>
<table><thead><tr><th scope="col">${words.orders.product}</th><th scope="col" class="number">${words.orders.quantity}</th><th scope="col" class="number wide-only">${words.orders.unit}</th><th scope="col" class="number">${words.cart.subtotal}</th></tr></thead>
<tbody>${order.itens.map(
      line =>
        html`<tr><th scope="row"><span${portugueseName(view)}>${line.nome}</span><span class="unit narrow-only">${money(line.preco)} ${words.product.each}</span></th><td class="number">${line.quantidade}</td><td class="number wide-only">${money(line.preco)}</td><td class="number">${money(line.subtotal)}</td></tr>`,
    )}</tbody>
<tfoot><tr><th scope="row">${words.cart.total}</th><td></td><td class="wide-only"></td><td class="number" data-total>${money(order.total)}</td></tr></tfoot></table>
<p class="actions no-print"><a class="button" href="/#doces">${words.cart.keepShopping}</a> <a class="button quiet" href="/pedidos">${words.orders.all}</a> <button type="button" class="button quiet" data-print hidden>${words.orders.print}</button></p>
</section>`,
  }
}

export interface OrderList {
  list: Order[]
  here: string
  /** Path and query of the page with older ones. */
  next?: string | null
  /** The newest may be missing. */
  behind?: boolean
}

export function orders(view: View, { list, here, next, behind }: OrderList): Page {
  const { words, money, moment } = view.language
  const page = { title: words.orders.title, here, personal: true }
  if (list.length === 0) {
    const more = html`<p><a class="button" href="/#doces">${words.cart.browse}</a></p>`
    const text = behind ? words.orders.behind : words.orders.noneText
    return { ...page, main: scene(view, { picture: 'carrinho-vazio', title: words.orders.none, text, more }) }
  }
  return {
    ...page,
    main: html`<h1>${words.orders.title}</h1>
${behind ? html`<p class="hint">${words.orders.behind}</p>` : ''}
<ul class="orders">${list.map(
      order => html`<li class="panel"><h2><a href="/pedido/${order.id}">${words.orders.one(String(order.id))}</a></h2>
<p><time datetime="${order.criado_em}">${moment(order.criado_em)}</time></p>
<p>${order.itens.map(({ nome, quantidade }, i) => html`${i ? ', ' : ''}${quantidade} × <span${portugueseName(view)}>${nome}</span>`)}</p>
<p class="price">${money(order.total)}</p></li>`,
    )}</ul>
${next ? html`<p class="more"><a class="button quiet" href="${next}" rel="next">${words.orders.older}</a></p>` : ''}`,
  }
}

export const ordersAway = (view: View, here: string): Page => away(view, here, view.language.words.orders)
