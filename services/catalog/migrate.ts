import { databaseUrl } from '@confeitaria/platform/config'
import { migrate } from '@confeitaria/platform/migrations'
import { runCommand } from '@confeitaria/platform/run'

await runCommand(() => migrate({ url: databaseUrl(), schema: 'catalogo', dir: new URL('./migrations', import.meta.url) }))
