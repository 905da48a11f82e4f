/*---
checks:
  - unique: invoice_id
---*/
select
  id as invoice_id,
  account_id,
  issued_on,
  due_on,
  cast(paid_at at time zone 'UTC' as date) as paid_on,
  total,
  currency
from app.invoices
