/*---
checks:
  - unique: subscription_id
  - relationships: { column: plan, to: plans, field: plan }
---*/
select
  id as subscription_id,
  account_id,
  lower(plan) as plan,
  seats,
  monthly_price,
  seats * monthly_price as monthly_amount,
  started_on,
  ended_on
from app.subscriptions
