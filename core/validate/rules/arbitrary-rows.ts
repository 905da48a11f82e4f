import type { Call, Expression, Query, Select } from '../../sql/relational/ir.ts'
import { childrenOf, walkQuery } from '../../sql/relational/walk.ts'
import type { QueryFinding } from '../query-lint.ts'

/** Window functions whose value is a matter of the order of rows. */
const ordering: ReadonlySet<string> = new Set([
  'row_number',
  'ntile',
  'lag',
  'lead',
  'first_value',
  'last_value',
  'nth_value',
])

/** What picks rows that nothing decides: LIMIT, DISTINCT ON and window functions over rows in no order. The same inputs give other rows another time. */
export function arbitraryRows(query: Query): readonly QueryFinding[] {
  const found: QueryFinding[] = []
  const add = (what: string, start: number | undefined): void => {
    found.push({ rule: 'arbitrary_rows', what, start: start ?? 0 })
  }
  // Of EXISTS only whether there is a row counts.
  const exempt = new Set<Query>()
  walkQuery(query, {
    query: (each) => {
      if (each.orderBy.length > 0 || exempt.has(each)) return
      if (each.limit !== undefined && limitsRows(each)) add('LIMIT', each.limit.start ?? each.start)
      const { body } = each
      if (body.kind === 'select' && body.distinct.kind === 'on' && choosesRows(body)) {
        add('DISTINCT ON', body.distinct.on[0]?.start ?? body.start)
      }
    },
    expression: (each) => {
      if (each.kind === 'subquery' && each.form === 'exists') exempt.add(each.query)
      if (each.kind === 'call' && isUnordered(each)) add(`${each.name}()`, each.start)
      return true
    },
  })
  return found
}

/** LIMIT 0, and LIMIT over the one row of an aggregate, leave nothing to chance. */
function limitsRows({ limit, body }: Query): boolean {
  const { count, offset } = limit!
  if (count?.kind === 'literal' && (count.value === '0' || count.type === 'null')) return false
  if (count === undefined && offset === undefined) return false
  if (body.kind === 'values') return false
  if (body.kind !== 'select') return true
  if (body.from === undefined) return false
  if (body.groupBy !== undefined || body.distinct.kind !== 'none') return true
  return !body.items.some((item) => item.kind === 'expression' && hasAggregate(item.expression))
}

/** Whether it matters which row of several DISTINCT ON takes. */
function choosesRows(select: Select): boolean {
  if (select.distinct.kind !== 'on') return false
  const keys = new Set(select.distinct.on.map(columnText))
  return !select.items.every((item) => {
    const text = item.kind === 'expression' ? columnText(item.expression) : undefined
    return text !== undefined && keys.has(text)
  })
}

function columnText(expression: Expression): string | undefined {
  return expression.kind === 'column' ? expression.parts.at(-1)!.key : undefined
}

function hasAggregate(expression: Expression): boolean {
  if (expression.kind === 'call' && expression.over === undefined && expression.traits.kind === 'aggregate')
    return true
  return childrenOf(expression).some(hasAggregate)
}

function isUnordered(call: Call): boolean {
  return (
    call.over !== undefined &&
    call.over.orderBy.length === 0 &&
    call.orderBy.length === 0 &&
    ordering.has(call.name)
  )
}
