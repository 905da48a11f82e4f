import type { FunctionCall, Refusal } from '../../core/sql/parser.ts'

/** Functions that run a query or read relations named by their arguments. */
const hiding = new Set([
  'external_query',
  'federated_query',
  'openquery',
  'openrowset',
  'opendatasource',
  'result_scan',
  'system.query',
  'query',
])

/** Functions of the portable dialects that answer differently each time, wait, write, or read what is no relation. */
const volatile = new Set([
  'benchmark',
  'crypt_gen_random',
  'gen_random_uuid',
  'generate_uuid',
  'get_lock',
  'is_free_lock',
  'is_used_lock',
  'last_insert_id',
  'last_query_id',
  'load_extension',
  'load_file',
  'master_pos_wait',
  'newid',
  'newsequentialid',
  'nextval',
  'pg_sleep',
  'rand',
  'randn',
  'random',
  'randomblob',
  'randstr',
  'readfile',
  'release_all_locks',
  'release_lock',
  'session_user_variable',
  'setval',
  'sleep',
  'system$wait',
  'timeofday',
  'uniform',
  'uuid',
  'uuid_short',
  'uuid_string',
  'writefile',
  'zeroblob',
])

/** Table functions that only reshape their arguments. */
const harmlessTableFunctions = new Set([
  'explode',
  'flatten',
  'generate_array',
  'generate_date_array',
  'generate_series',
  'generate_timestamp_array',
  'generator',
  'inline',
  'json_each',
  'json_table',
  'json_tree',
  'openjson',
  'posexplode',
  'sequence',
  'split_to_table',
  'stack',
  'string_split',
  'strtok_split_to_table',
  'unnest',
  'xmltable',
])

/** Why a call may not stand in a model (section 12 of the semantics), before a project's own list is asked. */
export function refusalOf({ name, kind }: FunctionCall): Refusal['kind'] | undefined {
  if (hiding.has(name)) return 'hidden_dependency'
  if (volatile.has(name)) return 'volatile_function'
  return kind === 'table' && !harmlessTableFunctions.has(name) ? 'table_function' : undefined
}
