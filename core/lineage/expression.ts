import type { Access, Call, Expression, Name, Ordering, Query, Subquery } from '../sql/relational/ir.ts'
import { deciding, nothing, type Origin, union, unresolved, valued, withIssue } from './flow.ts'
import {
  aggregateNulls,
  callNulls,
  caseNulls,
  castNulls,
  everyNulls,
  operationNulls,
  windowNulls,
} from './nullability.ts'
import type { Reading } from './reading.ts'
import {
  allOf,
  constant,
  fieldsOf,
  type Item,
  isStruct,
  originOf,
  unknownValue,
  type Value,
  valueWith,
} from './relation.ts'
import { resolveColumn, rowOf, type Scope, visibleNamed } from './scope.ts'
import { shapeOfCall, shapeOfOperation, sharedShape } from './shape.ts'
import { starItems } from './star.ts'

/** What the value of an expression depends on. */
export function readExpression(reading: Reading, expression: Expression, scope: Scope): Value {
  const each = (inner: Expression) => readExpression(reading, inner, scope)
  switch (expression.kind) {
    case 'column': {
      const found = resolveColumn(scope, expression)
      if (found !== undefined) return found
      if (expression.otherwise !== undefined) return constant
      const name = expression.parts.map((part) => part.text).join('.')
      return unknownValue(`there is no column \`${name}\``, expression.start)
    }
    case 'literal':
      return expression.type === 'null' ? valueWith(nothing, 'maybe') : constant
    case 'parameter':
      return valueWith(nothing, 'unknown')
    case 'call':
      return callValue(reading, expression, scope)
    case 'operation': {
      const operands = expression.operands.map(each)
      if (expression.operator === 'grouping') return valueWith(deciding(union(operands), 'group'), 'never')
      const value = made(operands, operationNulls(expression.operator, operands))
      return valueWith(value, value.nulls, shapeOfOperation(expression.operator, operands))
    }
    case 'cast': {
      const inner = each(expression.expression)
      return { ...made([inner], castNulls(expression, inner)), type: expression.type }
    }
    case 'case': {
      const operands = expression.operand === undefined ? [] : [each(expression.operand)]
      const whens = expression.branches.map((branch) => each(branch.when))
      const results = expression.branches.map((branch) => each(branch.then))
      const otherwise = expression.otherwise === undefined ? undefined : each(expression.otherwise)
      const all = [...operands, ...whens, ...results, ...(otherwise === undefined ? [] : [otherwise])]
      const shape = sharedShape([...results, ...(otherwise === undefined ? [] : [otherwise])])
      return valueWith(made(all, 'unknown'), caseNulls(results, otherwise), shape)
    }
    case 'between': {
      const all = [expression.expression, expression.low, expression.high].map(each)
      return made(all, everyNulls(all))
    }
    case 'in': {
      const all = [expression.expression, ...expression.list].map(each)
      return made(all, everyNulls(all))
    }
    case 'subquery':
      return subqueryValue(reading, expression, scope)
    case 'tuple': {
      // No tuple is NULL, but a comparison with one that holds NULL can be.
      const items = expression.items.map(each)
      return valueWith(made(items, 'unknown'), everyNulls(items) === 'never' ? 'never' : 'unknown', 'struct')
    }
    case 'access': {
      const base = each(expression.base)
      const indexes = expression.indexes.map(each)
      const field = expression.field ?? (isStruct(base) ? fieldIn(expression) : undefined)
      if (field !== undefined) return fieldsOf(base, [field])
      return made([base, ...indexes], 'unknown')
    }
    case 'lambda': {
      const parameters = new Set(scope.parameters)
      for (const { key } of expression.parameters) parameters.add(key)
      return made([readExpression(reading, expression.body, { ...scope, parameters })], 'unknown')
    }
    case 'columns':
      if (!expression.isUnpacked && reading.current !== undefined) return reading.current
      return valueWith(allOf(starItems(reading, expression.star, scope)), 'unknown')
    case 'row': {
      if (expression.relation === undefined) return rowOf(scope.source.star)
      const visible = visibleNamed(scope, expression.relation)
      if (visible !== undefined) return rowOf(visible.items)
      const name = expression.relation.map((part) => part.text).join('.')
      return unknownValue(`there is no relation \`${name}\``, expression.start)
    }
    case 'ordinal': {
      const item = nth(scope.source.star, expression.index)
      if (item?.kind === 'known') return item.value
      return unknownValue(`which column #${expression.index} is, is not known`, expression.start)
    }
    case 'unknown': {
      const parts = made(expression.parts.map(each), 'unknown')
      const reason = `${expression.what} is not understood`
      const { start } = expression
      return { ...parts, ...withIssue(parts, { reason, ...(start === undefined ? {} : { start }) }) }
    }
    default:
      return expression satisfies never
  }
}

/** `s['f']` of a struct. */
function fieldIn({ indexes }: Access): Name | undefined {
  const [only, another] = indexes
  if (only?.kind !== 'literal' || only.type !== 'string' || another !== undefined) return undefined
  return { text: only.value, key: only.value.toLowerCase() }
}

