/*---
description: Recurring revenue of each month and plan.
materialized: incremental
partition: { column: { name: month, type: date }, grain: month, start: 2024-01-01, end: 2024-03 }
checks:
  - unique: [month, plan]
  - expression: amount >= 0
---*/
with months as (
  select cast({{partition.start}} as date) as month
)
select
  months.month,
  subscriptions.plan,
  count(distinct subscriptions.account_id) as accounts,
  sum(subscriptions.monthly_amount) as amount
from months
join staging.subscriptions as subscriptions
  on {{> is_running from="subscriptions.started_on" to="subscriptions.ended_on" on="months.month"}}
group by months.month, subscriptions.plan
