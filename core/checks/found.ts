import type { Bounds, Check } from './check.ts'
import { judgeCount, judgeRowCount, judgeStatistic, type Verdict } from './judge.ts'
import { isStatistic } from './kinds.ts'

/** What a query found for one check. */
export interface Found {
  /** Failing rows, rows or a measured number; null if there was no value to measure. */
  readonly value: number | null
  /** The rows that the check looked at. */
  readonly looked: number
}

/** A check whose verdict follows from what one query found. */
export type SetCheck = Exclude<Check, { kind: 'volume' | 'z_score' | 'macro' }>

export function isSetCheck(check: Check): check is SetCheck {
  return check.kind !== 'volume' && check.kind !== 'z_score' && check.kind !== 'macro'
}

/** Judges what was found. */
export function judge(check: SetCheck, { value, looked }: Found): Verdict {
  if (isStatistic(check)) return judgeStatistic(check, value)
  if (check.kind === 'row_count') return judgeRowCount(check, value ?? 0)
  return judgeCount(check, value ?? 0, looked)
}

/** Whether the query must also tell how many rows a check looks at. */
export function needsLooked(check: Check): boolean {
  return check.where !== undefined && [check.warnIf, check.errorIf].some((limit) => limit?.unit === 'share')
}

/** A number of the engine; NULL stays null. */
export function numberOf(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value)
}

/** The bounds of a check, without what else it says. */
export function onlyBounds({ min, max }: Bounds): Bounds {
  return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) }
}
