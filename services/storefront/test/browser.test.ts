import type { Page } from 'playwright-core'
import t from 'tap'
import { add, DESKTOP, fillCheckout, PHONE, person, startShopAndBrowser } from './browser.ts'

const { shop, browser } = await startShopAndBrowser(t)

const orderCount = async (page: Page) => {
  const session = (await page.context().cookies()).find(({ name }) => name === 'sessao')?.value
  return Number((await shop.query('SELECT count(*) AS n FROM pedidos.pedido WHERE session_id = $1', [session]))[0]?.n)
}

t.test('two people in two browsers shop at the same time, each in their language, and never meet', async t => {
  const ana = await person(browser, shop.url, { viewport: PHONE, locale: 'pt-BR' })
  const ben = await person(browser, shop.url, { viewport: DESKTOP, locale: 'en-US' })
  const shopping = async (
    page: Page,
    words: { add: string; added: string; checkout: string; done: string },
    name: string,
    product: number,
  ) => {
    await page.goto('/')
    await page.goto(`/produto/${product}`)
    await page.getByRole('button', { name: words.add, exact: true }).click()
    await page.getByText(words.added).waitFor()
    await page.goto('/carrinho')
    await page.getByRole('link', { name: words.checkout }).click()
    await fillCheckout(page, name)
    await page.locator('main form .button').click()
    await page.getByRole('heading', { level: 1, name: words.done }).waitFor()
    return new URL(page.url()).pathname
  }
  const pt = { add: 'Adicionar ao carrinho', added: 'foi para o carrinho', checkout: 'Finalizar o pedido', done: 'Pedido confirmado!' }
  const en = { add: 'Add to cart', added: 'is in your cart', checkout: 'Check out', done: 'Order confirmed!' }
  const [anas, bens] = await Promise.all([shopping(ana.page, pt, 'ana', 1), shopping(ben.page, en, 'ben', 2)])
  t.not(anas, bens)
  t.match(await ana.page.locator('table').textContent(), /Brigadeiro tradicional/)
  t.notMatch(await ana.page.locator('table').textContent(), /Brigadeiro branco/)
  t.equal((await ana.page.goto(bens))?.status(), 404)
  await ben.page.goto('/pedidos')
  t.equal(await ben.page.locator('.orders li').count(), 1)
  t.strictSame([...ana.complaints, ...ben.complaints], [])
})

