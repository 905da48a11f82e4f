import type { z } from 'zod'
import type { Check, CheckScope, Pair, Severity, Tolerance } from '../../checks/check.ts'
import { isOfHistory } from '../../checks/kinds.ts'
import type { Limit } from '../../checks/limits.ts'
import { type BuiltInKind, forms } from './check-kinds.ts'
import { report } from './values.ts'

/** What the schemas let through, all kinds together. */
export interface BuiltOptions {
  readonly name?: string
  readonly severity?: Severity
  readonly where?: string
  readonly warn_if?: Limit
  readonly error_if?: Limit
  readonly columns: readonly string[]
  readonly column: string
  readonly scope?: CheckScope
  readonly values: readonly (string | number | boolean)[]
  readonly to: string
  readonly field: string
  readonly min?: number
  readonly max?: number
  readonly expression: string
  readonly q: number
  readonly change?: number
  readonly drop?: number
  readonly rise?: number
  readonly against?: 'previous' | 'mean' | 'median'
  readonly last?: number
  readonly weekday?: boolean
  readonly min_history?: number
  readonly with: string
  readonly by?: readonly Pair[]
  readonly compare?: readonly Pair[]
  readonly with_where?: string
  readonly with_column?: string
  readonly tolerance?: Tolerance
}

export type Base = Pick<Check, 'place'>
type Context = z.core.ParsePayload

/** Makes a check of what its schema let through. Reports what the keys say together that cannot be. */
export function buildCheck(
  kind: BuiltInKind,
  options: BuiltOptions,
  ofColumn: string | undefined,
  place: Base,
  context: Context,
): Check {
  const check = assembled(kind, options, ofColumn, place)
  const mistake = mistakeOf(check, options)
  if (mistake === undefined) return check
  return report(context, mistake.code, mistake.message, { hint: mistake.hint, path: [kind] })
}

function assembled(
  kind: BuiltInKind,
  options: BuiltOptions,
  ofColumn: string | undefined,
  place: Base,
): Check {
  const columns = ofColumn === undefined ? options.columns : [ofColumn]
  const column = ofColumn ?? options.column
  const base = (subject: string) => ({ ...commonOf(kind, subject, options), ...place })
  const bounds = {
    ...(options.min === undefined ? {} : { min: options.min }),
    ...(options.max === undefined ? {} : { max: options.max }),
  }
  const scope = options.scope ?? 'partition'
  switch (kind) {
    case 'not_null':
      return { kind, columns, ...base(columns.join('_')) }
    case 'unique':
      return { kind, columns, scope, ...base(columns.join('_')) }
    case 'accepted_values':
      return { kind, column, values: options.values, ...base(column) }
    case 'relationships':
      return { kind, column, to: options.to, field: options.field, ...base(`${column}_${options.to}`) }
    case 'row_count':
      return { kind, ...bounds, ...base('') }
    case 'expression':
      return { kind, expression: options.expression, ...base(spoken(options.expression)) }
    case 'null_share':
    case 'distinct_count':
    case 'mean':
    case 'sum':
    case 'minimum':
    case 'maximum':
      return { kind, column, ...bounds, scope, ...base(column) }
    case 'quantile':
      return { kind, column, q: options.q, ...bounds, scope, ...base(`${column}_${options.q}`) }
    case 'volume': {
      const against = options.against ?? 'previous'
      const drop = options.drop ?? options.change
      const rise = options.rise ?? options.change
      return {
        kind,
        against,
        ...lookbackOf(options, against === 'previous' ? { last: 1, least: 1 } : { last: 7, least: 3 }),
        ...(drop === undefined ? {} : { drop }),
        ...(rise === undefined ? {} : { rise }),
        ...base(''),
      }
    }
    case 'z_score':
      return {
        kind,
        ...(options.max === undefined ? {} : { max: options.max }),
        ...lookbackOf(options, { last: 28, least: options.weekday === true ? 4 : 7 }),
        ...base(''),
      }
    case 'reconcile':
      return {
        kind,
        with: options.with,
        by: options.by ?? [],
        compare: options.compare ?? [{ ours: 'count(*)', theirs: 'count(*)' }],
        ...(options.with_where === undefined ? {} : { withWhere: options.with_where }),
        ...(options.with_column === undefined ? {} : { withColumn: options.with_column }),
        tolerance: options.tolerance ?? { value: 0, unit: 'absolute' },
        ...base(options.with),
      }
    default:
      throw new Error(`unknown check ${kind satisfies never}`)
  }
}

/** What all kinds have. With limits, these say how bad it is; what a kind's own bounds say stays an error. */
export function commonOf(
  kind: string,
  subject: string,
  { name, severity, where, warn_if: warnIf, error_if: errorIf }: Partial<BuiltOptions>,
) {
  const onlyWarns = warnIf !== undefined && errorIf === undefined
  return {
    name: name ?? defaultName(kind, subject),
    severity: severity ?? (onlyWarns && !boundKinds.has(kind) ? 'warn' : ('error' as Severity)),
    ...(where === undefined ? {} : { where }),
    ...(warnIf === undefined ? {} : { warnIf }),
    ...(errorIf === undefined ? {} : { errorIf }),
  }
}

