import { childOf, type Json, type JsonObject, listOf, stringOf, textOf, unwrap } from './postgres-ast-node.ts'

/** Output column names of a SELECT or VALUES, as far as its text tells them: `*` stands for a star, a column that Postgres would
 * call `?column?` is left out. The rules are those of FigureColname in Postgres's parse_target.c. */
export function outputColumns(select: JsonObject): readonly string[] {
  const first = firstArm(select)
  const values = unwrap(listOf(first, 'valuesLists')[0])
  if (values) return listOf(values.node, 'items').map((_, index) => `column${index + 1}`)
  return listOf(first, 'targetList').flatMap((target) => targetName(target) ?? [])
}

/** The arm of a set operation that names its columns. */
function firstArm(select: JsonObject): JsonObject {
  let arm = select
  for (;;) {
    const left = childOf(arm, 'larg')
    if (!left) return arm
    arm = left
  }
}

function targetName(target: Json): string | undefined {
  const node = unwrap(target)?.node
  if (!node) return undefined
  return textOf(node, 'name') ?? figuredName(node.val)
}

/** The name of an output column without an alias: FigureColname of the server's parse_target.c. `*` for a star; undefined where Postgres
 * says `?column?`. */
export function figuredName(value: Json | undefined): string | undefined {
  return figure(value)?.name
}

/** A name and how strongly it is meant: a cast and a CASE give way to a strong name of what they wrap. */
interface Figured {
  readonly name: string
  readonly isStrong: boolean
}

const strong = (name: string | undefined): Figured | undefined =>
  name === undefined ? undefined : { name, isStrong: true }

const fixedNames: Readonly<Record<string, string>> = {
  GroupingFunc: 'grouping',
  MergeSupportFunc: 'merge_action',
  A_ArrayExpr: 'array',
  RowExpr: 'row',
  CoalesceExpr: 'coalesce',
  XmlSerialize: 'xmlserialize',
  JsonParseExpr: 'json',
  JsonScalarExpr: 'json_scalar',
  JsonSerializeExpr: 'json_serialize',
  JsonObjectConstructor: 'json_object',
  JsonArrayConstructor: 'json_array',
  JsonArrayQueryConstructor: 'json_array',
  JsonObjectAgg: 'json_objectagg',
  JsonArrayAgg: 'json_arrayagg',
}

const xmlNames: Readonly<Record<string, string>> = {
  IS_XMLCONCAT: 'xmlconcat',
  IS_XMLELEMENT: 'xmlelement',
  IS_XMLFOREST: 'xmlforest',
  IS_XMLPARSE: 'xmlparse',
  IS_XMLPI: 'xmlpi',
  IS_XMLROOT: 'xmlroot',
}

const jsonNames: Readonly<Record<string, string>> = {
  JSON_EXISTS_OP: 'json_exists',
  JSON_QUERY_OP: 'json_query',
  JSON_VALUE_OP: 'json_value',
}

function figure(value: Json | undefined): Figured | undefined {
  const wrapped = unwrap(value)
  if (!wrapped) return undefined
  const { type, node } = wrapped
  switch (type) {
    case 'ColumnRef':
      return strong(lastField(listOf(node, 'fields')))
    case 'A_Indirection':
      return strong(lastField(listOf(node, 'indirection'))) ?? figure(node.arg)
    case 'FuncCall':
      return strong(stringOf(listOf(node, 'funcname').at(-1)))
    case 'A_Expr':
      return node.kind === 'AEXPR_NULLIF' ? strong('nullif') : undefined
    case 'TypeCast':
      return figureCast(node)
    case 'CollateClause':
      return figure(node.arg)
    case 'SubLink':
      return figureSubLink(node)
    case 'CaseExpr': {
      const otherwise = figure(node.defresult)
      return otherwise?.isStrong ? otherwise : { name: 'case', isStrong: false }
    }
    case 'MinMaxExpr':
      return strong(node.op === 'IS_LEAST' ? 'least' : 'greatest')
    case 'SQLValueFunction':
      return strong(sqlValueFunctionName(node))
    case 'XmlExpr':
      return strong(xmlNames[textOf(node, 'op') ?? ''])
    case 'JsonFuncExpr':
      return strong(jsonNames[textOf(node, 'op') ?? ''])
    default:
      return strong(fixedNames[type])
  }
}

function figureCast(node: JsonObject): Figured | undefined {
  const inner = figure(node.arg)
  if (inner?.isStrong) return inner
  const typeName = childOf(node, 'typeName')
  const name = typeName && stringOf(listOf(typeName, 'names').at(-1))
  return name === undefined ? inner : { name, isStrong: false }
}

function figureSubLink(node: JsonObject): Figured | undefined {
  switch (node.subLinkType) {
    case 'EXISTS_SUBLINK':
      return strong('exists')
    case 'ARRAY_SUBLINK':
      return strong('array')
    case 'EXPR_SUBLINK': {
      const select = unwrap(node.subselect)
      return select?.type === 'SelectStmt' ? strong(firstColumn(select.node)) : undefined
    }
    default:
      return undefined
  }
}

/** The first output column, unless it is a star: what that stands for, the text does not tell. */
function firstColumn(select: JsonObject): string | undefined {
  const arm = firstArm(select)
  if (listOf(arm, 'valuesLists').length > 0) return 'column1'
  const name = targetName(listOf(arm, 'targetList')[0] ?? null)
  return name === '*' ? undefined : name
}

function lastField(fields: readonly Json[]): string | undefined {
  for (let index = fields.length - 1; index >= 0; index--) {
    const wrapped = unwrap(fields[index])
    if (wrapped?.type === 'A_Star') return '*'
    const name = stringOf(fields[index])
    if (name !== undefined) return name
  }
  return undefined
}

/** `current_date`, `current_user`, …: functions that are written without parentheses. */
export function sqlValueFunctionName(node: JsonObject): string {
  return (textOf(node, 'op') ?? '')
    .replace(/^SVFOP_/, '')
    .replace(/_N$/, '')
    .toLowerCase()
}
