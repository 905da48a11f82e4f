-- relations: t(id int, a int, b text, c int, d date), u(id int, e text, f int), v(id int, a int, g text), s.w(id int, h int)

-- name: a bare column
select a from t
-- a: t.a copied

-- name: renamed
select a as x, t.b as "Y" from t
-- x: t.a copied
-- Y: t.b copied

-- name: parentheses change nothing
select ((a)) as x from t
-- x: t.a copied

-- name: literals come from nowhere
select 1 as one, 'x' as word, null as nothing, a from t
-- one:
-- word:
-- nothing:
-- a: t.a copied

-- name: count of rows has no sources of its own
select count(*) as n from t
-- n:

-- name: casts transform
select cast(a as text) as x, a::bigint as y from t
-- x: t.a transformed
-- y: t.a transformed

-- name: operators and functions
select a + c as x, upper(b) || 'z' as y, -a as z from t
-- x: t.a transformed, t.c transformed
-- y: t.b transformed
-- z: t.a transformed

-- name: a comparison is a value too
select a = c as x, a between c and id as y, b like 'x%' as z, a is null as n from t
-- x: t.a transformed, t.c transformed
-- y: t.a transformed, t.c transformed, t.id transformed
-- z: t.b transformed
-- n: t.a transformed

-- name: conditions of CASE are part of the value
select case when b = 'x' then a else c end as x from t
-- x: t.a transformed, t.b transformed, t.c transformed

-- name: CASE with an operand
select case b when 'x' then a when 'y' then 0 end as x from t
-- x: t.a transformed, t.b transformed

-- name: COALESCE and NULLIF
select coalesce(a, c, 0) as x, nullif(b, 'x') as y from t
-- x: t.a transformed, t.c transformed
-- y: t.b transformed

-- name: the same column twice
select a, a as a2, a + a as a3 from t
-- a: t.a copied
-- a2: t.a copied
-- a3: t.a transformed

-- name: a list of IN as a value
select a in (1, c) as x from t
-- x: t.a transformed, t.c transformed

-- name: extract and date functions
select extract(year from d) as y, date_trunc('month', d) as m from t
-- y: t.d transformed
-- m: t.d transformed

-- name: a star keeps the order of columns
select * from u
-- id: u.id copied
-- e: u.e copied
-- f: u.f copied

-- name: a star of one relation among others
select u.*, t.a from t, u
-- id: u.id copied
-- e: u.e copied
-- f: u.f copied
-- a: t.a copied

-- name: a star of all relations
select * from v, s.w
-- id: v.id copied
-- a: v.a copied
-- g: v.g copied
-- id: s.w.id copied
-- h: s.w.h copied

-- name: a star with more beside it
select *, f * 2 as twice from u
-- id: u.id copied
-- e: u.e copied
-- f: u.f copied
-- twice: u.f transformed

-- name: a relation with a schema, named by its last name
select w.h from s.w
-- h: s.w.h copied

-- name: a relation with a schema, named in full
select s.w.h from s.w
-- h: s.w.h copied

-- name: an alias hides the relation's name
select x.h from s.w as x
-- h: s.w.h copied

-- name: aliases of columns
select x.one, two from u as x(one, two)
-- one: u.id copied
-- two: u.e copied

-- name: some columns are renamed, the rest keep their names
select * from u as x(one)
-- one: u.id copied
-- e: u.e copied
-- f: u.f copied

-- name: case of names does not matter without quotes
select T.A as x, "a" as y from T
-- x: t.a copied
-- y: t.a copied

-- name: without FROM
select 1 as x, 'a' as y
-- x:
-- y:

-- name: rows of VALUES
select x, y from (values (1, 'a'), (2, 'b')) as q(x, y)
-- x:
-- y:

-- name: VALUES joined to a relation
select t.a, q.y from t join (values (1, 'a')) as q(x, y) on q.x = t.id
-- a: t.a copied
-- y:
-- rows: t.id join

-- name: greatest and least
select greatest(a, c) as x, least(a, 0) as y from t
-- x: t.a transformed, t.c transformed
-- y: t.a transformed

-- name: a clock has no sources
select current_date as today, d from t
-- today:
-- d: t.d copied
