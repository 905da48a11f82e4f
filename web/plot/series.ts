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
export function summaryOf(
  values: readonly (number | null)[],
):
  | { readonly least: number; readonly median: number; readonly most: number; readonly count: number }
  | undefined {
  const known = values
    .filter((value): value is number => value !== null && Number.isFinite(value))
    .sort((a, b) => a - b)
  if (known.length === 0) return undefined
  return {
    least: known[0]!,
    median: known[Math.floor((known.length - 1) / 2)]!,
    most: known.at(-1)!,
    count: known.length,
  }
}
