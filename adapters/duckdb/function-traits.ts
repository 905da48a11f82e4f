import type { FunctionTraits } from '../../core/sql/relational/ir.ts'
import { aggregateFunctions, scalarFunctions } from './function-names.ts'
import { pureTableFunctions, sessionFunctions } from './parser-functions.ts'
import { volatileFunctions } from './parser-volatile.ts'

/** Functions of the clock that the catalogue calls consistent, or whose name it does not have. */
const clockFunctions = new Set([
  'ago',
  'current_date',
  'current_localtime',
  'current_localtimestamp',
  'current_time',
  'current_timestamp',
  'get_current_time',
  'get_current_timestamp',
  'localtime',
  'localtimestamp',
  'now',
  'today',
  'transaction_timestamp',
])

const ofTheSession = new Set([
  ...sessionFunctions,
  'current_catalog',
  'current_database',
  'current_query',
  'current_role',
  'current_schema',
  'current_schemas',
  'current_user',
  'in_search_path',
  'session_user',
  'user',
  'version',
])

/** Macros of DuckDB's own that are made of aggregates. */
const aggregateMacros = new Set([
  'geomean',
  'geometric_mean',
  'json_group_array',
  'json_group_object',
  'json_group_structure',
  'wavg',
  'weighted_avg',
])

/** Estimates that depend on chance or on how threads share the rows. */
const estimates = new Set(['approx_quantile', 'approx_top_k', 'reservoir_quantile'])

/** Aggregates and window functions whose result depends on the order of rows. */
const orderedFunctions =
  /^(?:any_value|arbitrary|arg_?(?:min|max)\w*|array_agg|bitstring_agg|fill|first|first_value|group_concat|json_group_\w+|lag|last|last_value|lead|list|listagg|max_by|min_by|mode|nth_value|ntile|row_number|string_agg)$/

const windowFunctions =
  /^(?:cume_dist|dense_rank|fill|first_value|lag|last_value|lead|nth_value|ntile|percent_rank|rank|rank_dense|row_number)$/

/** Functions that make several rows of one. */
const setFunctions = new Set(['unnest', 'unlist', 'generate_subscripts', 'regexp_split_to_table'])

/** Readers of files give the same rows as long as the files are the same. */
const readers = /^(?:read|parquet|sniff)_\w+$/

/** What DuckDB's own functions are; of others, macros of a user for example, nothing is known. */
export function duckdbTraits(name: string, argumentCount: number): FunctionTraits {
  const isOrdered = orderedFunctions.test(name)
  if (clockFunctions.has(name) || (name === 'age' && argumentCount < 2)) return traits('scalar', 'clock')
  if (ofTheSession.has(name)) return traits('scalar', 'session')
  if (estimates.has(name)) return traits('aggregate', 'random')
  if (volatileFunctions.has(name) && name !== 'error') return traits('scalar', 'random')
  if (setFunctions.has(name)) return traits('set', 'arguments')
  if (windowFunctions.test(name)) return traits('window', 'arguments', isOrdered)
  if (aggregateFunctions.has(name) || aggregateMacros.has(name))
    return traits('aggregate', 'arguments', isOrdered)
  if (scalarFunctions.has(name) || name === 'error') return traits('scalar', 'arguments')
  if (pureTableFunctions.has(name) || readers.test(name)) return traits('set', 'arguments')
  return traits('unknown', 'unknown')
}

function traits(
  kind: FunctionTraits['kind'],
  source: FunctionTraits['source'],
  isOrdered = false,
): FunctionTraits {
  return { kind, source, isOrdered }
}
