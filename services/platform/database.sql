-- Run once, by a superuser or the owner of database confeitaria, in it. Two roles, each the owner of one schema and of nothing else.
-- Passwords are set by whoever runs the database: the embedded run, or CloudNativePG's managed roles.
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'catalogo') THEN CREATE ROLE catalogo LOGIN; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'pedidos') THEN CREATE ROLE pedidos LOGIN; END IF;
END $$;
-- Who is no superuser may make a schema only for a role that it is a member of.
GRANT catalogo, pedidos TO CURRENT_USER;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
REVOKE ALL ON DATABASE confeitaria FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE confeitaria TO catalogo;
GRANT CONNECT ON DATABASE confeitaria TO pedidos;
CREATE SCHEMA IF NOT EXISTS catalogo AUTHORIZATION catalogo;
CREATE SCHEMA IF NOT EXISTS pedidos AUTHORIZATION pedidos;
