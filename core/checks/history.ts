import type { Measure } from './check.ts'
import { type Demand, judgeMeasure, limitsOf, plainNumber, unjudged, type Verdict } from './judge.ts'
import type { HistoryCheck } from './kinds.ts'
import { breaks, percentText } from './limits.ts'

/**
 * Judges a number of rows by earlier ones.
 * @param earlier numbers of rows that may be compared with it, newest first; no more than `last` of them are looked at
 */
export function judgeHistory(check: HistoryCheck, rows: number, earlier: readonly number[]): Verdict {
  const demands = demandsOf(check)
  const looked = earlier.slice(0, check.last)
  const unit = check.kind === 'volume' ? 'share' : 'number'
  if (looked.length < check.minHistory) {
    const notJudged = `${looked.length} of the ${check.minHistory} earlier ones that are needed`
    return unjudged(demands, { value: null, unit, notJudged, rows })
  }
  const compared = check.kind === 'volume' ? changeOf(check, rows, looked) : scoreOf(rows, looked)
  return judgeMeasure(demands, compared.value, {
    value: plainNumber(compared.value),
    unit,
    rows,
    history: { count: looked.length, ...compared.against },
  })
}

/** A check that holds because its rows cannot be compared. */
export function incomparable(check: HistoryCheck, rows: number, because: string): Verdict {
  const unit = check.kind === 'volume' ? 'share' : 'number'
  return unjudged(demandsOf(check), { value: null, unit, notJudged: because, rows })
}

interface Compared {
  readonly value: number
  readonly against: Omit<NonNullable<Measure['history']>, 'count'>
}

/** By which share the rows are more than was expected; fewer are a negative one. */
function changeOf(
  { against }: Extract<HistoryCheck, { kind: 'volume' }>,
  rows: number,
  earlier: readonly number[],
): Compared {
  const expected =
    against === 'previous' ? earlier[0]! : against === 'mean' ? meanOf(earlier) : medianOf(earlier)
  const value =
    rows === expected ? 0 : expected === 0 ? Number.POSITIVE_INFINITY : (rows - expected) / expected
  return { value, against: { expected } }
}

/** How many standard deviations the rows are away from the mean; infinitely many if there was never another number. */
function scoreOf(rows: number, earlier: readonly number[]): Compared {
  const expected = meanOf(earlier)
  const deviation = deviationOf(earlier, expected)
  const away = rows - expected
  const value =
    away === 0 ? 0 : deviation === 0 ? Math.sign(away) * Number.POSITIVE_INFINITY : away / deviation
  return { value, against: { expected, deviation } }
}

function demandsOf(check: HistoryCheck): readonly Demand[] {
  const limits = limitsOf(check, (limit, value) => breaks(limit, Math.abs(value)))
  const { severity } = check
  if (check.kind === 'z_score') {
    const { max } = check
    if (max === undefined) return limits
    return [
      { severity, text: `at most ${max} either way`, isBrokenBy: (value) => !(Math.abs(value) <= max) },
      ...limits,
    ]
  }
  const { drop, rise } = check
  return [
    ...(drop === undefined
      ? []
      : [
          {
            severity,
            text: `at most ${percentText(drop)} fewer`,
            isBrokenBy: (value: number) => !(value >= -drop),
          },
        ]),
    ...(rise === undefined
      ? []
      : [
          {
            severity,
            text: `at most ${percentText(rise)} more`,
            isBrokenBy: (value: number) => !(value <= rise),
          },
        ]),
    ...limits,
  ]
}

/** The mean, without the error that a large sum would add up. */
export function meanOf(values: readonly number[]): number {
  const first = values[0]!
  return first + values.reduce((sum, value) => sum + (value - first), 0) / values.length
}

export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** The standard deviation of a sample (over n − 1). */
export function deviationOf(values: readonly number[], mean = meanOf(values)): number {
  if (values.length < 2) return 0
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1))
}
