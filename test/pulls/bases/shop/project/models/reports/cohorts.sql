/*---
description: Customers and revenue by the month of the first order.
materialized: table
checks:
  - unique: [cohort, region]
---*/
select
  date_trunc('month', first_order_on) as cohort,
  region,
  count(*) as customers,
  sum(revenue) as revenue,
  sum(revenue) / count(*) as revenue_per_customer
from marts.customers
where first_order_on is not null
group by 1, 2
