import { databaseUrl } from '@confeitaria/platform/config'
import { onPrimary } from '@confeitaria/platform/migrations'
import { runCommand } from '@confeitaria/platform/run'
import shop from './seed/catalogo.json' with { type: 'json' }

/**
 * Puts the shop's goods into an empty catalog, in one transaction; a catalog that has anything in it is left alone.
 * @returns how many products it put in
 */
export const seed = (url: string): Promise<number> =>
  onPrimary(url, async client => {
    const isUsed = async () =>
      (await client.query('SELECT EXISTS (SELECT FROM catalogo.categoria) OR EXISTS (SELECT FROM catalogo.produto) AS used')).rows[0].used
    // Asked first without the lock, which would wait for an import and hold up whoever makes a category.
    if (await isUsed()) return 0
    await client.query('BEGIN')
    await client.query('LOCK TABLE catalogo.categoria IN SHARE ROW EXCLUSIVE MODE')
    if (await isUsed()) return 0
    await client.query(
      'INSERT INTO catalogo.categoria (nome) SELECT nome FROM unnest($1::text[]) WITH ORDINALITY AS c (nome, n) ORDER BY n',
      [shop.categorias],
    )
    await client.query(
      `INSERT INTO catalogo.produto (nome, descricao, preco, estoque, categoria_id, imagem)
       SELECT p.nome, p.descricao, p.preco, p.estoque, c.id, p.imagem
       FROM ROWS FROM (jsonb_to_recordset($1) AS (nome text, descricao text, preco numeric, estoque int, categoria text, imagem text))
         WITH ORDINALITY AS p (nome, descricao, preco, estoque, categoria, imagem, n)
       JOIN catalogo.categoria c ON c.nome = p.categoria ORDER BY p.n`,
      [JSON.stringify(shop.produtos)],
    )
    await client.query('COMMIT')
    return shop.produtos.length
  })

if (import.meta.main) {
  await runCommand(async () => {
    const products = await seed(databaseUrl())
    console.log(products ? `catalogo: put in ${products} products` : 'catalogo: has its products already')
  })
}
