import { run } from '@confeitaria/platform/run'
import { build, Config } from './app.ts'

await run(Config, build)
