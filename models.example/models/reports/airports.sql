/*---
description: Airports with traffic, where they are, and their last day.
materialized: table
checks:
  - unique: [airport]
  - relationships: { column: airport, to: dims.airports, field: airport }
  - accepted_values: { column: region, values: [Northeast, Midwest, South, West, Territories, Elsewhere] }
---*/
select
  latest.airport,
  dims.airports.name,
  dims.airports.city,
  dims.airports.state,
  dims.airports.region,
  latest.last_day,
  latest.departures,
  latest.arrivals,
  latest.mean_delay
from marts.airport_latest as latest
join dims.airports on dims.airports.airport = latest.airport
