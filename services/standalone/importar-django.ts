// Runs the catalog's importar-django.ts on that of the shop that `make start` runs, unless DATABASE_URL says another.
import { ConfigError, port, readConfig } from '@confeitaria/platform/config'
import { runCommand } from '@confeitaria/platform/run'
import { Type } from 'typebox'
import { currentRun, dataFolder, secrets } from './data-folder.ts'
import { Database } from './postgres.ts'

function embeddedShop(): string {
  const folder = dataFolder()
  if (!currentRun(folder)?.open)
    throw new ConfigError('A loja está fechada: abra-a com make start em outro terminal, ou informe DATABASE_URL.')
  const { POSTGRES_A_PORT, POSTGRES_B_PORT } = readConfig(Type.Object({ POSTGRES_A_PORT: port(55432), POSTGRES_B_PORT: port(55433) }))
  return new Database({ folder, ports: [POSTGRES_A_PORT, POSTGRES_B_PORT], passwords: secrets(folder).postgres, logFolder: folder }).url(
    'catalogo',
  )
}

await runCommand(async () => {
  process.env.DATABASE_URL ||= embeddedShop()
  await import('@confeitaria/catalog/django/importar-django')
})
