import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { boundariesOf } from '../../core/time/boundaries.ts'
import type { GrainName } from '../../core/time/grain.ts'
import { createDatabase, type TestDatabase } from '../postgres-server.ts'

let database: TestDatabase
let client: Client

beforeAll(async () => {
  database = await createDatabase()
  client = new Client({ connectionString: database.url })
  await client.connect()
})
afterAll(async () => {
  await client.end()
  await database.drop()
})

/** Without zones that show midnight twice, of which Postgres takes the second one; and for hours without jumps of half an hour. */
const zones = [
  'America/New_York',
  'America/Santiago',
  'America/Sao_Paulo',
  'America/Caracas',
  'Europe/Berlin',
  'Africa/Casablanca',
  'Asia/Kolkata',
  'Asia/Tehran',
  'Australia/Sydney',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Pacific/Chatham',
]
const hourly = zones.filter(
  (zone) => !['Australia/Lord_Howe', 'America/Caracas', 'Pacific/Chatham'].includes(zone),
)

test.each<[GrainName, readonly string[]]>([
  ['hour', hourly],
  ['day', zones],
  ['week', zones],
  ['month', zones],
  ['quarter', zones],
  ['year', zones],
])('a %s begins where Postgres truncates to it', async (grain, names) => {
  for (const timezone of names) {
    const { rows } = await client.query<{ at: string; start: string }>(
      `select extract(epoch from t)::bigint as at, extract(epoch from date_trunc('${grain}', t, $1))::bigint as start
from generate_series(timestamptz '2010-01-01 00:10+00', timestamptz '2022-12-31 00:00+00', interval '17 hours 29 minutes') as s(t)`,
      [timezone],
    )
    const cuts = boundariesOf({ grain, firstDayOfWeek: 'monday', timezone })
    const wrong = rows.filter(({ at, start }) => cuts.floor(Number(at) * 1000) !== Number(start) * 1000)
    expect([timezone, wrong.slice(0, 3)]).toEqual([timezone, []])
  }
})
