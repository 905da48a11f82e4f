import { duckdbName } from './duckdb-expressions.ts'
import type { Expression, Name, TableFunction } from './ir.ts'

/** The name that DuckDB gives an output column without an alias, where it is simple: elsewhere it is the expression as DuckDB prints it. */
export function duckdbOutputName(expression: Expression): Name | undefined {
  if (expression.kind === 'column') return expression.parts.at(-1)
  const text = printed(expression)
  return text === undefined ? undefined : duckdbName(text)
}

function printed(expression: Expression): string | undefined {
  switch (expression.kind) {
    case 'column':
      return expression.parts.every(({ text }) => isPlain(text))
        ? expression.parts.map(({ text }) => text).join('.')
        : undefined
    case 'literal':
      if (expression.type === 'string') return `'${expression.value.replaceAll("'", "''")}'`
      return expression.type === 'number' && /^\d+$/.test(expression.value) ? expression.value : undefined
    case 'call': {
      const { name, filter, orderBy, over, isDistinct } = expression
      if (!isPlain(name) || filter !== undefined || over !== undefined || orderBy.length > 0) return undefined
      if (!printable.has(name)) return undefined
      const parts = expression.arguments.map(printed)
      if (!parts.every((part) => part !== undefined)) return undefined
      return `${name}(${isDistinct ? 'DISTINCT ' : ''}${parts.join(', ')})`
    }
    case 'operation': {
      const parts = expression.operands.map(printed)
      const isBinary = parts.length === 2 && arithmetic.has(expression.operator)
      if (!isBinary || !parts.every((part) => part !== undefined)) return undefined
      return `(${parts[0]} ${expression.operator} ${parts[1]})`
    }
    default:
      return undefined
  }
}

const arithmetic = new Set(['+', '-', '*', '/', '||', '=', '<', '>', '<=', '>='])
/** Functions whose names are no keywords, which would be printed in quotes. */
const printable = new Set([
  'abs',
  'any_value',
  'arg_max',
  'arg_min',
  'array_agg',
  'avg',
  'ceil',
  'concat',
  'count',
  'count_star',
  'date_trunc',
  'floor',
  'list',
  'lower',
  'max',
  'median',
  'min',
  'round',
  'string_agg',
  'sum',
  'unnest',
  'upper',
])

function isPlain(text: string): boolean {
  return /^[a-z_][a-z0-9_]*$/.test(text)
}

/** Names of the columns of table functions. An alias of the relation is no name of a column. */
const columnsOf: Readonly<Record<string, readonly string[]>> = {
  unnest: ['unnest'],
  generate_series: ['generate_series'],
  range: ['range'],
  glob: ['file'],
  json_each: ['key', 'value', 'type', 'atom', 'id', 'parent', 'fullkey', 'path'],
  json_tree: ['key', 'value', 'type', 'atom', 'id', 'parent', 'fullkey', 'path'],
  repeat: ['column0'],
}

/** Column names of a call in FROM, if they are known. */
export function duckdbFunctionColumns(
  call: Expression,
  withOrdinality: boolean,
): Pick<TableFunction, 'columns'> {
  const known = call.kind === 'call' ? columnsOf[call.name] : undefined
  if (known === undefined) return {}
  return { columns: [...known, ...(withOrdinality ? ['ordinality'] : [])].map(duckdbName) }
}
