import type {
  CheckPage,
  ColumnDoc,
  ExposurePage,
  ModelPage,
  NodeLine,
  NodeState,
  PartitionHistory,
  SeedPage,
  SiteInfo,
  SourcePage,
} from '../../core/docs/api.ts'
import { boundariesOf } from '../../core/time/boundaries.ts'
import type { Grain, Weekday } from '../../core/time/grain.ts'

/** Pages of nodes, as the command line would make them. */

export const info: SiteInfo = {
  project: 'flights',
  target: 'dev',
  adapter: 'duckdb',
  generatedAt: '2001-06-01T00:00:00.000Z',
  version: '0.0.0',
  hasSamples: true,
}

export function line(kind: NodeLine['kind'], name: string, state: NodeState = 'fresh'): NodeLine {
  return { kind, name, state, tags: [], checks: 2, failing: state === 'failed' ? 1 : 0, warning: 0 }
}

export interface HistoryRequest {
  readonly grain: Grain
  readonly from: string
  readonly to: string
  readonly timezone?: string
  readonly firstDayOfWeek?: Weekday
  readonly stateAt?: (index: number, count: number) => NodeState
}

/** Partitions between two instants, cut as Sluice cuts them. */
export function historyOf(request: HistoryRequest): PartitionHistory {
  const { grain, from, to, timezone = 'UTC', firstDayOfWeek = 'monday', stateAt } = request
  const cuts = boundariesOf({ grain, timezone, firstDayOfWeek })
  const keys: string[] = []
  const starts: number[] = []
  const ends: number[] = []
  const last = Date.parse(to)
  for (let start = cuts.floor(Date.parse(from)); start < last; ) {
    const end = cuts.shift(start, 1)
    keys.push(cuts.key(start))
    starts.push(start)
    ends.push(end)
    start = end
  }
  const states = keys.map((_, index) => stateAt?.(index, keys.length) ?? 'fresh')
  const isThere = (index: number): boolean => states[index] !== 'missing' && states[index] !== 'failed'
  return {
    grain: typeof grain === 'string' ? grain : grain.cron,
    timezone,
    keys,
    starts,
    ends,
    states,
    versions: keys.map((_, index) => (isThere(index) ? index + 1 : null)),
    runs: keys.map((_, index) => (states[index] === 'missing' ? null : index % 2)),
    runIds: ['0mwtgjdh8a', '0mwtgjdh9b'],
    rows: keys.map((_, index) => (isThere(index) ? 230 + ((index * 7919) % 83) + index : null)),
    durationsMs: keys.map((_, index) => (isThere(index) ? 40 + ((index * 104729) % 61) : null)),
    publishedAt: ends.map((end, index) => (isThere(index) ? end + 6 * 3_600_000 : null)),
    checks: keys.map((_, index) =>
      isThere(index) ? { passed: 3, failed: 0, warned: index % 9 === 0 ? 1 : 0 } : null,
    ),
    reasons: states.map((state) => (state === 'stale' ? 0 : state === 'failed' ? 1 : null)),
    reasonTexts: [
      'staging.flights 2001-01-05 has changed since',
      'unique(flight_date, origin) failed: 3 rows',
    ],
  }
}

const someStates = (index: number, count: number): NodeState => {
  if (index === count - 1) return 'stale'
  if (index % 37 === 20) return 'failed'
  if (index % 29 === 11) return 'stale'
  if (index % 41 === 30) return 'missing'
  return index % 53 === 17 ? 'drifted' : 'fresh'
}

export const columns: readonly ColumnDoc[] = [
  {
    name: 'flight_date',
    type: 'DATE',
    description: [
      { kind: 'paragraph', text: [{ kind: 'text', text: 'The day on which it left, local time.' }] },
    ],
    contract: { type: 'date', nullable: false },
    nullable: false,
    roles: ['key', 'partition'],
    checks: ['not_null(flight_date)'],
    sources: [
      { relation: 'staging.flights', column: 'flight_date', role: 'copied' },
      { relation: 'staging.flights', column: 'flight_date', role: 'filter' },
    ],
    readers: [{ relation: 'marts.weekly_by_origin', column: 'week', role: 'transformed' }],
  },
  {
    name: 'flights',
    type: 'BIGINT',
    contract: { nullable: true },
    roles: [],
    checks: [],
    sources: [{ relation: 'staging.flights', column: 'flight_date', role: 'aggregated' }],
    readers: [],
  },
]

const source = `/*---
materialized: incremental
partition: { column: flight_date, grain: day, start: 2001-01-01 }
schedule: "0 6 * * *"
---*/
-- One row a day and airport
select
  flight_date,
  "origin",
  count(*) as flights, -- all of them
  {{> delay_statistics}}
from staging.flights
where flight_date >= {{partition.start}}
  and flight_date < {{partition.end}}
  and note <> 'it''s nothing' and size > 1.5e3
group by 1, 2
`

const beginning =
  '\n-- One row a day and airport\nselect flight_date, count(*) as flights\nfrom main.staging__flights\nwhere flight_date >= '

