import { type Check, type Statistic, statistics } from './check.ts'

export type StatisticCheck = Extract<Check, { kind: Statistic | 'quantile' }>
export type HistoryCheck = Extract<Check, { kind: 'volume' | 'z_score' }>
export type ReconcileCheck = Extract<Check, { kind: 'reconcile' }>
export type MacroCheck = Extract<Check, { kind: 'macro' }>

const measured: ReadonlySet<string> = new Set([...statistics, 'quantile'])

/** Whether a number is made of a column's values. */
export function isStatistic(check: Check): check is StatisticCheck {
  return measured.has(check.kind)
}

/** Whether what is measured can be a value of the column, and so one that nobody may see. */
export function showsValues(check: StatisticCheck): boolean {
  return check.kind !== 'null_share' && check.kind !== 'distinct_count'
}

/** Whether the number of rows is held against earlier ones. */
export function isOfHistory(check: Check): check is HistoryCheck {
  return check.kind === 'volume' || check.kind === 'z_score'
}

/** Whether what a check finds depends on how many rows there are, and not on each of them alone. */
export function isOfAllRows(check: Check): boolean {
  if (check.kind === 'row_count' || check.kind === 'reconcile' || isStatistic(check) || isOfHistory(check))
    return true
  return [check.warnIf, check.errorIf].some((limit) => limit?.unit === 'share')
}
