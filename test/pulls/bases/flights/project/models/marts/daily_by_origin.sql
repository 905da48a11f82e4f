/*---
materialized: incremental
partition: { column: { name: flight_date, type: date }, grain: day, start: 2024-01-01, end: 2024-01-31 }
checks:
  - row_count: { min: 1 }
  - unique: [flight_date, origin]
  - expression: late_flights <= flights
---*/
select
  flight_date,
  origin,
  count(distinct destination) as destinations,
  {{> delay_statistics}}
from staging.flights
where flight_date >= {{partition.start}}
  and flight_date < {{partition.end}}
group by flight_date, origin
