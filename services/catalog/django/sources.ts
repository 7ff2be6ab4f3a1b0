/** The three forms that the Django shop may come in. Each gives its rows one after the other, as of one moment, and is only read. */
import { createReadStream, readFileSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pipeline } from 'node:stream'
import { ConfigError } from '@confeitaria/platform/config'
import pg from 'pg'
import { streamArray } from 'stream-json/streamers/stream-array.js'
import { type Model, OPTIONAL, REQUIRED, type Row } from './rules.ts'

export interface Source {
  /** As it may stand in a report: without a password. */
  name: string
  /** How much there is to read, in rows or bytes. */
  total: number
  rows(): AsyncIterable<Row>
  /** How much of that has been read. */
  read(): number
  close(): Promise<void>
}

const MODELS = ['categoria', 'doce'] as const satisfies Model[]
const SQLITE = 'SQLite format 3\0'
const IS_URL = /^postgres(ql)?:\/\/\S+$/
/** Rows that a cursor gives at once. */
const FETCH = 2_000
/** How long SQLite waits for a Django that is writing, ms. */
const BUSY_MS = 5_000

/**
 * @param from the path of a SQLite file or of a dumpdata JSON, a postgres:// URL, or the path of a file that holds one
 * @throws ConfigError that says what it is not
 */
export async function openSource(from: string): Promise<Source> {
  if (IS_URL.test(from)) return postgres(from)
  const head = await headOf(from)
  if (head.toString('latin1').startsWith(SQLITE)) return sqlite(from)
  // PowerShell writes what it redirects as UTF-16.
  const encoding = head[0] === 0xff && head[1] === 0xfe ? 'utf-16le' : 'utf-8'
  const text = new TextDecoder(encoding).decode(head).trimStart()
  if (text.startsWith('[')) return dump(from, encoding)
  if (text.startsWith('postgres') && IS_URL.test(readFileSync(from, 'utf8').trim())) return postgres(readFileSync(from, 'utf8').trim())
  throw new ConfigError(
    `${from} não é um banco SQLite nem um JSON de \`manage.py dumpdata confeitaria\`: informe um dos dois, ou postgres://…`,
  )
}

async function headOf(path: string): Promise<Buffer> {
  try {
    await using file = await open(path)
    const { buffer, bytesRead } = await file.read({ length: 256, position: 0 })
    return buffer.subarray(0, bytesRead)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const why = code === 'ENOENT' ? 'não existe' : code === 'EISDIR' ? 'é uma pasta' : `não pode ser lido (${code})`
    throw new ConfigError(`${path} ${why}: informe o banco SQLite do Django, um JSON de \`manage.py dumpdata confeitaria\` ou postgres://…`)
  }
}

/** The columns of a table that are read. @throws ConfigError when it lacks one that it must have */
function columnsOf(model: Model, found: string[], name: string): string {
  if (!found.length)
    throw new ConfigError(`${name} não tem a tabela confeitaria_${model}: é mesmo o banco da loja em Django (app confeitaria), migrado?`)
  const missing = REQUIRED[model].filter(column => !found.includes(column))
  if (missing.length) throw new ConfigError(`A tabela confeitaria_${model} de ${name} não tem ${missing.join(', ')}.`)
  return [...REQUIRED[model], ...OPTIONAL[model].filter(column => found.includes(column))].map(column => `"${column}"`).join(', ')
}

function sqlite(path: string): Source {
  const name = basename(path)
  const database = new DatabaseSync(path, { readOnly: true, readBigInts: true, timeout: BUSY_MS })
  let read = 0
  const told = <T>(work: () => T): T => {
    try {
      return work()
    } catch (error) {
      if (error instanceof ConfigError) throw error
      throw new ConfigError(`${path} não pode ser lido até o fim como banco SQLite (${(error as Error).message}).`)
    }
  }
  const tables = told(() => {
    database.exec('BEGIN')
    return MODELS.map(model => {
      const found = database.prepare(`PRAGMA table_info(confeitaria_${model})`).all()
      const columns = columnsOf(
        model,
        found.map(column => String(column.name)),
        name,
      )
      return { model, columns, count: Number(database.prepare(`SELECT count(*) AS n FROM confeitaria_${model}`).get()!.n) }
    })
  })
  return {
    name,
    total: tables.reduce((sum, { count }) => sum + count, 0),
    read: () => read,
    async *rows() {
      for (const { model, columns } of tables) {
        const rows = database.prepare(`SELECT ${columns} FROM confeitaria_${model} ORDER BY id`).iterate()
        for (let line = 1; ; line++) {
          const next = told(() => rows.next())
          if (next.done) break
          read++
          yield { model, line, fields: next.value }
        }
      }
    },
    close: async () => database.close(),
  }
}

