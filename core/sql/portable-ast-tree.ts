import { tableHints } from './portable-ast-words.ts'

/** Reading the trees of node-sql-parser, whose shapes differ by dialect and are barely typed. */

type Tree = Readonly<Record<string, unknown>>

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Every name that stands in some FROM of the tree, CTEs included, parts joined by dots. Flaws of the grammars are undone: joins in
 * parentheses come in three shapes, in `on x = y, v` the relation `v` is taken for a second condition, and in `t (nolock)` the relation
 * `t` for a function. */
export function relationNames(tree: unknown): readonly string[] {
  const names: string[] = []
  visit(tree, names)
  return names
}

function visit(value: unknown, names: string[]): void {
  if (Array.isArray(value)) {
    for (const each of value) visit(each, names)
    return
  }
  if (!isTree(value)) return
  for (const key in value) {
    if (key === 'from') visitFrom(value[key], names)
    else if (key !== 'tableList' && key !== 'columnList') visit(value[key], names)
  }
}

function visitFrom(from: unknown, names: string[]): void {
  for (const item of Array.isArray(from) ? from : [from]) {
    if (!isTree(item)) continue
    if (item.type === 'dual') names.push('dual')
    const name = tableName(item) ?? hintedName(item.expr)
    if (name !== undefined) names.push(name)
    const { expr, on, joins, ...others } = item
    if (isTree(expr) && expr.type === 'tables') visitFrom(expr.expr, names)
    else if (Array.isArray(expr)) visitFrom(expr, names)
    else visit(expr, names)
    if (Array.isArray(joins)) visitFrom(joins, names)
    visitCondition(on, names)
    visit(others, names)
  }
}

function visitCondition(on: unknown, names: string[]): void {
  if (!isTree(on) || on.type !== 'expr_list' || on.parentheses === true || !Array.isArray(on.value)) {
    visit(on, names)
    return
  }
  for (const [index, each] of on.value.entries()) {
    const name = index > 0 && isTree(each) && each.type === 'column_ref' ? columnName(each) : undefined
    if (name === undefined) visit(each, names)
    else names.push(name)
  }
}

function tableName(item: Tree): string | undefined {
  if (typeof item.table !== 'string') return undefined
  return joined([item.server, item.db ?? item.catalog, item.schema, item.table])
}

/** The name of a function if all its arguments are table hints. */
function hintedName(expression: unknown): string | undefined {
  if (!isTree(expression) || expression.type !== 'function') return undefined
  const { name, args } = expression
  if (!isTree(name) || !isTree(args) || !Array.isArray(args.value) || args.value.length === 0)
    return undefined
  if (
    !args.value.every((each) => isTree(each) && tableHints.has(String(spelled(each.column)).toLowerCase()))
  ) {
    return undefined
  }
  const last = Array.isArray(name.name) ? name.name.map(spelled) : []
  return joined([spelled(name.schema), ...last])
}

function columnName(column: Tree): string | undefined {
  return joined([column.db, column.schema, spelled(column.table), spelled(column.column)])
}

function joined(parts: readonly unknown[]): string {
  return parts.filter((each): each is string => typeof each === 'string').join('.')
}

/** A name is a string, or `{ value }`, or `{ expr: { value } }`. */
function spelled(name: unknown): unknown {
  if (!isTree(name)) return name
  return isTree(name.expr) ? name.expr.value : name.value
}

/** Output columns where the text tells them: aliases, plain columns, and `*` for a star. */
export function selectedNames(select: unknown): readonly string[] {
  if (!isTree(select)) return []
  if (select.columns === '*') return ['*']
  if (!Array.isArray(select.columns)) return []
  return select.columns.flatMap((column) => {
    if (!isTree(column)) return []
    const name = spelled(column.as) ?? (isTree(column.expr) ? ownName(column.expr) : undefined)
    return typeof name === 'string' ? [name] : []
  })
}

function ownName(expression: Tree): unknown {
  if (expression.type === 'star') return '*'
  if (expression.type !== 'column_ref') return undefined
  const name = spelled(expression.column)
  if (typeof name === 'string' && name.endsWith('.*')) return '*'
  const fields = expression.subFields
  return Array.isArray(fields) && fields.length > 0 ? fields.at(-1) : name
}

/** The kind of a statement: `select`, `insert`, …; undefined for what has none. */
export function statementType(statement: unknown): string | undefined {
  if (!isTree(statement)) return undefined
  if (isTree(statement.ast)) return statementType(statement.ast)
  return typeof statement.type === 'string' ? statement.type : undefined
}
