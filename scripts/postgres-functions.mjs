// Writes adapters/postgres/function-names.ts from the catalogue of a real server:
//   node scripts/postgres-functions.mjs postgres://user:password@host:5432/postgres
// Run it against a fresh database of the newest supported PostgreSQL.
import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'

const url = process.argv[2]
if (url === undefined) throw new Error('give the URL of a PostgreSQL server')

const client = new pg.Client({ connectionString: url })
await client.connect()
const aggregates = await names(`p.prokind = 'a'`)
const windows = await names(`p.prokind = 'w'`)
const scalars = await names(
  `p.prokind = 'f' and not p.proretset and not exists (
     select from pg_catalog.pg_proc o
     where o.pronamespace = p.pronamespace and o.proname = p.proname
       and (o.provolatile = 'v' or o.proretset or o.prokind <> 'f')
       and not ('internal'::regtype = any (o.proargtypes)))
   and p.proname !~ '^(pg_|has_|inet_|binary_upgrade|RI_|txid_|current_|to_reg)|_to_xml|_description$|(in|out|recv|send|typmodin|typmodout|sel|joinsel|_support|_sortsupport|_skipsupport)$'`,
)
const { rows } = await client.query(`select current_setting('server_version_num')::int / 10000 as major`)
await client.end()

const target = join(dirname(fileURLToPath(import.meta.url)), '../adapters/postgres/function-names.ts')
await writeFile(
  target,
  `// Made by scripts/postgres-functions.mjs from PostgreSQL ${rows[0].major}. Do not edit.

/** Built-in aggregates. */
export const aggregateFunctions: ReadonlySet<string> = words(\`
${wrapped(aggregates)}
\`)

/** Built-in functions of windows. */
export const windowFunctions: ReadonlySet<string> = words(\`
${wrapped(windows)}
\`)

/** Built-in functions that are immutable or stable and return one value. What acts on the catalogue is left out. */
export const scalarFunctions: ReadonlySet<string> = words(\`
${wrapped(scalars)}
\`)

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\\s+/))
}
`,
)

/** Functions that only the server itself can call (of internal and trigger types) are left out. */
async function names(condition) {
  const { rows } = await client.query(
    `select distinct p.proname as name from pg_catalog.pg_proc p
     where p.pronamespace = 'pg_catalog'::regnamespace and ${condition}
       and p.prorettype not in ('internal'::regtype, 'trigger'::regtype, 'event_trigger'::regtype, 'language_handler'::regtype, 'cstring'::regtype)
       and not ('internal'::regtype = any (p.proargtypes)) and not ('cstring'::regtype = any (p.proargtypes))
     order by 1`,
  )
  return rows.map((row) => row.name)
}

function wrapped(all) {
  const lines = ['']
  for (const name of all) {
    if (lines.at(-1).length + name.length > 100) lines.push('')
    lines[lines.length - 1] += `${lines.at(-1) === '' ? '' : ' '}${name}`
  }
  return lines.join('\n')
}
