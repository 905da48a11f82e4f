import {
  childOf,
  isObject,
  type Json,
  type JsonObject,
  listOf,
  textOf,
  unwrap,
} from '../postgres-ast-node.ts'
import type { ComputedTable, Expression } from './ir.ts'
import {
  orderings,
  type PostgresContext,
  postgresExpression,
  postgresName,
  windowOf,
} from './postgres-expressions.ts'
import { postgresOutputName } from './postgres-names.ts'

/** What SQL/JSON and SQL/XML write with a syntax of their own, as a call of a function. */
export function documentExpression(
  context: PostgresContext,
  type: string,
  node: JsonObject,
  here: { readonly start?: number },
): Expression {
  const isAggregate = type === 'JsonArrayAgg' || type === 'JsonObjectAgg'
  const clauses: JsonObject = (isAggregate ? childOf(node, 'constructor') : undefined) ?? {}
  const { over, agg_filter: filter } = clauses
  return {
    kind: 'call',
    name: type === 'JsonIsPredicate' ? 'is json' : postgresOutputName({ [type]: node }),
    traits: isAggregate
      ? { kind: isObject(over) ? 'window' : 'aggregate', source: 'arguments', isOrdered: true }
      : { kind: 'scalar', source: 'arguments', isOrdered: false },
    arguments: [
      ...expressionsIn(context, isAggregate ? (node.arg ?? null) : node),
      // RETURNING, ON EMPTY and the like: two calls are the same only with the same of these.
      { kind: 'literal', type: 'other', value: JSON.stringify(node, withoutLocation) },
    ],
    isDistinct: false,
    ...(filter === undefined ? {} : { filter: postgresExpression(context, filter) }),
    orderBy: orderings(context, listOf(clauses, 'agg_order')),
    ...(isObject(over) ? { over: windowOf(context, over) } : {}),
    ...here,
  }
}

/** `JSON_TABLE(…)` and `XMLTABLE(…)`: everything they compute may need everything they are given. */
export function computedTable(
  context: PostgresContext,
  type: 'JsonTable' | 'RangeTableFunc',
  node: JsonObject,
): Omit<ComputedTable, 'columnAliases'> {
  const { alias: _, ...plain } = node
  return {
    kind: 'computed',
    what: type === 'JsonTable' ? 'JSON_TABLE' : 'XMLTABLE',
    expressions: expressionsIn(context, plain),
    columns: columnsOf(node).map(postgresName),
  }
}

/** Names of columns, those of nested paths in their place. */
function columnsOf(node: JsonObject): readonly string[] {
  return listOf(node, 'columns').flatMap((each) => {
    const column = unwrap(each)?.node ?? (isObject(each) ? each : {})
    const plain = 'coltype' in column || 'colname' in column ? column : (each as JsonObject)
    const nested = columnsOf(plain)
    const name = textOf(plain, 'colname') ?? textOf(plain, 'name')
    return plain.coltype === 'JTC_NESTED' || name === undefined ? nested : [name]
  })
}

/** Nodes that hold expressions and are none. */
const holders =
  /^(?:Json(?:ValueExpr|KeyValue|Argument|Behavior|TableColumn|TablePathSpec|Output|ReturningClause)|RangeTableFuncCol|ResTarget|List)$/

/** The expressions of a node of SQL/JSON or SQL/XML, in their order. */
function expressionsIn(context: PostgresContext, value: Json): readonly Expression[] {
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap((each) => expressionsIn(context, each))
  if (!isObject(value)) return []
  const keys = Object.keys(value)
  const wrapped = keys.length === 1 && /^[A-Z]/.test(keys[0]!) ? unwrap(value) : undefined
  if (wrapped === undefined) {
    return Object.entries(value).flatMap(([key, each]) =>
      skipped.has(key) ? [] : expressionsIn(context, each),
    )
  }
  if (holders.test(wrapped.type)) return expressionsIn(context, wrapped.node)
  if (wrapped.type === 'TypeName' || wrapped.type === 'String') return []
  if (wrapped.type === 'SelectStmt') {
    return [{ kind: 'subquery', form: 'array', query: context.query(wrapped.node) }]
  }
  return [postgresExpression(context, value)]
}

function withoutLocation(key: string, value: unknown): unknown {
  return key === 'location' ? undefined : value
}

const skipped = new Set(['typeName', 'output', 'format', 'alias', 'location', 'namespaces'])
