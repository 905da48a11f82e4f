/*---
description: One row for each flight, with the day on which it left.
materialized: incremental
strategy: delete_insert
partition:
  column: { name: flight_date, type: date }
  grain: day
  start: 2001-01-01
  end: 2001-06-30
pool: warehouse
checks:
  - row_count: { min: 1 }
  - not_null: [flight_date, departed_at, origin, destination, distance, delay]
  - accepted_values: { column: punctuality, values: [early, on_time, late] }
  - relationships: { column: origin, to: raw.airports, field: iata }
  - relationships: { column: destination, to: raw.airports, field: iata }
  - expression: distance > 0 and origin <> destination
    name: goes_somewhere
  - expression: delay between -120 and 1440
    name: delay_is_plausible
    severity: warn
---*/
select
  cast(date as date) as flight_date,
  date as departed_at,
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
where date >= {{partition.start.timestamp}}
  and date < {{partition.end.timestamp}}
