/*---
description: Airports with traffic, where they are, and their last day.
checks:
  - unique: airport
  - relationships: { column: airport, to: staging.airports, field: airport }
---*/
select
  latest.airport,
  airports.name,
  airports.city,
  airports.region,
  latest.airport in ({{vars.hubs}}) as is_hub,
  latest.last_day,
  latest.departures,
  latest.worst_delay
from marts.airport_latest as latest
join staging.airports as airports on airports.airport = latest.airport
