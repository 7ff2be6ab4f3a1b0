/**
 * What becomes of each row of the Django shop, as statements that write into temporary tables only: they run in a read-only
 * transaction too, and what they say there is what an import does.
 */
import { MAX_STOCK, type Model, WITHOUT_CATEGORY } from './rules.ts'

export const TABLES = `
  CREATE TEMPORARY TABLE categoria_lida (linha bigint, antigo_id bigint, nome text);
  CREATE TEMPORARY TABLE doce_lido (
    linha bigint PRIMARY KEY, antigo_id bigint, nome text, descricao text, preco numeric(10, 2), estoque int, categoria_antiga bigint,
    imagem text, criado_em timestamptz
  );
  -- What the report lists; tipo: recusa, aviso, mudanca.
  CREATE TEMPORARY TABLE nota (tipo text, tabela text, linha bigint, antigo_id bigint, campo text, motivo text);
  -- antes: the category here that it was at the last import; alvo: the one that it is now, null as long as it is to be made;
  -- criada: that one is an import's work; acao: criar, alterar, igual.
  CREATE TEMPORARY TABLE categoria_plano (
    antigo_id bigint PRIMARY KEY, linha bigint, nome text, chave text, antes int, nome_antes text, criada boolean, alvo int, acao text
  );
  CREATE INDEX ON categoria_plano (chave);
  -- acao: criar, alterar, igual, apagado (here, since).
  CREATE TEMPORARY TABLE doce_plano (antigo_id bigint PRIMARY KEY, linha bigint, produto_id int, acao text);
  CREATE INDEX ON doce_plano (acao, produto_id);
  CREATE TEMPORARY VIEW doce AS
    SELECT d.*, CASE WHEN c.antigo_id IS NULL THEN m.categoria_id ELSE c.alvo END AS categoria_id, c.chave AS categoria_chave,
      coalesce(c.nome, (SELECT k.nome FROM catalogo.categoria k WHERE k.id = m.categoria_id)) AS categoria
    FROM doce_lido d
    LEFT JOIN categoria_plano c ON c.antigo_id = d.categoria_antiga
    LEFT JOIN catalogo.django_categoria m ON m.antigo_id = d.categoria_antiga`

/** Names that differ in case, accents and spaces only have the same. */
const key = (name: string) => `replace(catalogo.dobra(${name}), ' ', '')`

const refuse = (model: Model, table: string, rows: string) => [
  `INSERT INTO nota SELECT 'recusa', '${model}', linha, antigo_id, campo, motivo FROM (${rows}) AS recusada`,
  `DELETE FROM ${table} l USING nota n WHERE n.tipo = 'recusa' AND n.tabela = '${model}' AND n.linha = l.linha`,
]
const repeated = (table: string) => `
  SELECT linha, antigo_id, 'id' AS campo, format('repete o da linha %s', primeira) AS motivo
  FROM (SELECT *, min(linha) OVER (PARTITION BY antigo_id) AS primeira FROM ${table}) AS l WHERE linha > primeira`

/** The first of those that want the same category made. */
const IS_FIRST = `alvo IS NULL
  AND NOT EXISTS (SELECT FROM categoria_plano o WHERE o.chave = p.chave AND o.alvo IS NULL AND o.antigo_id < p.antigo_id)`

