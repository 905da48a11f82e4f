/**
 * The order in which numbers ascend, equal ones by `next`; undefined where they already do. Merges the stretches that ascend, which is fast for what an
 * engine read in a few pieces.
 */
export function ascending(values: Float64Array, next: Float64Array): Int32Array | undefined {
  const bounds = stretches(values, next)
  if (bounds.length <= 2) return undefined
  let order = new Int32Array(values.length)
  for (let index = 0; index < order.length; index++) order[index] = index
  let spare = new Int32Array(values.length)
  let runs: readonly number[] = bounds
  while (runs.length > 2) {
    const merged: number[] = [0]
    for (let at = 0; at + 1 < runs.length; at += 2) {
      const middle = runs[at + 1]!
      const end = runs[at + 2] ?? middle
      merge(values, next, order, spare, runs[at]!, middle, end)
      merged.push(end)
    }
    ;[order, spare] = [spare, order]
    runs = merged
  }
  return order
}

/** Where each ascending stretch begins, and the end of the last one. */
function stretches(values: Float64Array, next: Float64Array): readonly number[] {
  const bounds = [0]
  for (let at = 1; at < values.length; at++) if (isBefore(values, next, at, at - 1)) bounds.push(at)
  bounds.push(values.length)
  return bounds
}

function merge(
  values: Float64Array,
  next: Float64Array,
  from: Int32Array,
  to: Int32Array,
  start: number,
  middle: number,
  end: number,
): void {
  let left = start
  let right = middle
  for (let at = start; at < end; at++) {
    const takesRight = left >= middle || (right < end && isBefore(values, next, from[right]!, from[left]!))
    to[at] = takesRight ? from[right++]! : from[left++]!
  }
}

function isBefore(values: Float64Array, next: Float64Array, a: number, b: number): boolean {
  return values[a]! < values[b]! || (values[a] === values[b] && next[a]! < next[b]!)
}
