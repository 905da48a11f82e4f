create schema raw;
create table raw.flights as
select
  i as flight_id,
  timestamp '2024-01-01' + interval (i * 97) minute as departed_at,
  ['AA', 'DL', 'UA'][1 + i % 3] as carrier,
  ['ATL', 'ORD', 'DFW', 'JFK', 'LAX'][1 + i % 5] as origin,
  ['ORD', 'DFW', 'JFK', 'LAX', 'ATL'][1 + i % 5] as destination,
  cast(300 + (i * 37) % 2000 as integer) as distance,
  cast((i * 13) % 90 - 20 as integer) as delay,
  i % 41 = 0 as cancelled,
  timestamp '2024-01-02' + interval (i * 97) minute as loaded_at
from range(460) as r(i);
create table raw.airports as
select * from (values
  ('ATL', 'Hartsfield', 'Atlanta', 'GA', 33.6::double, -84.4::double),
  ('ORD', 'O''Hare', 'Chicago', 'IL', 42.0, -87.9),
  ('DFW', 'Dallas Fort Worth', 'Dallas', 'TX', 32.9, -97.0),
  ('JFK', 'Kennedy', 'New York', 'NY', 40.6, -73.8),
  ('LAX', 'Los Angeles', 'Los Angeles', 'CA', 33.9, -118.4)
) as t(iata, name, city, state, latitude, longitude);
create table raw.carriers as
select * from (values ('AA', 'American', 1926), ('DL', 'Delta', 1925), ('UA', 'United', 1926)) as t(code, name, founded);
