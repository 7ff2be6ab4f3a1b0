/** Empties the data folder of the embedded run (`make reset`). */
import { existsSync } from 'node:fs'
import { readdir, rm, rmdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { CONTENTS, dataFolder, endLeftovers } from './data-folder.ts'
import { Sentence } from './process.ts'

async function bytesIn(path: string): Promise<number> {
  const entries = (await stat(path)).isDirectory() ? await readdir(path, { recursive: true, withFileTypes: true }) : []
  const sizes = entries.filter(entry => entry.isFile()).map(async entry => (await stat(join(entry.parentPath, entry.name))).size)
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}

try {
  const folder = dataFolder()
  await endLeftovers(folder, console.log)
  const found = CONTENTS.filter(name => existsSync(join(folder, name)))
  if (!found.length) console.log(`There is nothing to remove in ${folder}.`)
  for (const name of found) {
    const path = join(folder, name)
    const bytes = await bytesIn(path)
    await rm(path, { recursive: true })
    console.log(`removed ${path} (${(bytes / 1024 / 1024).toFixed(1)} MiB)`)
  }
  // What somebody else put there stays, and the folder with it.
  if (found.length)
    await rmdir(folder).catch(error => console.log(`${folder} stays: ${error.code === 'ENOTEMPTY' ? 'it holds other files' : error.code}`))
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException
  console.error(
    error instanceof Sentence
      ? message.replace(': use it, or end', ': before its data is removed, end')
      : `Could not remove the data (${code}): ${message}`,
  )
  process.exit(1)
}
