/*---
description: Each airport's last day with traffic and what happened on it. The newest day wins, in whatever order days run.
materialized: incremental
strategy: merge
unique_key: airport
partition: { column: last_day, grain: day, start: 2001-01-01, end: 2001-06-30 }
checks:
  - unique: airport
  - not_null: [airport, last_day]
  - expression: departures + arrivals > 0
---*/
with movements as (
  select flight_date, origin as airport, 1 as departures, 0 as arrivals, delay
  from staging.flights
  where flight_date >= {{partition.start}}
    and flight_date < {{partition.end}}
  union all
  select flight_date, destination as airport, 0 as departures, 1 as arrivals, delay
  from staging.flights
  where flight_date >= {{partition.start}}
    and flight_date < {{partition.end}}
)
select
  airport,
  flight_date as last_day,
  cast(sum(departures) as bigint) as departures,
  cast(sum(arrivals) as bigint) as arrivals,
  cast(sum(delay) as double precision) / count(*) as mean_delay
from movements
group by airport, flight_date
