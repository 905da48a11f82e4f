/*---
description: What each account did last.
materialized: incremental
strategy: merge
unique_key: account_id
partition: { column: { name: last_seen_on, type: date }, grain: day, start: 2024-01-01, end: 2024-01-31 }
checks:
  - unique: account_id
---*/
select distinct on (account_id)
  account_id,
  occurred_on as last_seen_on,
  kind as last_kind,
  device as last_device
from staging.events
where occurred_on >= {{partition.start}}
  and occurred_on < {{partition.end}}
order by account_id, occurred_at desc, event_id desc
