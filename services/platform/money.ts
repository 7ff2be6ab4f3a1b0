/** Money on the wire is a JSON number of reais with at most 2 decimals; inside it is an integer of cents. */
export const MAX_PRICE = 99_999_999.99

/** Reais to cents. Exact for every amount with at most 2 decimals up to {@link MAX_PRICE}. */
export const toCents = (reais: number): number => Math.round(reais * 100)

/** Cents to the JSON number of reais. */
export const toReais = (cents: number): number => cents / 100

/** PostgreSQL numeric(10,2), read as text ("12.50"), to cents without passing through binary fractions. */
export function numericToCents(text: string): number {
  const [whole = '0', fraction = ''] = text.split('.')
  const cents = Number(whole.replace('-', '')) * 100 + Number(fraction.padEnd(2, '0').slice(0, 2))
  return whole.startsWith('-') ? -cents : cents
}

/** Whether a number is an amount that the contract takes: finite, 0 to {@link MAX_PRICE}, at most 2 decimals. */
export const isMoney = (value: unknown): value is number =>
  typeof value === 'number' && value >= 0 && value <= MAX_PRICE && toReais(toCents(value)) === value
