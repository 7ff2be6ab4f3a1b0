import type { Database } from '@confeitaria/platform/database'

/** Words are found with a typo from this many letters on: the shop's, or the ones that were typed. */
const TYPO_FROM = 5
const PREFIX_FROM = 3
/** More words of a query are not looked at. */
export const MOST_WORDS = 8
const MOST_VARIANTS = 10
const WORD_LENGTH = 40

/** A word of the shop that a word of the query may mean, and how far-fetched that is (even numbers: a description adds 1). */
interface Term {
  /** Which word of the query. */
  n: number
  palavra_id: number
  custo: number
}

const EXACT = 0
const PREFIX = 2
const TYPO = 4

/** Without case and accents, as catalogo.dobra does it in SQL. */
export const fold = (text: string) =>
  text
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .replaceAll('Σ', 'σ') // the one letter whose lower case would depend on its neighbours
    .toLowerCase()

/** The first words of a text, as catalogo.palavras finds them in SQL. */
export const words = (text: string) => {
  const all = fold(text).match(/[\p{Alphabetic}0-9]+/gu) ?? []
  return [...new Set(all.map(word => [...word].slice(0, WORD_LENGTH).join('')))].slice(0, MOST_WORDS)
}

/** Whether one letter added, dropped, changed, or two neighbours swapped turn one word into the other. */
export function withinOneTypo(a: string, b: string): boolean {
  const [s, l] = a.length <= b.length ? [[...a], [...b]] : [[...b], [...a]]
  if (l.length - s.length > 1) return false
  let start = 0
  while (start < s.length && s[start] === l[start]) start++
  let end = 0
  while (end < s.length - start && s[s.length - 1 - end] === l[l.length - 1 - end]) end++
  const rest = l.length - start - end
  return rest <= 1 || (s.length === l.length && rest === 2 && s[start] === l[start + 1] && s[start + 1] === l[start])
}

/** How Portuguese ends a word in the singular and in the plural, where that is more than an s. */
const NUMBERS = [
  ['m', ['ns']],
  ['ao', ['oes', 'aes', 'aos']],
  ['l', ['is']],
] as const

/** A folded word's other number: "pudins" of "pudim" and back. Words that do not exist are found nowhere. */
const otherNumbers = (word: string) =>
  NUMBERS.flatMap(([one, many]) => [
    ...many.filter(end => word.endsWith(end)).map(end => word.slice(0, -end.length) + one),
    ...(word.endsWith(one) ? many.map(end => word.slice(0, -one.length) + end) : []),
  ])

/**
 * The shop's words that the query's words may mean. Two words within one typo share a form with one letter left out, so
 * a few look-ups in an index find them all.
 * @returns no terms when some word means nothing here: then nothing can be found
 */
export async function termsOf(database: Database, query: string[]): Promise<{ terms: Term[]; asOf: number }> {
  const last = query.at(-1)!
  const start = [...last].length >= PREFIX_FROM ? last : ''
  const numbers = query.map(otherNumbers)
  const { rows, asOf } = await database.read<{ n: number; id: number; texto: string; prefixo: boolean }>({
    name: 'termos',
    // A word that was typed one letter short of the length for typos may be one of that length.
    text: `
      SELECT q.n::int, p.id, p.texto, false AS prefixo
      FROM unnest($1::text[]) WITH ORDINALITY AS q (palavra, n),
        LATERAL (SELECT id, texto FROM catalogo.palavra WHERE texto = q.palavra
                 UNION
                 SELECT p.id, p.texto FROM catalogo.formas(q.palavra) AS da_busca
                 JOIN catalogo.palavra_forma f ON f.forma = da_busca AND (
                   char_length(q.palavra) >= ${TYPO_FROM} OR char_length(q.palavra) = ${TYPO_FROM - 1} AND da_busca = q.palavra)
                 JOIN catalogo.palavra p ON p.id = f.palavra_id) AS p
      UNION ALL
      SELECT o.n, p.id, p.texto, false FROM unnest($5::int[], $6::text[]) AS o (n, palavra) JOIN catalogo.palavra p ON p.texto = o.palavra
      UNION ALL
      SELECT * FROM (
        SELECT $2::int, p.id, p.texto, true FROM catalogo.palavra p
        WHERE p.texto > $3 AND p.texto < $4
        ORDER BY char_length(p.texto), p.texto LIMIT ${MOST_VARIANTS}) AS inicio`,
    values: [
      query,
      query.length,
      start,
      start && `${start}\u{10FFFF}`,
      numbers.flatMap((others, i) => others.map(() => i + 1)),
      numbers.flat(),
    ],
  })
  const terms: Term[] = []
  query.forEach((word, index) => {
    const own = rows.filter(({ n }) => n === index + 1)
    const costs = new Map<number, number>()
    const typos = own.filter(({ texto, prefixo }) => !prefixo && texto !== word && withinOneTypo(texto, word)).sort(likeliest(word))
    for (const { id } of typos.slice(0, MOST_VARIANTS)) costs.set(id, TYPO)
    for (const { id, texto } of own) if (numbers[index]!.includes(texto)) costs.set(id, TYPO)
    for (const { id, prefixo } of own) if (prefixo) costs.set(id, PREFIX)
    for (const { id, texto } of own) if (texto === word) costs.set(id, EXACT)
    for (const [palavra_id, custo] of costs) terms.push({ n: index + 1, palavra_id, custo })
  })
  return { terms: query.every((_, index) => terms.some(({ n }) => n === index + 1)) ? terms : [], asOf }
}

