import type { Call, Cast, Window } from '../sql/relational/ir.ts'
import type { Nullability } from './lineage.ts'
import type { Value } from './relation.ts'

/*
 * Whether values can be NULL. `never` is said only where it is certain for any data: of a function or operator only if it is listed here, as some
 * give NULL for what is not (division by zero, a part of an infinite date, a cast of JSON null).
 */

type Nulls = Pick<Value, 'nulls'>

/** NULL only if one of them is. */
export function everyNulls(values: readonly Nulls[]): Nullability {
  if (values.some(({ nulls }) => nulls === 'maybe')) return 'maybe'
  return values.every(({ nulls }) => nulls === 'never') ? 'never' : 'unknown'
}

/** NULL only if all of them are. */
export function someNulls(values: readonly Nulls[]): Nullability {
  if (values.some(({ nulls }) => nulls === 'never')) return 'never'
  return values.every(({ nulls }) => nulls === 'maybe') ? 'maybe' : 'unknown'
}

const strictOperators = new Set([
  '=',
  '<>',
  '!=',
  '<',
  '>',
  '<=',
  '>=',
  'and',
  'or',
  'not',
  '+',
  '-',
  '*',
  '~~',
  '!~~',
  '~~*',
  '!~~*',
])
const neverOperators = new Set([
  'is null',
  'is not null',
  'is distinct from',
  'is not distinct from',
  'is true',
  'is not true',
  'is false',
  'is not false',
  'is unknown',
  'is not unknown',
  'array',
])

/** `||` of lists takes NULL for an empty one, of texts it is strict: both are never NULL over values that are not. */
export function operationNulls(operator: string, operands: readonly Nulls[]): Nullability {
  if (neverOperators.has(operator)) return 'never'
  if (operator === 'coalesce' || operator === 'greatest' || operator === 'least') return someNulls(operands)
  if (operator === 'nullif') return 'maybe'
  if (operator === 'collate') return operands[0]?.nulls ?? 'unknown'
  if (strictOperators.has(operator) || operator === '||') return everyNulls(operands)
  return 'unknown'
}

/** JSON null becomes NULL, TRY_CAST makes NULL of what it cannot cast. */
export function castNulls({ isTry, expression }: Cast, inner: Value): Nullability {
  if (inner.nulls !== 'never') return inner.nulls
  if (isTry) return 'maybe'
  if (expression.kind === 'literal') return 'never'
  return inner.type !== undefined && !/json|variant|union|any|unknown/i.test(inner.type) ? 'never' : 'unknown'
}

export function caseNulls(results: readonly Nulls[], otherwise: Nulls | undefined): Nullability {
  if (otherwise === undefined) return 'maybe'
  return everyNulls([...results, otherwise])
}

/** NULL exactly if an argument is. */
const strictFunctions = new Set([
  'abs',
  'ceil',
  'ceiling',
  'date_trunc',
  'floor',
  'hash',
  'initcap',
  'lcase',
  'length',
  'lower',
  'ltrim',
  'md5',
  'replace',
  'reverse',
  'round',
  'rtrim',
  'sign',
  'starts_with',
  'trim',
  'ucase',
  'upper',
])
/** Never NULL, whatever the arguments are. */
const neverFunctions = new Set([
  'concat',
  'count',
  'count_star',
  'current_date',
  'current_timestamp',
  'list_value',
  'localtimestamp',
  'now',
  'random',
  'row',
  'struct_pack',
])

export function callNulls({ name }: Call, values: readonly Nulls[]): Nullability {
  if (neverFunctions.has(name)) return 'never'
  if (name === 'coalesce' || name === 'ifnull' || name === 'greatest' || name === 'least') {
    return someNulls(values)
  }
  return strictFunctions.has(name) ? everyNulls(values) : 'unknown'
}

/** NULL only if all values are, or there is none. */
const keepingAggregates = new Set([
  'any_value',
  'arbitrary',
  'array_agg',
  'avg',
  'bool_and',
  'bool_or',
  'every',
  'first',
  'group_concat',
  'last',
  'list',
  'listagg',
  'max',
  'mean',
  'median',
  'min',
  'mode',
  'string_agg',
  'sum',
])

export function aggregateNulls(call: Call, values: readonly Nulls[], hasRows: boolean): Nullability {
  if (isCount(call)) return 'never'
  if (!keepingAggregates.has(call.name)) return 'unknown'
  if (!hasRows || call.filter !== undefined) return 'maybe'
  return values[0]?.nulls ?? 'unknown'
}

const rankings = new Set(['row_number', 'rank', 'rank_dense', 'dense_rank', 'cume_dist', 'percent_rank'])

export function windowNulls(call: Call, window: Window, values: readonly Nulls[]): Nullability {
  if (isCount(call) || rankings.has(call.name)) return 'never'
  if (call.name === 'lag' || call.name === 'lead' || call.name === 'nth_value') return 'maybe'
  const isKept = keepingAggregates.has(call.name) || /^(?:first|last)_value$/.test(call.name)
  if (!isKept) return 'unknown'
  if (call.filter !== undefined || !hasOwnRow(window)) return 'maybe'
  return values[0]?.nulls ?? 'unknown'
}

/** The frame of each row has the row itself. */
function hasOwnRow({ frame }: Window): boolean {
  const { from, to, hasExclusion } = frame
  const begins = from.kind === 'current' || (from.kind === 'unbounded' && from.side === 'preceding')
  const ends = to.kind === 'current' || (to.kind === 'unbounded' && to.side === 'following')
  return begins && ends && !hasExclusion
}

function isCount({ name }: Call): boolean {
  return (
    name === 'count' ||
    name === 'count_star' ||
    name === 'count_if' ||
    name === 'countif' ||
    name === 'regr_count'
  )
}
