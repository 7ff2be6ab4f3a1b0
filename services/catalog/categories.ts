import type { Database } from '@confeitaria/platform/database'
import { Problem } from '@confeitaria/platform/problem'
import { Closed, Text } from '@confeitaria/platform/schema'
import { type Static, Type } from 'typebox'

export const Category = Type.Object({ id: Type.Integer(), nome: Type.String() })
export const NewCategory = Closed({ nome: Text(100) })
type Category = Static<typeof Category>

export const categories = (database: Database) => ({
  list: () =>
    database.read<Category>({
      name: 'categorias',
      text: 'SELECT id, nome FROM catalogo.categoria ORDER BY nome COLLATE "pt-BR-x-icu", id',
    }),

  byId: (id: number) =>
    database.read<Category>({ name: 'categoria', text: 'SELECT id, nome FROM catalogo.categoria WHERE id = $1', values: [id] }),

  /** @throws Problem 409 when one is there whose name differs in case and accents at most */
  create: ({ nome }: Static<typeof NewCategory>): Promise<Category> =>
    database.transaction(async client => {
      const { rows } = await client.query<Category>(
        'INSERT INTO catalogo.categoria (nome) VALUES ($1) ON CONFLICT (catalogo.dobra(nome)) DO NOTHING RETURNING id, nome',
        [nome],
      )
      if (!rows[0])
        throw new Problem(409, 'categoria-existe', 'A categoria já existe', { detail: `Já existe uma categoria chamada ${nome}.` })
      return rows[0]
    }),
})
