import type { FunctionCall, Refusal } from '../../core/sql/parser.ts'
import { volatileFunctions } from './parser-volatile.ts'

/** Functions that read relations which their arguments name at run time, so that the graph cannot see them: SQL or a table's name as a
 * string. `histogram` and `histogram_values` are table macros over `query_table`; the aggregate `histogram` is not meant. */
const hidingTableFunctions = new Set([
  'query',
  'query_table',
  'json_execute_serialized_sql',
  'histogram',
  'histogram_values',
  'seq_scan',
  'arrow_scan',
  'arrow_scan_dumb',
])
const hidingScalarFunctions = new Set(['json_serialize_plan'])

/** Table functions that only compute from their arguments. Everything else reads files, the network, the catalogue, settings or another
 * database, or acts on the instance (`checkpoint`, `enable_logging`), and needs the project's leave. */
export const pureTableFunctions = new Set([
  'generate_series',
  'json_each',
  'json_tree',
  'range',
  'repeat',
  'repeat_row',
  'summary',
  'unnest',
])

/** Scalar functions that the catalogue calls consistent, though they tell of settings, variables, the environment or the transaction. */
export const sessionFunctions = new Set([
  'current_setting',
  'getenv',
  'getvariable',
  'pg_sleep',
  'txid_current',
])

/** Volatile only so that the optimizer does not run it early: it gives no value that could differ. */
const harmlessVolatileFunctions = new Set(['error'])

/** Why a call may not stand in a model, before the project's allow-list; clock functions are not refused. */
export function functionRefusal(call: FunctionCall): Refusal | undefined {
  const name = call.name.slice(call.name.lastIndexOf('.') + 1)
  const kind = call.kind === 'table' ? tableRefusal(name) : scalarRefusal(name)
  return kind && { kind, what: call.name, start: call.start }
}

function tableRefusal(name: string): Refusal['kind'] | undefined {
  if (hidingTableFunctions.has(name)) return 'hidden_dependency'
  return pureTableFunctions.has(name) ? undefined : 'table_function'
}

function scalarRefusal(name: string): Refusal['kind'] | undefined {
  if (hidingScalarFunctions.has(name)) return 'hidden_dependency'
  if (sessionFunctions.has(name)) return 'volatile_function'
  if (harmlessVolatileFunctions.has(name)) return undefined
  return volatileFunctions.has(name) ? 'volatile_function' : undefined
}
