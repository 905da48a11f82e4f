-- relations: t(id int, a int, b text, c int, d date), u(id int, e text, f int), v(id int, a int, g text), s.w(id int, h int)

-- name: WHERE decides the rows
select a from t where b = 'x' and c > 1
-- a: t.a copied
-- rows: t.b filter, t.c filter

-- name: a column that is filtered and taken
select a from t where a > 1
-- a: t.a copied
-- rows: t.a filter

-- name: OR, NOT, BETWEEN and IN in WHERE
select id from t where not (a in (1, 2) or c between 1 and 2) or b is null
-- id: t.id copied
-- rows: t.a filter, t.b filter, t.c filter

-- name: ORDER BY decides the order
select a from t order by c desc, upper(b)
-- a: t.a copied
-- rows: t.b order, t.c order

-- name: ORDER BY an output's place
select a, c + 1 as x from t order by 2
-- a: t.a copied
-- x: t.c transformed
-- rows: t.c order

-- name: ORDER BY an alias
select a as x, b from t order by x
-- x: t.a copied
-- b: t.b copied
-- rows: t.a order

-- name: in ORDER BY an alias hides a column
select a as c, b from t order by c
-- c: t.a copied
-- b: t.b copied
-- rows: t.a order

-- name: LIMIT with a literal has no sources
select a from t order by b limit 10 offset 5
-- a: t.a copied
-- rows: t.b order

-- name: GROUP BY
select a, sum(c) as s, count(*) as n from t group by a
-- a: t.a copied
-- s: t.c aggregated
-- n:
-- rows: t.a group

-- name: GROUP BY an expression
select date_trunc('month', d) as m, max(c) as c from t group by date_trunc('month', d)
-- m: t.d transformed
-- c: t.c aggregated
-- rows: t.d group

-- name: GROUP BY places
select b, a + 1 as x, min(c) as m from t group by 1, 2
-- b: t.b copied
-- x: t.a transformed
-- m: t.c aggregated
-- rows: t.a group, t.b group

-- name: GROUP BY an alias
select a + c as x, count(*) as n from t group by x
-- x: t.a transformed, t.c transformed
-- n:
-- rows: t.a group, t.c group

-- name: in GROUP BY a column hides an alias
select max(c) as a, b as x from t group by a, b
-- a: t.c aggregated
-- x: t.b copied
-- rows: t.a group, t.b group

-- name: HAVING filters groups
select a from t group by a having sum(c) > 10 and count(*) > 1
-- a: t.a copied
-- rows: t.a group, t.c filter

-- name: an aggregate of an expression
select sum(a * c) as s, avg(coalesce(a, 0)) as m from t
-- s: t.a aggregated, t.c aggregated
-- m: t.a aggregated

-- name: an expression of aggregates
select sum(a) / count(c) as x from t
-- x: t.a aggregated, t.c aggregated

-- name: an aggregate beside its group
select a, a + sum(c) as x from t group by a
-- a: t.a copied
-- x: t.a transformed, t.c aggregated
-- rows: t.a group

-- name: count distinct
select count(distinct b) as n from t where a = 1
-- n: t.b aggregated
-- rows: t.a filter

-- name: FILTER belongs to its column
select a, sum(c) filter (where b = 'x') as s, count(*) filter (where d is null) as n from t group by a
-- a: t.a copied
-- s: t.b filter, t.c aggregated
-- n: t.d filter
-- rows: t.a group

-- name: a value role is stronger than FILTER
select sum(c) filter (where c > 0) as s from t
-- s: t.c aggregated

-- name: the order within an aggregate belongs to its column
select a, string_agg(b, ',' order by d) as s from t group by a
-- a: t.a copied
-- s: t.b aggregated, t.d order
-- rows: t.a group

-- name: ordered-set aggregates take what they order
select percentile_cont(0.5) within group (order by c) as m, mode() within group (order by b) as o from t
-- m: t.c aggregated
-- o: t.b aggregated

-- name: GROUPING SETS
select a, b, sum(c) as s from t group by grouping sets ((a), (b), ())
-- a: t.a copied
-- b: t.b copied
-- s: t.c aggregated
-- rows: t.a group, t.b group

-- name: ROLLUP and GROUPING
select a, b, grouping(b) as g, count(*) as n from t group by rollup (a, b)
-- a: t.a copied
-- b: t.b copied
-- g: t.b group
-- n:
-- rows: t.a group, t.b group

-- name: CUBE
select a, sum(c) as s from t group by cube (a, b)
-- a: t.a copied
-- s: t.c aggregated
-- rows: t.a group, t.b group

-- name: DISTINCT groups by every output column
select distinct a, upper(b) as x from t
-- a: t.a copied
-- x: t.b transformed
-- rows: t.a group, t.b group

-- name: DISTINCT over an aggregate
select distinct sum(c) as s from t group by a
-- s: t.c aggregated
-- rows: t.a group, t.c group

-- name: DISTINCT ON
select distinct on (a) a, b from t order by a, d desc
-- a: t.a copied
-- b: t.b copied
-- rows: t.a group, t.a order, t.d order

-- name: GROUP BY without aggregates
select b from t group by b, c
-- b: t.b copied
-- rows: t.b group, t.c group

-- name: an aggregate without GROUP BY, with a condition
select max(a) as m from t where c = 1
-- m: t.a aggregated
-- rows: t.c filter

-- name: a constant output of a grouped query
select 1 as one from t group by a
-- one:
-- rows: t.a group

-- name: WHERE without columns
select a from t where 1 = 1
-- a: t.a copied
