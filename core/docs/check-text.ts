import type { Check, Lookback, Statistic } from '../checks/check.ts'
import { type Limit, limitText, percentText } from '../checks/limits.ts'
import type { CompiledCheck } from '../compile/compiled.ts'
import type { VarValue } from '../config/project.ts'

/** What a check demands, as one sentence without its end. Conditions and names stand in it as they were written. */
export function checkText(check: Check): string {
  const where = check.where === undefined ? '' : `, where ${oneLine(check.where)}`
  return `${demand(check)}${where}${limitsText(check)}`
}

/** What a check of the project's own demands. */
export function ownCheckText({ warnIf, errorIf }: Pick<CompiledCheck, 'warnIf' | 'errorIf'>): string {
  if (warnIf === undefined && errorIf === undefined) return 'its query selects no row'
  return `the number of rows that its query selects is within limits${limitsText({
    ...(warnIf === undefined ? {} : { warnIf }),
    ...(errorIf === undefined ? {} : { errorIf }),
  })}`
}

function demand(check: Check): string {
  switch (check.kind) {
    case 'not_null':
      return `${listed(check.columns)} ${check.columns.length === 1 ? 'is' : 'are'} never NULL`
    case 'unique': {
      const values = check.columns.length === 1 ? 'value' : 'combination'
      const where = check.scope === 'partition' ? 'within a partition' : 'in the whole table'
      return `each ${values} of ${listed(check.columns)} is there once ${where}`
    }
    case 'accepted_values':
      return `${check.column} is one of ${shortList(check.values.map((each) => literal(each)))}`
    case 'relationships':
      return `each ${check.column} is there as ${check.field} of ${check.to}`
    case 'row_count':
      return `the number of rows is ${boundsText(check)}`
    case 'expression':
      return `${oneLine(check.expression)} for every row`
    case 'null_share':
      return `the share of NULLs in ${check.column} is ${boundsText(check, percentText)}${inTable(check)}`
    case 'distinct_count':
    case 'mean':
    case 'sum':
    case 'minimum':
    case 'maximum':
      return `the ${statisticWords[check.kind]} ${check.column} is ${boundsText(check)}${inTable(check)}`
    case 'quantile':
      return `the ${percentText(check.q)} quantile of ${check.column} is ${boundsText(check)}${inTable(check)}`
    case 'volume':
      return volumeText(check)
    case 'z_score': {
      const far =
        check.max === undefined ? 'within limits of' : `at most ${check.max} standard deviations from`
      return `the number of rows is ${far} the mean of ${lookbackText(check)}`
    }
    case 'reconcile':
      return reconcileText(check)
    case 'macro': {
      const given = Object.entries(check.arguments).map(([name, value]) => `${name}: ${argument(value)}`)
      return `the macro checks/${check.macro} selects no row${given.length === 0 ? '' : ` (${given.join(', ')})`}`
    }
    default:
      throw new Error(`unknown check ${check satisfies never}`)
  }
}

const statisticWords: Readonly<Record<Exclude<Statistic, 'null_share'>, string>> = {
  distinct_count: 'number of distinct values of',
  mean: 'mean of',
  sum: 'sum of',
  minimum: 'smallest',
  maximum: 'largest',
}

function inTable({ scope }: { readonly scope: 'partition' | 'table' }): string {
  return scope === 'table' ? ' in the whole table' : ''
}

function boundsText(
  { min, max }: { readonly min?: number; readonly max?: number },
  number: (value: number) => string = String,
): string {
  if (min !== undefined && max !== undefined)
    return min === max ? `exactly ${number(min)}` : `from ${number(min)} to ${number(max)}`
  if (min !== undefined) return `at least ${number(min)}`
  return max === undefined ? 'within limits' : `at most ${number(max)}`
}

function volumeText(check: Extract<Check, { kind: 'volume' }>): string {
  const { drop, rise, against } = check
  const fewer = drop === undefined ? [] : [`at most ${percentText(drop)} fewer`]
  const more = rise === undefined ? [] : [`at most ${percentText(rise)} more`]
  const change =
    drop !== undefined && drop === rise
      ? `at most ${percentText(drop)} fewer or more`
      : [...fewer, ...more].join(' and ') || 'not too far from as many'
  const than = against === 'previous' ? lookbackText(check) : `the ${against} of ${lookbackText(check)}`
  return `there are ${change} rows than in ${than}`
}

function lookbackText({ last, weekday }: Lookback): string {
  const same = weekday ? ' of the same weekday' : ''
  return last === 1 ? `the previous one${same}` : `the last ${last}${same}`
}

function reconcileText(check: Extract<Check, { kind: 'reconcile' }>): string {
  const pair = ({ ours, theirs }: { readonly ours: string; readonly theirs: string }) =>
    ours === theirs ? oneLine(ours) : `${oneLine(ours)} (there ${oneLine(theirs)})`
  const by = check.by.length === 0 ? '' : ` for each ${listed(check.by.map(pair))}`
  const { value, unit } = check.tolerance
  const within = value === 0 ? '' : `, give or take ${unit === 'share' ? percentText(value) : value}`
  const theirs = check.withWhere === undefined ? '' : `, there where ${oneLine(check.withWhere)}`
  return `${listed(check.compare.map(pair))} is the same as in ${check.with}${by}${theirs}${within}`
}

function limitsText({ warnIf, errorIf }: { readonly warnIf?: Limit; readonly errorIf?: Limit }): string {
  const said = [
    ...(warnIf === undefined ? [] : [`a warning if ${limitText(warnIf)}`]),
    ...(errorIf === undefined ? [] : [`an error if ${limitText(errorIf)}`]),
  ]
  return said.length === 0 ? '' : `; ${said.join(', ')}`
}

function listed(items: readonly string[]): string {
  if (items.length <= 2) return items.join(' and ')
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`
}

const mostListed = 12

function shortList(items: readonly string[]): string {
  if (items.length <= mostListed) return items.join(', ')
  return `${items.slice(0, mostListed).join(', ')} and ${items.length - mostListed} more`
}

function literal(value: string | number | boolean): string {
  return typeof value === 'string' ? `'${value}'` : String(value)
}

function argument(value: VarValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function oneLine(sql: string): string {
  return sql.replace(/\s+/g, ' ').trim()
}
