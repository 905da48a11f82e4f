-- relations: t(id int, a int, b text, c int, d date), u(id int, e text, f int), v(id int, a int, g text)

-- name: an alias in WHERE
select a + c as x from t where x > 1
-- x: t.a transformed, t.c transformed
-- rows: t.a filter, t.c filter

-- name: in WHERE a column hides an alias
select c as a from t where a > 1
-- a: t.c copied
-- rows: t.a filter

-- name: an alias among the outputs
select a + 1 as x, x * 2 as y from t
-- x: t.a transformed
-- y: t.a transformed

-- name: among the outputs a column hides an alias
select b as a, a + 1 as y from t
-- a: t.b copied
-- y: t.a transformed

-- name: an alias in HAVING
select a, sum(c) as s from t group by a having s > 10
-- a: t.a copied
-- s: t.c aggregated
-- rows: t.a group, t.c filter

-- name: an alias in QUALIFY
select b, row_number() over (partition by a order by d) as n from t qualify n = 1
-- b: t.b copied
-- n: t.a group, t.d order
-- rows: t.a filter, t.d filter

-- name: QUALIFY
select b from t qualify rank() over (partition by a order by c desc) <= 3
-- b: t.b copied
-- rows: t.a filter, t.c filter

-- name: GROUP BY ALL
select a, upper(b) as x, sum(c) as s from t group by all
-- a: t.a copied
-- x: t.b transformed
-- s: t.c aggregated
-- rows: t.a group, t.b group

-- name: ORDER BY ALL
select b, a from t order by all
-- b: t.b copied
-- a: t.a copied
-- rows: t.a order, t.b order

-- name: GROUP BY ALL without groups
select sum(c) as s from t group by all
-- s: t.c aggregated

-- name: names in any case, quoted or not
select "A" as x, T.B as y, "t"."C" as z from "T"
-- x: t.a copied
-- y: t.b copied
-- z: t.c copied

-- name: the alias before the column
select x: a, y: b || 'z' from t
-- x: t.a copied
-- y: t.b transformed

-- name: the alias before the relation
select q.a from q: t
-- a: t.a copied

-- name: the name of an expression
select "sum(c)" as s, "count_star()" as n from (select sum(c), count(*) from t)
-- s: t.c aggregated
-- n:

-- name: columns by their place in FROM
select #2 as x from u
-- x: u.e copied

-- name: names of VALUES
select col0 as x, col1 as y from (values (1, 2))
-- x:
-- y:

-- name: an alias inside an expression of ORDER BY
select a as x from t order by x + c
-- x: t.a copied
-- rows: t.a order, t.c order

-- name: a CTE in another case
with Cte as (select a from t) select A from CTE
-- a: t.a copied

-- name: a chain of aliases in WHERE and GROUP BY
select date_trunc('month', d) as m, count(*) as n, n + 1 as k from t where m > date '2020-01-01' group by m
-- m: t.d transformed
-- n:
-- k:
-- rows: t.d filter, t.d group
