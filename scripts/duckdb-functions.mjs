// Writes adapters/duckdb/function-names.ts from the catalogue of the DuckDB that is installed. Run it after an upgrade.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { DuckDBInstance } from '@duckdb/node-api'

const instance = await DuckDBInstance.create(':memory:')
const connection = await instance.connect()
const version = (await connection.runAndReadAll('select version()')).getRows()[0][0]
const aggregates = await names("function_type = 'aggregate'")
// What acts on the catalogue or the session is left out: nothing is then known of it.
const scalars = await names(
  `function_type in ('scalar', 'macro') and coalesce(stability, 'CONSISTENT') = 'CONSISTENT'
   and not regexp_matches(function_name, '^(__internal|icu_collate|pg_|has_|inet_|json_serialize_plan)|_description$')
   and function_name not in (select function_name from duckdb_functions() where function_type = 'aggregate')`,
)
connection.closeSync()
instance.closeSync()

const text = `// Made by scripts/duckdb-functions.mjs from DuckDB ${version}. Do not edit.

/** Aggregates, functions of windows among them. */
export const aggregateFunctions: ReadonlySet<string> = words(\`
${wrapped(aggregates)}
\`)

/** Scalar functions and macros of DuckDB's own whose stability is CONSISTENT. */
export const scalarFunctions: ReadonlySet<string> = words(\`
${wrapped(scalars)}
\`)

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\\s+/))
}
`
writeFileSync(fileURLToPath(new URL('../adapters/duckdb/function-names.ts', import.meta.url)), text)

async function names(condition) {
  const found = await connection.runAndReadAll(
    `select distinct function_name from duckdb_functions()
     where regexp_full_match(function_name, '[a-z_][a-z0-9_]*') and ${condition} order by 1`,
  )
  return found.getRows().map(([name]) => name)
}

function wrapped(all) {
  const lines = ['']
  for (const name of all) {
    if (lines.at(-1).length + name.length > 100) lines.push('')
    lines[lines.length - 1] += `${lines.at(-1) === '' ? '' : ' '}${name}`
  }
  return lines.join('\n')
}
