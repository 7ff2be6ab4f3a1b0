// Arithmetic without any knowledge of shops.

/** The smallest value that at least `share` of the values do not exceed (nearest rank). @throws RangeError without values */
export function percentile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new RangeError('There is no percentile of nothing.')
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!
}

/** Math.min and Math.max take values as arguments, and a load has more requests than a call may have of those. ±Infinity without values. */
export const least = (values: readonly number[]) => values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
export const greatest = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)

export const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)
export const mean = (values: readonly number[]) => sum(values) / values.length

/** The middle value; of two middle ones their mean. */
export function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort()
  const middle = sorted.length >> 1
  if (sorted.length === 0) throw new RangeError('There is no median of nothing.')
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** What a share can be at most, with 95 % confidence, when n independent tries showed none (Hanley and Lippman-Hand's rule of three). */
export const ruleOfThree = (n: number) => (n > 0 ? Math.min(1, 3 / n) : 1)

/** How far the share furthest from an even one is away from it, as a part of the even share: 0.1 is ±10 %. */
export function unevenness(counts: readonly number[]): number {
  const even = mean(counts)
  return even > 0 ? Math.max(...counts.map(count => Math.abs(count - even) / even)) : 0
}

/** Least squares: the slope per unit of x, and half the width of its 95 % interval (about two standard errors). */
export function slope(points: readonly (readonly [x: number, y: number])[]): { slope: number; margin: number } {
  if (points.length < 3) throw new RangeError('A slope with its margin needs three points.')
  const [mx, my] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))]
  const sxx = points.reduce((sum, [x]) => sum + (x - mx) ** 2, 0)
  const value = points.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0) / sxx
  const residual = points.reduce((sum, [x, y]) => sum + (y - my - value * (x - mx)) ** 2, 0)
  return { slope: value, margin: 2 * Math.sqrt(residual / (points.length - 2) / sxx) }
}

export const rounded = (value: number, digits = 1) => Math.round(value * 10 ** digits) / 10 ** digits
