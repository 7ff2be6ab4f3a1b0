/** What the Job gives a scenario by its environment. A wrong value ends k6 before the first request, with a sentence. */
export function number(name: string, fallback: number): number {
  const given = __ENV[name]
  if (given === undefined || given === '') return fallback
  const value = Number(given)
  if (!Number.isFinite(value) || value < 0) throw new Error(`${name}=${given}: give a number of 0 or more.`)
  return value
}

export const text = (name: string, fallback: string): string => __ENV[name] || fallback

/** Seconds of `30s`, `5m`, `1h`, `90`. */
export function seconds(name: string, fallback: number): number {
  const given = __ENV[name]
  if (!given) return fallback
  const [, value, unit] = /^(\d+(?:\.\d+)?)(s|m|h|)$/.exec(given) ?? []
  if (!value) throw new Error(`${name}=${given}: give a time such as 30s or 5m.`)
  return Number(value) * { s: 1, '': 1, m: 60, h: 3600 }[unit as 's']
}

/** Marks what this run makes in the shop, so that it can be told from everything else. */
export const RUN = text('RUN', `run-${Date.now().toString(36)}`)
