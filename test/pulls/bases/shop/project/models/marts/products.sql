/*---
checks:
  - unique: product_id
---*/
select
  products.product_id,
  products.sku,
  products.title,
  products.category,
  products.list_price,
  count(items.line_no) as lines,
  coalesce(sum(items.quantity), 0) as pieces
from staging.products as products
left join staging.order_items as items on items.product_id = products.product_id
group by all
