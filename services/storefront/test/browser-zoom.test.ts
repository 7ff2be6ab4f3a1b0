import type { Page } from 'playwright-core'
import t from 'tap'
import { PHONE, person, startShopAndBrowser } from './browser.ts'
import { everyPage } from './every-page.ts'

const { shop, browser } = await startShopAndBrowser(t)

const widestBeyond = (page: Page) =>
  page.evaluate(() => {
    const width = document.documentElement.clientWidth
    if (document.documentElement.scrollWidth <= width) return ''
    const beyond = [...document.querySelectorAll('body *')].find(element => element.getBoundingClientRect().right > width + 1)
    return `${document.documentElement.scrollWidth} px: ${beyond?.outerHTML.slice(0, 200)}`
  })

const NARROW = [
  { width: 320, height: 256 },
  { width: 640, height: 450 },
]

t.test('nothing is wider than 320 px (1280 px at 400 % zoom) or 640 px (200 %)', async t => {
  const { page } = await person(browser, shop.url, { viewport: PHONE })
  await everyPage(shop, page, async where => {
    for (const size of NARROW) {
      await page.setViewportSize(size)
      t.equal(await widestBeyond(page), '', `${where} at ${size.width} px`)
    }
    await page.setViewportSize(PHONE)
  })
})

t.test('nothing is wider than a phone with letters twice as large', async t => {
  const { page } = await person(browser, shop.url, { viewport: PHONE })
  // A font size of 32 px in the browser's settings.
  const settings = await page.context().newCDPSession(page)
  await settings.send('Page.enable')
  await settings.send('Page.setFontSizes', { fontSizes: { standard: 32, fixed: 26 } })
  await everyPage(shop, page, async where => t.equal(await widestBeyond(page), '', where))
  t.equal(await page.evaluate(() => getComputedStyle(document.documentElement).fontSize), '32px')
})
