// Every page works without this file; it saves reloads, proposes sweets while one types, and keeps a form from being sent twice.

const find = (selector, root = document) => root.querySelector(selector)
const status = find('[data-status]')
let statusTimer

/** Says something in the page's live region; it goes after a while, unless it is a failure, or is being read or used. */
function say(text, link, failed) {
  const line = document.createElement('p')
  line.textContent = text
  line.toggleAttribute('data-failed', Boolean(failed))
  if (link) {
    const anchor = document.createElement('a')
    anchor.href = link.href
    anchor.textContent = link.text
    line.append(' ', anchor)
  }
  status.replaceChildren(line)
  forgetStatus()
}

function forgetStatus() {
  clearTimeout(statusTimer)
  if (find('[data-failed]', status)) return
  statusTimer = setTimeout(() => (status.matches(':hover, :focus-within') ? forgetStatus() : status.replaceChildren()), 8000)
}

/** Says what a page said. */
const repeat = line => say(line.firstChild.textContent.trim(), find('a', line), line.hasAttribute('data-failed'))

// What stands in a live region as a page opens is not read out: it is said again once the region is known.
const first = status.firstElementChild
if (first) {
  setTimeout(() => {
    if (status.firstElementChild === first && !status.matches(':focus-within')) repeat(first)
    else forgetStatus()
  }, 500)
}

// What stays can be put away, so that it covers nothing for good.
addEventListener('keydown', event => event.key === 'Escape' && !event.defaultPrevented && status.replaceChildren())
status.addEventListener('click', event => event.target.closest('a') || status.replaceChildren())

function showCount(count, words) {
  const badge = find('[data-count]')
  badge.dataset.count = count
  badge.firstElementChild.textContent = count
  badge.lastElementChild.textContent = words
  badge.classList.remove('bump')
  void badge.offsetWidth
  badge.classList.add('bump')
}

let posted = Promise.resolve()

/** One after the other: the first opens the cart that the others go into, and of two quantities the later one stays. */
function post(form, submitter, headers) {
  const url = submitter?.getAttribute('formaction') ?? form.action
  const body = new URLSearchParams(new FormData(form, submitter))
  posted = posted.catch(() => {}).then(() => fetch(url, { method: 'POST', headers, body }))
  return posted
}

// Add to cart and stay on the page.
document.addEventListener('submit', async event => {
  const form = event.target
  if (!form.matches('[data-add]')) return
  event.preventDefault()
  if (form.busy) return
  form.busy = true
  let answer
  try {
    answer = await post(form, event.submitter, { accept: 'application/json' })
    const { mensagem, quantidade_total, itens, ligacao } = await answer.json()
    if (!mensagem) throw new Error(answer.statusText)
    if (quantidade_total !== undefined) showCount(quantidade_total, itens)
    say(mensagem, ligacao, answer.status >= 500)
  } catch {
    // What was refused may be asked for as a page; what became of anything else is seen in the cart.
    if (answer?.status === 503) form.submit()
    else location.assign('/carrinho')
  } finally {
    form.busy = false
  }
})

// Change the cart in place: the page that the form leads to, without the reload, once no other change waits or is on its way.
const waiting = new Map()
let changes = 0
document.addEventListener('submit', async event => {
  const form = event.target
  if (!form.matches('[data-cart]')) return
  event.preventDefault()
  clearTimeout(waiting.get(form))
  waiting.delete(form)
  const change = ++changes
  form.setAttribute('aria-busy', 'true')
  const asked = find('input', form)
  if (asked) asked.defaultValue = asked.value
  try {
    const answer = await post(form, event.submitter, { accept: 'text/html' })
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    const notice = find('[data-status] p', page)
    if (notice) repeat(notice)
    if (waiting.size || change < changes) return
    const { activeElement } = document
    if (activeElement.matches('[data-cart] input') && activeElement.value !== activeElement.defaultValue) {
      // What is being typed is a change, too, once the field is left; who has typed what stood there sees the answer then.
      for (const busy of document.querySelectorAll('[data-cart]')) busy.removeAttribute('aria-busy')
      const typed = activeElement.form
      activeElement.addEventListener('blur', () => waiting.has(typed) || typed.ariaBusy || send(typed), { once: true })
      return
    }
    const within = find('main').contains(activeElement)
    document.title = page.title
    for (const part of ['main', '[data-count]']) find(part).replaceWith(document.adoptNode(find(part, page)))
    steppers()
    const back = (activeElement.id && document.getElementById(activeElement.id)) || find('main')
    if (within) back.focus({ preventScroll: true })
  } catch {
    location.assign('/carrinho')
  }
})