const CATEGORIES = [
  ...refuse('categoria', 'categoria_lida', repeated('categoria_lida')),
  `INSERT INTO categoria_lida SELECT NULL, 0, '${WITHOUT_CATEGORY}' WHERE EXISTS (SELECT FROM doce_lido WHERE categoria_antiga = 0)`,
  `INSERT INTO categoria_plano (antigo_id, linha, nome, chave, antes, nome_antes, criada, alvo)
   SELECT l.antigo_id, l.linha, l.nome, ${key('l.nome')}, m.categoria_id, m.nome, coalesce(m.criada, false),
     CASE WHEN m.nome = l.nome THEN m.categoria_id ELSE aqui.id END
   FROM categoria_lida l
   LEFT JOIN catalogo.django_categoria m USING (antigo_id)
   LEFT JOIN (SELECT ${key('nome')} AS chave, min(id) AS id FROM catalogo.categoria GROUP BY 1) AS aqui ON aqui.chave = ${key('l.nome')}`,
  'ANALYZE categoria_plano',
  // A category that an import made, and that is nobody else's, takes the new name; else the products move to another.
  `UPDATE categoria_plano p SET alvo = antes, acao = 'alterar'
   FROM catalogo.categoria c
   WHERE c.id = p.antes AND c.nome = p.nome_antes AND p.criada AND p.nome <> p.nome_antes AND (p.alvo = p.antes OR ${IS_FIRST})
     AND NOT EXISTS (SELECT FROM catalogo.django_categoria o WHERE o.categoria_id = p.antes AND o.antigo_id <> p.antigo_id)
     AND NOT EXISTS (SELECT FROM categoria_plano o WHERE o.alvo = p.antes AND o.antigo_id <> p.antigo_id)`,
  `UPDATE categoria_plano p SET alvo = o.alvo FROM categoria_plano o WHERE p.alvo IS NULL AND o.acao = 'alterar' AND o.chave = p.chave`,
  `UPDATE categoria_plano p SET acao = CASE WHEN ${IS_FIRST} THEN 'criar' ELSE 'igual' END WHERE acao IS NULL`,
  `UPDATE categoria_plano SET criada = false WHERE alvo IS DISTINCT FROM antes`,
  `INSERT INTO nota
   SELECT 'mudanca', 'categoria', linha, nullif(antigo_id, 0), 'nome',
     CASE acao WHEN 'criar' THEN format('"%s" é nova', nome) ELSE format('"%s" → "%s"', nome_antes, nome) END
   FROM categoria_plano WHERE acao <> 'igual'`,
  `INSERT INTO nota
   SELECT 'aviso', 'categoria', p.linha, p.antigo_id, 'nome', format('"%s" é a mesma que "%s"', p.nome, coalesce(o.nome, c.nome))
   FROM categoria_plano p
   LEFT JOIN categoria_plano o ON o.chave = p.chave AND o.acao <> 'igual'
   LEFT JOIN catalogo.categoria c ON c.id = p.alvo
   WHERE p.acao = 'igual' AND p.antigo_id > 0 AND p.nome <> coalesce(o.nome, c.nome)`,
]

/** Aliases of what follows: `d` the row as it is now (doce), `j` as it was at the last import, `q` the product here. */
export const TEXT_CHANGED = '(d.nome, d.descricao) IS DISTINCT FROM (j.nome, j.descricao)'
export const REST_CHANGED = '(d.preco, d.estoque, d.categoria_id, d.imagem) IS DISTINCT FROM (j.preco, j.estoque, j.categoria_id, j.imagem)'
/** Of a new stock only the difference counts, so that what was sold here since stays sold. */
const NEW_STOCK = '(q.estoque + d.estoque - j.estoque)'
export const FITTING_STOCK = `least(greatest(${NEW_STOCK}, 0), ${MAX_STOCK})`
const CHANGES = `doce_plano p JOIN doce d USING (linha) JOIN catalogo.django_produto j ON j.antigo_id = p.antigo_id
  JOIN catalogo.produto q ON q.id = p.produto_id`

