/**
 * What becomes of a row of the Django shop. Where the catalog's API would refuse a value, so does this, unless the value can
 * be read in one way only: spaces, Unicode forms, numbers written as text, what floating point leaves over, optional fields.
 */
import { MAX_PRICE, toCents, toReais } from '@confeitaria/platform/money'
import { CONTROL, line } from '@confeitaria/platform/schema'

export type Model = 'categoria' | 'doce'

/** A row as the source has it. */
export interface Row {
  model: Model
  /** Which row of its table, or which object of the file, from 1. */
  line: number
  fields: Record<string, unknown>
}

export interface Category {
  antigo_id: number
  nome: string
}

export interface Product extends Category {
  descricao: string
  /** Reais, at most two decimals. */
  preco: number
  estoque: number
  /** 0 without a category. */
  categoria_antiga: number
  imagem: string | null
  criado_em: Date | null
}

/** Why a row, or a field of it, is not taken as it is; in the shopkeeper's words. */
export interface Remark {
  campo: string
  motivo: string
}

/** A row that was read: without `value` it is refused, for the reasons in `refusals`. */
export interface Reading<T> {
  value?: T
  /** As far as it could be read. */
  antigo_id: number | undefined
  refusals: Remark[]
  /** What was taken, but not as it stood there. */
  notes: Remark[]
}

export const MAX_STOCK = 1_000_000
/** Reais by which a price may miss its cents: what sums of doubles leave over is far less, a third decimal far more. */
const LEFTOVER = 1e-6
const IMAGE_LENGTH = 500
/** The name of the category for products that have none. */
export const WITHOUT_CATEGORY = 'Sem categoria'

/** Fields that a row of the model must have; the others may be missing from the table. */
export const REQUIRED = { categoria: ['id', 'nome'], doce: ['id', 'nome', 'preco', 'estoque'] } as const
/** The names under which the moment of creation is looked for. */
const CREATED = ['criado_em', 'data_criacao', 'created_at', 'created', 'data_cadastro']
/** Columns that are read where a table has them. */
export const OPTIONAL = { categoria: [], doce: ['descricao', 'categoria_id', 'imagem', ...CREATED] } as const

export function readCategory({ fields }: Row): Reading<Category> {
  const reader = new Reader()
  const antigo_id = reader.id(fields.id)
  const nome = reader.text(fields.nome, 'nome', 100)
  return reader.reading(() => ({ antigo_id: antigo_id!, nome: nome! }))
}

export function readProduct({ fields }: Row): Reading<Product> {
  const reader = new Reader()
  const antigo_id = reader.id(fields.id)
  const nome = reader.text(fields.nome, 'nome', 200)
  const descricao = isEmpty(fields.descricao) ? undefined : reader.text(fields.descricao, 'descricao', 5_000)
  const preco = reader.price(fields.preco)
  const estoque = reader.stock(fields.estoque)
  const categoria_antiga = reader.category(fields.categoria_id ?? fields.categoria)
  const imagem = reader.image(fields.imagem)
  const criado_em = reader.created(fields)
  if (isEmpty(fields.descricao)) reader.note('descricao', 'está vazia: fica o nome')
  return reader.reading(() => ({
    antigo_id: antigo_id!,
    nome: nome!,
    descricao: descricao ?? nome!,
    preco: preco!,
    estoque: estoque!,
    categoria_antiga: categoria_antiga!,
    imagem,
    criado_em,
  }))
}

const isEmpty = (value: unknown) => value === null || value === undefined || (typeof value === 'string' && !value.trim())

/** A value as it may stand in a report. */
const shown = (value: unknown) => {
  const text =
    typeof value === 'string' ? JSON.stringify(value.toWellFormed()) : typeof value === 'object' ? JSON.stringify(value) : `${value}`
  const letters = [...text]
  return letters.length > 60 ? `${letters.slice(0, 60).join('')}…` : text
}

const reais = (amount: number) => amount.toFixed(2).replace('.', ',')

class Reader {
  readonly refusals: Remark[] = []
  readonly notes: Remark[] = []
  antigo_id: number | undefined

  refuse(campo: string, motivo: string): undefined {
    this.refusals.push({ campo, motivo })
  }

  note(campo: string, motivo: string) {
    this.notes.push({ campo, motivo })
  }

  reading<T>(value: () => T): Reading<T> {
    const { antigo_id, refusals, notes } = this
    return refusals.length ? { antigo_id, refusals, notes: [] } : { antigo_id, value: value(), refusals, notes }
  }

  id(value: unknown): number | undefined {
    const id = toInteger(value)
    this.antigo_id = id
    return id !== undefined && id > 0 ? id : this.refuse('id', isEmpty(value) ? 'falta' : `${shown(value)} não é um inteiro positivo`)
  }