function dump(path: string, encoding: string): Source {
  const file = createReadStream(path)
  return {
    name: basename(path),
    total: statSync(path).size,
    read: () => file.bytesRead,
    async *rows() {
      async function* text(bytes: AsyncIterable<Buffer>) {
        const decoder = new TextDecoder(encoding)
        for await (const piece of bytes) yield decoder.decode(piece, { stream: true })
      }
      let found = 0
      const objects: AsyncIterable<{ key: number; value: unknown }> = pipeline(file, text, streamArray.withParserAsStream(), () => {})
      try {
        for await (const { key, value } of objects) {
          const { model, pk, fields } = Object(value)
          if (typeof model !== 'string' || typeof fields !== 'object')
            throw new ConfigError(`O objeto ${key + 1} de ${path} não é de um dumpdata: exporte com \`manage.py dumpdata confeitaria\`.`)
          const ours = MODELS.find(name => model.toLowerCase() === `confeitaria.${name}`)
          if (!ours) continue
          found++
          yield { model: ours, line: key + 1, fields: { ...fields, id: pk } }
        }
      } catch (error) {
        if (error instanceof ConfigError) throw error
        throw new ConfigError(
          `${path} não é um JSON inteiro (${(error as Error).message}): exporte de novo com \`manage.py dumpdata confeitaria -o doces.json\`.`,
        )
      }
      if (!found) throw new ConfigError(`${path} não tem objetos confeitaria.categoria nem confeitaria.doce.`)
    },
    close: async () => void file.destroy(),
  }
}

async function postgres(url: string): Promise<Source> {
  if (!URL.canParse(url))
    throw new ConfigError('O endereço postgres:// não pode ser lido: na senha, escreva @, /, # e % como %40, %2F, %23 e %25.')
  const { host, pathname } = new URL(url)
  const name = `postgres://${host}${pathname}`
  // Everything as the text that PostgreSQL writes: numbers keep all their digits.
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000, types: { getTypeParser: () => String } })
  client.on('error', () => {})
  const ask = async (text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> => {
    try {
      return (await client.query(text, values)).rows
    } catch (error) {
      throw new ConfigError(`${name} não pode ser lido (${(error as Error).message}).`)
    }
  }
  try {
    await client.connect().catch(error => {
      throw new ConfigError(`${name} não atende (${error.message}): confira o endereço e a senha.`)
    })
    await ask(`BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL TIME ZONE 'UTC'; SET LOCAL datestyle = 'ISO'`)
    const tables: { model: Model; columns: string; count: number }[] = []
    for (const model of MODELS) {
      const found = await ask('SELECT attname FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped', [
        `confeitaria_${model}`,
      ])
      const columns = columnsOf(
        model,
        found.map(({ attname }) => String(attname)),
        name,
      )
      const [{ n } = {}] = await ask(`SELECT count(*) AS n FROM confeitaria_${model}`)
      tables.push({ model, columns, count: Number(n) })
    }
    let read = 0
    return {
      name,
      total: tables.reduce((sum, { count }) => sum + count, 0),
      read: () => read,
      async *rows() {
        for (const { model, columns } of tables) {
          await ask(`DECLARE linhas NO SCROLL CURSOR FOR SELECT ${columns} FROM confeitaria_${model} ORDER BY id`)
          let line = 0
          for (let batch = await ask(`FETCH ${FETCH} FROM linhas`); batch.length; batch = await ask(`FETCH ${FETCH} FROM linhas`)) {
            read += batch.length
            for (const fields of batch) yield { model, line: ++line, fields }
          }
          await ask('CLOSE linhas')
        }
      },
      close: () => client.end(),
    }
  } catch (error) {
    await client.end().catch(() => {})
    throw error
  }
}
