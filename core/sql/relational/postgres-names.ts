import { figuredName } from '../postgres-ast-columns.ts'
import type { Json } from '../postgres-ast-node.ts'
import type { Expression, TableFunction } from './ir.ts'
import { postgresName } from './postgres-expressions.ts'

/** The name that Postgres gives an output column without an alias. */
export function postgresOutputName(value: Json | undefined): string {
  return figuredName(value) ?? '?column?'
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
