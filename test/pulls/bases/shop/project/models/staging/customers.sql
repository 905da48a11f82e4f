/*---
description: Customers with the region of their country and what they want to be sent.
checks:
  - unique: customer_id
columns:
  - { name: email, sample: false }
  - { name: full_name, sample: false }
---*/
select
  customers.customer_id,
  customers.email,
  customers.full_name,
  customers.country,
  countries.region,
  cast(customers.signed_up_at as date) as signed_up_on,
  customers.preferences.newsletter as wants_newsletter,
  customers.preferences.language as language
from raw.customers as customers
left join countries on countries.country = customers.country
