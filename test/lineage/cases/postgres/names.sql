-- relations: t(id int, a int, b text, c int, d date), u(id int, e text, f int), v(id int, a int, g text), "Q"("A" int, a int, "b c" text)

-- name: quoted names keep their case
select "A" as x, A as y, "b c" as z from "Q"
-- x: Q.A copied
-- y: Q.a copied
-- z: Q."b c" copied

-- name: names of expressions
select sum, count, x.coalesce as k, "case" from (select sum(c), count(*), coalesce(a, 0), case when b = 'x' then d end from t group by a, b, d) x
-- sum: t.c aggregated
-- count:
-- k: t.a transformed
-- case: t.b transformed, t.d transformed
-- rows: t.a group, t.b group, t.d group

-- name: a cast has the name of what it casts
select a, x.text from (select a::text, ('x' || 'y')::text from t) x
-- a: t.a transformed
-- text:

-- name: names of VALUES
select column1 as x, column2 as y from (values (1, 2)) q
-- x:
-- y:

-- name: a whole row
select to_json(u) as j, row_to_json(u.*) as k from u
-- j: u.e transformed, u.f transformed, u.id transformed
-- k: u.e transformed, u.f transformed, u.id transformed

-- name: a whole row, bare
select v from v
-- v: v.a copied, v.g copied, v.id copied

-- name: count of a whole row
select count(u.*) as n from t left join u on t.id = u.id
-- n: u.e aggregated, u.f aggregated, u.id aggregated
-- rows: t.id join, u.id join

-- name: a column of a row
select (u).e as x, (u.*).f as y from u
-- x: u.e copied
-- y: u.f copied

-- name: the columns of a row
select (u).* from u
-- id: u.id copied
-- e: u.e copied
-- f: u.f copied

-- name: the columns of a row of a subquery
select (x).f as y from (select a as f, b from t) x
-- y: t.a copied

-- name: whole rows through levels
select (r).e as y from (select u as r from u where f = 1) x
-- y: u.e copied
-- rows: u.f filter

-- name: an alias is no column in WHERE
select c as a from t where a > 1
-- a: t.c copied
-- rows: t.a filter

-- name: in GROUP BY a column hides an alias
select max(c) as b, a as x from t group by b, a
-- b: t.c aggregated
-- x: t.a copied
-- rows: t.a group, t.b group

-- name: an expression of ORDER BY sees columns only
select c as a from t order by a + 0
-- a: t.c copied
-- rows: t.a order

-- name: an alias of a join
select j.x, j.g from (u join v on u.id = v.id) as j(x, y, z, i, k, g)
-- x: u.id copied
-- g: v.g copied
-- rows: u.id join, v.id join

-- name: USING with an alias
select m.id, t.b from t left join u using (id) as m
-- id: t.id copied
-- b: t.b copied
-- rows: t.id join, u.id join

-- name: GROUP BY the primary key's column
select a, b, count(*) as n from t group by a, b
-- a: t.a copied
-- b: t.b copied
-- n:
-- rows: t.a group, t.b group

-- name: a schema that is a relation's alias too
-- relations: s.w(id int, h int)
select w.h as x, (select max(w.h) from s.w) as m from s.w
-- x: s.w.h copied
-- m: s.w.h aggregated

-- name: ORDER BY USING
select a from t order by b using >
-- a: t.a copied
-- rows: t.b order

-- name: FETCH FIRST WITH TIES
select a from t order by c fetch first 3 rows with ties
-- a: t.a copied
-- rows: t.c order

-- name: a sample
select a from t tablesample bernoulli (10)
-- a: t.a copied

-- name: DISTINCT ON an expression
select distinct on (date_trunc('month', d)) a from t order by date_trunc('month', d), id
-- a: t.a copied
-- rows: t.d group, t.d order, t.id order

-- name: TABLE
table u
-- id: u.id copied
-- e: u.e copied
-- f: u.f copied

-- name: EXCEPT ALL and INTERSECT ALL
select a from t except all (select f from u intersect all select id from v)
-- a: t.a copied
-- rows: t.a filter, u.f filter, v.id filter

-- name: WITH RECURSIVE names a CTE before it stands
with recursive x as (select y.p + 1 as q from y), y as (select a as p from t) select q from x
-- q: t.a transformed

-- name: a materialized CTE
with x as materialized (select a from t), y as not materialized (select a + 1 as a from x) select a from y
-- a: t.a transformed

-- name: mutual shadowing of CTEs
with x as (select a from t) select * from (with x as (select a + 1 as k from x) select k from x) y
-- k: t.a transformed

-- name: a window that copies a window
select sum(c) over (w) as s from t window w as (partition by a), z as (w order by d)
-- s: t.a group, t.c aggregated

-- name: GROUP BY DISTINCT grouping sets
select a, b, count(*) as n from t group by distinct rollup (a, b), rollup (a)
-- a: t.a copied
-- b: t.b copied
-- n:
-- rows: t.a group, t.b group
