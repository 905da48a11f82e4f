/*---
description: What each order comes to, in its own currency and in euro.
checks:
  - unique: order_id
---*/
with totals as (
  select
    order_id,
    count(*) as lines,
    sum(quantity) as pieces,
    sum(line_amount) as amount
  from staging.order_items
  group by order_id
)
select
  orders.order_id,
  orders.customer_id,
  orders.ordered_on,
  orders.status,
  orders.channel,
  totals.lines,
  totals.pieces,
  totals.amount,
  {{> to_euro amount="totals.amount" rate="rates.rate"}} as amount_eur
from staging.orders as orders
join totals on totals.order_id = orders.order_id
join exchange_rates as rates on rates.currency = orders.currency
