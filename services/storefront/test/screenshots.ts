/** Takes the shop's pictures in docs/screenshots: every page, on a phone or a desktop, from the whole shop on its own database. */
import { mkdir, stat } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { DESKTOP, PHONE, person, startBrowser } from './browser.ts'
import { startShop } from './whole-shop.ts'

const folder = new URL('../../../docs/screenshots/', import.meta.url).pathname
const MAX_BYTES = 80_000
const QUALITIES = [80, 65, 50, 35]

const shop = await startShop()
const browser = await startBrowser()
await mkdir(folder, { recursive: true })

async function picture(page: Page, name: string) {
  await page.waitForLoadState('networkidle')
  const path = `${folder}${name}.jpg`
  for (const quality of QUALITIES) {
    await page.screenshot({ path, type: 'jpeg', quality })
    if ((await stat(path)).size < MAX_BYTES) break
  }
  const { size } = await stat(path)
  if (size >= MAX_BYTES) throw new Error(`${path} has ${size} bytes, more than ${MAX_BYTES}.`)
  console.log(`docs/screenshots/${name}.jpg  ${Math.round(size / 1000)} kB`)
}

async function add(page: Page, product: number, quantity = 1) {
  await page.goto(`/produto/${product}`)
  await page.fill('#quantidade', String(quantity))
  await page.locator('.buy .button').click()
  await page.locator('[data-status] p').waitFor()
}

try {
  const { page: phone } = await person(browser, shop.url, { viewport: PHONE })
  const { page: dark } = await person(browser, shop.url, { viewport: PHONE, colorScheme: 'dark' })
  const { page: desktop } = await person(browser, shop.url, { viewport: DESKTOP })
  const { page: english } = await person(browser, shop.url, { viewport: DESKTOP, locale: 'en-US' })

  await desktop.goto('/')
  await picture(desktop, 'home-desktop')
  await phone.goto('/')
  await picture(phone, 'home-phone')
  await dark.goto('/categoria/2')
  await picture(dark, 'category-phone-dark')
  await english.goto('/produto/3')
  await picture(english, 'product-desktop-english')
  await add(phone, 5)
  await phone.evaluate(() => scrollTo(0, 0))
  await picture(phone, 'product-phone')
  await phone.mouse.move(0, 0)
  await phone.fill('#q', 'choco')
  await phone.getByRole('option').first().waitFor()
  await phone.keyboard.press('ArrowDown')
  await picture(phone, 'search-phone')

  await add(desktop, 9, 6)
  await add(desktop, 14)
  await add(desktop, 22, 2)
  await shop.catalog('/api/produtos/9', { preco: 6.5 })
  await desktop.goto('/carrinho')
  await picture(desktop, 'cart-price-change-desktop')
  await phone.goto('/finalizar')
  await picture(phone, 'checkout-phone')
  await phone.fill('#nome', 'Ana Lima')
  await phone.fill('#email', 'ana@example.com')
  await shop.stop('orders')
  await phone.locator('main form .button').click()
  await phone.locator('[data-retry]').waitFor()
  await picture(phone, 'paused-phone')
  await shop.start('orders')
  await phone.waitForURL('**/pedido/*')
  await picture(phone, 'order-phone')
  await phone.goto('/nada')
  await picture(phone, 'not-found-phone')
  await desktop.goto('/admin')
  await desktop.fill('#token', shop.adminToken)
  await desktop.locator('main form .button').click()
  await desktop.locator('table').waitFor()
  await picture(desktop, 'admin-desktop')
} finally {
  await browser.close()
  await shop.close()
}
