/** A node of the tree that `json_serialize_sql` gives. */
export type AstNode = { readonly [key: string]: unknown }

/** Narrows a value of the tree to a node. */
export function isNode(value: unknown): value is AstNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The nodes of a list, empty for anything else. */
export function nodes(value: unknown): readonly AstNode[] {
  return Array.isArray(value) ? value.filter(isNode) : []
}

/** Output names of a query node where its text tells them: aliases, columns, `*` for anything that expands; expressions without a name are
 * left out, since DuckDB makes their names from the bound expression. */
export function outputColumns(query: AstNode): readonly string[] {
  switch (query.type) {
    case 'SELECT_NODE':
      return selectedColumns(query)
    case 'SET_OPERATION_NODE':
      return setOperationColumns(query)
    case 'RECURSIVE_CTE_NODE':
      return isNode(query.left) ? outputColumns(query.left) : []
    default:
      return []
  }
}

function selectedColumns(query: AstNode): readonly string[] {
  const from = query.from_table
  const list = nodes(query.select_list)
  if (isNode(from) && from.type === 'EXPRESSION_LIST' && list.length === 1 && list[0]!.type === 'STAR') {
    return valuesColumns(from)
  }
  return list.map(columnName).filter((name) => name !== undefined)
}

/** `VALUES` names its columns `col0`, `col1`, … */
function valuesColumns(values: AstNode): readonly string[] {
  const rows = values.values
  const first: unknown = Array.isArray(rows) ? rows[0] : undefined
  return Array.isArray(first) ? first.map((_, index) => `col${index}`) : []
}

function columnName(expression: AstNode): string | undefined {
  if (expression.class === 'STAR') return '*'
  const alias = expression.alias
  if (typeof alias === 'string' && alias !== '') return alias
  const names = expression.column_names
  if (expression.class !== 'COLUMN_REF' || !Array.isArray(names)) return undefined
  const last: unknown = names.at(-1)
  return typeof last === 'string' ? last : undefined
}

/** The left arm names the columns; BY NAME adds those that only the right arm has. */
function setOperationColumns(query: AstNode): readonly string[] {
  const arms = [query.left, query.right].filter(isNode)
  const arm = arms[0]
  if (!arm) return []
  const left = outputColumns(arm)
  if (query.setop_type !== 'UNION_BY_NAME') return left
  const seen = new Set(left.map((name) => name.toLowerCase()))
  const added = arms.slice(1).flatMap((each) => outputColumns(each))
  return [...left, ...added.filter((name) => !seen.has(name.toLowerCase()))]
}
