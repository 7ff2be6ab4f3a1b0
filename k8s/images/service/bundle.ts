// node bundle.ts WORKSPACE FOLDER: puts the programs of an npm workspace, such as services/catalog, into FOLDER, each as one file with
// all that it imports, and the files they read beside them. A program finds its files by `new URL('./<folder>', import.meta.url)`,
// said in a file that lies beside server.ts: in the bundle that is FOLDER/<folder>.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, extname, join, relative } from 'node:path'
import { build, type Plugin } from 'esbuild'

const [, , workspace, target] = process.argv
if (!workspace || !target) throw new Error('usage: bundle.ts WORKSPACE FOLDER')
const repository = join(import.meta.dirname, '../../..')
const source = join(repository, workspace)
const isCode = (name: string) => ['.ts', '.tsx'].includes(extname(name))

/** A package that reads files of its own finds them by `__dirname`: that becomes FOLDER/vendor/<package>, and its other files go there. */
const filesOfPackages: Plugin = {
  name: 'files-of-packages',
  setup({ onLoad }) {
    onLoad({ filter: /\/node_modules\/.*\.js$/ }, ({ path }) => {
      const code = readFileSync(path, 'utf8')
      if (!/\b__dirname\b/.test(code)) return undefined
      const [, root, name, inside] = /^(.*\/node_modules\/((?:@[^/]+\/)?[^/]+))\/(.*)$/.exec(path)!
      if (existsSync(join(root!, 'static'))) cpSync(join(root!, 'static'), join(target!, 'vendor', name!, 'static'), { recursive: true })
      const folder = JSON.stringify(join('vendor', name!, dirname(inside!)))
      return { contents: code.replace(/^(#!.*\n)?/, `$1var __dirname = require('node:path').join(bundleFolder, ${folder});`), loader: 'js' }
    })
  },
}

rmSync(target, { recursive: true, force: true })
mkdirSync(target, { recursive: true })
await build({
  absWorkingDir: repository,
  entryPoints: ['server', 'migrate', 'seed', 'django/importar-django', 'lab/lab']
    .map(program => join(source, `${program}.ts`))
    .filter(program => existsSync(program)),
  outdir: target,
  outbase: source,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: `node${process.versions.node}`,
  // Packages in CommonJS require Node's own modules; an ES module has no `require` of its own.
  banner: {
    js: `import { createRequire as requireFrom } from 'node:module'
globalThis.require = requireFrom(import.meta.url)
globalThis.bundleFolder = import.meta.dirname`,
  },
  // What the lab does only where there is a repository: bundle its observer, make reports.
  external: ['esbuild', '../report/report.ts'],
  legalComments: 'linked',
  keepNames: true,
  logLevel: 'warning',
  plugins: [filesOfPackages],
})
for (const entry of readdirSync(source, { withFileTypes: true })) {
  if (!entry.isDirectory() || ['node_modules', 'test'].includes(entry.name)) continue
  const folder = join(source, entry.name)
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(file => file.isFile())
  if (files.some(file => isCode(file.name))) continue
  cpSync(folder, join(target, relative(source, folder)), { recursive: true })
}
