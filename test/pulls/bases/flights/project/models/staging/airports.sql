/*---
description: Airports, each with the region of its state.
checks:
  - unique: airport
  - not_null: [airport, name]
---*/
select
  airports.iata as airport,
  airports.name,
  airports.city,
  airports.state,
  states.region
from raw.airports as airports
left join states on states.state = airports.state
