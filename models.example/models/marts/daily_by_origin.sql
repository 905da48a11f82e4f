/*---
materialized: incremental
strategy: delete_insert
partition: { column: flight_date, grain: day, start: 2001-01-01, end: 2001-06-30 }
schedule: "0 6 * * *"
checks:
  - row_count: { min: 1, max: 400 }
  - unique: [flight_date, origin]
  - expression: late_flights <= flights and median_delay <= p90_delay
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
