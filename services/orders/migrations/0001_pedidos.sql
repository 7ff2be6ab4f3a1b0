-- Up Migration

CREATE TABLE pedidos.pedido (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  session_id text NOT NULL,
  cliente_nome text NOT NULL CHECK (char_length(cliente_nome) BETWEEN 1 AND 120),
  cliente_email text NOT NULL CHECK (char_length(cliente_email) BETWEEN 1 AND 254),
  total numeric(10, 2) NOT NULL CHECK (total >= 0),
  status text NOT NULL DEFAULT 'confirmado' CHECK (status IN ('confirmado')),
  criado_em timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX pedido_session ON pedidos.pedido (session_id, id DESC);

-- What was sold, as it was called and priced then: no reference into the catalog, whose products may be deleted.
CREATE TABLE pedidos.item (
  pedido_id int NOT NULL REFERENCES pedidos.pedido,
  produto_id int NOT NULL,
  nome text NOT NULL,
  preco numeric(10, 2) NOT NULL CHECK (preco >= 0),
  quantidade int NOT NULL CHECK (quantidade >= 1),
  PRIMARY KEY (pedido_id, produto_id)
);

-- Which order an Idempotency-Key made. Inserted first and in the same transaction, so that a refusal leaves no key behind.
CREATE TABLE pedidos.chave (
  chave text PRIMARY KEY CHECK (char_length(chave) BETWEEN 1 AND 128),
  resumo bytea NOT NULL, -- SHA-256 of the payload as data
  pedido_id int REFERENCES pedidos.pedido,
  criada_em timestamptz NOT NULL DEFAULT clock_timestamp(),
  repetida_em timestamptz
) WITH (fillfactor = 50); -- the order's id is filled in on the same page, which then touches no index
