-- relations: t(id int, a int, b text, c int, d date), u(id int, e text, f int), v(id int, a int, g text), s.w(id int, h int)

-- name: UNION ALL has the sources of both sides
select a, b from t union all select f, e from u
-- a: t.a copied, u.f copied
-- b: t.b copied, u.e copied

-- name: UNION groups by the columns of both sides
select a from t union select f from u
-- a: t.a copied, u.f copied
-- rows: t.a group, u.f group

-- name: each side has its own role
select a as x from t union all select f + 1 from u union all select 0
-- x: t.a copied, u.f transformed

-- name: one relation on both sides: the greater role
select a as x from t union all select a + 1 from t
-- x: t.a transformed

-- name: rows of either side
select a from t where b = 'x' union all select f from u where e = 'y'
-- a: t.a copied, u.f copied
-- rows: t.b filter, u.e filter

-- name: EXCEPT takes rows away
select a, b from t except select f, e from u where id = 1
-- a: t.a copied
-- b: t.b copied
-- rows: t.a filter, t.b filter, u.e filter, u.f filter, u.id filter

-- name: INTERSECT keeps common rows
select id, a from t intersect select id, a from v
-- id: t.id copied
-- a: t.a copied
-- rows: t.a filter, t.id filter, v.a filter, v.id filter

-- name: ORDER BY over a set operation
select a as x from t union all select f from u order by x
-- x: t.a copied, u.f copied
-- rows: t.a order, u.f order

-- name: ORDER BY a place over a set operation
select id, a as x from t union all select id, f from u order by 2 desc limit 3
-- id: t.id copied, u.id copied
-- x: t.a copied, u.f copied
-- rows: t.a order, u.f order

-- name: a set operation in a subquery
select x, count(*) as n from (select a as x from t union all select f from u) q group by x
-- x: t.a copied, u.f copied
-- n:
-- rows: t.a group, u.f group

-- name: UNION inside UNION ALL
(select a as x from t union select f from u) union all select h from s.w
-- x: s.w.h copied, t.a copied, u.f copied
-- rows: t.a group, u.f group

-- name: a side with an order and a limit of its own
(select a as x from t order by c limit 1) union all (select f from u order by e limit 1)
-- x: t.a copied, u.f copied
-- rows: t.c order, u.e order

-- name: EXCEPT of a union
select a as x from t union all select f from u except select h from s.w
-- x: t.a copied, u.f copied
-- rows: s.w.h filter, t.a filter, u.f filter

-- name: stars on both sides
select * from u union all select id, g, a from v
-- id: u.id copied, v.id copied
-- e: u.e copied, v.g copied
-- f: u.f copied, v.a copied

-- name: UNION of aggregates groups by what they are made of
select count(*) as n, max(a) as m from t union select f, id from u
-- n: u.f copied
-- m: t.a aggregated, u.id copied
-- rows: t.a group, u.f group, u.id group

-- name: literals that tag the sides
select 't' as kind, a from t union all select 'u', f from u
-- kind:
-- a: t.a copied, u.f copied

-- name: a filter over a union's tag decides nothing
select x from (select 't' as kind, a as x from t union all select e, f from u) q where kind = 't'
-- x: t.a copied, u.f copied
-- rows: u.e filter

-- name: a set operation in IN
select a from t where id in (select id from u union all select id from v)
-- a: t.a copied
-- rows: t.id filter, u.id filter, v.id filter
