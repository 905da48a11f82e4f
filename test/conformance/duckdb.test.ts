import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { duckdb } from '../../adapters/duckdb/index.ts'
import type { Adapter } from '../../core/adapter.ts'
import { conformance } from './suite.ts'

const open = (path: string): Promise<Adapter> =>
  duckdb.open(
    { name: 'test', adapter: 'duckdb', path, schema: {}, vars: {}, settings: {}, readOnly: false },
    { threads: 4, readOnly: false, applicationName: 'conformance' },
  )

conformance('duckdb', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-conformance-'))
  const path = join(folder, 'main.duckdb')
  const adapter = await open(path)
  let others = 0
  return {
    adapter,
    viewsPinTables: false,
    endless: 'select count(*)::varchar as slept from range(3000000000) a(i), range(1000) b(j)',
    reopen: () => open(path),
    fresh() {
      others += 1
      return open(join(folder, `other${others}.duckdb`))
    },
    async close() {
      await adapter.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
})
