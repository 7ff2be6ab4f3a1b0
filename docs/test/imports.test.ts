// The rule of CONTRIBUTING.md: services import the platform and never each other. And each declares what it imports.
import { dirname, join } from 'node:path'
import t from 'tap'
import { read, tracked } from './markdown.ts'

const packageOf = (folder: string): Record<'dependencies' | 'devDependencies' | 'optionalDependencies', Record<string, string>> =>
  JSON.parse(read(join(folder, 'package.json')))
const workspaces = tracked.filter(path => /^(services\/\w+|loadtests)\/package\.json$/.test(path)).map(dirname)
/** The tools of the repository, which every workspace may use. */
const tools = Object.keys(packageOf('.').devDependencies)
const services = ['cart', 'catalog', 'orders', 'storefront']
const others: Record<string, string[]> = { platform: [], loadtests: [], standalone: ['platform', ...services] }

t.strictSame(workspaces.map(folder => folder.replace('services/', '')).sort(), [...services, ...Object.keys(others)].sort())

for (const folder of workspaces) {
  const { dependencies, optionalDependencies } = packageOf(folder)
  const declared = Object.keys({ ...dependencies, ...optionalDependencies })
  const allowed = (others[folder.replace('services/', '')] ?? ['platform']).map(other => `@confeitaria/${other}`)
  const sources = tracked.filter(path => path.startsWith(`${folder}/`) && /\.(ts|mjs)$/.test(path) && !/\/(test|public)\//.test(path))
  const imports = sources.flatMap(path =>
    [...read(path).matchAll(/(?:^import|\bfrom) '([^']+)'|\bimport\('([^']+)'\)/gm)].map(match => ({ path, to: match[1] ?? match[2]! })),
  )
  const packages = new Set(imports.map(({ to }) => /^(?:@[^/]+\/)?[^/]+/.exec(to)![0]).filter(name => !/^(\.|node:|k6$)/.test(name)))

  t.test(`${folder} imports no service that it may not`, async t => {
    t.ok(imports.length)
    for (const { path, to } of imports) {
      if (to.startsWith('.')) t.ok(join(dirname(path), to).startsWith(`${folder}/`), `${path}: ${to}`)
    }
    for (const name of packages) if (name.startsWith('@confeitaria/')) t.ok(allowed.includes(name), name)
  })

  t.test(`${folder}/package.json has what is imported and nothing else`, async t => {
    t.strictSame(
      [...packages].filter(name => !declared.includes(name) && !tools.includes(name)),
      [],
      'missing',
    )
    // Those of OpenTelemetry need each other.
    t.strictSame(
      declared.filter(name => !packages.has(name) && !name.startsWith('@opentelemetry/')),
      [],
      'superfluous',
    )
  })
}
