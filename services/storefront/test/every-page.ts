import type { Page } from 'playwright-core'
import { fillCheckout } from './browser.ts'
import type { WholeShop } from './whole-shop.ts'

/** Goes to every kind of page there is, a purchase, a changed price and the administration included. */
export async function everyPage(shop: WholeShop, page: Page, look: (name: string) => Promise<unknown>) {
  await shop.query('UPDATE catalogo.produto SET estoque = CASE id WHEN 2 THEN 0 ELSE 3 END WHERE id IN (2, 3)')
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
  await fillCheckout(page)
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
