/*---
materialized: incremental
strategy: delete_insert
partition: { column: flight_date, grain: day, start: 2001-01-01, end: 2001-06-30 }
indexes:
  - [origin, destination]
checks:
  - unique: [flight_date, origin, destination]
  - not_null: mean_delay
---*/
select
  flight_date,
  origin,
  destination,
  min(distance) as distance,
  {{> delay_statistics}}
from staging.flights
where flight_date >= {{partition.start}}
  and flight_date < {{partition.end}}
group by flight_date, origin, destination
