/*---
description: Airports, with what is unknown as NULL.
materialized: view
---*/
select
  iata as airport,
  name,
  nullif(city, 'NA') as city,
  nullif(state, 'NA') as state,
  country,
  latitude,
  longitude
from raw.airports
