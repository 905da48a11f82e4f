/*---
description: One row for each day, with its busiest airport and carrier.
checks:
  - unique: flight_date
  - not_null: [flight_date, busiest_origin]
---*/
with totals as (
  select
    flight_date,
    cast(sum(flights) as bigint) as flights,
    cast(sum(late_flights) as bigint) as late_flights,
    cast(sum(total_delay) as double) / cast(sum(flights) as double) as mean_delay
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
carriers as (
  select
    flight_date,
    carrier_name,
    row_number() over (partition by flight_date order by flights desc, carrier) as place
  from marts.daily_by_carrier
)
select
  totals.flight_date,
  totals.flights,
  totals.late_flights,
  totals.mean_delay,
  origins.origin as busiest_origin,
  carriers.carrier_name as busiest_carrier
from totals
join origins on origins.flight_date = totals.flight_date and origins.place = 1
join carriers on carriers.flight_date = totals.flight_date and carriers.place = 1
