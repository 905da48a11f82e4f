/** A point of a plot: which partition, and how much. */
export interface Point {
  readonly at: number
  readonly value: number
}

/** Points in stretches without a gap: where a value is missing, the line is not drawn. */
export function stretches(values: readonly (number | null)[]): readonly (readonly Point[])[] {
  const found: Point[][] = []
  let open: Point[] | undefined
  values.forEach((value, at) => {
    if (value === null || !Number.isFinite(value)) {
      open = undefined
      return
    }
    if (open === undefined) {
      open = []
      found.push(open)
    }
    open.push({ at, value })
  })
  return found
}

/** Lowest, middle and highest of the values that are there. */
export function summaryOf(values: readonly (number | null)[]):
  | {
      readonly least: number
      readonly median: number
      readonly most: number
      readonly mean: number
      readonly count: number
    }
  | undefined {
  const known = values
    .filter((value): value is number => value !== null && Number.isFinite(value))
    .sort((a, b) => a - b)
  if (known.length === 0) return undefined
  return {
    least: known[0]!,
    median: known[Math.floor((known.length - 1) / 2)]!,
    most: known.at(-1)!,
    mean: known.reduce((sum, value) => sum + value, 0) / known.length,
    count: known.length,
  }
}

/** Adjacent values taken together: where a line through all of them would only be noise. */
export interface Bucket {
  readonly at: number
  readonly least: number
  readonly most: number
  readonly mean: number
}

/** Stretches of buckets of `size` values; one without any value is a gap. */
export function buckets(values: readonly (number | null)[], size: number): readonly (readonly Bucket[])[] {
  const found: Bucket[][] = []
  let open: Bucket[] | undefined
  for (let from = 0; from < values.length; from += size) {
    const summary = summaryOf(values.slice(from, from + size))
    if (summary === undefined) {
      open = undefined
      continue
    }
    if (open === undefined) {
      open = []
      found.push(open)
    }
    const at = from + (Math.min(size, values.length - from) - 1) / 2
    open.push({ at, least: summary.least, most: summary.most, mean: summary.mean })
  }
  return found
}