/** The column in this place, counted from 1; undefined behind columns that are not known. */
export function nth(items: readonly Item[], index: number): Item | undefined {
  const before = items.slice(0, index)
  return before.every((item) => item.kind === 'known') ? before[index - 1] : undefined
}

/** What several expressions decide together. */
export function readExpressions(reading: Reading, expressions: Iterable<Expression>, scope: Scope): Origin {
  return union([...expressions].map((each) => readExpression(reading, each, scope)))
}

function made(values: readonly Value[], nulls: Value['nulls']): Value {
  return valueWith(valued(union(values), 'transformed'), nulls)
}

function callValue(reading: Reading, call: Call, scope: Scope): Value {
  const values = call.arguments.map((each) => readExpression(reading, each, scope))
  const { kind } = call.traits
  if (call.name === 'grouping' || call.name === 'grouping_id') {
    return valueWith(deciding(union(values), 'group'), 'never')
  }
  if (call.name === 'struct_extract' && values.length === 2) {
    const field = call.arguments[1]!
    if (field.kind === 'literal' && field.type === 'string') {
      return fieldsOf(values[0]!, [{ text: field.value, key: field.value }])
    }
  }
  if (call.over !== undefined || kind === 'aggregate' || kind === 'window') {
    return aggregateValue(reading, call, values, scope)
  }
  const extras = [
    ...(call.filter === undefined ? [] : [deciding(readExpression(reading, call.filter, scope), 'filter')]),
    deciding(orderOf(reading, call.orderBy, scope), 'order'),
  ]
  const value = made(values, callNulls(call, values))
  const origin = union([value, ...extras])
  if (kind !== 'unknown') return valueWith(origin, value.nulls, shapeOfCall(call.name))
  return valueWith(
    union([origin, unresolved(`what \`${call.name}\` reads is not known`, call.start)]),
    'unknown',
  )
}

function aggregateValue(reading: Reading, call: Call, values: readonly Value[], scope: Scope): Value {
  const { filter, over, orderBy } = call
  const origins: Origin[] = [valued(union(values), 'aggregated')]
  if (filter !== undefined) origins.push(deciding(readExpression(reading, filter, scope), 'filter'))
  const order = orderOf(reading, orderBy, scope)
  origins.push(isOrderedSet(call) ? valued(order, 'aggregated') : deciding(order, 'order'))
  if (over === undefined)
    return valueWith(
      union(origins),
      aggregateNulls(call, values, reading.hasRowsInGroups),
      shapeOfCall(call.name),
    )
  origins.push(deciding(readExpressions(reading, over.partitionBy, scope), 'group'))
  origins.push(deciding(orderOf(reading, over.orderBy, scope), 'order'))
  const bounds = [over.frame.from, over.frame.to].flatMap((bound) =>
    bound.kind === 'offset' ? [bound.expression] : [],
  )
  origins.push(deciding(readExpressions(reading, bounds, scope), 'order'))
  return valueWith(union(origins), windowNulls(call, over, values))
}

/** These take the values that WITHIN GROUP orders. */
function isOrderedSet({ name, over }: Call): boolean {
  return (
    over === undefined &&
    /^(?:percentile_(?:cont|disc)|quantile\w*|mode|rank|dense_rank|percent_rank|cume_dist)$/.test(name)
  )
}

function orderOf(reading: Reading, orderBy: readonly Ordering[], scope: Scope): Origin {
  return readExpressions(
    reading,
    orderBy.map((each) => each.expression),
    scope,
  )
}

function subqueryValue(reading: Reading, subquery: Subquery, scope: Scope): Value {
  const { items, rows } = reading.query({ ...reading, hasRowsInGroups: false }, subquery.query, scope)
  const operands = subquery.operand === undefined ? [] : [readExpression(reading, subquery.operand, scope)]
  switch (subquery.form) {
    case 'exists':
      return valueWith(rows, 'never')
    case 'scalar': {
      const [only] = items
      const type = items.length === 1 && only?.kind === 'known' ? only.value.type : undefined
      const nulls = isOneRow(subquery.query) && only?.kind === 'known' ? only.value.nulls : 'maybe'
      return valueWith(union([...items.map(originOf), rows]), items.length === 1 ? nulls : 'maybe', type)
    }
    case 'array':
      return valueWith(union([valued(allOf(items), 'transformed'), rows]), 'unknown')
    case 'in':
    case 'any':
    case 'all':
      return valueWith(union([valued(union([...operands, allOf(items)]), 'transformed'), rows]), 'maybe')
    default:
      return subquery.form satisfies never
  }
}

/** An aggregate over everything: there is always one row. */
function isOneRow({ body, limit }: Query): boolean {
  if (limit !== undefined || body.kind !== 'select') return false
  if (body.groupBy !== undefined || body.having !== undefined || body.qualify !== undefined) return false
  return body.items.some(
    (item) =>
      item.kind === 'expression' &&
      item.expression.kind === 'call' &&
      item.expression.traits.kind === 'aggregate' &&
      item.expression.over === undefined,
  )
}
