/*---
checks:
  - unique: [order_id, line_no]
  - expression: quantity > 0
---*/
select
  order_id,
  line_no,
  product_id,
  quantity,
  unit_price,
  quantity * unit_price as line_amount
from raw.order_items
