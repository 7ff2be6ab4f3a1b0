-- Up Migration

-- What a reader means, not how it is typed: without case and accents ("AÇAÍ" and "acai" are one).
CREATE FUNCTION catalogo.dobra(texto text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN lower(regexp_replace(normalize(texto, NFD), '[\u0300-\u036f]', '', 'g') COLLATE pg_c_utf8);

CREATE TABLE catalogo.categoria (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  nome text NOT NULL CHECK (char_length(nome) BETWEEN 1 AND 100)
);
CREATE UNIQUE INDEX categoria_nome ON catalogo.categoria (catalogo.dobra(nome));

CREATE TABLE catalogo.produto (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  nome text NOT NULL CHECK (char_length(nome) BETWEEN 1 AND 200),
  descricao text NOT NULL CHECK (char_length(descricao) BETWEEN 1 AND 5000),
  preco numeric(10, 2) NOT NULL CHECK (preco >= 0),
  estoque int NOT NULL CHECK (estoque BETWEEN 0 AND 1000000),
  categoria_id int NOT NULL REFERENCES catalogo.categoria,
  imagem text,
  criado_em timestamptz NOT NULL DEFAULT clock_timestamp(),
  atualizado_em timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 90); -- room on the page for the next stock, so that selling touches no index

-- One index for each order, alone and within a category: a page costs the same wherever it lies.
CREATE INDEX produto_nome ON catalogo.produto (nome COLLATE "pt-BR-x-icu", id);
CREATE INDEX produto_preco ON catalogo.produto (preco, id);
CREATE INDEX produto_preco_desc ON catalogo.produto ((-preco), id);
CREATE INDEX produto_recentes ON catalogo.produto (criado_em, id);
CREATE INDEX produto_categoria_nome ON catalogo.produto (categoria_id, nome COLLATE "pt-BR-x-icu", id);
CREATE INDEX produto_categoria_preco ON catalogo.produto (categoria_id, preco, id);
CREATE INDEX produto_categoria_preco_desc ON catalogo.produto (categoria_id, (-preco), id);
CREATE INDEX produto_categoria_recentes ON catalogo.produto (categoria_id, criado_em, id);

-- Search: every word, each form of it with one letter left out (two words within one typo share such a form), and
-- where each word occurs: classe 0 in a name, 1 in a description only.
CREATE TABLE catalogo.palavra (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  texto text COLLATE "C" NOT NULL UNIQUE
);
CREATE TABLE catalogo.palavra_forma (
  forma text COLLATE "C" NOT NULL,
  palavra_id int NOT NULL REFERENCES catalogo.palavra,
  PRIMARY KEY (forma, palavra_id)
);
CREATE TABLE catalogo.ocorrencia (
  palavra_id int NOT NULL,
  classe smallint NOT NULL,
  produto_id int NOT NULL,
  PRIMARY KEY (palavra_id, classe, produto_id)
);

CREATE FUNCTION catalogo.palavras(texto text) RETURNS SETOF text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
  SELECT DISTINCT left(palavra, 40) FROM regexp_split_to_table(catalogo.dobra(texto) COLLATE pg_c_utf8, '[^[:alnum:]]+') AS palavra WHERE palavra <> '';
END;

CREATE FUNCTION catalogo.formas(palavra text) RETURNS SETOF text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
  SELECT palavra UNION SELECT overlay(palavra PLACING '' FROM letra FOR 1) FROM generate_series(1, char_length(palavra)) AS letra;
END;

CREATE FUNCTION catalogo.indexar(ids int[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  CREATE TEMPORARY TABLE IF NOT EXISTS ocorrencia_nova (texto text COLLATE "C", classe smallint, produto_id int) ON COMMIT DELETE ROWS;
  TRUNCATE pg_temp.ocorrencia_nova;
  INSERT INTO pg_temp.ocorrencia_nova
    SELECT texto, min(classe), id
    FROM (SELECT id, 0::smallint AS classe, catalogo.palavras(nome) AS texto FROM catalogo.produto WHERE id = ANY (ids)
          UNION ALL
          SELECT id, 1::smallint, catalogo.palavras(descricao) FROM catalogo.produto WHERE id = ANY (ids)) AS lida
    GROUP BY texto, id;
  -- In one order, so that two writers with the same new words do not wait for each other.
  INSERT INTO catalogo.palavra (texto)
    SELECT DISTINCT texto FROM pg_temp.ocorrencia_nova n
    WHERE NOT EXISTS (SELECT FROM catalogo.palavra p WHERE p.texto = n.texto) ORDER BY texto
    ON CONFLICT DO NOTHING;
  INSERT INTO catalogo.palavra_forma (forma, palavra_id)
    SELECT catalogo.formas(p.texto), p.id FROM catalogo.palavra p
    WHERE p.texto IN (SELECT texto FROM pg_temp.ocorrencia_nova)
      AND NOT EXISTS (SELECT FROM catalogo.palavra_forma f WHERE f.forma = p.texto AND f.palavra_id = p.id)
    ON CONFLICT DO NOTHING;
  INSERT INTO catalogo.ocorrencia (palavra_id, classe, produto_id)
    SELECT p.id, n.classe, n.produto_id FROM pg_temp.ocorrencia_nova n JOIN catalogo.palavra p ON p.texto = n.texto
    ON CONFLICT DO NOTHING;
END $$;

CREATE FUNCTION catalogo.desindexar(id int, nome text, descricao text) RETURNS void
LANGUAGE sql
BEGIN ATOMIC
  DELETE FROM catalogo.ocorrencia o
  USING catalogo.palavra p
  WHERE p.texto IN (SELECT catalogo.palavras(nome || ' ' || descricao))
    AND o.palavra_id = p.id AND o.classe IN (0, 1) AND o.produto_id = desindexar.id;
END;

CREATE FUNCTION catalogo.ao_inserir() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM catalogo.indexar(ARRAY(SELECT id FROM novos));
  RETURN NULL;
END $$;
CREATE TRIGGER ao_inserir AFTER INSERT ON catalogo.produto
  REFERENCING NEW TABLE AS novos FOR EACH STATEMENT EXECUTE FUNCTION catalogo.ao_inserir();

CREATE FUNCTION catalogo.ao_mudar() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM catalogo.desindexar(OLD.id, OLD.nome, OLD.descricao);
  IF TG_OP = 'UPDATE' THEN PERFORM catalogo.indexar(ARRAY[NEW.id]); END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER ao_mudar AFTER UPDATE OF nome, descricao ON catalogo.produto FOR EACH ROW EXECUTE FUNCTION catalogo.ao_mudar();
CREATE TRIGGER ao_apagar AFTER DELETE ON catalogo.produto FOR EACH ROW EXECUTE FUNCTION catalogo.ao_mudar();

-- The one thing that another role may do here: take stock for an order, inside the order's own transaction.
-- Products are taken in ascending id order, so that two orders never wait for each other in a circle. A product that
-- is short (or gone: nome is null) is returned with faltou = true and left as it is; whoever calls then rolls back.
CREATE FUNCTION catalogo.baixar_estoque(ids int[], quantidades int[])
RETURNS TABLE (produto_id int, nome text, preco numeric, estoque int, faltou boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = catalogo, pg_temp AS $$
DECLARE
  item record;
BEGIN
  FOR item IN
    SELECT i.id, sum(i.quantidade)::int AS quantidade FROM unnest(ids, quantidades) AS i (id, quantidade) GROUP BY i.id ORDER BY i.id
  LOOP
    IF item.quantidade < 1 THEN RAISE EXCEPTION 'quantidade deve ser positiva'; END IF;
    UPDATE produto p SET estoque = p.estoque - item.quantidade, atualizado_em = clock_timestamp()
      WHERE p.id = item.id AND p.estoque >= item.quantidade
      RETURNING p.id, p.nome, p.preco, p.estoque, false INTO produto_id, nome, preco, estoque, faltou;
    IF NOT FOUND THEN
      produto_id := item.id;
      faltou := true;
      SELECT p.nome, p.preco, p.estoque INTO nome, preco, estoque FROM produto p WHERE p.id = item.id;
    END IF;
    RETURN NEXT;
  END LOOP;
END $$;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA catalogo FROM PUBLIC;
GRANT USAGE ON SCHEMA catalogo TO pedidos;
GRANT EXECUTE ON FUNCTION catalogo.baixar_estoque TO pedidos;
