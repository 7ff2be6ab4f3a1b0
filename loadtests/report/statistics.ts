import { median as middle } from '../lab/statistics.ts'

export { sum } from '../lab/statistics.ts'

// What tables need of columns that may be empty: null of nothing.
export const median = (values: readonly number[]): number | null => (values.length ? middle(values) : null)
export const largest = (values: readonly number[]): number | null => (values.length ? values.reduce((a, b) => Math.max(a, b)) : null)
export const smallest = (values: readonly number[]): number | null => (values.length ? values.reduce((a, b) => Math.min(a, b)) : null)

export const isNumber = (value: number | null | undefined): value is number => typeof value === 'number'
