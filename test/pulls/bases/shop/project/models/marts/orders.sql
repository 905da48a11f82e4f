/*---
description: One row for each order, with what was paid for it.
materialized: incremental
partition: { column: { name: ordered_on, type: date }, grain: day, start: 2024-03-01, end: 2024-03-31 }
checks:
  - unique: order_id
  - not_null: [order_id, customer_id, amount_eur]
  - relationships: { column: customer_id, to: staging.customers, field: customer_id }
---*/
select
  totals.order_id,
  totals.customer_id,
  totals.ordered_on,
  totals.status,
  totals.channel,
  totals.pieces,
  totals.amount_eur,
  totals.amount_eur >= {{vars.large_order}} as is_large,
  payments.paid_amount,
  payments.last_paid_at
from intermediate.order_totals as totals
left join intermediate.order_payments as payments on payments.order_id = totals.order_id
where totals.ordered_on >= {{partition.start}}
  and totals.ordered_on < {{partition.end}}
