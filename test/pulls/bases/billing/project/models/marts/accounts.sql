/*---
description: Accounts, what they pay and when they were last here.
checks:
  - unique: account_id
  - not_null: [account_id, plan]
---*/
with paying as (
  select
    account_id,
    sum(monthly_amount) as monthly_amount,
    sum(seats) as seats
  from staging.subscriptions
  where ended_on is null
  group by account_id
)
select
  accounts.account_id,
  accounts.account_name,
  accounts.plan,
  accounts.country,
  coalesce(paying.monthly_amount, 0) as monthly_amount,
  coalesce(paying.seats, 0) as seats,
  latest.last_seen_on,
  latest.last_kind
from staging.accounts as accounts
left join paying on paying.account_id = accounts.account_id
left join marts.account_latest as latest on latest.account_id = accounts.account_id