function send(form) {
  clearTimeout(waiting.get(form))
  waiting.delete(form)
  form.requestSubmit(find('[data-update]', form))
}

// Who goes on at once takes along what waits for the hand to rest, or is on its way; stays, where that is refused.
document.addEventListener('click', async event => {
  const link = event.target.closest('a[href]')
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return
  if (!waiting.size && !find('[data-cart][aria-busy]')) return
  event.preventDefault()
  const forms = [...waiting.keys()]
  forms.forEach(send)
  if (!forms.every(form => form.checkValidity())) return
  try {
    const { ok } = await posted
    if (ok) location.assign(link.href)
  } catch {
    // The cart is shown as it is.
  }
})

// Minus and plus beside each quantity. In the cart a change is sent when the hand rests.
function steppers() {
  for (const stepper of document.querySelectorAll('[data-stepper]:not([data-ready])')) {
    stepper.dataset.ready = ''
    const input = find('input', stepper)
    const form = input.form.matches('[data-cart]') ? input.form : undefined
    const update = form && find('[data-update]', form)
    if (update) update.hidden = true
    const rest = () => {
      clearTimeout(waiting.get(form))
      waiting.set(form, setTimeout(send, 400, form))
    }
    if (form) input.addEventListener('change', rest)
    const button = (sign, label, step) => {
      const element = document.createElement('button')
      element.type = 'button'
      element.id = `${input.id}_${step}`
      element.textContent = sign
      element.setAttribute('aria-label', `${label}: ${input.ariaLabel ?? input.labels[0]?.textContent}`)
      element.addEventListener('click', () => {
        const before = input.value
        step < 0 ? input.stepDown() : input.stepUp()
        if (form && input.value !== before) rest()
      })
      return element
    }
    input.before(button('−', stepper.dataset.fewer, -1))
    input.after(button('+', stepper.dataset.another, 1))
  }
}
steppers()

// A form that must be sent once: the second click does nothing.
for (const form of document.querySelectorAll('[data-once]')) {
  const button = find('button', form)
  const words = button.textContent
  form.addEventListener('submit', event => {
    if (form.sent) return event.preventDefault()
    form.sent = true
    button.setAttribute('aria-disabled', 'true')
    button.textContent = form.dataset.sending
  })
  // Back from the next page the form is whole again; its key is the same, so it still buys once.
  addEventListener('pageshow', () => {
    form.sent = false
    button.removeAttribute('aria-disabled')
    button.textContent = words
  })
}

// The administration's forms act once: while the first submission is under way a second one does nothing.
const administration = document.querySelectorAll('[method="post"][action^="/admin"]')
for (const form of administration) {
  form.addEventListener('submit', event => {
    if (form.sent) event.preventDefault()
    form.sent = true
  })
}
addEventListener('pageshow', () => {
  for (const form of administration) form.sent = false
})

// An order whose outcome is being found out is asked for again by itself, with the same key.
const retry = find('[data-retry]')
if (retry) {
  find('[data-countdown]', retry).textContent = retry.dataset.automatic
  setTimeout(() => retry.sent || retry.requestSubmit(), Number(retry.dataset.retry) * 1000 * (1 + Math.random() / 4))
}

find('[data-focus]')?.focus()
const print = find('[data-print]')
if (print) {
  print.hidden = false
  print.addEventListener('click', () => window.print())
}

