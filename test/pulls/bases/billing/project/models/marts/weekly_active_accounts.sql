/*---
materialized: incremental
partition: { column: { name: occurred_on, type: date }, grain: day, start: 2024-01-07, end: 2024-01-31 }
reads: { marts.daily_active_accounts: { before: 6 } }
checks:
  - unique: occurred_on
---*/
select
  days.day as occurred_on,
  count(distinct active.account_id) as accounts
from (
  select cast(day as date) as day
  from generate_series(cast({{partition.start}} as timestamp), cast({{partition.end}} as timestamp) - interval '1 day', interval '1 day') as day
) as days
left join marts.daily_active_accounts as active
  on active.occurred_on between days.day - 6 and days.day
  and active.occurred_on >= {{reads.[marts.daily_active_accounts].start}}
  and active.occurred_on < {{reads.[marts.daily_active_accounts].end}}
group by days.day
