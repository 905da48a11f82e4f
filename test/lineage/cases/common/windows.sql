-- relations: t(id int, a int, b text, c int, d date), u(id int, e text, f int), v(id int, a int, g text), s.w(id int, h int)

-- name: an aggregate over a window
select sum(c) over (partition by a order by d) as s from t
-- s: t.a group, t.c aggregated, t.d order

-- name: a window without anything
select sum(c) over () as s, count(*) over () as n from t
-- s: t.c aggregated
-- n:

-- name: numbers of rows have only a window
select row_number() over (partition by a, b order by d, id) as n, rank() over (order by c) as r from t
-- n: t.a group, t.b group, t.d order, t.id order
-- r: t.c order

-- name: functions that take values
select lag(c) over (order by d) as p, first_value(b) over (partition by a order by d) as f from t
-- p: t.c aggregated, t.d order
-- f: t.a group, t.b aggregated, t.d order

-- name: every argument of lag
select lag(c, 1, a) over (order by d) as p from t
-- p: t.a aggregated, t.c aggregated, t.d order

-- name: a named window
select sum(c) over w as s, avg(a) over w as m from t window w as (partition by b order by d)
-- s: t.b group, t.c aggregated, t.d order
-- m: t.a aggregated, t.b group, t.d order

-- name: a named window that is added to
select rank() over (w order by d) as r from t window w as (partition by b)
-- r: t.b group, t.d order

-- name: the aggregated column is the partition too
select sum(a) over (partition by a) as s from t
-- s: t.a aggregated

-- name: a window in an expression
select c - lag(c) over (partition by a order by d) as x from t
-- x: t.a group, t.c aggregated, t.d order

-- name: the newest row of each
select id, b from (select id, b, row_number() over (partition by a order by d desc) as n from t) x where n = 1
-- id: t.id copied
-- b: t.b copied
-- rows: t.a filter, t.d filter

-- name: a window's number goes on
select n + 1 as m from (select row_number() over (partition by a order by d) as n from t) x
-- m: t.a group, t.d order

-- name: the greatest number
select max(n) as m from (select row_number() over (partition by a order by d) as n from t) x
-- m: t.a group, t.d order

-- name: a window over aggregates
select a, sum(sum(c)) over (order by a) as s from t group by a
-- a: t.a copied
-- s: t.a order, t.c aggregated
-- rows: t.a group

-- name: rank by an aggregate
select b, rank() over (order by sum(c) desc) as r from t group by b
-- b: t.b copied
-- r: t.c order
-- rows: t.b group

-- name: a window in ORDER BY
select a from t order by row_number() over (partition by b order by d)
-- a: t.a copied
-- rows: t.b order, t.d order

-- name: a frame
select sum(c) over (partition by a order by d rows between 2 preceding and current row) as s from t
-- s: t.a group, t.c aggregated, t.d order

-- name: FILTER of a window
select count(*) filter (where b = 'x') over (partition by a) as n from t
-- n: t.a group, t.b filter

-- name: DISTINCT over a window
select distinct a, max(c) over (partition by a order by d) as m from t
-- a: t.a copied
-- m: t.a group, t.c aggregated, t.d order
-- rows: t.a group, t.c group, t.d group

-- name: grouped by a window's number
select n, count(*) as k from (select ntile(4) over (order by c) as n from t) x group by n
-- n: t.c order
-- k:
-- rows: t.c group

-- name: partition by an expression
select sum(c) over (partition by date_trunc('month', d), upper(b)) as s from t
-- s: t.b group, t.c aggregated, t.d group

-- name: a window over a join
select t.a, sum(u.f) over (partition by u.e order by t.d) as s from t join u on t.id = u.id
-- a: t.a copied
-- s: t.d order, u.e group, u.f aggregated
-- rows: t.id join, u.id join
