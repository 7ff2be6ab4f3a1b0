import t from 'tap'
import { add, axeFindings, DESKTOP, fillCheckout, PHONE, person, startShopAndBrowser } from './browser.ts'
import { everyPage } from './every-page.ts'

// Axe alone takes most of a minute for each of its rounds, and more on a busy machine.
t.setTimeout(600_000)
const { shop, browser } = await startShopAndBrowser(t)

for (const [name, options] of Object.entries({
  'in Portuguese, on a desktop': { viewport: DESKTOP, locale: 'pt-BR' },
  'in English, on a phone': { viewport: PHONE, locale: 'en-US' },
  'in Portuguese, on a phone in the dark': { viewport: PHONE, locale: 'pt-BR', colorScheme: 'dark' as const },
})) {
  t.test(`axe finds nothing on any page ${name}`, async t => {
    const { page, complaints } = await person(browser, shop.url, options)
    await everyPage(shop, page, async where => t.strictSame(await axeFindings(page), [], where))
    t.strictSame(complaints, [])
  })
}

t.test('axe finds nothing on the page that says that ordering is paused', async t => {
  const { page } = await person(browser, shop.url)
  await add(page, 5)
  await page.goto('/finalizar')
  await fillCheckout(page)
  await shop.stop('orders')
  await page.locator('main form .button').click()
  await page.getByRole('heading', { name: 'Os pedidos estão em pausa por um instante' }).waitFor()
  t.strictSame(await axeFindings(page), [])
  await shop.start('orders')
  await page.waitForURL('**/pedido/*')
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
  await add(page, 5)
  await page.goto('/finalizar')
  await fillCheckout(page)
  await page.locator('main form .button').click()
  await page.waitForURL('**/pedido/*')
  await page.emulateMedia({ media: 'print' })
  for (const part of ['.top', '.bottom', '.actions']) t.notOk(await page.locator(part).isVisible(), part)
  t.ok(await page.locator('.receipt table').isVisible())
})
