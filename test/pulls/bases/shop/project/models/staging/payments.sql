/*---
checks:
  - unique: payment_id
  - not_null: [payment_id, order_id, amount]
---*/
select
  payment_id,
  order_id,
  paid_at,
  method,
  amount,
  state in ({{vars.paid_states}}) as is_paid
from raw.payments
