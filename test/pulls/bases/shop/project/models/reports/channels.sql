/*---
materialized: table
checks:
  - unique: [ordered_on, channel]
---*/
select
  ordered_on,
  channel,
  revenue,
  sum(revenue) over (partition by channel order by ordered_on) as revenue_so_far,
  revenue / nullif(sum(revenue) over (partition by ordered_on), 0) as share_of_day
from marts.daily_revenue
