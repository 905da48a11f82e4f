/*---
materialized: incremental
partition: { column: { name: occurred_on, type: date }, grain: day, start: 2024-01-01, end: 2024-01-31 }
checks:
  - not_null: [event_id, account_id, kind]
  - unique: event_id
---*/
select
  id as event_id,
  account_id,
  user_id,
  kind,
  properties ->> 'device' as device,
  cast(occurred_at at time zone 'UTC' as date) as occurred_on,
  occurred_at
from app.events
where occurred_at >= {{partition.start.timestamptz}}
  and occurred_at < {{partition.end.timestamptz}}
