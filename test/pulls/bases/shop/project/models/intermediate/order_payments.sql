/*---
checks:
  - unique: order_id
---*/
select
  order_id,
  sum(amount) filter (where is_paid) as paid_amount,
  max(paid_at) as last_paid_at,
  count(*) as payments
from staging.payments
group by order_id
