/*---
description: Carriers over their whole history.
checks:
  - unique: carrier
  - accepted_values: { column: size, values: [small, medium, large] }
---*/
with totals as (
  select
    carrier,
    carrier_name,
    cast(sum(flights) as bigint) as flights,
    cast(sum(miles) as bigint) as miles,
    cast(sum(total_delay) as double) / cast(sum(flights) as double) as mean_delay
  from marts.daily_by_carrier
  group by carrier, carrier_name
)
select
  totals.carrier,
  totals.carrier_name,
  carriers.founded,
  totals.flights,
  totals.miles,
  totals.mean_delay,
  case when totals.flights < 10 then 'small' when totals.flights < 100 then 'medium' else 'large' end as size
from totals
join staging.carriers as carriers on carriers.carrier = totals.carrier
