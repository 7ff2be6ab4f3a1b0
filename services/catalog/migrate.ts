import { DatabaseUrl, readConfig } from '@confeitaria/platform/config'
import { migrate } from '@confeitaria/platform/migrations'
import { runCommand } from '@confeitaria/platform/run'
import { Type } from 'typebox'

await runCommand(async () => {
  const { DATABASE_URL } = readConfig(Type.Object({ DATABASE_URL: DatabaseUrl }))
  await migrate({ url: DATABASE_URL, schema: 'catalogo', dir: new URL('./migrations', import.meta.url) })
})
