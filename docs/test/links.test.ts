// What documents say of other files: links, make targets, commands, values, excerpts. All of it from the files themselves; nothing is listed here.
import { basename, dirname, join, normalize } from 'node:path'
import t from 'tap'
import { parse as parseYaml } from 'yaml'
import { commandsOf, type Document, isShell, parse, read, tracked } from './markdown.ts'

const every = tracked.filter(path => path.endsWith('.md')).map(parse)
/** What readers follow: the documents and what lies at the root. */
const guides = every.filter(({ path }) => path.startsWith('docs/') || !path.includes('/'))
const folders = new Set(tracked.flatMap(path => path.split('/').map((_, i, parts) => parts.slice(0, i).join('/'))))
const isExternal = (link: string) => /^([a-z][a-z+.-]*:|\/\/)/.test(link)

/** The path that a link leads to, in the repository, and the anchor. */
function targetOf({ path }: Document, link: string): [path: string, anchor: string | undefined] {
  const [file, anchor] = decodeURI(link).split('#')
  return [file ? normalize(join(dirname(path), file)).replace(/\/$/, '') : path, anchor]
}

t.test('every link leads to a file or folder of the repository, and every anchor to a heading', async t => {
  t.ok(every.length > 20)
  for (const document of every) {
    for (const link of document.links.filter(link => !isExternal(link))) {
      const [path, anchor] = targetOf(document, link)
      t.ok(tracked.includes(path) || folders.has(path), `${document.path} to ${path}`)
      if (anchor !== undefined) {
        const headings = every.find(other => other.path === path)?.headings ?? []
        t.ok(
          headings.some(heading => heading.anchor === anchor),
          `${document.path} to ${path}#${anchor}`,
        )
      }
    }
  }
})

t.test('every file in docs/ is linked from docs/README.md, or its folder is, or a document that is', async t => {
  const reached = new Set(['docs/README.md'])
  for (const path of reached) {
    const document = every.find(document => document.path === path)
    for (const link of document?.links.filter(link => !isExternal(link)) ?? []) {
      const [target] = targetOf(document!, link)
      if (target.startsWith('docs/')) for (const file of tracked) if (file === target || file.startsWith(`${target}/`)) reached.add(file)
    }
  }
  for (const path of tracked.filter(path => path.startsWith('docs/'))) {
    t.ok(reached.has(path), path)
  }
})

/** What each target of the Makefile runs, and the `##@` heading that it stands under. */
const targets = new Map<string, { recipe: string; heading: string }>()
const makefile = read('Makefile').replace(
  /\$\((\w+)\)/g,
  (_, name) => new RegExp(`^${name} = (.*)$`, 'm').exec(read('Makefile'))?.[1] ?? '',
)
let heading = ''
for (const part of makefile.split(/^(?=##@ |[a-z][\w -]*:(?!=))/m)) {
  const [first = '', recipe = ''] = part.split(/\n(.*)/s)
  if (first.startsWith('##@ ')) heading = first
  else for (const name of first.split(':')[0]!.split(' ')) targets.set(name, { recipe, heading })
}

t.test('every make target that is named is one', async t => {
  for (const { path, spans, blocks } of guides) {
    const code = [...spans, ...blocks.filter(isShell).flatMap(commandsOf)].join('\n')
    for (const [, target] of code.matchAll(/\bmake ([a-z][\w-]*)/g)) t.ok(targets.has(target!), `${path}: make ${target}`)
  }
})

t.test('every command is run by a test, or wants a cluster by the Makefile or by its block: ```sh cluster or ```sh cloud', async t => {
  const tests = [...tracked.filter(path => /(^|\/)test\/.*\.ts$/.test(path)), '.ci/tests'].map(read)
  const isRun = (path: string, command: string) => {
    // docs/test/start.test.ts runs these of README.md, and its twin has the same.
    if (path.startsWith('README') && /^(curl|sid=)/.test(command)) return true
    const target = targets.get(/^make ([a-z][\w-]*)/.exec(command)?.[1] ?? '')
    if (/kubernetes|cluster/i.test(target?.heading ?? '')) return true
    const program = /(?:\.ci\/tests|(?:k8s|services|loadtests|docs)\/[\w./-]+)/.exec(target?.recipe ?? command)?.[0]
    if (!program) return false
    return program === '.ci/tests' || tests.some(test => test.includes(`'${basename(program)}'`) || test.includes(` ${program}`))
  }
  for (const { path, blocks } of guides) {
    for (const block of blocks.filter(
      block => isShell(block) && !['cluster', 'cloud'].includes(block.mark) && !tracked.includes(block.mark),
    )) {
      for (const command of commandsOf(block)) {
        t.ok(isRun(path, command), `${path}: ${command}`)
      }
    }
  }
})

t.test('every value of the chart that is named is there', async t => {
  const values = parseYaml(read('charts/confeitaria/values.yaml'))
  const isValue = (name: string) => {
    let at = values
    for (const part of name.split('.')) {
      if (at && typeof at === 'object' && !Object.keys(at).length) return true // whatever its owner puts there
      if (!(part in Object(at))) return false
      at = at[part]
    }
    return true
  }
  const name = new RegExp(`^(${Object.keys(values).join('|')})(\\.[A-Za-z_]+)+`)
  for (const { path, spans, blocks } of guides) {
    const set = blocks
      .flatMap(commandsOf)
      .filter(command => command.includes('charts/confeitaria'))
      .flatMap(command => [...command.matchAll(/--set(?:-string)? (\S+)/g)].flatMap(([, pairs]) => pairs!.split(',')))
    for (const text of [...spans.filter(span => !/\.(ts|md|json|ya?ml|mjs|sh)$/.test(span)), ...set]) {
      const [found] = name.exec(text) ?? []
      if (found) t.ok(isValue(found), `${path}: ${found}`)
    }
  }
})

t.test('what is quoted from a file stands in it', async t => {
  for (const { path, blocks } of every) {
    for (const { mark, text } of blocks.filter(({ mark }) => tracked.includes(mark)))
      t.ok(read(mark).includes(text), `${path} quotes ${mark}`)
  }
})

t.test('twins in two languages have the same headings, links and commands', async t => {
  const twins = [
    ['README.md', 'README.pt-BR.md'],
    ['docs/architecture.md', 'docs/arquitetura.md'],
    ['docs/migrating-from-django.md', 'docs/migrar-do-django.md'],
  ]
  const shape = ({ headings, links, blocks }: Document) => ({
    headings: headings.map(({ depth }) => depth),
    links: links.length,
    blocks: blocks.map(block => [block.language, block.mark, ...(isShell(block) ? commandsOf(block) : [])]),
  })
  for (const [one, other] of twins) t.strictSame(shape(parse(other!)), shape(parse(one!)), `${one} and ${other}`)
})
