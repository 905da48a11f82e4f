/*---
checks:
  - unique: invoice_id
  - accepted_values: { column: payment, values: [on_time, late, open] }
---*/
select
  invoices.invoice_id,
  invoices.account_id,
  accounts.account_name,
  invoices.issued_on,
  invoices.total,
  case
    when invoices.paid_on is null then 'open'
    when invoices.paid_on <= invoices.due_on then 'on_time'
    else 'late'
  end as payment,
  invoices.paid_on - invoices.due_on as days_late
from staging.invoices as invoices
join staging.accounts as accounts on accounts.account_id = invoices.account_id