t.test('without JavaScript everything works: search, language, add, change, remove, order, administration', async t => {
  const { page, complaints } = await person(browser, shop.url, { javaScriptEnabled: false })
  await page.goto('/')
  await page.getByRole('button', { name: 'English' }).click()
  t.equal(await page.locator('html').getAttribute('lang'), 'en')
  await page.getByRole('button', { name: 'Português' }).click()
  t.equal(await page.locator('html').getAttribute('lang'), 'pt-BR')

  await page.fill('#q', 'brigadero')
  await page.getByRole('button', { name: 'Buscar' }).click()
  t.match(await page.locator('.card').first().textContent(), /Brigadeiro/, 'one typo is forgiven')
  await page.goto('/')
  await page.getByRole('link', { name: 'Mostrar mais doces' }).click()
  t.match(page.url(), /cursor=/)
  await page.goto('/categoria/1')
  await page.getByRole('link', { name: 'Menor preço' }).click()
  t.match(page.url(), /ordem=preco/)

  await page.locator('.card', { hasText: 'Brigadeiro tradicional' }).getByRole('button').click()
  t.match(await page.locator('[data-status]').textContent(), 'Brigadeiro tradicional foi para o carrinho.')
  t.match(page.url(), /\/categoria\/1\?ordem=preco#p\d+$/, 'one is where one was')
  await page.goto('/produto/5')
  await page.fill('#quantidade', '3')
  await page.getByRole('button', { name: 'Adicionar ao carrinho', exact: true }).click()
  await page.goto('/carrinho')
  t.equal(await page.locator('.line').count(), 2)
  t.equal(await page.locator('[data-count]').getAttribute('data-count'), '4')
  const line = page.locator('.line', { hasText: 'maracujá' })
  await line.locator('input').fill('2')
  await line.getByRole('button', { name: /Atualizar/ }).click()
  t.match(await page.locator('[data-status]').textContent(), 'Carrinho atualizado.')
  t.equal(await page.locator('[data-count]').getAttribute('data-count'), '3')
  await page
    .locator('.line', { hasText: 'tradicional' })
    .getByRole('button', { name: /Remover/ })
    .click()
  t.equal(await page.locator('.line').count(), 1)

  await page.getByRole('link', { name: 'Finalizar o pedido' }).click()
  await page.getByRole('button', { name: /Confirmar/ }).click()
  t.match(await page.getByRole('alert').textContent(), /Escreva o seu nome\.\s*Escreva o seu e-mail\./)
  await fillCheckout(page)
  await page.getByRole('button', { name: /Confirmar/ }).click()
  await page.getByRole('heading', { name: 'Pedido confirmado!' }).waitFor()
  t.equal(await orderCount(page), 1)
  t.notOk(await page.locator('[data-print]').isVisible(), 'there is no button that does nothing')
  await page.goto('/pedidos')
  t.equal(await page.locator('.orders li').count(), 1)

  await page.goto('/admin')
  await page.fill('#token', shop.adminToken)
  await page.getByRole('button', { name: 'Entrar' }).click()
  await page.fill('#busca', 'Quindim')
  await page.locator('main').getByRole('button', { name: 'Buscar' }).click()
  const row = page.locator('tbody tr').first()
  const before = Number((await row.locator('.in-stock').textContent())!.replace(/\D/g, ''))
  await row.getByRole('button', { name: /Repor/ }).click()
  t.match(await page.locator('[data-status]').textContent(), 'Estoque reposto.')
  t.equal(Number((await page.locator('tbody tr').first().locator('.in-stock').textContent())!.replace(/\D/g, '')), before + 10)
  t.strictSame(complaints, [])
})

t.test('a double click, a reload and a way back buy once', async t => {
  for (const javaScriptEnabled of [true, false]) {
    const { page } = await person(browser, shop.url, { javaScriptEnabled })
    await add(page, 6)
    await page.goto('/finalizar')
    await fillCheckout(page)
    await page.getByRole('button', { name: /Confirmar/ }).dblclick()
    await page.waitForURL('**/pedido/*')
    const receipt = page.url()
    await page.reload()
    t.equal(page.url(), receipt)
    await page.goBack()
    // What stands there now, the form or the empty cart, is sent again if it can be.
    const again = page.getByRole('button', { name: /Confirmar/ })
    if (await again.count()) {
      await fillCheckout(page)
      await again.click()
      await page.waitForURL('**/pedido/*')
      t.equal(page.url(), receipt)
    }
    t.equal(await orderCount(page), 1, javaScriptEnabled ? 'with JavaScript' : 'without')
  }
})

t.test('with the script: the cart fills and changes without a reload, and says so', async t => {
  const { page, complaints } = await person(browser, shop.url, { viewport: PHONE })
  await page.goto('/')
  await page.evaluate(() => Object.assign(globalThis, { stayed: true }))
  const stayed = () => page.evaluate(() => (globalThis as { stayed?: boolean }).stayed === true)
  await page.locator('.card').nth(1).getByRole('button').click()
  await page.locator('[data-count="1"]').waitFor()
  t.match(await page.locator('[data-status]').textContent(), /foi para o carrinho\. Ver o carrinho/)
  const shown = await page.locator('.card').count()
  await page.getByRole('link', { name: 'Mostrar mais doces' }).click()
  await page.locator('.card').nth(shown).waitFor()
  t.ok(
    await page
      .locator('.card')
      .nth(shown)
      .locator('a')
      .evaluate(link => link === document.activeElement),
    'the first new one has the focus',
  )
  t.match(await page.locator('[data-status]').textContent(), /^\d+ doces? a mais na lista$/)
  t.ok(await stayed())

  await page.goto('/carrinho')
  await page.evaluate(() => Object.assign(globalThis, { stayed: true }))
  const total = await page.locator('[data-total]').textContent()
  await page.getByRole('button', { name: /^Aumentar/ }).click()
  await page.locator('[data-count="2"]').waitFor()
  t.not(await page.locator('[data-total]').textContent(), total)
  t.match(await page.locator('[data-status]').textContent(), 'Carrinho atualizado.')
  t.match(await page.evaluate(() => document.activeElement?.getAttribute('aria-label')), /^Aumentar/, 'the focus stays')
  await page.getByRole('button', { name: /^Remover/ }).click()
  await page.getByRole('heading', { name: 'Seu carrinho está vazio' }).waitFor()
  t.ok(await stayed())
  t.strictSame(complaints, [])
})

t.test('two sweets that a new visitor adds at once are both in the cart', async t => {
  const { page, complaints } = await person(browser, shop.url)
  await page.goto('/')
  await page.locator('[data-add] button').evaluateAll(([one, other]) => {
    for (const button of [one, other]) (button as HTMLElement).click()
  })
  await page.locator('[data-count="2"]').waitFor()
  await page.goto('/carrinho')
  t.equal(await page.locator('.line').count(), 2)
  t.strictSame(complaints, [])
})

/** A cart with two sweets, whose changes reach the shop once `hold.answered` is resolved. */
async function cartThatIsHeld() {
  const { page, complaints } = await person(browser, shop.url)
  await add(page, 11)
  await page.goto('/produto/1')
  await page.locator('.buy .button').click()
  await page.locator('[data-count="2"]').waitFor()
  await page.goto('/carrinho')
  const hold = { answered: Promise.withResolvers<void>() }
  await page.route('**/carrinho/itens/*', async route => {
    await hold.answered.promise
    await route.continue()
  })
  return { page, complaints, hold }
}

t.test('no change of a quantity is lost to the answer to another one', async t => {
  const { page, complaints, hold } = await cartThatIsHeld()
  const [one, other] = await page.getByRole('button', { name: /^Aumentar/ }).all()
  const sent = page.waitForRequest('**/carrinho/itens/*')
  await one!.click()
  await sent
  await one!.click()
  await other!.click()
  hold.answered.resolve()
  await page.locator('[data-count="5"]').waitFor()
  t.strictSame(await page.locator('.line input').evaluateAll(inputs => inputs.map(input => (input as HTMLInputElement).value)), ['3', '2'])
  t.ok(await other!.evaluate(button => button === document.activeElement), 'the focus stays')
  await page.reload()
  t.equal(await page.locator('[data-count]').getAttribute('data-count'), '5')
  t.strictSame(complaints, [])
})

t.test('a change that was not sent yet is in the order of who goes to the checkout at once', async t => {
  const { page, complaints } = await person(browser, shop.url)
  await add(page, 11)
  await page.goto('/carrinho')
  await page.getByRole('button', { name: /^Aumentar/ }).evaluate(button => {
    ;(button as HTMLElement).click()
    ;(document.querySelector('a[href="/finalizar"]') as HTMLElement).click()
  })
  await page.waitForURL('**/finalizar')
  t.equal(await page.locator('[data-count]').getAttribute('data-count'), '2')
  t.strictSame(complaints, [])
})

t.test('the keyboard alone finds, chooses, buys', async t => {
  const { page, complaints } = await person(browser, shop.url)
  const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim() || document.activeElement?.id)
  const tabTo = async (words: RegExp) => {
    for (let i = 0; i < 80; i++) {
      await page.keyboard.press('Tab')
      if (words.test((await focused()) ?? '')) return
      const hiddenBehind = await page.evaluate(() => {
        const box = document.activeElement!.getBoundingClientRect()
        const there = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)
        return there !== null && !document.activeElement!.contains(there) && !there.contains(document.activeElement)
      })
      if (hiddenBehind) t.fail(`something covers ${await focused()}`)
    }
    throw new Error(`no focus on ${words}`)
  }
  await page.goto('/')
  await page.keyboard.press('Tab')
  t.equal(await focused(), 'Ir para o conteúdo')
  await page.keyboard.press('Enter')
  t.equal(await focused().then(words => words?.includes('Feito hoje cedo')), true)

  await page.focus('#q')
  await page.keyboard.type('brig', { delay: 20 })
  await page.getByRole('option').first().waitFor()
  const box = page.getByRole('combobox')
  t.equal(await box.getAttribute('aria-expanded'), 'true')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  t.equal(await box.getAttribute('aria-activedescendant'), 'sugestao-1')
  t.equal(await page.locator('#sugestao-1').getAttribute('aria-selected'), 'true')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('ArrowUp')
  t.equal(await box.getAttribute('aria-activedescendant'), null, 'above the first is the field')
  await page.keyboard.press('Escape')
  t.equal(await box.getAttribute('aria-expanded'), 'false')
  t.equal(await box.inputValue(), 'brig')
  await page.keyboard.press('ArrowDown')
  const name = await page.locator('#sugestao-0 span').first().textContent()
  await page.keyboard.press('Enter')
  await page.waitForURL('**/produto/*')
  t.equal(await page.locator('h1').textContent(), name)

  await tabTo(/^Adicionar ao carrinho$/)
  await page.keyboard.press('Enter')
  await page.locator('[data-count="1"]').waitFor()
  await page.goto('/carrinho')
  await tabTo(/^Finalizar o pedido$/)
  await page.keyboard.press('Enter')
  await page.waitForURL('**/finalizar')
  await tabTo(/^nome$/)
  await page.keyboard.press('Enter')
  await page.getByRole('alert').waitFor()
  t.match(await focused(), /Confira o formulário/, 'the summary of what is wrong has the focus')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  t.equal(await focused(), 'nome')
  await page.keyboard.type('Ana')
  await page.keyboard.press('Tab')
  await page.keyboard.type('ana@example.com')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Pedido confirmado!' }).waitFor()
  t.strictSame(complaints, [])
})

