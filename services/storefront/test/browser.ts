/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import axe from 'axe-core'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import type t from 'tap'
import { startShop } from './whole-shop.ts'

export const PHONE = { width: 390, height: 844 }
export const DESKTOP = { width: 1280, height: 900 }

export const startBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })

/** A whole shop and a browser, which end with the tests. */
export async function startShopAndBrowser(test: Pick<typeof t, 'teardown'>) {
  const shop = await startShop()
  const browser = await startBrowser()
  test.teardown(async () => {
    await browser.close()
    await shop.close()
  })
  return { shop, browser }
}

export interface Person {
  page: Page
  /** What should never happen: requests to others, violations of the policy, uncaught errors. */
  complaints: string[]
}

/** A browser of their own: no cookie is shared. */
export async function person(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Person> {
  const context = await browser.newContext({ baseURL: url, viewport: DESKTOP, locale: 'pt-BR', reducedMotion: 'reduce', ...options })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('request', request => {
    if (!request.url().startsWith(`${url}/`)) complaints.push(`asked ${request.url()}`)
  })
  page.on('pageerror', error => complaints.push(error.message))
  page.on('console', message => {
    // The status of a page that says what went wrong is no complaint; everything else is.
    if (message.type() === 'error' && !/status of [45]\d\d/.test(message.text())) complaints.push(message.text())
  })
  return { page, complaints }
}

/** Puts a product into the cart, and waits until that is seen. */
export async function add(page: Page, product: number) {
  await page.goto(`/produto/${product}`)
  await page.locator('.buy .button').click()
  await page.locator('[data-count="1"]').waitFor()
}

export async function fillCheckout(page: Page, name = 'Ana') {
  await page.fill('#nome', name)
  await page.fill('#email', `${name.toLowerCase()}@example.com`)
}

/** What axe finds on the page, best practices and target sizes included: one line for each. */
export async function axeFindings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') }
    return axe.run({ rules: { 'target-size': { enabled: true } }, resultTypes: ['violations'] })
  })
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`))
}
