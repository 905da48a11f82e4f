/*---
description: A day has as many flights by origin as by carrier.
---*/
with by_origin as (
  select flight_date, sum(flights) as flights from marts.daily_by_origin group by flight_date
),
by_carrier as (
  select flight_date, sum(flights) as flights from marts.daily_by_carrier group by flight_date
)
select by_origin.flight_date, by_origin.flights as by_origin, by_carrier.flights as by_carrier
from by_origin
join by_carrier on by_carrier.flight_date = by_origin.flight_date
where by_origin.flights <> by_carrier.flights