t.test('the whole home page weighs less than 150 KB and asks nobody else', async t => {
  for (const viewport of [PHONE, DESKTOP]) {
    const { page, complaints } = await person(browser, shop.url, { viewport })
    const network = await page.context().newCDPSession(page)
    await network.send('Network.enable')
    let bytes = 0
    let answers = 0
    network.on('Network.loadingFinished', ({ encodedDataLength }) => {
      bytes += encodedDataLength
      answers++
    })
    await page.goto('/')
    // Below the fold too: each picture that waits is scrolled to.
    for (const picture of await page.locator('img').all()) await picture.scrollIntoViewIfNeeded()
    await page.waitForFunction(() => [...document.images].every(image => image.complete && image.naturalWidth > 0))
    t.ok(answers > 25, `${answers} answers`)
    t.ok(bytes < 150_000, `${bytes} bytes at ${viewport.width} px`)
    t.comment(`${answers} answers, ${bytes} bytes at ${viewport.width} px`)
    t.strictSame(complaints, [])
  }
})

t.test('in the administration a double click acts once', async t => {
  const { page, complaints } = await person(browser, shop.url)
  await page.goto('/admin')
  await page.fill('#token', shop.adminToken)
  await page.getByRole('button', { name: 'Entrar' }).click()
  for (const [path, name] of [
    ['/admin?busca=Quindim', 'Repor Quindim'],
    ['/admin/produtos/novo', 'Criar produto'],
    ['/admin/produtos/1', 'Salvar'],
  ] as const) {
    await page.goto(path)
    const button = page.getByRole('button', { name, exact: true })
    // What is sent goes nowhere: it stays under way.
    const sent = await page.evaluateHandle(() => {
      const forms: EventTarget[] = []
      addEventListener('submit', event => {
        if (!event.defaultPrevented) forms.push(event.target!)
        event.preventDefault()
      })
      return forms
    })
    await button.dblclick()
    t.equal(await sent.evaluate(forms => forms.length), 1, name)
    await page.evaluate(() => dispatchEvent(new Event('pageshow')))
    await button.click()
    t.equal(await sent.evaluate(forms => forms.length), 2, 'back on the page it acts again')
  }
  await page.goto('/admin?busca=Quindim')
  await page.getByRole('button', { name: 'Repor Quindim', exact: true }).dblclick()
  await page.getByText('Estoque reposto.').waitFor()
  t.strictSame(complaints, [])
})

