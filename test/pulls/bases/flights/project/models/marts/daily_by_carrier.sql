/*---
materialized: incremental
partition: { column: { name: flight_date, type: date }, grain: day, start: 2024-01-01, end: 2024-01-31 }
checks:
  - unique: [flight_date, carrier]
  - not_null: [carrier_name, flights]
---*/
select
  flights.flight_date,
  flights.carrier,
  carriers.carrier_name,
  sum(flights.distance) as miles,
  {{> delay_statistics}}
from staging.flights as flights
join staging.carriers as carriers on carriers.carrier = flights.carrier
where flights.flight_date >= {{partition.start}}
  and flights.flight_date < {{partition.end}}
group by flights.flight_date, flights.carrier, carriers.carrier_name
