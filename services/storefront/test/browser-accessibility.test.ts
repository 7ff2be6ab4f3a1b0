import type { Page } from 'playwright-core'
import t from 'tap'
import { axeFindings, DESKTOP, PHONE, person, startBrowser } from './browser.ts'
import { startShop } from './whole-shop.ts'

const shop = await startShop()
const browser = await startBrowser()
t.teardown(async () => {
  await browser.close()
  await shop.close()
})
await shop.query('UPDATE catalogo.produto SET estoque = 0 WHERE id = 2')
await shop.query('UPDATE catalogo.produto SET estoque = 3 WHERE id = 3')

/** Goes to every kind of page there is, a purchase and the administration included. */
async function everyPage(page: Page, look: (name: string) => Promise<unknown>) {
  const at = async (path: string) => {
    await page.goto(path)
    await look(path)
  }
  for (const path of [
    '/carrinho',
    '/pedidos',
    '/',
    '/?ordem=-preco',
    '/categoria/1',
    '/busca',
    '/busca?q=chocolate',
    '/busca?q=xyzzyx',
    '/produto/1',
    '/produto/2',
    '/produto/3',
    '/nada',
    '/produto/abc',
    '/admin',
  ])
    await at(path)
  await page.goto('/produto/4')
  await page.locator('.buy .button').click()
  await page.locator('[data-status] p').waitFor()
  await look('a notice')
  await page.fill('#q', 'brig')
  await page.getByRole('option').first().waitFor()
  await page.keyboard.press('ArrowDown')
  await look('suggestions')
  await at('/carrinho')
  await shop.catalog('/api/produtos/4', { preco: 77.7, estoque: 0 })
  await page.reload()
  await look('a cart with changes')
  await shop.catalog('/api/produtos/4', { preco: 4.5, estoque: 50 })
  await page.goto('/finalizar')
  await look('checkout')
  await page.locator('main form .button').click()
  await page.getByRole('alert').waitFor()
  await look('checkout with errors')
  await page.fill('#nome', 'Ana')
  await page.fill('#email', 'ana@example.com')
  await page.locator('main form .button').click()
  await page.waitForURL('**/pedido/*')
  await look('confirmation')
  await at('/pedidos')
  await page.goto('/admin')
  await page.fill('#token', 'errado')
  await page.locator('main form .button').click()
  await look('a wrong token')
  await page.fill('#token', shop.adminToken)
  await page.locator('main form .button').click()
  await page.locator('table').waitFor()
  await look('administration')
  await at('/admin/produtos/novo')
  await page.locator('main form .button').first().click()
  await page.getByRole('alert').waitFor()
  await look('a product with errors')
  await at('/admin/produtos/1')
}

for (const [name, options] of Object.entries({
  'in Portuguese, on a desktop': { viewport: DESKTOP, locale: 'pt-BR' },
  'in English, on a phone': { viewport: PHONE, locale: 'en-US' },
  'in Portuguese, on a phone in the dark': { viewport: PHONE, locale: 'pt-BR', colorScheme: 'dark' as const },
})) {
  t.test(`axe finds nothing on any page ${name}`, async t => {
    const { page, complaints } = await person(browser, shop.url, options)
    await everyPage(page, async where => t.strictSame(await axeFindings(page), [], where))
    t.strictSame(complaints, [])
  })
}

t.test('axe finds nothing on the page that says that ordering is paused', async t => {
  const { page } = await person(browser, shop.url)
  await page.goto('/produto/5')
  await page.locator('.buy .button').click()
  await page.locator('[data-count="1"]').waitFor()
  await page.goto('/finalizar')
  await page.fill('#nome', 'Ana')
  await page.fill('#email', 'ana@example.com')
  await shop.stop('orders')
  await page.locator('main form .button').click()
  await page.getByRole('heading', { name: 'Os pedidos estão em pausa por um instante' }).waitFor()
  t.strictSame(await axeFindings(page), [])
  await shop.start('orders')
  await page.waitForURL('**/pedido/*')
})

const widestBeyond = (page: Page) =>
  page.evaluate(() => {
    const width = document.documentElement.clientWidth
    if (document.documentElement.scrollWidth <= width) return ''
    const beyond = [...document.querySelectorAll('body *')].find(element => element.getBoundingClientRect().right > width + 1)
    return `${document.documentElement.scrollWidth} px: ${beyond?.outerHTML.slice(0, 200)}`
  })

t.test('nothing is wider than a screen of 320 px (or 1280 px at 400 % zoom)', async t => {
  const { page } = await person(browser, shop.url, { viewport: { width: 320, height: 256 } })
  await everyPage(page, async where => t.equal(await widestBeyond(page), '', where))
})

t.test('nothing is wider than the screen at 200 % zoom, nor with letters twice as large', async t => {
  const zoomed = await person(browser, shop.url, { viewport: { width: 640, height: 450 }, deviceScaleFactor: 2 })
  await everyPage(zoomed.page, async where => t.equal(await widestBeyond(zoomed.page), '', where))
  // A font size of 32 px in the browser's settings.
  const large = await person(browser, shop.url, { viewport: PHONE })
  const settings = await large.page.context().newCDPSession(large.page)
  await settings.send('Page.enable')
  await settings.send('Page.setFontSizes', { fontSizes: { standard: 32, fixed: 26 } })
  await everyPage(large.page, async where => t.equal(await widestBeyond(large.page), '', where))
  t.equal(await large.page.evaluate(() => getComputedStyle(document.documentElement).fontSize), '32px')
})

t.test('who wants less motion gets none', async t => {
  const { page } = await person(browser, shop.url)
  await page.goto('/')
  const moving = await page.evaluate(
    () => [...document.querySelectorAll('*')].filter(element => getComputedStyle(element).transitionDuration !== '0s').length,
  )
  t.equal(moving, 0)
})

t.test('a confirmation prints without header, footer and buttons', async t => {
  const { page } = await person(browser, shop.url)
  await page.goto('/produto/5')
  await page.locator('.buy .button').click()
  await page.locator('[data-count="1"]').waitFor()
  await page.goto('/finalizar')
  await page.fill('#nome', 'Ana')
  await page.fill('#email', 'ana@example.com')
  await page.locator('main form .button').click()
  await page.waitForURL('**/pedido/*')
  await page.emulateMedia({ media: 'print' })
  for (const part of ['.top', '.bottom', '.actions']) t.notOk(await page.locator(part).isVisible(), part)
  t.ok(await page.locator('.receipt table').isVisible())
})
