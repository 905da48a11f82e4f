import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createDatabase } from '../postgres-server.ts'
import { backfillRounds } from './backfill-rounds.ts'
import { Oracle } from './oracle.ts'
import { duckdbSite, postgresSite } from './site.ts'

// A few rounds; `node scripts/crash.mjs --backfill 50` runs more, with other seeds.
vi.setConfig({ testTimeout: 240_000 })

let oracle: Oracle

beforeAll(async () => {
  oracle = await Oracle.open()
})
afterAll(() => oracle.close())

test.each([
  ['DuckDB', duckdbSite, 5],
  ['Postgres', () => postgresSite({ createDatabase }), 6],
] as const)(
  'backfills on %s that are killed, canceled or met by others are gone on with and lose nothing',
  async (_, open, rounds) => {
    const site = await open()
    const figures = await backfillRounds(site, oracle, { seed: 11, rounds })
    expect(figures).toMatchObject({ rounds, wrong: 0 })
    await site.close()
  },
)
