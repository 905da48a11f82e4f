import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { postgres } from '../../adapters/postgres/index.ts'
import type { Adapter } from '../../core/adapter.ts'
import { createDatabase, type TestDatabase } from '../postgres-server.ts'

let database: TestDatabase
let admin: Client
let adapter: Adapter
beforeAll(async () => {
  database = await createDatabase()
  admin = new Client({ connectionString: database.url })
  await admin.connect()
  adapter = await postgres.open(
    { name: 'test', adapter: 'postgres', url: database.url, schema: {}, vars: {} },
    { threads: 2, readOnly: false, applicationName: 'test' },
  )
})
afterAll(async () => {
  await adapter?.close()
  await admin?.end()
  await database?.drop()
})

const schema = 'a$sluice$b$$c\'d"e'

test('names that hold dollar tags and quotes are names, and nothing else', async () => {
  const { dialect, catalog } = adapter
  const relation = { schema, name: 'v$sluice$' }
  await adapter.session(async (session) => {
    await session.execute(dialect.createSchema(schema))
    await session.execute(dialect.createSchema(schema))
    await session.execute(dialect.createOrReplaceView(relation, 'select 1 as id').sql)
    await session.execute(dialect.dropRelation(relation, 'view'))
    expect(await catalog.kind(session, relation)).toBeUndefined()
  })
})

test('a comment by somebody else cannot break out of what restores it', async () => {
  const { dialect, catalog } = adapter
  const relation = { schema: 'public', name: 'commented' }
  const text = "end $sluice$; create table public.intruder(); do $sluice$ begin -- it's"
  await admin.query('create view public.commented as select 1 as id')
  await admin.query(dialect.comment(relation, 'view', text))
  await admin.query(`comment on column public.commented.id is ${dialect.literal(text)}`)
  await adapter.transaction(async (transaction) => {
    const kept = await catalog.preserve(transaction, relation)
    await transaction.execute(dialect.dropRelation(relation, 'view'))
    await transaction.execute(dialect.createOrReplaceView(relation, 'select 2 as id').sql)
    for (const statement of kept) await transaction.execute(statement)
  })
  const found = await admin.query(
    `select obj_description('public.commented'::regclass) as view, col_description('public.commented'::regclass, 1) as column, to_regclass('public.intruder') as intruder`,
  )
  expect(found.rows).toEqual([{ view: text, column: text, intruder: null }])
})
