/*---
description: Each airport's last day with departures; the newest day wins.
materialized: incremental
strategy: merge
unique_key: airport
partition: { column: { name: last_day, type: date }, grain: day, start: 2024-01-01, end: 2024-01-31 }
checks:
  - unique: airport
  - not_null: [airport, last_day]
---*/
select
  origin as airport,
  flight_date as last_day,
  count(*) as departures,
  max(delay) as worst_delay
from staging.flights
where flight_date >= {{partition.start}}
  and flight_date < {{partition.end}}
group by origin, flight_date