export function modelPage(more: Partial<ModelPage> = {}): ModelPage {
  const partitions = historyOf({ grain: 'day', from: '2001-01-01', to: '2001-05-20', stateAt: someStates })
  return {
    ...line('model', 'marts.daily_by_origin', 'stale'),
    kind: 'model',
    owner: 'data@example.org',
    tags: ['mart', 'daily'],
    path: 'models/marts/daily_by_origin.sql',
    description: [
      { kind: 'paragraph', text: [{ kind: 'text', text: 'Flights of each airport, day by day.' }] },
    ],
    materialization: 'incremental',
    settings: [
      { name: 'strategy', value: 'delete_insert' },
      { name: 'unique key', value: 'flight_date, origin' },
      { name: 'partitions', value: 'by day of flight_date, from 2001-01-01' },
    ],
    schedule: '0 6 * * *',
    freshness: { warnMs: 93_600_000, failMs: 108_000_000, state: 'warn', ageMs: 97_200_000 },
    relation: 'marts.daily_by_origin',
    fingerprint: 'a3f1c09b52de7781',
    columns,
    checkList: [
      {
        name: 'unique(flight_date, origin)',
        text: 'flight_date and origin together are unique',
        severity: 'error',
        latest: {
          status: 'failed',
          run: '0mwtgjdh8a',
          at: '2001-05-19T06:00:11.000Z',
          partition: '2001-05-19',
          failures: 3,
          message: '3 rows where 0 are allowed',
          sample: {
            columns: ['flight_date', 'origin'],
            rows: [
              ['2001-05-19', 'ABQ'],
              ['2001-05-19', 'ATL'],
            ],
          },
        },
      },
      { name: 'row_count', text: 'there are 1 to 400 rows', severity: 'warn' },
    ],
    upstream: [line('model', 'staging.flights'), line('seed', 'states', 'none')],
    downstream: [line('model', 'marts.weekly_by_origin', 'failed'), line('exposure', 'delays', 'stale')],
    sql: {
      source,
      compiled: [beginning, 0, '\n  and flight_date < ', 1, "\n  and note <> 'it''s nothing'\ngroup by 1\n"],
      symbols: ['partition.start', 'partition.end'],
      partitions: partitions.keys
        .map((key, index) => ({
          key,
          values: [`DATE '${key}'`, `DATE '${partitions.keys[index + 1] ?? '2001-05-20'}'`],
        }))
        .reverse(),
    },
    partitions,
    unitTests: [{ name: 'counts each flight once', path: 'tests/marts.yml' }],
    ...more,
  }
}

export const seedPage: SeedPage = {
  ...line('seed', 'states'),
  kind: 'seed',
  path: 'seeds/states.csv',
  relation: 'main.states',
  columns: [{ name: 'code', type: 'VARCHAR', roles: [], checks: [], sources: [], readers: [] }],
  checkList: [],
  upstream: [],
  downstream: [line('model', 'dims.airports')],
  published: {
    state: 'fresh',
    version: 4,
    run: '0mwtgjdh8a',
    rows: 56,
    durationMs: 12,
    publishedAt: '2001-05-01T00:00:00.000Z',
  },
}

export const sourcePage: SourcePage = {
  ...line('source', 'raw.flights', 'late'),
  kind: 'source',
  path: 'models/sources.yml',
  settings: [
    { name: 'changes are seen by', value: 'the count and maximum of flight_date' },
    { name: 'ready', value: 'once it is at most 6h old' },
  ],
  freshness: { warnMs: 86_400_000, failMs: 172_800_000, state: 'fail', newest: '2001-05-17T23:00:00.000Z' },
  observations: [
    { at: '2001-05-19T06:00:00.000Z', partition: '2001-05-18', version: 31 },
    { at: '2001-05-18T06:00:00.000Z', partition: '2001-05-17', version: 30 },
  ],
  columns,
  checkList: [],
  upstream: [],
  downstream: [line('model', 'staging.flights')],
}

export const checkPage: CheckPage = {
  ...line('check', 'origins_and_routes_agree', 'failed'),
  kind: 'check',
  path: 'checks/origins_and_routes_agree.sql',
  severity: 'error',
  gateOf: 'marts.daily_by_route',
  demands: 'it selects no rows',
  sql: {
    source: 'select 1 from marts.daily_by_route',
    compiled: ['select 1 from main.marts__daily_by_route'],
    symbols: [],
    partitions: [],
  },
  upstream: [line('model', 'marts.daily_by_route')],
  results: [
    { status: 'failed', run: '0mwtgjdh8a', at: '2001-05-19T06:00:00.000Z', failures: 2, message: '2 rows' },
    { status: 'passed', run: '0mwtgjdh9b', at: '2001-05-18T06:00:00.000Z' },
  ],
}

export const exposurePage: ExposurePage = {
  ...line('exposure', 'delays', 'stale'),
  kind: 'exposure',
  label: 'Delays of the week',
  type: 'dashboard',
  url: 'https://bi.example.org/delays',
  owner: 'Ada',
  ownerEmail: 'ada@example.org',
  path: 'models/exposures.yml',
  upstream: [line('model', 'marts.weekly_by_origin', 'stale')],
  unwell: [
    line('model', 'marts.weekly_by_origin', 'stale'),
    line('model', 'marts.daily_by_origin', 'failed'),
  ],
}
