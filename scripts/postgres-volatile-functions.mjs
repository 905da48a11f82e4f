// Writes adapters/postgres/volatile-functions.ts from the catalogue of a real server:
//   node scripts/postgres-volatile-functions.mjs postgres://user:password@host:5432/postgres
// Run it against a fresh database of the newest supported PostgreSQL; a test compares the file with the test server.
import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'

const url = process.argv[2]
if (url === undefined) throw new Error('give the URL of a PostgreSQL server')

const client = new pg.Client({ connectionString: url })
await client.connect()
const volatile = await names(`p.provolatile = 'v'`)
const setReturning = await names('p.proretset')
const { rows } = await client.query(`select current_setting('server_version_num')::int / 10000 as major`)
await client.end()

const target = join(dirname(fileURLToPath(import.meta.url)), '../adapters/postgres/volatile-functions.ts')
await writeFile(
  target,
  `// Made by scripts/postgres-volatile-functions.mjs from PostgreSQL ${rows[0].major}. Do not edit.

/** Built-in functions of which some overload is volatile and that SQL can call. */
export const volatileFunctions: ReadonlySet<string> = new Set([
${lines(volatile)}
])

/** Built-in functions of which some overload returns a set. */
export const setReturningFunctions: ReadonlySet<string> = new Set([
${lines(setReturning)}
])
`,
)

/** Functions that only the server itself can call (of internal and trigger types) are left out. */
async function names(condition) {
  const { rows } = await client.query(
    `select distinct p.proname as name from pg_catalog.pg_proc p
     where p.pronamespace = 'pg_catalog'::regnamespace and p.prokind in ('f', 'a', 'w') and ${condition}
       and p.prorettype not in ('internal'::regtype, 'trigger'::regtype, 'event_trigger'::regtype, 'language_handler'::regtype)
       and not ('internal'::regtype = any (p.proargtypes))
     order by 1`,
  )
  return rows.map((row) => row.name)
}

function lines(values) {
  return values.map((value) => `  '${value}',`).join('\n')
}
