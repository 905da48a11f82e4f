import type { Interval } from '../time/interval.ts'

/**
 * An expression that tells in which of the intervals the value of another lies, by its place among them: comparisons, as few as a search by
 * halves needs, so that one look at the rows is enough for any number of partitions. Only right where the value lies in one of them.
 *
 * @param intervals sorted, without overlap
 * @param bound an interval's end or start as a literal of the expression's type
 */
export function bucketOf(
  expression: string,
  intervals: readonly Interval[],
  bound: (ms: number) => string,
): string {
  const search = (from: number, to: number): string => {
    if (to - from === 1) return String(from)
    const middle = (from + to) >>> 1
    const start = bound(intervals[middle]!.start)
    return `case when ${expression} < ${start} then ${search(from, middle)} else ${search(middle, to)} end`
  }
  return search(0, intervals.length)
}

/** A condition that holds for what lies in one of the intervals; adjacent ones are one range. */
export function withinAny(
  expression: string,
  intervals: readonly Interval[],
  bound: (ms: number) => string,
): string {
  const ranges: { start: number; end: number }[] = []
  for (const { start, end } of intervals) {
    const last = ranges.at(-1)
    if (last?.end === start) last.end = end
    else ranges.push({ start, end })
  }
  const conditions = ranges.map(
    ({ start, end }) => `(${expression} >= ${bound(start)} and ${expression} < ${bound(end)})`,
  )
  return conditions.length === 0 ? 'false' : `(${conditions.join(' or ')})`
}