  text(value: unknown, campo: string, max: number): string | undefined {
    if (isEmpty(value)) return this.refuse(campo, 'está vazio')
    if (typeof value !== 'string') return this.refuse(campo, `${shown(value)} não é um texto`)
    if (!value.isWellFormed() || value.includes('\ufffd')) return this.refuse(campo, `${shown(value)} tem letras estragadas (não é UTF-8)`)
    const text = line(value.replace(/\s+/gu, ' '))
    if (text === undefined) return this.refuse(campo, `${shown(value)} tem caracteres de controle`)
    if (!text) return this.refuse(campo, 'está vazio')
    const { length } = [...text]
    return length <= max ? text : this.refuse(campo, `tem ${length} caracteres e cabem ${max}`)
  }

  price(value: unknown): number | undefined {
    if (isEmpty(value)) return this.refuse('preco', 'está vazio')
    const amount = typeof value === 'string' ? amountOf(value) : typeof value === 'bigint' ? Number(value) : value
    if (amount === 'ambiguous')
      return this.refuse('preco', `${shown(value)} pode ser lido de dois modos: escreva com vírgula e duas casas (1.234,00 ou 1,23)`)
    if (typeof amount !== 'number' || !Number.isFinite(amount)) return this.refuse('preco', `${shown(value)} não é um preço`)
    const price = toReais(toCents(amount)) + 0 // -0 is 0
    if (price < 0) return this.refuse('preco', `${shown(value)} é negativo`)
    if (price > MAX_PRICE) return this.refuse('preco', `${shown(value)} passa de 99.999.999,99`)
    if (Math.abs(amount - price) > LEFTOVER) return this.refuse('preco', `${shown(value)} tem mais de 2 casas decimais`)
    if (amount !== price) this.note('preco', `${shown(value)} é um resto de ponto flutuante: fica ${reais(price)}`)
    else if (typeof value === 'string' && !PLAIN_AMOUNT.test(value)) this.note('preco', `${shown(value)} é um texto: fica ${reais(price)}`)
    if (price === 0) this.note('preco', 'é zero: o doce sai de graça; confira')
    return price
  }

  stock(value: unknown): number | undefined {
    if (isEmpty(value)) return this.refuse('estoque', 'está vazio')
    const stock = toInteger(value)
    if (stock === undefined) return this.refuse('estoque', `${shown(value)} não é um número inteiro`)
    if (stock < 0) return this.refuse('estoque', `${shown(value)} é negativo`)
    return stock <= MAX_STOCK ? stock : this.refuse('estoque', `${shown(value)} passa de 1.000.000`)
  }

  category(value: unknown): number | undefined {
    if (isEmpty(value)) {
      this.note('categoria', `não tem: fica em ${JSON.stringify(WITHOUT_CATEGORY)}`)
      return 0
    }
    if (Array.isArray(value)) return this.refuse('categoria', `${shown(value)} é uma chave natural: exporte sem --natural-foreign`)
    const id = toInteger(value)
    return id !== undefined && id > 0 ? id : this.refuse('categoria', `${shown(value)} não é um inteiro positivo`)
  }

  image(value: unknown): string | null {
    if (isEmpty(value)) return null
    if (typeof value === 'string' && value.isWellFormed() && !CONTROL.test(value) && value.length <= IMAGE_LENGTH) return value.trim()
    this.note('imagem', `${shown(value)} não é um caminho: fica sem imagem`)
    return null
  }

  created(fields: Record<string, unknown>): Date | null {
    const name = CREATED.find(name => !isEmpty(fields[name]))
    if (!name) return null
    const date = toDate(fields[name])
    if (date && date.getTime() <= Date.now()) return date
    this.note(name, `${shown(fields[name])} ${date ? 'está no futuro' : 'não é uma data'}: fica a hora da importação`)
    return null
  }
}

const PLAIN_AMOUNT = /^\s*-?\d+(\.\d+)?\s*$/

/** An amount written as people do: "R$ 1.234,56", "4,50", "4.50". One dot before three digits may mean either. */
function amountOf(text: string): number | 'ambiguous' | undefined {
  const bare = text.trim().replace(/^R\$\s*/i, '')
  if (/^-?[1-9]\d{0,2}\.\d{3}$/.test(bare)) return 'ambiguous'
  if (/^-?\d+(\.\d+)?$/.test(bare)) return Number(bare)
  if (/^-?(\d+|\d{1,3}(\.\d{3})+)(,\d+)?$/.test(bare)) return Number(bare.replaceAll('.', '').replace(',', '.'))
  return undefined
}

/** An integer, also as bigint or written as text; undefined for anything else, and for what a double cannot hold exactly. */
function toInteger(value: unknown): number | undefined {
  const number = typeof value === 'bigint' || (typeof value === 'string' && /^\s*-?\d{1,16}(\.0+)?\s*$/.test(value)) ? Number(value) : value
  return Number.isSafeInteger(number) ? (number as number) + 0 : undefined
}

/** As Django writes dates and times; without a zone it is UTC, as Django stores it. */
function toDate(value: unknown): Date | undefined {
  const [, day, time = '00:00', hours, minutes = '00'] =
    /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?))?(?:Z|([+-]\d\d):?(\d\d)?)?$/.exec(String(value).trim()) ?? []
  const date = new Date(`${day}T${time}${hours ? `${hours}:${minutes}` : 'Z'}`)
  return Number.isNaN(date.getTime()) ? undefined : date
}
