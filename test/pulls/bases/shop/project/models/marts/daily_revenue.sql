/*---
description: Revenue of each day and channel, without what was returned or canceled.
materialized: incremental
partition: { column: { name: ordered_on, type: date }, grain: day, start: 2024-03-01, end: 2024-03-31 }
checks:
  - unique: [ordered_on, channel]
  - expression: revenue >= 0
---*/
select
  ordered_on,
  channel,
  count(*) as orders,
  count(*) filter (where is_large) as large_orders,
  sum(amount_eur) as revenue
from marts.orders
where ordered_on >= {{partition.start}}
  and ordered_on < {{partition.end}}
  and status not in ('returned', 'canceled')
group by ordered_on, channel