t.test('the answer to a change of the cart takes the focus from nobody, and from no field what is being typed', async t => {
  const { page, complaints, hold } = await cartThatIsHeld()
  const change = async () => {
    const sent = page.waitForRequest('**/carrinho/itens/*')
    await page
      .getByRole('button', { name: /^Aumentar/ })
      .first()
      .click()
    await sent
  }
  await change()
  const elsewhere = page.getByRole('link', { name: 'Meus pedidos' }).first()
  await elsewhere.focus()
  hold.answered.resolve()
  await page.locator('[data-count="3"]').waitFor()
  t.ok(await elsewhere.evaluate(link => link === document.activeElement), 'who is elsewhere stays there')

  hold.answered = Promise.withResolvers<void>()
  await change()
  const other = page.locator('.line input').nth(1)
  await other.focus()
  await page.keyboard.press('Control+A')
  await page.keyboard.type('7')
  const answer = async () => {
    const shown = page.waitForResponse(response => new URL(response.url()).pathname === '/carrinho')
    hold.answered.resolve()
    await (await shown).finished()
    await page.getByText('Carrinho atualizado.').waitFor()
  }
  await answer()
  t.equal(await other.inputValue(), '7')
  t.ok(await other.evaluate(input => input === document.activeElement))
  await page.keyboard.press('Tab')
  await page.locator('[data-count="10"]').waitFor()

  hold.answered = Promise.withResolvers<void>()
  await change()
  await other.focus()
  await page.keyboard.press('Control+A')
  await page.keyboard.type('8')
  await answer()
  await page.keyboard.press('Backspace')
  await page.keyboard.type('7')
  await page.keyboard.press('Tab')
  await page.locator('[data-count="11"]').waitFor()
  t.strictSame(await page.locator('.line input').evaluateAll(inputs => inputs.map(input => (input as HTMLInputElement).value)), ['4', '7'])
  t.strictSame(complaints, [])
})

