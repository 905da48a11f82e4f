import type { FunctionTraits } from '../../core/sql/relational/ir.ts'
import { aggregateFunctions, scalarFunctions, windowFunctions } from './function-names.ts'
import { harmlessTableFunctions, sessionBound, volatileOfModules } from './parser-rules.ts'
import { volatileFunctions } from './volatile-functions.ts'

const clockFunctions = new Set([
  'clock_timestamp',
  'current_date',
  'current_time',
  'current_timestamp',
  'localtime',
  'localtimestamp',
  'now',
  'statement_timestamp',
  'timeofday',
  'transaction_timestamp',
])

const ofTheSession = new Set([
  'current_catalog',
  'current_database',
  'current_query',
  'current_role',
  'current_schema',
  'current_schemas',
  'current_user',
  'session_user',
  'system_user',
  'user',
  'version',
])

/** Aggregates and window functions whose result depends on the order of rows. */
const orderedFunctions =
  /^(?:any_value|array_agg|first_value|json_agg\w*|json_object_agg\w*|jsonb_agg\w*|jsonb_object_agg\w*|lag|last_value|lead|nth_value|ntile|row_number|string_agg|xmlagg)$/

/** What the server's own functions are; of those of a user or of a module nothing is known. */
export function postgresTraits(name: string, argumentCount: number): FunctionTraits {
  const isOrdered = orderedFunctions.test(name)
  if (clockFunctions.has(name) || (name === 'age' && argumentCount < 2)) return traits('scalar', 'clock')
  if (ofTheSession.has(name) || sessionBound.has(name)) return traits('scalar', 'session')
  if (volatileFunctions.has(name) || volatileOfModules.test(name)) return traits('scalar', 'random')
  if (harmlessTableFunctions.has(name)) return traits('set', 'arguments')
  if (aggregateFunctions.has(name)) {
    return traits(windowFunctions.has(name) ? 'window' : 'aggregate', 'arguments', isOrdered)
  }
  if (windowFunctions.has(name)) return traits('window', 'arguments', isOrdered)
  if (scalarFunctions.has(name)) return traits('scalar', 'arguments')
  return traits('unknown', 'unknown')
}

function traits(
  kind: FunctionTraits['kind'],
  source: FunctionTraits['source'],
  isOrdered = false,
): FunctionTraits {
  return { kind, source, isOrdered }
}
