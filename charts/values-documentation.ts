// node charts/values-documentation.ts [CHART]: makes a chart's values.schema.json, and the table in its README.md, from the comments in its
// values.yaml. `# -- ` begins what a value means; a map with such a comment is free, one without is a section with these keys and no others.
// `# a | b` behind a value lists what it may be, `# objects` behind a list that it is not one of texts. A value without a comment means
// what the same name means in the first section that has it.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isMap, isScalar, isSeq, type Node, parseDocument, type YAMLMap } from 'yaml'

interface Value {
  path: string
  fallback: unknown
  description: string
}

interface Schema {
  [keyword: string]: unknown
}

/** @returns the text of values.schema.json, and of README.md with its table between `<!-- values -->` and `<!-- /values -->` made anew. */
export function document(chart: string): Record<'values.schema.json' | 'README.md', string> {
  const root = parseDocument(readFileSync(join(chart, 'values.yaml'), 'utf8')).contents
  if (!isMap(root)) throw new Error(`${chart}/values.yaml is no map.`)
  const values: Value[] = []
  const schema: Schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    ...section(root, [], values),
  }
  // Helm gives every chart its own `global`.
  Object.assign(schema.properties as Schema, { global: { type: 'object' } })
  const readme = readFileSync(join(chart, 'README.md'), 'utf8')
  const [before, after] = [readme.split('<!-- values -->')[0], readme.split('<!-- /values -->')[1]]
  if (after === undefined) throw new Error(`${chart}/README.md has no <!-- values --> … <!-- /values -->.`)
  return {
    // Lists on one line, as the formatter wants them.
    'values.schema.json': `${JSON.stringify(schema, null, 2).replace(/\[[^\]{}]*\]/g, list => JSON.stringify(JSON.parse(list)).replaceAll(',', ', '))}\n`,
    'README.md': `${before}<!-- values -->\n${table(values)}<!-- /values -->${after}`,
  }
}

function section(map: YAMLMap, path: string[], values: Value[]): Schema {
  const properties: Record<string, Schema> = {}
  for (const [i, { key, value }] of map.items.entries()) {
    const name = String((key as { value: unknown }).value)
    const node = value as Node
    // The comment before the first key of a map belongs to the map.
    const comment = (key as Node).commentBefore ?? (i === 0 ? map.commentBefore : undefined) ?? ''
    const [, said] = /(?:^|\n) -- ([\s\S]*)$/.exec(comment) ?? []
    if (isMap(node) && node.items.length && said === undefined && !isFree(values, path, name)) {
      properties[name] = section(node, [...path, name], values)
      continue
    }
    const description = said?.replace(/\s+/g, ' ') ?? inherited(values, path, name)
    if (!description) throw new Error(`values.yaml: ${[...path, name].join('.')} has no comment that begins with "# -- ".`)
    values.push({ path: [...path, name].join('.'), fallback: node.toJSON(), description })
    properties[name] = { description, ...typeOf(node) }
  }
  return { type: 'object', additionalProperties: false, properties }
}

const inherited = (values: Value[], path: string[], name: string) =>
  values.find(value => value.path.split('.').slice(1).join('.') === [...path.slice(1), name].join('.'))?.description

const isFree = (values: Value[], path: string[], name: string) => path.length > 0 && inherited(values, path, name) !== undefined

function typeOf(node: Node): Schema {
  if (isSeq(node)) return { type: 'array', items: { type: node.comment === ' objects' ? 'object' : 'string' } }
  if (!isScalar(node)) return { type: 'object' }
  const allowed = /^ \w+( \| \w+)+$/.test(node.comment ?? '') ? { enum: node.comment!.trim().split(' | ') } : {}
  return { type: typeof node.value === 'number' ? 'integer' : typeof node.value, ...allowed }
}

function table(values: Value[]): string {
  const rows = values.map(({ path, fallback, description }) => {
    const shown = typeof fallback === 'object' ? JSON.stringify(fallback) : String(fallback)
    return `| \`${path}\` | ${shown === '' ? '' : `\`${shown}\``} | ${description.replaceAll('|', '\\|')} |\n`
  })
  return `| Value | Default | Meaning |\n|---|---|---|\n${rows.join('')}`
}

if (import.meta.main) {
  const chart = process.argv[2] ?? join(import.meta.dirname, 'confeitaria')
  for (const [file, text] of Object.entries(document(chart))) writeFileSync(join(chart, file), text)
}
