-- relations: t(id int, a int, b text, c int, d date, xs int[], ys text[], j jsonb, k json, p point), u(id int, e text, f int, x xml)

-- name: unnest in FROM
select t.id, y from t, unnest(t.xs) as x(y)
-- id: t.id copied
-- y: t.xs transformed
-- rows: t.xs join

-- name: unnest with the alias as its column
select id, x from t, unnest(xs) x
-- id: t.id copied
-- x: t.xs transformed
-- rows: t.xs join

-- name: unnest without an alias
select id, unnest from t, unnest(xs)
-- id: t.id copied
-- unnest: t.xs transformed
-- rows: t.xs join

-- name: unnest of several arrays: each column from its own
select x, y from t, unnest(xs, ys) as q(x, y)
-- x: t.xs transformed
-- y: t.ys transformed
-- rows: t.xs join, t.ys join

-- name: ROWS FROM with ordinality
select r.p, q, n from t, rows from (unnest(xs), generate_series(1, a)) with ordinality as r(p, q, n)
-- p: t.xs transformed
-- q: t.a transformed
-- n: t.a transformed, t.xs transformed
-- rows: t.a join, t.xs join

-- name: unnest among the outputs multiplies the rows
select id, unnest(xs) as x from t
-- id: t.id copied
-- x: t.xs transformed
-- rows: t.xs join

-- name: a series
select g, id from generate_series(1, 3) g, t
-- g:
-- id: t.id copied

-- name: a series by a column, joined
select t.id, g.day from t left join generate_series(t.d, t.d + 3, interval '1 day') as g(day) on true
-- id: t.id copied
-- day: t.d transformed
-- rows: t.d join

-- name: the keys of a document
select id, key, value from t, jsonb_each(t.j)
-- id: t.id copied
-- key: t.j transformed
-- value: t.j transformed
-- rows: t.j join

-- name: elements of a document
select id, e.value ->> 'x' as x from t cross join lateral jsonb_array_elements(t.j -> 'list') as e
-- id: t.id copied
-- x: t.j transformed
-- rows: t.j join

-- name: a record with its columns
select id, q.m, q.n from t, jsonb_to_record(j) as q(m int, n text)
-- id: t.id copied
-- m: t.j transformed
-- n: t.j transformed
-- rows: t.j join

-- name: JSON_TABLE
select t.id, q.n, q.label from t, json_table(t.j, '$[*]' columns (n for ordinality, label text path '$.name')) as q
-- id: t.id copied
-- n: t.j transformed
-- label: t.j transformed
-- rows: t.j join

-- name: XMLTABLE
select u.id, q.m from u, xmltable('/r' passing u.x columns m int path 'm') as q
-- id: u.id copied
-- m: u.x transformed
-- rows: u.x join

-- name: operators of JSON
select j -> 'a' as x, j ->> b as y, j @> '{}' as z, j #>> '{a,b}' as w from t
-- x: t.j transformed
-- y: t.b transformed, t.j transformed
-- z: t.j transformed
-- w: t.j transformed

-- name: SQL/JSON
select json_object('k': a, 'v': b) as x, json_array(a, c) as y, json_value(j, '$.a') as z, k is json as w from t
-- x: t.a transformed, t.b transformed
-- y: t.a transformed, t.c transformed
-- z: t.j transformed
-- w: t.k transformed

-- name: aggregates of SQL/JSON
select json_arrayagg(b order by d) as x, json_objectagg(b : c) filter (where a > 1) as y from t
-- x: t.b aggregated, t.d order
-- y: t.a filter, t.b aggregated, t.c aggregated

-- name: aggregates of JSON
select jsonb_agg(t) as x, json_object_agg(b, c order by d) as y from (select b, c, d from t) t
-- x: t.b aggregated, t.c aggregated, t.d aggregated
-- y: t.b aggregated, t.c aggregated, t.d order

-- name: arrays that are made, elements, slices
select array[a, c] as x, xs[1] as y, xs[1:2] as z, array(select f from u where u.id = t.id) as w from t
-- x: t.a transformed, t.c transformed
-- y: t.xs transformed
-- z: t.xs transformed
-- w: t.id filter, u.f transformed, u.id filter

-- name: ANY of an array
select a = any (xs) as x from t where c <> all (xs)
-- x: t.a transformed, t.xs transformed
-- rows: t.c filter, t.xs filter

-- name: rows that are made
select row(a, b) as x, (a, c) < (c, a) as y from t
-- x: t.a transformed, t.b transformed
-- y: t.a transformed, t.c transformed

-- name: an ordered-set aggregate of an argument that is a column
select percentile_cont(0.25) within group (order by c) as m, rank(5) within group (order by a) as r from t
-- m: t.c aggregated
-- r: t.a aggregated

-- name: an aggregate with its order and DISTINCT
select array_agg(distinct b order by b) as x from t
-- x: t.b aggregated

-- name: text functions with a syntax of their own
select substring(b from 1 for 2) as x, trim(both 'x' from b) as y, position('a' in b) as z, overlay(b placing 'x' from a) as w from t
-- x: t.b transformed
-- y: t.b transformed
-- z: t.b transformed
-- w: t.a transformed, t.b transformed

-- name: times
select d at time zone 'UTC' as x, age(d, date '2020-01-01') as y, extract(epoch from d) as z from t
-- x: t.d transformed
-- y: t.d transformed
-- z: t.d transformed

-- name: XML
select xmlelement(name q, xmlattributes(f as n), e) as x from u
-- x: u.e transformed, u.f transformed

-- name: IS DISTINCT FROM, SIMILAR TO, collations
select a is distinct from c as x, b similar to 'x%' as y, b collate "C" as z from t
-- x: t.a transformed, t.c transformed
-- y: t.b transformed
-- z: t.b transformed

-- name: a function of several columns among the outputs
select id, (jsonb_each(j)).key as x from t
-- id: t.id copied
-- x: t.j transformed
-- rows: t.j join

-- name: all columns of a function among the outputs
select id, (jsonb_each(j)).* from t
-- id: t.id copied
-- key: t.j transformed
-- value: t.j transformed
-- rows: t.j join

-- name: a lateral function over a lateral function
select e, n from t, unnest(ys) as y(e), generate_series(1, length(e)) as n
-- e: t.ys transformed
-- n: t.ys transformed
-- rows: t.ys join

-- name: a scalar function in FROM
select x from t, upper(t.b) as x
-- x: t.b transformed

-- name: GROUP BY with HAVING over an array
select xs[1] as x, count(*) as n from t group by xs[1] having bool_and(a > 1)
-- x: t.xs transformed
-- n:
-- rows: t.a filter, t.xs group

-- name: a function of columns that are not defined
select * from my_rows(1)
-- *: unresolved
-- skip: binds only with the function

-- name: SEARCH adds columns
with recursive r as (select id, a from t where a is null union all select t.id, t.a from t join r on t.a = r.id) search depth first by id set o
select id from r
-- id: unresolved
-- rows: unresolved
