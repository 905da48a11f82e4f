/*---
checks:
  - unique: product_id
  - unique: sku
---*/
select
  product_id,
  sku,
  title,
  coalesce(category, 'other') as category,
  list_contains(labels, 'clearance') as is_clearance,
  list_price
from raw.products
