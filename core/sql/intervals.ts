import type { Interval } from '../time/interval.ts'

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
