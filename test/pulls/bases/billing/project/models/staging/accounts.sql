/*---
checks:
  - unique: account_id
  - not_null: [account_id, plan]
---*/
select
  id as account_id,
  name as account_name,
  lower(plan) as plan,
  country,
  created_at,
  created_at + make_interval(days => {{vars.trial_days}}) as trial_ends_at
from app.accounts
where deleted_at is null