// More of a listing, under what is there.
document.addEventListener('click', async event => {
  const link = event.target.closest('[data-more] a')
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return
  event.preventDefault()
  if (link.busy) return
  link.busy = true
  say(link.dataset.loading)
  try {
    const answer = await fetch(link.href)
    if (!answer.ok) throw new Error(answer.statusText)
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    const level = find('[data-grid] h3') ? 'h3' : 'h2'
    const cards = [...find('[data-grid]', page).children].map(card => document.adoptNode(card))
    for (const card of cards) {
      const old = find('h2, h3', card)
      const heading = document.createElement(level)
      heading.append(...old.childNodes)
      old.replaceWith(heading)
    }
    find('[data-grid]').append(...cards)
    find('[data-more]').replaceWith(document.adoptNode(find('[data-more]', page)))
    find('a', cards[0]).focus()
    say(find('[data-more]').dataset.added)
  } catch {
    location.assign(link.href)
  }
})

// Search suggestions: an editable combobox with a listbox, as the ARIA Authoring Practices describe it.
const search = find('[data-search]')
const field = find('input', search)
const list = document.createElement('ul')
list.id = 'sugestoes'
list.className = 'suggestions'
list.hidden = true
list.setAttribute('role', 'listbox')
list.setAttribute('aria-label', search.dataset.suggestions)
search.append(list)
for (const [name, value] of Object.entries({
  role: 'combobox',
  'aria-autocomplete': 'list',
  'aria-expanded': 'false',
  'aria-controls': list.id,
})) {
  field.setAttribute(name, value)
}
let current = -1
let typing
let asking

function open(yes) {
  list.hidden = !yes
  field.setAttribute('aria-expanded', String(yes))
  if (!yes) choose(-1)
}

function choose(index) {
  current = index
  for (const [i, option] of [...list.children].entries()) option.setAttribute('aria-selected', String(i === index))
  if (index < 0) field.removeAttribute('aria-activedescendant')
  else {
    field.setAttribute('aria-activedescendant', list.children[index].id)
    list.children[index].scrollIntoView({ block: 'nearest' })
  }
}

async function suggest() {
  asking?.abort()
  const words = field.value.trim()
  if (words.length < 2) return open(false)
  asking = new AbortController()
  try {
    const answer = await fetch(`/sugestoes?q=${encodeURIComponent(words)}`, {
      signal: asking.signal,
      headers: { accept: 'application/json' },
    })
    if (!answer.ok) return open(false)
    const { sugestoes, mensagem } = await answer.json()
    list.replaceChildren(...sugestoes.map(option))
    open(sugestoes.length > 0 && document.activeElement === field)
    if (document.activeElement === field) announce.textContent = mensagem
  } catch {
    open(false)
  }
}

const announce = document.createElement('span')
announce.className = 'hidden'
announce.setAttribute('role', 'status')
search.append(announce)

function option({ nome, preco, url, imagem }, i) {
  const item = document.createElement('li')
  item.id = `sugestao-${i}`
  item.setAttribute('role', 'option')
  item.setAttribute('aria-selected', 'false')
  const picture = new Image(320, 240)
  picture.src = imagem
  picture.alt = ''
  const name = document.createElement('span')
  name.lang = 'pt-BR'
  name.textContent = nome
  const price = document.createElement('span')
  price.textContent = preco
  item.append(picture, name, price)
  item.addEventListener('pointerdown', event => event.preventDefault())
  item.addEventListener('click', () => location.assign(url))
  item.go = () => location.assign(url)
  return item
}

field.addEventListener('input', () => {
  clearTimeout(typing)
  typing = setTimeout(suggest, 120)
})
field.addEventListener('blur', () => open(false))
field.addEventListener('keydown', event => {
  const count = list.children.length
  const shown = !list.hidden
  if (event.key === 'Escape' && shown) {
    open(false)
    event.preventDefault()
  } else if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && count) {
    event.preventDefault()
    const down = event.key === 'ArrowDown'
    if (!shown) open(true)
    // Past either end one is back in the field itself.
    choose(down ? ((current + 2) % (count + 1)) - 1 : current < 0 ? count - 1 : current - 1)
  } else if (event.key === 'Enter' && shown && current >= 0) {
    event.preventDefault()
    list.children[current].go()
  }
})
