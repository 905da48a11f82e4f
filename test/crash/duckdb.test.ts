import { expect, test } from 'vitest'
import { Oracle } from './oracle.ts'
import { crashRounds } from './rounds.ts'
import { duckdbSite } from './site.ts'

// A few rounds; `node scripts/crash.mjs` runs hundreds, with other seeds.
test('processes killed at any instant lose nothing and double nothing on DuckDB', async () => {
  const oracle = await Oracle.open()
  const figures = await crashRounds(duckdbSite, oracle, {
    seed: 3,
    kills: 12,
    killsPerLife: 12,
    interrupts: 0.1,
    reruns: 0.2,
    expected: 900,
  })
  expect(figures).toMatchObject({ kills: 12, wrong: 0 })
  oracle.close()
}, 240_000)
