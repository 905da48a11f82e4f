/*---
description: Accounts and revenue of each plan.
name: by_plan
checks:
  - unique: plan
---*/
select
  plans.plan,
  plans.title,
  count(accounts.account_id) as accounts,
  coalesce(sum(accounts.monthly_amount), 0) as monthly_amount
from plans
left join marts.accounts as accounts on accounts.plan = plans.plan
group by plans.plan, plans.title
