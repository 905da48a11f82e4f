/** Half-open interval in UTC milliseconds; `start < end`. */
export interface Interval {
  readonly start: number
  readonly end: number
}

/** One partition of one model. `key` is unique within the model. Order is by `start`. */
export interface Partition extends Interval {
  readonly key: string
}

export function overlaps(a: Interval, b: Interval): boolean {
  return a.start < b.end && b.start < a.end
}

export function contains(outer: Interval, inner: Interval): boolean {
  return outer.start <= inner.start && inner.end <= outer.end
}
