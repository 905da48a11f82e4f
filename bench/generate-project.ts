import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Writes a project of `count` models of 44 lines each below `root`: layers of daily incremental models that read two models of the layer below, with
 * a CTE, a macro, a var, checks and comments, as real projects have them. The same count gives the same files. */
export function generateProject(root: string, count: number): void {
  write(root, 'sluice.yml', settings)
  write(
    root,
    'macros/late_share.sql',
    'avg(case when {{identifier column}} > {{vars.late_after}} then 1.0 else 0.0 end)',
  )
  write(root, 'models/sources.yml', sources)
  const perLayer = Math.max(10, Math.ceil(count / 20))
  for (let n = 0; n < count; n++) {
    const layer = Math.floor(n / perLayer)
    write(root, `models/layer_${layer}/model_${n}.sql`, model(n, layer, perLayer))
  }
}

const settings = `name: generated
default_target: dev
targets:
  dev: { adapter: duckdb, path: generated.duckdb }
vars: { late_after: 15 }
folders:
  layer_0: { tags: [base] }
`

const sources = `sources:
  - name: raw.events
    columns:
      - { name: event_date, type: date }
      - { name: origin, type: text }
      - { name: delay, type: bigint }
`

function model(n: number, layer: number, perLayer: number): string {
  const below = (k: number) =>
    `layer_${layer - 1}.model_${(layer - 1) * perLayer + ((n * 7 + k * 13) % perLayer)}`
  const first = layer === 0 ? 'raw.events' : below(1)
  const second = layer === 0 ? 'raw.events' : below(2)
  return `/*---
materialized: incremental
description: Generated model ${n}
partition: { column: { name: event_date, type: date }, grain: day, start: 2001-01-01 }
strategy: delete_insert
tags: [generated, layer_${layer}]
checks:
  - not_null: [event_date, origin]
  - unique: [event_date, origin]
---*/
-- Model ${n} of layer ${layer}
with arrivals as (
  select
    event_date,
    origin,
    delay,
    case
      when delay < 0 then 'early'
      when delay < {{vars.late_after}} then 'on time'
      else 'late'
    end as punctuality
  from ${first}
  where event_date >= {{partition.start}}
    and event_date < {{partition.end}}
),
departures as (
  select event_date, origin, sum(delay) as delay
  from ${second} as other
  where other.event_date >= {{partition.start}}
    and other.event_date < {{partition.end}}
  group by event_date, origin
)
select
  arrivals.event_date,
  arrivals.origin,
  count(*) as flights,
  sum(arrivals.delay) + coalesce(max(departures.delay), 0) as delay,
  {{> late_share column="delay_minutes"}} as late_share
from (select arrivals.*, delay as delay_minutes from arrivals) as arrivals
left join departures
  on departures.event_date = arrivals.event_date
  and departures.origin = arrivals.origin
where arrivals.origin is not null and ${n} >= 0
group by arrivals.event_date, arrivals.origin
`
}

function write(root: string, path: string, text: string): void {
  const file = join(root, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}
