/*---
checks:
  - unique: carrier
---*/
select
  code as carrier,
  name as carrier_name,
  founded
from raw.carriers
