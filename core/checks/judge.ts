import type { Bounds, Check, CheckOutcome, Measure, Severity } from './check.ts'
import type { StatisticCheck } from './kinds.ts'
import { breaks, type Limit, limitText, percentText } from './limits.ts'

/** What follows from what a check found. */
export type Verdict = Pick<CheckOutcome, 'passed' | 'severity' | 'failing' | 'measure'>

/** Something that a measured number must not be. */
export interface Demand {
  readonly severity: Severity
  /** As people are told: `> 1%`, `at most 5`. */
  readonly text: string
  isBrokenBy(value: number): boolean
}

/** Judges failing rows by the check's limits: without any, none may fail.
 * @param rows those that the check looked at; left out where nobody knows them */
export function judgeCount(
  check: Pick<Check, 'severity' | 'warnIf' | 'errorIf'>,
  failing: number,
  rows?: number,
): Verdict {
  if (check.warnIf === undefined && check.errorIf === undefined)
    return { passed: failing === 0, severity: check.severity, failing }
  const share = rows === undefined || rows === 0 ? 0 : failing / rows
  const demands = limitsOf(check, (limit) => breaks(limit, limit.unit === 'share' ? share : failing))
  const broken = firstBroken(demands, failing)
  return {
    ...verdictOf(demands, broken),
    failing,
    measure: {
      value: failing,
      unit: 'rows',
      ...(rows === undefined ? {} : { rows }),
      ...brokenOf(broken),
    },
  }
}

/** Judges how many rows there are. */
export function judgeRowCount(check: Extract<Check, { kind: 'row_count' }>, count: number): Verdict {
  const demands = [...boundsOf(check, check.severity, String), ...limitsOf(check)]
  const broken = firstBroken(demands, count)
  const hasLimits = check.warnIf !== undefined || check.errorIf !== undefined
  return {
    ...verdictOf(demands, broken),
    failing: broken === undefined ? 0 : count,
    ...(hasLimits ? { measure: { value: count, unit: 'rows', ...brokenOf(broken) } } : {}),
  }
}

/** Judges a number that was made of a column's values; null if there were none. */
export function judgeStatistic(check: StatisticCheck, value: number | null): Verdict {
  const unit = check.kind === 'null_share' ? 'share' : 'number'
  const text = unit === 'share' ? percentText : String
  const demands = [...boundsOf(check, check.severity, text), ...limitsOf(check)]
  if (value === null) return unjudged(demands, { value, unit, notJudged: 'there is no value' })
  return judgeMeasure(demands, value, { value: plainNumber(value), unit })
}

/** Judges a measured number by what is demanded of it. */
export function judgeMeasure(demands: readonly Demand[], value: number, measure: Measure): Verdict {
  const broken = firstBroken(demands, value)
  return {
    ...verdictOf(demands, broken),
    failing: broken === undefined ? 0 : 1,
    measure: { ...measure, ...brokenOf(broken) },
  }
}

/** A check that passes because there is nothing to judge. */
export function unjudged(demands: readonly Demand[], measure: Measure): Verdict {
  return { ...verdictOf(demands, undefined), failing: 0, measure }
}

/** The verdict without the number that it was made of. */
export function withoutValue(verdict: Verdict): Verdict {
  const { measure } = verdict
  if (measure === undefined || measure.value === null) return verdict
  return { ...verdict, measure: { ...measure, value: null, isHidden: true } }
}

/** What the limits of a check demand, errors first. */
export function limitsOf(
  { errorIf, warnIf }: Pick<Check, 'errorIf' | 'warnIf'>,
  isBroken: (limit: Limit, value: number) => boolean = breaks,
): readonly Demand[] {
  const demand = (limit: Limit | undefined, severity: Severity): readonly Demand[] =>
    limit === undefined
      ? []
      : [{ severity, text: limitText(limit), isBrokenBy: (value) => isBroken(limit, value) }]
  return [...demand(errorIf, 'error'), ...demand(warnIf, 'warn')]
}

function boundsOf(
  { min, max }: Bounds,
  severity: Severity,
  text: (value: number) => string,
): readonly Demand[] {
  return [
    ...(min === undefined
      ? []
      : [{ severity, text: `at least ${text(min)}`, isBrokenBy: (value: number) => !(value >= min) }]),
    ...(max === undefined
      ? []
      : [{ severity, text: `at most ${text(max)}`, isBrokenBy: (value: number) => !(value <= max) }]),
  ]
}

/** The worst that is broken. */
function firstBroken(demands: readonly Demand[], value: number): Demand | undefined {
  const broken = demands.filter((demand) => demand.isBrokenBy(value))
  return broken.find(({ severity }) => severity === 'error') ?? broken[0]
}

function verdictOf(
  demands: readonly Demand[],
  broken: Demand | undefined,
): Pick<Verdict, 'passed' | 'severity'> {
  const worst = demands.some(({ severity }) => severity === 'error') ? 'error' : 'warn'
  return { passed: broken === undefined, severity: broken?.severity ?? worst }
}

function brokenOf(broken: Demand | undefined): Pick<Measure, 'broken'> {
  return broken === undefined ? {} : { broken: broken.text }
}

/** A number as JSON can say it. */
export function plainNumber(value: number): NonNullable<Measure['value']> {
  if (Number.isFinite(value)) return value
  if (Number.isNaN(value)) return 'NaN'
  return value > 0 ? 'Infinity' : '-Infinity'
}
