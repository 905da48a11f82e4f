import type { Refusal } from '../../core/sql/parser.ts'
import type { PostgresCall } from '../../core/sql/postgres-ast.ts'
import { setReturningFunctions, volatileFunctions } from './volatile-functions.ts'

/** Functions that run a query, or read relations, named by their arguments: the graph cannot see what they read. The modules
 * dblink, tablefunc and xml2 bring the last ones, into any schema. */
const hiding = new Set([
  'query_to_xml',
  'query_to_xmlschema',
  'query_to_xml_and_xmlschema',
  'cursor_to_xml',
  'cursor_to_xmlschema',
  'table_to_xml',
  'table_to_xmlschema',
  'table_to_xml_and_xmlschema',
  'schema_to_xml',
  'schema_to_xmlschema',
  'schema_to_xml_and_xmlschema',
  'database_to_xml',
  'database_to_xmlschema',
  'database_to_xml_and_xmlschema',
  'ts_stat',
])

const hidingOfModules = /^(?:dblink(?:_\w+)?|crosstab\w*|connectby|xpath_table)$/

/** Not volatile for the planner, but their answers belong to a session or transaction and not to any recorded input. */
export const sessionBound = new Set([
  'current_setting',
  'txid_current',
  'txid_current_if_assigned',
  'txid_current_snapshot',
  'pg_current_xact_id',
  'pg_current_xact_id_if_assigned',
  'pg_current_snapshot',
])

/** Volatile functions of the modules that come with Postgres. */
export const volatileOfModules =
  /^(?:uuid_generate_v[14]\w*|normal_rand|gen_salt|gen_random_bytes|pgp_\w+encrypt\w*|pg_file_\w+)$/

/** Table functions that only reshape their arguments. `xmltable` and `json_table` are part of the grammar. */
export const harmlessTableFunctions: ReadonlySet<string> = new Set([
  'generate_series',
  'generate_subscripts',
  'json_array_elements',
  'json_array_elements_text',
  'json_each',
  'json_each_text',
  'json_object_keys',
  'json_populate_record',
  'json_populate_recordset',
  'json_table',
  'json_to_record',
  'json_to_recordset',
  'jsonb_array_elements',
  'jsonb_array_elements_text',
  'jsonb_each',
  'jsonb_each_text',
  'jsonb_object_keys',
  'jsonb_path_query',
  'jsonb_path_query_tz',
  'jsonb_populate_record',
  'jsonb_populate_recordset',
  'jsonb_to_record',
  'jsonb_to_recordset',
  'regexp_matches',
  'regexp_split_to_table',
  'string_to_table',
  'ts_debug',
  'ts_parse',
  'unnest',
  'xmltable',
])

/** Why a call may not stand in a model (section 12 of the semantics), before a project's own list is asked. A function of the
 * user's own is let through as a scalar: the text does not tell what it does. */
export function refusalOf({ schema, name, kind, argumentCount }: PostgresCall): Refusal['kind'] | undefined {
  if (hidingOfModules.test(name)) return 'hidden_dependency'
  if (volatileOfModules.test(name)) return 'volatile_function'
  const isBuiltIn = schema === undefined || schema === 'pg_catalog'
  if (isBuiltIn) {
    if (hiding.has(name)) return 'hidden_dependency'
    // With two arguments the second is a query; with three it is a pure function.
    if (name === 'ts_rewrite') return argumentCount === 2 ? 'hidden_dependency' : undefined
    if (volatileFunctions.has(name) || sessionBound.has(name)) return 'volatile_function'
  }
  const isHarmless = isBuiltIn && harmlessTableFunctions.has(name)
  if (isHarmless) return undefined
  return kind === 'table' || (isBuiltIn && setReturningFunctions.has(name)) ? 'table_function' : undefined
}
