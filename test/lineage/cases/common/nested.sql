-- relations: t(id int, a int, b text, c int, d date), u(id int, e text, f int), v(id int, a int, g text), s.w(id int, h int)

-- name: a subquery passes columns on
select x.y from (select a as y, b from t) x
-- y: t.a copied

-- name: a subquery's transformation stays one
select y from (select a + 1 as y from t) x
-- y: t.a transformed

-- name: the greater role counts: aggregated over transformed
select sum(y) as s from (select a + 1 as y from t) x
-- s: t.a aggregated

-- name: the greater role counts: transformed over aggregated
select y + 1 as z from (select sum(a) as y from t) x
-- z: t.a aggregated

-- name: a subquery's rows are the query's
select y from (select a as y from t where b = 'x' order by c) x where y > 1
-- y: t.a copied
-- rows: t.a filter, t.b filter, t.c order

-- name: whoever counts rows depends on what decides them
select count(*) as n from (select a from t where b = 'x' group by a) x
-- n:
-- rows: t.a group, t.b filter

-- name: a chain of CTEs
with one as (select a, b, c from t where c > 0), two as (select a, upper(b) as b from one), three as (select b, sum(a) as s from two group by b)
select b, s from three
-- b: t.b transformed
-- s: t.a aggregated
-- rows: t.b group, t.c filter

-- name: a CTE with names of its columns
with x(p, q) as (select a, b from t) select q, p from x
-- q: t.b copied
-- p: t.a copied

-- name: a CTE that is not used decides nothing
with x as (select a from t where b = 'x') select e from u
-- e: u.e copied

-- name: a CTE used twice
with x as (select id, a from t where c = 1) select p.a as a1, q.a as a2 from x p join x q on p.id = q.a
-- a1: t.a copied
-- a2: t.a copied
-- rows: t.a join, t.c filter, t.id join

-- name: a CTE hides a relation of its name
with u as (select id, b as e from t) select e from u
-- e: t.b copied

-- name: a CTE may read the relation that it hides
with t as (select a + 1 as a from t) select a from t
-- a: t.a transformed

-- name: a schema is never a CTE
with w as (select a as h from t) select h from s.w
-- h: s.w.h copied

-- name: an inner CTE hides an outer one
with x as (select a from t) select a from (with x as (select f as a from u) select a from x) y
-- a: u.f copied

-- name: an outer CTE is seen inside
with x as (select a from t) select y.a from (select a from x) y
-- a: t.a copied

-- name: stars through levels
with x as (select * from u), y as (select * from x) select * from (select * from y) z
-- id: u.id copied
-- e: u.e copied
-- f: u.f copied

-- name: a scalar subquery
select a, (select max(f) from u) as m from t
-- a: t.a copied
-- m: u.f aggregated

-- name: a correlated scalar subquery
select a, (select max(f) from u where u.id = t.id) as m from t
-- a: t.a copied
-- m: t.id filter, u.f aggregated, u.id filter

-- name: a scalar subquery that takes a column of the outer query
select (select t.a + u.f from u where u.id = 1) as m from t
-- m: t.a transformed, u.f transformed, u.id filter

-- name: a scalar subquery within an expression
select a + (select min(f) from u where e = 'x') as m from t
-- m: t.a transformed, u.e filter, u.f aggregated

-- name: a scalar subquery in WHERE
select a from t where c > (select avg(f) from u where e = 'x')
-- a: t.a copied
-- rows: t.c filter, u.e filter, u.f filter

-- name: EXISTS
select a from t where exists (select 1 from u where u.id = t.id and u.f > 1)
-- a: t.a copied
-- rows: t.id filter, u.f filter, u.id filter

-- name: what EXISTS selects decides nothing
select a from t where not exists (select * from u where u.id = t.id)
-- a: t.a copied
-- rows: t.id filter, u.id filter

-- name: IN with a query
select a from t where b in (select e from u where f = 1)
-- a: t.a copied
-- rows: t.b filter, u.e filter, u.f filter

-- name: NOT IN with a query
select a from t where id not in (select id from u)
-- a: t.a copied
-- rows: t.id filter, u.id filter

-- name: a row IN a query
select a from t where (id, b) in (select id, e from u)
-- a: t.a copied
-- rows: t.b filter, t.id filter, u.e filter, u.id filter

-- name: ANY and ALL
select a from t where c > any (select f from u) and c < all (select h from s.w where id = 1)
-- a: t.a copied
-- rows: s.w.h filter, s.w.id filter, t.c filter, u.f filter

-- name: IN with a query as a value
select b in (select e from u where f = 1) as x from t
-- x: t.b transformed, u.e transformed, u.f filter

-- name: EXISTS as a value
select exists (select 1 from u where u.id = t.id) as x from t
-- x: t.id filter, u.id filter

-- name: a subquery within a subquery
select a from t where id in (select id from u where f = (select max(h) from s.w where w.id = t.c))
-- a: t.a copied
-- rows: s.w.h filter, s.w.id filter, t.c filter, t.id filter, u.f filter, u.id filter

-- name: inner names win over outer ones
select a from t where exists (select 1 from v where v.id = t.id and a > 1)
-- a: t.a copied
-- rows: t.id filter, v.a filter, v.id filter

-- name: a bare outer name
select e from u where exists (select 1 from s.w where h = f)
-- e: u.e copied
-- rows: s.w.h filter, u.f filter

-- name: a subquery in HAVING
select a, sum(c) as s from t group by a having sum(c) > (select max(f) from u)
-- a: t.a copied
-- s: t.c aggregated
-- rows: t.a group, t.c filter, u.f filter

-- name: a subquery in ORDER BY
select a from t order by (select max(f) from u where u.id = t.id)
-- a: t.a copied
-- rows: t.id order, u.f order, u.id order

-- name: a subquery in LIMIT
select a from t order by a limit (select count(*) from u where f = 1)
-- a: t.a copied
-- rows: t.a order, u.f order

-- name: a subquery inside CASE
select case when exists (select 1 from u where u.f = t.a) then b else 'n' end as x from t
-- x: t.a filter, t.b transformed, u.f filter

-- name: an aggregate over a scalar subquery's rows
select sum(m) as s from (select (select max(f) from u where u.id = t.id) as m from t) x
-- s: t.id filter, u.f aggregated, u.id filter

-- name: a filter over a column with own sources
select b from (select b, (select max(f) from u where u.id = t.id) as m from t) x where m > 1
-- b: t.b copied
-- rows: t.id filter, u.f filter, u.id filter

-- name: LATERAL
select t.a, x.m from t, lateral (select max(f) as m from u where u.id = t.id) x
-- a: t.a copied
-- m: u.f aggregated
-- rows: t.id filter, u.id filter

-- name: a LATERAL left join
select t.a, x.e from t left join lateral (select e from u where u.id = t.id order by f desc limit 1) x on true
-- a: t.a copied
-- e: u.e copied
-- rows: t.id filter, u.f order, u.id filter

-- name: LATERAL computes
select t.b, x.y, z.w from t cross join lateral (select t.a + t.c as y) x cross join lateral (select x.y * 2 as w) z
-- b: t.b copied
-- y: t.a transformed, t.c transformed
-- w: t.a transformed, t.c transformed

-- name: five levels
select r from (select q || 1::text as r from (select p as q from (select o || 'x' as p, n from (select m as o, n from (select b as m, c as n from t where a = 1) x1) x2 where n > 0) x3) x4 where q <> 'y') x5 limit 3
-- r: t.b transformed
-- rows: t.a filter, t.b filter, t.c filter