const PRODUCTS = [
  ...refuse('doce', 'doce_lido', repeated('doce_lido')),
  ...refuse(
    'doce',
    'doce_lido',
    `SELECT linha, antigo_id, 'categoria' AS campo, format('a categoria %s não existe, ou foi recusada', categoria_antiga) AS motivo
     FROM doce_lido d
     WHERE NOT EXISTS (SELECT FROM categoria_plano c WHERE c.antigo_id = d.categoria_antiga)
       AND NOT EXISTS (SELECT FROM catalogo.django_categoria m WHERE m.antigo_id = d.categoria_antiga)`,
  ),
  `INSERT INTO doce_plano
   SELECT d.antigo_id, d.linha, j.produto_id, CASE
     WHEN j.antigo_id IS NULL THEN 'criar' WHEN q.id IS NULL THEN 'apagado' WHEN ${TEXT_CHANGED} OR ${REST_CHANGED} THEN 'alterar' ELSE 'igual' END
   FROM doce d LEFT JOIN catalogo.django_produto j USING (antigo_id) LEFT JOIN catalogo.produto q ON q.id = j.produto_id
   ORDER BY d.antigo_id`,
  'ANALYZE doce_plano',
  // Among equals the one that is here already stays, else the oldest.
  ...refuse(
    'doce',
    'doce_plano',
    `SELECT linha, antigo_id, 'nome' AS campo,
       format('é igual ao doce %s, da linha %s: mesmo nome, descrição, preço e categoria', primeiro, primeira) AS motivo
     FROM (
       SELECT antigo_id, linha, acao, first_value(antigo_id) OVER iguais AS primeiro, first_value(linha) OVER iguais AS primeira
       FROM doce_plano JOIN doce USING (linha, antigo_id)
       WHERE EXISTS (SELECT FROM doce_plano WHERE acao = 'criar')
       WINDOW iguais AS (
         PARTITION BY ${key('nome')}, descricao, preco, categoria_id, CASE WHEN categoria_id IS NULL THEN categoria_chave END
         ORDER BY acao = 'criar', antigo_id
       )
     ) AS d
     WHERE acao = 'criar' AND antigo_id <> primeiro`,
  ),
  `INSERT INTO nota
   SELECT 'mudanca', 'doce', p.linha, p.antigo_id, campo, format('%s → %s', coalesce(de, 'nada'), coalesce(para, 'nada'))
   FROM ${CHANGES}
   CROSS JOIN LATERAL (VALUES
     ('nome', q.nome, d.nome, d.nome <> j.nome),
     ('descricao', q.descricao, d.descricao, d.descricao <> j.descricao),
     ('preco', q.preco::text, d.preco::text, d.preco <> j.preco),
     ('estoque', q.estoque::text, ${FITTING_STOCK}::text, d.estoque <> j.estoque),
     ('categoria', (SELECT nome FROM catalogo.categoria WHERE id = q.categoria_id), d.categoria, d.categoria_id IS DISTINCT FROM j.categoria_id),
     ('imagem', q.imagem, d.imagem, d.imagem IS DISTINCT FROM j.imagem)
   ) AS valor (campo, de, para, mudou)
   WHERE p.acao = 'alterar' AND mudou`,
  `INSERT INTO nota
   SELECT 'aviso', 'doce', p.linha, p.antigo_id, 'estoque',
     format('mudou de %s para %s na origem e aqui há %s: fica %s', j.estoque, d.estoque, q.estoque, ${FITTING_STOCK})
   FROM ${CHANGES} WHERE p.acao = 'alterar' AND d.estoque <> j.estoque AND ${FITTING_STOCK} <> ${NEW_STOCK}`,
  `INSERT INTO nota SELECT 'aviso', 'doce', linha, antigo_id, NULL, 'foi apagado aqui: não volta' FROM doce_plano WHERE acao = 'apagado'`,
  `INSERT INTO nota
   SELECT 'aviso', 'doce', NULL, j.antigo_id, NULL, format('não está mais na origem: fica aqui como produto %s', j.produto_id)
   FROM catalogo.django_produto j JOIN catalogo.produto q ON q.id = j.produto_id
   WHERE NOT EXISTS (SELECT FROM doce_lido d WHERE d.antigo_id = j.antigo_id)
     AND NOT EXISTS (SELECT FROM nota n WHERE n.tabela = 'doce' AND n.tipo = 'recusa' AND n.antigo_id = j.antigo_id)`,
]

export const PLAN = [...CATEGORIES, ...PRODUCTS]
