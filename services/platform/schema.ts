import { Ajv, type ErrorObject } from 'ajv'
import addFormats from 'ajv-formats'
import ptBR from 'ajv-i18n/localize/pt-BR/index.js'
import { type TSchema, Type } from 'typebox'
import { isMoney, MAX_PRICE } from './money.ts'
import { type FieldError, notFound } from './problem.ts'

/** An object that names whatever does not belong to it. */
export const Closed = <T extends Record<string, TSchema>>(properties: T, options = {}) =>
  Type.Object(properties, { additionalProperties: false, ...options })

/** A line of text: trimmed and NFC-normalised on arrival, 1 to `max` characters (not bytes), no control characters. */
export const Text = (max: number, options = {}) => Type.String({ minLength: 1, maxLength: max, line: true, ...options })

/** An amount of reais. */
export const Money = () => Type.Number({ minimum: 0, maximum: MAX_PRICE, money: true, examples: [12.5] })

/** An id as it stands in a path or a query: digits without sign or leading zero; whether it exists is another question. */
export const IdText = () => Type.String({ pattern: '^[1-9][0-9]*$', description: 'um inteiro positivo', examples: ['1'] })

export const Data = <T extends TSchema>(data: T) => Type.Object({ data })

export const ProblemSchema = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    instance: Type.String(),
    erros: Type.Optional(Type.Array(Type.Object({ campo: Type.String(), mensagem: Type.String() }))),
  },
  { additionalProperties: true, title: 'Problem details (RFC 9457)' },
)

const problem = {
  description: 'Problema (RFC 9457)',
  content: { 'application/problem+json': { schema: ProblemSchema } },
}

/** The answers of a route, for its schema: those of success, and the statuses of the problems that it may answer besides 400 and 503. */
export const answers = <T extends Record<number, unknown>>(success: T, ...problems: number[]): T => ({
  ...success,
  ...Object.fromEntries([400, ...problems, 503].map(status => [status, problem])),
})

export const INT4_MAX = 2_147_483_647
/** An id that passed {@link IdText}. @throws Problem 404 when no row can have it */
export function idOf(text: string, what: string): number {
  const id = Number(text)
  if (id <= INT4_MAX) return id
  throw notFound(`${what} ${text}`)
}

/** Control characters, those that turn the direction of what follows, and the ends of lines and paragraphs. */
export const CONTROL = /[\p{Cc}\u2028-\u202e\u2066-\u2069]/u
const VISIBLE = /[^\p{C}\p{Z}]/u

/** A text as {@link Text} takes it: trimmed, NFC, empty if nothing of it can be seen; undefined when it is no line. */
export function line(text: string): string | undefined {
  const trimmed = text.normalize('NFC').trim()
  if (!text.isWellFormed() || CONTROL.test(trimmed)) return undefined
  return VISIBLE.test(trimmed) ? trimmed : ''
}

const ajv = new Ajv({ allErrors: false, coerceTypes: false, strictSchema: false, useDefaults: true, verbose: true })
addFormats.default(ajv)
ajv.addKeyword({
  keyword: 'line',
  type: 'string',
  modifying: true,
  before: 'maxLength',
  errors: false,
  validate: (
    _: boolean,
    value: string,
    __: unknown,
    where?: { parentData: Record<string | number, unknown>; parentDataProperty: string | number },
  ) => {
    const taken = line(value)
    if (where && taken !== undefined) where.parentData[where.parentDataProperty] = taken
    return taken !== undefined
  },
})
ajv.addKeyword({ keyword: 'money', type: 'number', validate: (_: boolean, value: number) => isMoney(value) })

export const compileValidator = ({ schema }: { schema: unknown }) => ajv.compile(schema as object)

/** AJV's findings in the contract's words: where (a dotted path) and what, in Portuguese. */
export function fieldErrors(errors: ErrorObject[], part: string): FieldError[] {
  // Its types say that this is a module; it is the function itself.
  ;(ptBR as unknown as (errors: ErrorObject[]) => void)(errors)
  return errors.map(({ instancePath, keyword, message, params, parentSchema }) => {
    const path = instancePath.slice(1).replaceAll('/', '.')
    const member = params.missingProperty ?? params.additionalProperty
    const campo = [path, member].filter(Boolean).join('.') || (PARTS[part] ?? part)
    return { campo, mensagem: MESSAGES[keyword]?.(params, parentSchema) ?? message ?? 'inválido' }
  })
}

const PARTS: Record<string, string> = { body: 'corpo', querystring: 'consulta' }
const TYPES: Record<string, string> = { object: 'um objeto', array: 'uma lista' }
const MESSAGES: Record<string, (params: Record<string, unknown>, schema?: Record<string, unknown>) => string | undefined> = {
  additionalProperties: () => 'não é aceito aqui',
  enum: ({ allowedValues }) => `deve ser um destes: ${(allowedValues as string[]).join(', ')}`,
  line: () => 'não pode ter caracteres de controle',
  maximum: ({ limit }) => `deve ser no máximo ${limit}`,
  minimum: ({ limit }) => `deve ser no mínimo ${limit}`,
  minLength: () => 'não pode ficar vazio',
  minProperties: () => 'deve ter ao menos um campo',
  money: () => 'deve ter no máximo 2 casas decimais',
  pattern: (_, schema) => (schema?.description ? `deve ser ${schema.description}` : undefined),
  required: () => 'é obrigatório',
  type: ({ type }) => TYPES[String(type)] && `deve ser ${TYPES[String(type)]}`,
}
