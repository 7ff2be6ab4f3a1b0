import { readConfig } from '@confeitaria/platform/config'
import { run } from '@confeitaria/platform/run'
import { build, Config } from './app.ts'

await run(async () => {
  const config = readConfig(Config)
  return { app: await build(config), config }
})
