/*---
materialized: incremental
strategy: delete_insert
partition: { column: week_start, grain: week, start: 2001-01-01, end: 2001-06-30 }
checks:
  - unique: [week_start, origin]
  - accepted_values: { column: days, values: [1, 2, 3, 4, 5, 6, 7] }
---*/
select
  cast(date_trunc('week', cast(flight_date as timestamp)) as date) as week_start,
  origin,
  count(*) as days,
  cast(sum(flights) as bigint) as flights,
  cast(sum(late_flights) as bigint) as late_flights,
  cast(sum(total_delay) as bigint) as total_delay,
  cast(sum(total_delay) as double precision) / cast(sum(flights) as double precision) as mean_delay
from marts.daily_by_origin
where flight_date >= {{partition.start}}
  and flight_date < {{partition.end}}
group by 1, 2
