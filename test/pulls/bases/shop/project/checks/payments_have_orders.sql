/*---
description: Nobody paid for an order that we do not know.
---*/
select payments.payment_id, payments.order_id
from staging.payments as payments
left join staging.orders as orders on orders.order_id = payments.order_id
where orders.order_id is null