/** Which of too many words are meant must not change from page to page. */
const likeliest =
  (word: string) =>
  ({ texto: a }: { texto: string }, { texto: b }: { texto: string }) =>
    Math.abs(a.length - word.length) - Math.abs(b.length - word.length) || (a < b ? -1 : 1)

/** How many of the best finds of one word are looked at: a search shows no more than these. */
export const MOST_OF_ONE = 1_000
/** Of several words, the rarest leads; so many of its places are held against the other words. */
const MOST_OF_LEADER = 10_000

/**
 * The found products as a subquery `(produto_id, custo)`, best (lowest) first, for the FROM clause of a page.
 * @param words how many words the query has
 * @param categoria the placeholder of the category to keep to: it has to hold before the cut
 * @param first the number of the first of three placeholders: the terms' n, palavra_id and custo
 */
export function foundSql({ words: count, categoria, first }: { words: number; categoria: string | undefined; first: number }): string {
  const [n, palavra, custo] = [`$${first}`, `$${first + 1}`, `$${first + 2}`]
  const within = categoria ? `JOIN catalogo.produto p ON p.id = o.produto_id AND p.categoria_id = ${categoria}` : ''
  const terms = `
    WITH termo (n, palavra_id, custo) AS MATERIALIZED (SELECT * FROM unnest(${n}::int[], ${palavra}::int[], ${custo}::int[]))`
  const placesOf = (term: string, most: number) => `
    SELECT o.produto_id, min(t.custo + o.classe) AS custo FROM ${term} t CROSS JOIN LATERAL (
      SELECT o.produto_id, o.classe FROM catalogo.ocorrencia o ${within}
      WHERE o.palavra_id = t.palavra_id ORDER BY o.classe, o.produto_id LIMIT ${most}) AS o
    GROUP BY o.produto_id`
  if (count === 1) return `(${terms} ${placesOf('termo', MOST_OF_ONE)})`
  return `(${terms},
    tamanho AS (
      SELECT t.n, sum(o.quantas) AS quantas FROM termo t CROSS JOIN LATERAL (
        SELECT count(*) AS quantas FROM (
          SELECT FROM catalogo.ocorrencia o WHERE o.palavra_id = t.palavra_id LIMIT ${MOST_OF_ONE}) AS primeiras) AS o
      GROUP BY t.n),
    lider AS MATERIALIZED (SELECT * FROM termo WHERE n = (SELECT n FROM tamanho ORDER BY quantas, n LIMIT 1)),
    candidato AS MATERIALIZED (${placesOf('lider', MOST_OF_LEADER)})
    SELECT c.produto_id, c.custo + sum(o.custo) AS custo FROM candidato c CROSS JOIN LATERAL (
      SELECT t.n, min(t.custo + o.classe) AS custo
      FROM termo t JOIN catalogo.ocorrencia o ON o.palavra_id = t.palavra_id AND o.classe IN (0, 1) AND o.produto_id = c.produto_id
      WHERE t.n NOT IN (SELECT n FROM lider) GROUP BY t.n) AS o
    GROUP BY c.produto_id, c.custo HAVING count(*) = ${count - 1})`
}
