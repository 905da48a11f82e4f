-- relations: t(id int, a int, b text, c int, d date), u(id int, e text, f int), v(id int, a int, g text)

-- name: FROM without SELECT
from u
-- id: u.id copied
-- e: u.e copied
-- f: u.f copied

-- name: FROM first
from u select e where f > 1
-- e: u.e copied
-- rows: u.f filter

-- name: EXCLUDE
select * exclude (a, d) from t
-- id: t.id copied
-- b: t.b copied
-- c: t.c copied

-- name: EXCLUDE without parentheses, in another case
select * exclude ID from u
-- e: u.e copied
-- f: u.f copied

-- name: EXCLUDE of a qualified column
select * exclude (u.id) from u join v on u.id = v.id
-- e: u.e copied
-- f: u.f copied
-- id: v.id copied
-- a: v.a copied
-- g: v.g copied
-- rows: u.id join, v.id join

-- name: EXCLUDE of a column that both have
select * exclude (id) from u, v
-- e: u.e copied
-- f: u.f copied
-- a: v.a copied
-- g: v.g copied

-- name: REPLACE
select * replace (f + 1 as f, upper(e) as e) from u
-- id: u.id copied
-- e: u.e transformed
-- f: u.f transformed

-- name: REPLACE by another column
select * replace (id as f) from u
-- id: u.id copied
-- e: u.e copied
-- f: u.id copied

-- name: RENAME
select * rename (e as x) from u
-- id: u.id copied
-- x: u.e copied
-- f: u.f copied

-- name: EXCLUDE and REPLACE of a relation's star
select u.* exclude (id) replace (f * t.a as f) from u, t
-- e: u.e copied
-- f: t.a transformed, u.f transformed

-- name: LIKE chooses columns
select * like '%d' from t
-- id: t.id copied
-- d: t.d copied

-- name: NOT LIKE leaves columns out
select * not like '_' from t
-- id: t.id copied

-- name: ILIKE and GLOB
select * ilike 'I%', * glob 'f*' from u
-- id: u.id copied
-- f: u.f copied

-- name: SIMILAR TO is a part of the name, NOT SIMILAR TO the whole
select * similar to '(e|d)' from u
-- id: u.id copied
-- e: u.e copied

-- name: NOT SIMILAR TO
select * not similar to '(e|d)' from u
-- id: u.id copied
-- f: u.f copied

-- name: COLUMNS with a regular expression
select columns('^[ac]$') from t
-- a: t.a copied
-- c: t.c copied

-- name: COLUMNS in an expression is one for each
select columns('^[ac]$') + 1 from t
-- a: t.a transformed
-- c: t.c transformed

-- name: COLUMNS in an aggregate
select min(columns('^[ac]$')), count(columns(['b'])) from t
-- a: t.a aggregated
-- c: t.c aggregated
-- b: t.b aggregated

-- name: COLUMNS(*)
select max(columns(*)) from u
-- id: u.id aggregated
-- e: u.e aggregated
-- f: u.f aggregated

-- name: COLUMNS with EXCLUDE
select columns(* exclude (e)) * 2 from u
-- id: u.id transformed
-- f: u.f transformed

-- name: COLUMNS with a list keeps the relation's order
select columns(['f', 'id']) from u
-- id: u.id copied
-- f: u.f copied

-- name: COLUMNS with a lambda
select columns(lambda c: c like 'i%' or c = 'f') from u
-- id: u.id copied
-- f: u.f copied

-- name: COLUMNS of one relation
select columns(u.*) from u join t on t.id = u.id
-- id: u.id copied
-- e: u.e copied
-- f: u.f copied
-- rows: t.id join, u.id join

-- name: COLUMNS with a new name
select columns('^(e|f)$') as 'x_\1' from u
-- x_e: u.e copied
-- x_f: u.f copied

-- name: *COLUMNS is a list of arguments
select coalesce(*columns(['a', 'c'])) as x from t
-- x: t.a transformed, t.c transformed

-- name: COLUMNS in WHERE is every column
select e from u where columns(['id', 'f']) > 1
-- e: u.e copied
-- rows: u.f filter, u.id filter

-- name: a star over a subquery's columns
select * exclude (x) from (select a + 1 as x, b as y, c from t)
-- y: t.b copied
-- c: t.c copied

-- name: a star over an unknown relation with REPLACE
-- relations: x?
select * replace (1 as p) from x
-- *: unresolved
