create schema raw;
create table raw.orders as
select
  cast(i as bigint) as order_id,
  cast(1 + i % 17 as bigint) as customer_id,
  timestamp '2024-03-01' + interval (i * 211) minute as ordered_at,
  ['Placed', 'shipped', 'Shipped', 'returned', 'canceled'][1 + i % 5] as status,
  ['EUR', 'USD', 'BRL'][1 + i % 3] as currency,
  ['web', 'app', 'shop'][1 + i % 3] as channel
from range(1, 200) as r(i);
create table raw.order_items as
select
  cast(i as bigint) as order_id,
  cast(n as integer) as line_no,
  cast(1 + (i * n) % 9 as bigint) as product_id,
  cast(1 + i % 4 as integer) as quantity,
  cast(5 + (i * 7) % 50 as decimal(12, 2)) as unit_price
from range(1, 200) as r(i), range(1, 3) as l(n);
create table raw.customers as
select
  cast(i as bigint) as customer_id,
  'c' || i || '@example.com' as email,
  'Customer ' || i as full_name,
  ['DE', 'FR', 'US', 'BR'][1 + i % 4] as country,
  timestamp '2024-01-01' + interval (i) day as signed_up_at,
  {'newsletter': i % 2 = 0, 'language': 'en'} as preferences
from range(1, 20) as r(i);
create table raw.payments as
select
  cast(1000 + i as bigint) as payment_id,
  cast(i as bigint) as order_id,
  timestamp '2024-03-02' + interval (i * 211) minute as paid_at,
  'card' as method,
  cast(10 + i as decimal(12, 2)) as amount,
  ['settled', 'captured', 'failed'][1 + i % 3] as state
from range(1, 180) as r(i);
create table raw.products as
select
  cast(i as bigint) as product_id,
  'SKU-' || i as sku,
  'Product ' || i as title,
  case when i % 4 = 0 then null else 'toys' end as category,
  ['new', 'clearance'] as labels,
  cast(i * 10 as decimal(12, 2)) as list_price
from range(1, 10) as r(i);
