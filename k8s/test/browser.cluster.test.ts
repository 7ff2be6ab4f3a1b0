// Two people shop through the Ingress of the running cluster, each in a browser and a language of their own.
import type { Page } from 'playwright-core'
import t from 'tap'
import { DESKTOP, PHONE, person, startBrowser } from '../../services/storefront/test/browser.ts'
import { ingress } from './cluster.ts'
import { ask } from './shopper.ts'

const browser = await startBrowser()
t.teardown(() => browser.close())
const url = await ingress()

interface Words {
  add: string
  added: string
  checkout: string
  done: string
}
const PORTUGUESE = {
  add: 'Adicionar ao carrinho',
  added: 'foi para o carrinho',
  checkout: 'Finalizar o pedido',
  done: 'Pedido confirmado!',
}
const ENGLISH = { add: 'Add to cart', added: 'is in your cart', checkout: 'Check out', done: 'Order confirmed!' }

/** From the home page to the order's own page, whose path it returns. */
async function shop(page: Page, { add, added, checkout, done }: Words, product: number): Promise<string> {
  await page.goto('/')
  await page.goto(`/produto/${product}`)
  await page.getByRole('button', { name: add, exact: true }).click()
  await page.getByText(added).waitFor()
  await page.goto('/carrinho')
  await page.getByRole('link', { name: checkout }).click()
  await page.fill('#nome', 'Ana Souza')
  await page.fill('#email', 'ana@example.com')
  await page.locator('main form .button').click()
  await page.getByRole('heading', { level: 1, name: done }).waitFor()
  return new URL(page.url()).pathname
}

t.test('two people in two browsers shop at once and never meet', async t => {
  const { data } = (await ask('/api/catalogo/produtos?limite=2')).body
  const ana = await person(browser, url, { viewport: PHONE, locale: 'pt-BR' })
  const ben = await person(browser, url, { viewport: DESKTOP, locale: 'en-US' })
  const [anas, bens] = await Promise.all([shop(ana.page, PORTUGUESE, data[0].id), shop(ben.page, ENGLISH, data[1].id)])
  t.match(await ana.page.locator('table').textContent(), data[0].nome)
  t.match(await ben.page.locator('table').textContent(), data[1].nome)
  t.equal((await ana.page.goto(bens))?.status(), 404, 'an order is its buyer’s alone')
  t.equal((await ben.page.goto(anas))?.status(), 404)
  t.strictSame([...ana.complaints, ...ben.complaints], [], 'no request to others, no violation of the policy, no error')
})
