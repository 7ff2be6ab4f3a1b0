-- Up Migration

-- What importar-django has taken from the Django shop: which row became which here, and what the row said then. A later
-- import changes only what the row says differently now, so that neither a sale nor a change made here is undone by it.
CREATE TABLE catalogo.django_categoria (
  antigo_id bigint PRIMARY KEY CHECK (antigo_id >= 0), -- 0: what products without a category go to
  nome text NOT NULL,
  categoria_id int NOT NULL REFERENCES catalogo.categoria,
  criada boolean NOT NULL -- by the import, which may then rename it
);
-- No foreign key to the product: one that was deleted here is remembered, so that the next import does not bring it back.
CREATE TABLE catalogo.django_produto (
  antigo_id bigint PRIMARY KEY CHECK (antigo_id > 0),
  produto_id int NOT NULL UNIQUE,
  nome text NOT NULL,
  descricao text NOT NULL,
  preco numeric(10, 2) NOT NULL,
  estoque int NOT NULL,
  categoria_id int NOT NULL,
  imagem text
);
