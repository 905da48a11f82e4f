-- relations: t(id int, y int, b text, c int), w(id int, jan int, feb int, mar int)

-- name: PIVOT
pivot t on y in (2000, 2010) using sum(c) group by b
-- b: t.b copied
-- 2000: t.c aggregated
-- 2010: t.c aggregated
-- rows: t.b group, t.y group

-- name: PIVOT without GROUP BY groups by all that is left
pivot t on y in (2000) using max(c)
-- id: t.id copied
-- b: t.b copied
-- 2000: t.c aggregated
-- rows: t.b group, t.id group, t.y group

-- name: PIVOT with several aggregates
pivot t on y in (2000, 2010) using sum(c) as total, count(*) as n group by b
-- b: t.b copied
-- 2000_total: t.c aggregated
-- 2000_n:
-- 2010_total: t.c aggregated
-- 2010_n:
-- rows: t.b group, t.y group

-- name: PIVOT in FROM
select b, "2000" as x from t pivot (sum(c) for y in (2000, 2010) group by b)
-- b: t.b copied
-- x: t.c aggregated
-- rows: t.b group, t.y group

-- name: PIVOT by two columns, with aliases of values
select * from t pivot (sum(c) for y in (2000 as a, 2010 as z) b in ('x'))
-- id: t.id copied
-- a_x: t.c aggregated
-- z_x: t.c aggregated
-- rows: t.b group, t.id group, t.y group

-- name: PIVOT of a subquery
pivot (select b, y, c * 2 as d from t where id > 1) on b in ('p', 'q') using sum(d)
-- y: t.y copied
-- p: t.c aggregated
-- q: t.c aggregated
-- rows: t.b group, t.id filter, t.y group

-- name: PIVOT with an alias
select p.b, p.k from t pivot (max(c) for y in (2000 as k) group by b) as p where p.k > 1
-- b: t.b copied
-- k: t.c aggregated
-- rows: t.b group, t.c filter, t.y group

-- name: PIVOT of values that nobody wrote
select * from t pivot (sum(c) for y in my_enum)
-- *: unresolved
-- skip: binds only with the type

-- name: UNPIVOT
unpivot w on jan, feb, mar into name month value sales
-- id: w.id copied
-- month:
-- sales: w.feb copied, w.jan copied, w.mar copied
-- rows: w.feb filter, w.jan filter, w.mar filter

-- name: UNPIVOT with the standard's syntax, NULLs included
select id, k, v from w unpivot include nulls (v for k in (jan, feb))
-- id: w.id copied
-- k:
-- v: w.feb copied, w.jan copied

-- name: UNPIVOT keeps what it does not stack
select * from w unpivot (v for k in (jan as 'j', feb as 'f'))
-- id: w.id copied
-- mar: w.mar copied
-- k:
-- v: w.feb copied, w.jan copied
-- rows: w.feb filter, w.jan filter

-- name: UNPIVOT of COLUMNS
unpivot w on columns(* exclude (id)) into name k value v
-- id: w.id copied
-- k:
-- v: w.feb copied, w.jan copied, w.mar copied
-- rows: w.feb filter, w.jan filter, w.mar filter

-- name: UNPIVOT of several value columns
select * from w unpivot ((v1, v2) for k in ((id, jan), (feb, mar)))
-- k:
-- v1: w.feb copied, w.id copied
-- v2: w.jan copied, w.mar copied
-- rows: w.feb filter, w.id filter, w.jan filter, w.mar filter

-- name: UNPIVOT of an expression
unpivot w on jan * 2 as early, mar into name k value v
-- id: w.id copied
-- feb: w.feb copied
-- k:
-- v: w.jan transformed, w.mar copied
-- rows: w.jan filter, w.mar filter

-- name: UNPIVOT, then grouped
select k, sum(v) as s from (unpivot w on jan, feb into name k value v) group by k
-- k:
-- s: w.feb aggregated, w.jan aggregated
-- rows: w.feb filter, w.jan filter

-- name: PIVOT of an UNPIVOT
from (unpivot w on jan, feb into name k value v) pivot (sum(v) for k in ('jan', 'feb') group by id)
-- id: w.id copied
-- jan: w.feb aggregated, w.jan aggregated
-- feb: w.feb aggregated, w.jan aggregated
-- rows: w.feb filter, w.id group, w.jan filter
