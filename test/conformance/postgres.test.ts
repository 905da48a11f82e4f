import { postgres } from '../../adapters/postgres/index.ts'
import type { Adapter } from '../../core/adapter.ts'
import { createDatabase, type TestDatabase } from '../postgres-server.ts'
import { conformance } from './suite.ts'

const open = (database: TestDatabase): Promise<Adapter> =>
  postgres.open(
    { name: 'test', adapter: 'postgres', url: database.url, schema: {}, vars: {} },
    { threads: 4, readOnly: false, applicationName: 'conformance' },
  )

conformance('postgres', async () => {
  const databases = [await createDatabase()]
  const [main] = databases
  if (main === undefined) throw new Error('no database')
  const adapter = await open(main)
  return {
    adapter,
    viewsPinTables: true,
    endless: 'select pg_sleep(600)::text as slept',
    reopen: () => open(main),
    async fresh() {
      const database = await createDatabase()
      databases.push(database)
      return open(database)
    },
    async close() {
      await adapter.close()
      await Promise.all(databases.map((database) => database.drop()))
    },
  }
})
