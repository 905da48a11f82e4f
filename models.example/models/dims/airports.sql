/*---
description: Every airport with its state and region.
materialized: table
checks:
  - row_count: { min: 3000, max: 10000 }
  - not_null: [airport, name, region]
  - unique: [airport]
  - relationships: { column: state, to: states, field: state }
  - expression: latitude between -90 and 90 and longitude between -180 and 180
---*/
select
  airports.airport,
  airports.name,
  airports.city,
  airports.state,
  states.name as state_name,
  coalesce(states.region, 'Elsewhere') as region,
  airports.country,
  airports.latitude,
  airports.longitude
from staging.airports
left join states on states.state = airports.state
