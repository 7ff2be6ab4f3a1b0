import type { Route } from 'playwright-core'
import t from 'tap'
import { add, fillCheckout, person, startShopAndBrowser } from './browser.ts'

const { shop, browser } = await startShopAndBrowser(t)

async function withCart(id: number, options = {}) {
  const visitor = await person(browser, shop.url, options)
  await add(visitor.page, id)
  return visitor
}

t.test('sold out: no button, and the sentence', async t => {
  await shop.catalog('/api/produtos/2', { estoque: 0 })
  const { page } = await person(browser, shop.url)
  await page.goto('/produto/2')
  await page.getByText('Esgotado por hoje.').waitFor()
  t.equal(await page.locator('.buy').count(), 0)
  await page.goto('/categoria/1')
  const card = page.locator('#p2')
  t.match(await card.textContent(), 'Esgotado')
  t.equal(await card.getByRole('button').count(), 0)
})

t.test('sold out between the page and the click: said, without a reload', async t => {
  const { page } = await person(browser, shop.url)
  await page.goto('/produto/7')
  await shop.catalog('/api/produtos/7', { estoque: 0 })
  await page.getByRole('button', { name: 'Adicionar ao carrinho', exact: true }).click()
  await page.getByText('Não há estoque para essa quantidade').waitFor()
  t.equal(await page.locator('[data-count]').getAttribute('data-count'), '0')
})

t.test('an answer that says nothing to the script is asked for as a page', async t => {
  const { page } = await person(browser, shop.url)
  await page.goto('/produto/8')
  // What a gateway answers for a shop that is just starting.
  const answer = { status: 503, contentType: 'application/problem+json', body: '{"detail":"A loja não responde; tente de novo."}' }
  await page.route('**/carrinho/adicionar', route => route.fulfill(answer), { times: 1 })
  await page.locator('.buy .button').click()
  await page.getByText('foi para o carrinho').waitFor()
  t.equal(await page.locator('[data-count]').getAttribute('data-count'), '1')
})

t.test('an addition whose answer is lost is not made twice: the cart is shown', async t => {
  const { page } = await person(browser, shop.url)
  await add(page, 9)
  const lose = async (route: Route) => {
    await route.fetch()
    await route.abort()
  }
  await page.goto('/produto/9')
  await page.route('**/carrinho/adicionar', lose, { times: 1 })
  await page.locator('.buy .button').click()
  await page.waitForURL('**/carrinho')
  t.equal(await page.locator('.line input').inputValue(), '2')
  await page.route('**/carrinho/itens/*', route => route.abort(), { times: 1 })
  const loaded = page.waitForEvent('load')
  await page.getByRole('button', { name: /^Remover/ }).click()
  await loaded
  t.equal(await page.locator('.line input').inputValue(), '2')
  t.notMatch(await page.locator('[data-status]').textContent(), /atualizado/, 'what was not removed is not called changed')
})

t.test('a price that changes is said in the cart and at checkout, and the new one is accepted by hand', async t => {
  const { page } = await withCart(3)
  await page.goto('/finalizar')
  await fillCheckout(page)
  await shop.catalog('/api/produtos/3', { preco: 21.09 })
  await page.getByRole('button', { name: /Confirmar/ }).click()
  await page.getByText('Os preços mudaram enquanto você finalizava.').waitFor()
  t.equal(await page.evaluate(() => document.activeElement?.getAttribute('role')), 'alert', 'it has the focus')
  t.equal(await page.inputValue('#nome'), 'Ana', 'nothing has to be written twice')
  t.match(await page.getByRole('button', { name: /Confirmar/ }).textContent(), /R\$\s21,09/)
  await page.goto('/carrinho')
  t.match(await page.locator('[data-changes]').textContent(), /O preço subiu de R\$\s7,90 para R\$\s21,09\./)
  await page.getByRole('button', { name: 'Entendi, usar os preços de hoje' }).click()
  await page.locator('[data-changes]').waitFor({ state: 'detached' })
  await page.getByRole('link', { name: 'Finalizar o pedido' }).click()
  await fillCheckout(page)
  await page.getByRole('button', { name: /Confirmar/ }).click()
  await page.waitForURL('**/pedido/*')
  t.match(await page.locator('[data-total]').textContent(), /R\$\s21,09/)
})

t.test('with orders away the page waits and tries again by itself, and the order is made once', async t => {
  for (const locale of ['pt-BR', 'en-US']) {
    const { page, complaints } = await person(browser, shop.url, { locale })
    await add(page, 4)
    await page.goto('/finalizar')
    await fillCheckout(page)
    await shop.stop('orders')
    await page.locator('main form .button').click()
    const [title, automatic] =
      locale === 'pt-BR'
        ? ['Os pedidos estão em pausa por um instante', /Vamos tentar de novo sozinhos em/]
        : ['Ordering is paused for a moment', /We will try again by ourselves in/]
    await page.getByRole('heading', { name: title as string }).waitFor()
    t.match(await page.locator('[data-countdown]').textContent(), automatic)
    const browsing = await page.context().newPage()
    t.equal((await browsing.goto('/'))?.status(), 200, 'browsing works')
    await shop.start('orders')
    await page.waitForURL('**/pedido/*')
    const session = (await page.context().cookies()).find(({ name }) => name === 'sessao')?.value
    t.equal(Number((await shop.query('SELECT count(*) AS n FROM pedidos.pedido WHERE session_id = $1', [session]))[0]?.n), 1)
    t.strictSame(complaints, [])
  }
})

t.test('with orders away and no JavaScript the button does it', async () => {
  const { page } = await withCart(4, { javaScriptEnabled: false })
  await page.goto('/finalizar')
  await fillCheckout(page)
  await shop.stop('orders')
  await page.getByRole('button', { name: /Confirmar/ }).click()
  await page.getByRole('button', { name: 'Tentar de novo' }).click()
  await page.getByRole('heading', { name: 'Os pedidos estão em pausa por um instante' }).waitFor()
  await shop.start('orders')
  await page.getByRole('button', { name: 'Tentar de novo' }).click()
  await page.getByRole('heading', { name: 'Pedido confirmado!' }).waitFor()
})
