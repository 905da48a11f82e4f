/*---
severity: warn
---*/
select order_id, paid_amount
from marts.orders
where status = 'canceled' and paid_amount > 0
