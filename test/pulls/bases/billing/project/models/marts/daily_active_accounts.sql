/*---
materialized: incremental
partition: { column: { name: occurred_on, type: date }, grain: day, start: 2024-01-01, end: 2024-01-31 }
checks:
  - unique: [occurred_on, account_id]
  - expression: events > 0
---*/
select
  occurred_on,
  account_id,
  count(*) as events,
  count(distinct user_id) as users
from staging.events
where occurred_on >= {{partition.start}}
  and occurred_on < {{partition.end}}
  and kind in ({{vars.active_kinds}})
group by occurred_on, account_id