t.test('what a page says as it opens is said again in its live region, and a failure stays', async t => {
  const { page, complaints } = await person(browser, shop.url)
  await page.clock.install()
  const left = async (code: string) => {
    await page.context().addCookies([{ name: 'aviso', value: `${code}:Quindim`, url: shop.url }])
    await page.goto('/')
    const line = page.locator('[data-status] p')
    await line.evaluate(element => ((element as { old?: boolean }).old = true))
    await page.clock.runFor(1_000)
    t.notOk(await line.evaluate(element => 'old' in element), `${code} is said anew`)
    return line
  }
  const added = await left('added')
  t.equal(await added.textContent(), 'Quindim foi para o carrinho. Ver o carrinho')
  await page.clock.runFor(10_000)
  t.equal(await added.count(), 0)
  for (const code of ['cartAway', 'adminUnknown']) {
    const failure = await left(code)
    await page.clock.runFor(60_000)
    t.ok(await failure.isVisible(), code)
  }

  await page.goto('/produto/8')
  const body = JSON.stringify({ mensagem: 'O carrinho não respondeu agora.' })
  await page.route('**/carrinho/adicionar', route => route.fulfill({ status: 503, contentType: 'application/json', body }), { times: 1 })
  await page.locator('.buy .button').click()
  const failure = page.getByText('O carrinho não respondeu agora.')
  await failure.waitFor()
  await page.clock.runFor(60_000)
  t.ok(await failure.isVisible())
  await page.keyboard.press('Escape')
  t.equal(await failure.count(), 0, 'until it is put away')
  t.strictSame(complaints, [])
})
