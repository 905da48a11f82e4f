/*---
description: One row for each flight that was flown, with the day on which it left.
materialized: incremental
partition: { column: { name: flight_date, type: date }, grain: day, start: 2024-01-01, end: 2024-01-31 }
checks:
  - not_null: [flight_id, flight_date, carrier, origin, destination]
  - unique: flight_id
  - accepted_values: { column: punctuality, values: [early, on_time, late] }
  - relationships: { column: origin, to: staging.airports, field: airport }
---*/
select
  flight_id,
  cast(departed_at as date) as flight_date,
  departed_at,
  carrier,
  origin,
  destination,
  distance,
  delay,
  case
    when delay < 0 then 'early'
    when delay < {{vars.late_after}} then 'on_time'
    else 'late'
  end as punctuality
from raw.flights
where departed_at >= {{partition.start.timestamp}}
  and departed_at < {{partition.end.timestamp}}
  and not cancelled
