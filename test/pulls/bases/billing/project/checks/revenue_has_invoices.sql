/*---
description: Accounts that pay get invoices.
severity: warn
---*/
select accounts.account_id
from marts.accounts as accounts
where accounts.monthly_amount > 0
  and not exists (
    select from finance.invoices as invoices where invoices.account_id = accounts.account_id
  )
