import { createHash } from 'node:crypto'
import { invalid } from './problem.ts'

/** 9 bytes, since 3 bytes are 4 characters of base64url: no character is left over that could change unseen. */
const CHECK_BYTES = 9

const check = (place: string, query: string) => createHash('sha256').update(`${query}\n${place}`).digest().subarray(0, CHECK_BYTES)

/** The place behind the last row of a page, as one opaque word that is only good for the query it came from. */
export function encodeCursor(place: unknown[], query: string): string {
  const json = JSON.stringify(place)
  return Buffer.concat([check(json, query), Buffer.from(json)]).toString('base64url')
}

/** @throws Problem 400 when it is not, to the letter, a cursor that {@link encodeCursor} made for this query */
export function decodeCursor(cursor: string, query: string): unknown[] {
  const bytes = Buffer.from(cursor, 'base64url')
  const json = bytes.subarray(CHECK_BYTES).toString()
  if (bytes.toString('base64url') !== cursor || !check(json, query).equals(bytes.subarray(0, CHECK_BYTES))) throw refusal()
  const place = JSON.parse(json)
  if (!Array.isArray(place)) throw refusal()
  return place
}

/**
 * For a read from a cursor's place that failed. The check has no key, so that a cursor may be made by hand: PostgreSQL then finds
 * values in it that are none of their type (class 22).
 */
export const refuseHandmade = (cursor: string | undefined) => (error: { code?: string }) => {
  throw cursor && /^22/.test(error.code ?? '') ? refusal() : error
}

const refusal = () => invalid([{ campo: 'cursor', mensagem: 'não é um cursor desta consulta; comece pela primeira página' }])
