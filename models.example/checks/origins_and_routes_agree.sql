/*---
description: A day has as many flights by origin as by route.
severity: error
---*/
with by_origin as (
  select flight_date, sum(flights) as flights from marts.daily_by_origin group by flight_date
),
by_route as (
  select flight_date, sum(flights) as flights from marts.daily_by_route group by flight_date
)
select by_origin.flight_date, by_origin.flights as by_origin, by_route.flights as by_route
from by_origin
join by_route on by_route.flight_date = by_origin.flight_date
where by_origin.flights <> by_route.flights
