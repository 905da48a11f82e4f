import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type PostgresServer, startPostgres } from '../postgres-server.ts'
import { Oracle } from './oracle.ts'
import { crashRounds } from './rounds.ts'
import { serverRounds } from './server-rounds.ts'
import { postgresSite } from './site.ts'

// A few rounds of each kind; `node scripts/crash.mjs` runs hundreds, with other seeds.
vi.setConfig({ testTimeout: 240_000 })

let oracle: Oracle
let server: PostgresServer

beforeAll(async () => {
  oracle = await Oracle.open()
  server = await startPostgres({ durable: true })
})
afterAll(async () => {
  oracle.close()
  await server.stop()
})

test('processes killed at any instant lose nothing and double nothing on Postgres', async () => {
  const figures = await crashRounds(() => postgresSite(server), oracle, {
    seed: 5,
    kills: 8,
    killsPerLife: 8,
    interrupts: 0.1,
    reruns: 0.2,
    expected: 1200,
  })
  expect(figures).toMatchObject({ kills: 8, wrong: 0 })
})

test('a run that loses its server says so, and the next one repairs what it left', async () => {
  const site = await postgresSite(server)
  const figures = await serverRounds(site, server, oracle, { seed: 2, kills: 2 })
  expect(figures).toMatchObject({ kills: 2, wrong: 0 })
  await site.close()
})