/** Kinds that have bounds besides the limits. */
const boundKinds: ReadonlySet<string> = new Set([
  'row_count',
  'null_share',
  'distinct_count',
  'mean',
  'sum',
  'minimum',
  'maximum',
  'quantile',
  'volume',
  'z_score',
])

interface Mistake {
  readonly code: 'SL106' | 'SL132' | 'SL180' | 'SL181'
  readonly message: string
  readonly hint: string
}

function mistakeOf(check: Check, options: BuiltOptions): Mistake | undefined {
  return limitMistake(check, options) ?? boundsMistake(check) ?? historyMistake(check, options)
}

/** What is wrong with `warn_if` and `error_if`, whatever the kind. */
export function limitMistake(
  check: Pick<Check, 'warnIf' | 'errorIf'> & { readonly kind: Check['kind'] | 'custom' },
  { severity }: Pick<BuiltOptions, 'severity'>,
): Mistake | undefined {
  const { kind, warnIf, errorIf } = check
  const limits = [warnIf, errorIf].filter((limit) => limit !== undefined)
  if (limits.length === 0) return undefined
  if (severity !== undefined && !boundKinds.has(kind))
    return {
      code: 'SL180',
      message: '`severity` and a limit both say how bad it is',
      hint: 'Keep `warn_if` and `error_if`: what breaks neither of them passes.',
    }
  if (limits.some(({ unit }) => unit === 'share') && kind === 'custom')
    return {
      code: 'SL180',
      message: 'A query of its own has no rows of which failing ones would be a share',
      hint: 'Compare with a number: `error_if: "> 100"`.',
    }
  if (limits.some(({ unit }) => unit === 'share') && !sharesOf(kind))
    return {
      code: 'SL180',
      message: `\`${kind}\` measures no share`,
      hint: 'Compare with a number: `error_if: "> 100"`.',
    }
  return undefined
}

function sharesOf(kind: string): boolean {
  return !boundKinds.has(kind) || kind === 'null_share' || kind === 'volume'
}

function boundsMistake(check: Check): Mistake | undefined {
  if (!boundKinds.has(check.kind) || check.kind === 'volume') return undefined
  const { min, max } = check as { readonly min?: number; readonly max?: number }
  const hasLimits = check.warnIf !== undefined || check.errorIf !== undefined
  if (min === undefined && max === undefined && !hasLimits) {
    const kind = check.kind as BuiltInKind
    return {
      code: 'SL132',
      message: `\`${kind}\` needs ${kind === 'z_score' ? '`max`' : '`min`, `max` or both'}`,
      hint: `Write ${forms[kind]}.`,
    }
  }
  if (min !== undefined && max !== undefined && min > max)
    return {
      code: 'SL106',
      message: `\`min\` (${min}) is greater than \`max\` (${max})`,
      hint: 'Swap the two.',
    }
  return undefined
}

function historyMistake(check: Check, options: BuiltOptions): Mistake | undefined {
  if (!isOfHistory(check)) return undefined
  const say = (message: string, hint: string): Mistake => ({ code: 'SL181', message, hint })
  if (check.where !== undefined)
    return say(
      `\`${check.kind}\` compares recorded numbers of all rows, which \`where\` cannot limit`,
      'Remove `where`, or count the rows that you mean by another check.',
    )
  if (check.minHistory > check.last)
    return say(
      `\`min_history\` (${check.minHistory}) is more than \`last\` (${check.last})`,
      'Raise `last`, or ask for less history.',
    )
  if (check.kind === 'z_score') return undefined
  const hasLimits = check.warnIf !== undefined || check.errorIf !== undefined
  if (check.drop === undefined && check.rise === undefined && !hasLimits)
    return {
      code: 'SL132',
      message: '`volume` needs `change`, `drop` or `rise`',
      hint: `Write ${forms.volume}.`,
    }
  if (check.against === 'previous' && options.last !== undefined)
    return say(
      '`last` says how many partitions a mean or a median is made of',
      'Add `against: median` or `against: mean`, or remove `last`.',
    )
  return undefined
}

function lookbackOf(
  { last, weekday, min_history: minHistory }: BuiltOptions,
  usual: { readonly last: number; readonly least: number },
) {
  const most = last ?? usual.last
  return { last: most, weekday: weekday ?? false, minHistory: minHistory ?? Math.min(most, usual.least) }
}

const longestName = 63

export function defaultName(kind: string, subject: string): string {
  if (/^[a-z0-9_]+$/.test(subject) && kind.length + subject.length < longestName) return `${kind}_${subject}`
  const name = `${kind}_${subject.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '_')}`
  return name.slice(0, longestName).replace(/_+$/, '')
}

/** An expression in words, so that `a < 1` and `a > 1` have different names. */
function spoken(expression: string): string {
  const operators: readonly (readonly [RegExp, string])[] = [
    [/<>|!=/g, ' ne '],
    [/<=/g, ' le '],
    [/>=/g, ' ge '],
    [/</g, ' lt '],
    [/>/g, ' gt '],
    [/=/g, ' eq '],
  ]
  return operators.reduce((text, [sign, word]) => text.replace(sign, word), expression).trim()
}
