/*---
description: One row for each day, with its busiest airport and route.
materialized: table
checks:
  - unique: [flight_date]
  - not_null: [flight_date, busiest_origin, busiest_route]
  - expression: flights >= late_flights
---*/
with totals as (
  select
    flight_date,
    count(*) as airports,
    cast(sum(flights) as bigint) as flights,
    cast(sum(late_flights) as bigint) as late_flights,
    cast(sum(total_delay) as double precision) / cast(sum(flights) as double precision) as mean_delay
  from marts.daily_by_origin
  group by flight_date
),
origins as (
  select
    flight_date,
    origin,
    row_number() over (partition by flight_date order by flights desc, origin) as place
  from marts.daily_by_origin
),
routes as (
  select
    flight_date,
    origin || '-' || destination as route,
    row_number() over (partition by flight_date order by flights desc, origin, destination) as place
  from marts.daily_by_route
)
select
  totals.flight_date,
  totals.airports,
  totals.flights,
  totals.late_flights,
  totals.mean_delay,
  origins.origin as busiest_origin,
  routes.route as busiest_route
from totals
join origins on origins.flight_date = totals.flight_date and origins.place = 1
join routes on routes.flight_date = totals.flight_date and routes.place = 1
