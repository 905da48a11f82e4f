-- relations: t(id int, a int, b text, c int, d date), u(id int, e text, f int), v(id int, a int, g text), s.w(id int, h int)

-- name: ON joins
select t.a, u.e from t join u on t.id = u.id
-- a: t.a copied
-- e: u.e copied
-- rows: t.id join, u.id join

-- name: every column of ON
select t.a from t left join u on t.id = u.id and u.f > 1 and t.b = 'x'
-- a: t.a copied
-- rows: t.b join, t.id join, u.f join, u.id join

-- name: a cross join has no columns
select t.a, u.e from t cross join u
-- a: t.a copied
-- e: u.e copied

-- name: a comma and WHERE filter
select t.a, u.e from t, u where t.id = u.id
-- a: t.a copied
-- e: u.e copied
-- rows: t.id filter, u.id filter

-- name: USING of an inner join is the left column
select id, a, e from t join u using (id)
-- id: t.id copied
-- a: t.a copied
-- e: u.e copied
-- rows: t.id join, u.id join

-- name: USING of a left join is the left column
select id, e from t left join u using (id)
-- id: t.id copied
-- e: u.e copied
-- rows: t.id join, u.id join

-- name: USING of a right join is the right column
select id, b from t right join u using (id)
-- id: u.id copied
-- b: t.b copied
-- rows: t.id join, u.id join

-- name: USING of a full join is made of both
select id, b, e from t full join u using (id)
-- id: t.id transformed, u.id transformed
-- b: t.b copied
-- e: u.e copied
-- rows: t.id join, u.id join

-- name: a qualified column of USING is that side's own
select t.id as l, u.id as r from t full join u using (id)
-- l: t.id copied
-- r: u.id copied
-- rows: t.id join, u.id join

-- name: a star after USING has the merged column first
select * from v join u using (id)
-- id: v.id copied
-- a: v.a copied
-- g: v.g copied
-- e: u.e copied
-- f: u.f copied
-- rows: u.id join, v.id join

-- name: a relation's star after USING has its own column
select u.* from v left join u using (id)
-- id: u.id copied
-- e: u.e copied
-- f: u.f copied
-- rows: u.id join, v.id join

-- name: a star after a full join with USING
select * from u full join s.w using (id)
-- id: s.w.id transformed, u.id transformed
-- e: u.e copied
-- f: u.f copied
-- h: s.w.h copied
-- rows: s.w.id join, u.id join

-- name: USING over three relations
select id, a, h from v join u using (id) join s.w using (id)
-- id: v.id copied
-- a: v.a copied
-- h: s.w.h copied
-- rows: s.w.id join, u.id join, v.id join

-- name: a full join over a full join
select id from u full join v using (id) full join s.w using (id)
-- id: s.w.id transformed, u.id transformed, v.id transformed
-- rows: s.w.id join, u.id join, v.id join

-- name: NATURAL takes all common columns
select id, a, b, g from t natural join v
-- id: t.id copied
-- a: t.a copied
-- b: t.b copied
-- g: v.g copied
-- rows: t.a join, t.id join, v.a join, v.id join

-- name: a NATURAL full join
select id, e, h from u natural full join s.w
-- id: s.w.id transformed, u.id transformed
-- e: u.e copied
-- h: s.w.h copied
-- rows: s.w.id join, u.id join

-- name: a self-join keeps its sides apart by name only
select x.a as a1, y.a as a2, x.b || y.b as bb from t x join t y on x.id = y.c
-- a1: t.a copied
-- a2: t.a copied
-- bb: t.b transformed
-- rows: t.c join, t.id join

-- name: a right join with ON
select t.a, u.f from t right join u on t.id = u.id
-- a: t.a copied
-- f: u.f copied
-- rows: t.id join, u.id join

-- name: a join in parentheses
select t.a, u.e, v.g from t left join (u join v on u.id = v.id) on t.id = u.id
-- a: t.a copied
-- e: u.e copied
-- g: v.g copied
-- rows: t.id join, u.id join, v.id join

-- name: ON with an expression
select t.a from t join u on upper(t.b) = u.e or t.c < u.f + 1
-- a: t.a copied
-- rows: t.b join, t.c join, u.e join, u.f join

-- name: ON true
select t.a, u.f from t join u on true
-- a: t.a copied
-- f: u.f copied

-- name: a join with a subquery that filters
select t.a, x.e from t join (select id, e from u where f > 1) x on x.id = t.id
-- a: t.a copied
-- e: u.e copied
-- rows: t.id join, u.f filter, u.id join

-- name: a join with a grouped subquery
select t.a, x.n, x.m from t left join (select id, count(*) as n, max(f) as m from u group by id) x on x.id = t.id
-- a: t.a copied
-- n:
-- m: u.f aggregated
-- rows: t.id join, u.id group, u.id join

-- name: the same name on both sides
select t.id as a, u.id as b from t join u on t.id = u.id
-- a: t.id copied
-- b: u.id copied
-- rows: t.id join, u.id join

-- name: a subquery in ON
select t.a from t join u on t.id = u.id and u.f = (select max(h) from s.w)
-- a: t.a copied
-- rows: s.w.h join, t.id join, u.f join, u.id join

-- name: an inner USING then ON
select u.f, g from t join u using (id) join v on v.a = t.a
-- f: u.f copied
-- g: v.g copied
-- rows: t.a join, t.id join, u.id join, v.a join
