/*---
description: One row for each customer, with what they bought.
checks:
  - unique: customer_id
  - not_null: [customer_id, orders]
columns:
  - { name: email, sample: false }
---*/
with bought as (
  select
    customer_id,
    count(*) as orders,
    min(ordered_on) as first_order_on,
    max(ordered_on) as last_order_on,
    sum(amount_eur) as revenue
  from marts.orders
  group by customer_id
)
select
  customers.customer_id,
  customers.email,
  customers.country,
  customers.region,
  customers.signed_up_on,
  coalesce(bought.orders, 0) as orders,
  bought.first_order_on,
  bought.last_order_on,
  coalesce(bought.revenue, 0) as revenue
from staging.customers as customers
left join bought on bought.customer_id = customers.customer_id
