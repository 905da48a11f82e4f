/*---
checks:
  - unique: order_id
  - not_null: [order_id, customer_id, ordered_on]
  - accepted_values: { column: status, values: [placed, shipped, returned, canceled] }
---*/
select
  order_id,
  customer_id,
  ordered_at,
  cast(ordered_at as date) as ordered_on,
  lower(status) as status,
  currency,
  channel
from raw.orders
