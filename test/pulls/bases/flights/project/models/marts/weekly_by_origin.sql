/*---
materialized: incremental
partition: { column: { name: week_start, type: date }, grain: week, start: 2024-01-01, end: 2024-01-31 }
checks:
  - unique: [week_start, origin]
  - expression: days between 1 and 7
---*/
select
  cast(date_trunc('week', flight_date) as date) as week_start,
  origin,
  count(*) as days,
  cast(sum(flights) as bigint) as flights,
  cast(sum(late_flights) as bigint) as late_flights,
  {{> share part="sum(late_flights)" of="sum(flights)"}} as late_share
from marts.daily_by_origin
where flight_date >= {{partition.start}}
  and flight_date < {{partition.end}}
group by 1, 2
