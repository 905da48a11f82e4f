import { sqlValueFunctionName } from '../postgres-ast-columns.ts'
import { type Json, type JsonObject, listOf, stringOf, textOf, unwrap } from '../postgres-ast-node.ts'
import type { Expression, TableFunction } from './ir.ts'
import { postgresName } from './postgres-expressions.ts'

/** The name that Postgres gives an output column without an alias: FigureColname of the server's parse_target.c. */
export function postgresOutputName(value: Json | undefined): string {
  return figured(value)?.name ?? '?column?'
}

/** `isWeak` is a name that a cast around it replaces by its own. */
interface Figured {
  readonly name: string
  readonly isWeak: boolean
}

function figured(value: Json | undefined): Figured | undefined {
  const wrapped = unwrap(value)
  if (wrapped === undefined) return undefined
  const { type, node } = wrapped
  switch (type) {
    case 'ColumnRef':
      return strong(lastName(listOf(node, 'fields')))
    case 'A_Indirection':
      return strong(lastName(listOf(node, 'indirection'))) ?? figured(node.arg)
    case 'FuncCall':
      return strong(lastName(listOf(node, 'funcname')))
    case 'A_Expr':
      return node.kind === 'AEXPR_NULLIF' ? strong('nullif') : undefined
    case 'TypeCast': {
      const inner = figured(node.arg)
      if (inner !== undefined && !inner.isWeak) return inner
      const name = lastName(listOf(unwrap({ TypeName: node.typeName ?? null })?.node ?? {}, 'names'))
      return name === undefined ? inner : { name, isWeak: true }
    }
    case 'CollateClause':
      return figured(node.arg)
    case 'SubLink':
      return sublinkName(node)
    case 'CaseExpr': {
      const inner = figured(node.defresult)
      return inner !== undefined && !inner.isWeak ? inner : { name: 'case', isWeak: true }
    }
    case 'SQLValueFunction':
      return strong(sqlValueFunctionName(node))
    case 'MinMaxExpr':
      return strong(node.op === 'IS_LEAST' ? 'least' : 'greatest')
    case 'JsonFuncExpr':
      return strong(jsonFunctions[textOf(node, 'op') ?? ''] ?? 'json_value')
    case 'XmlExpr':
      return strong(xmlFunctions[textOf(node, 'op') ?? 'IS_XMLCONCAT'])
    default:
      return strong(plainNames[type])
  }
}

function strong(name: string | undefined): Figured | undefined {
  return name === undefined ? undefined : { name, isWeak: false }
}

const plainNames: Readonly<Record<string, string>> = {
  A_ArrayExpr: 'array',
  CoalesceExpr: 'coalesce',
  GroupingFunc: 'grouping',
  JsonArrayAgg: 'json_arrayagg',
  JsonArrayConstructor: 'json_array',
  JsonArrayQueryConstructor: 'json_array',
  JsonObjectAgg: 'json_objectagg',
  JsonObjectConstructor: 'json_object',
  JsonParseExpr: 'json',
  JsonScalarExpr: 'json_scalar',
  JsonSerializeExpr: 'json_serialize',
  RowExpr: 'row',
  XmlSerialize: 'xmlserialize',
}

const jsonFunctions: Readonly<Record<string, string>> = {
  JSON_EXISTS_OP: 'json_exists',
  JSON_QUERY_OP: 'json_query',
  JSON_VALUE_OP: 'json_value',
}

const xmlFunctions: Readonly<Record<string, string>> = {
  IS_XMLCONCAT: 'xmlconcat',
  IS_XMLELEMENT: 'xmlelement',
  IS_XMLFOREST: 'xmlforest',
  IS_XMLPARSE: 'xmlparse',
  IS_XMLPI: 'xmlpi',
  IS_XMLROOT: 'xmlroot',
}

function lastName(values: readonly Json[]): string | undefined {
  return values
    .map(stringOf)
    .filter((name) => name !== undefined)
    .at(-1)
}

function sublinkName(node: JsonObject): Figured | undefined {
  switch (node.subLinkType) {
    case 'EXISTS_SUBLINK':
      return strong('exists')
    case 'ARRAY_SUBLINK':
      return strong('array')
    case 'EXPR_SUBLINK':
      return strong(firstOutput(unwrap(node.subselect)?.node))
    default:
      return undefined
  }
}

/** The name of a query's first output column. */
function firstOutput(select: JsonObject | undefined): string | undefined {
  if (select === undefined) return undefined
  const left = select.larg
  if (left !== undefined) return firstOutput(left as JsonObject)
  if (listOf(select, 'valuesLists').length > 0) return 'column1'
  const target = unwrap(listOf(select, 'targetList')[0])?.node
  return target && (textOf(target, 'name') ?? postgresOutputName(target.val))
}

/** Output columns of functions of the server that have other names than the function. */
const columnsOf: Readonly<Record<string, readonly string[]>> = {
  json_array_elements: ['value'],
  json_array_elements_text: ['value'],
  json_each: ['key', 'value'],
  json_each_text: ['key', 'value'],
  jsonb_array_elements: ['value'],
  jsonb_array_elements_text: ['value'],
  jsonb_each: ['key', 'value'],
  jsonb_each_text: ['key', 'value'],
  pg_options_to_table: ['option_name', 'option_value'],
  ts_debug: ['alias', 'description', 'token', 'dictionaries', 'dictionary', 'lexemes'],
  ts_parse: ['tokid', 'token'],
  ts_stat: ['word', 'ndoc', 'nentry'],
  ts_token_type: ['tokid', 'alias', 'description'],
}

/** Functions of one column, which is named after the relation's alias, or else after the function. */
const plainFunctions = new Set([
  'generate_series',
  'generate_subscripts',
  'json_object_keys',
  'jsonb_object_keys',
  'jsonb_path_query',
  'regexp_matches',
  'regexp_split_to_table',
  'string_to_table',
  // Of an array of rows each field is a column; such arrays are of types that a project has to create first.
  'unnest',
])

/** Column names of functions in FROM, if they are known. */
export function postgresFunctionColumns(from: {
  readonly calls: readonly Expression[]
  /** Those that `AS (a int, …)` defines. */
  readonly columns: readonly string[]
  readonly alias: string | undefined
  readonly withOrdinality: boolean
}): Pick<TableFunction, 'columns'> {
  const { calls, columns, alias, withOrdinality } = from
  const known =
    columns.length > 0 && calls.length === 1
      ? columns
      : ownColumns(calls, calls.length === 1 ? alias : undefined)
  if (known === undefined) return {}
  return { columns: [...known, ...(withOrdinality ? ['ordinality'] : [])].map(postgresName) }
}

function ownColumns(calls: readonly Expression[], alias: string | undefined): readonly string[] | undefined {
  const names = calls.map((call) => {
    if (call.kind !== 'call') return undefined
    const own = columnsOf[call.name]
    if (own !== undefined) return own
    const isPlain = plainFunctions.has(call.name)
    return isPlain || call.traits.kind === 'scalar' ? [alias ?? call.name] : undefined
  })
  return names.every((each) => each !== undefined) ? names.flat() : undefined
}
