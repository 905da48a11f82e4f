-- relations: t(id int, a int, b text, c int, d date), x?, y?

-- name: a star over a relation whose columns nobody knows
select * from x
-- *: unresolved

-- name: a qualified name is a column even where nobody knows the columns
select x.p from x
-- p: x.p copied

-- name: a bare name among two relations that nobody knows
select p from x, y
-- p: unresolved

-- name: only the column concerned is not resolved
select x.q, p from x, y
-- q: x.q copied
-- p: unresolved

-- name: a condition that is not resolved concerns every column
select x.q from x, y where p = 1
-- q: unresolved
-- rows: unresolved

-- name: a function that nobody knows
select my_function(a) as p, b from t
-- p: t.a transformed, unresolved
-- b: t.b copied

-- name: a star of a known relation beside an unknown one
select t.* from t join x on x.id = t.id
-- id: t.id copied
-- a: t.a copied
-- b: t.b copied
-- c: t.c copied
-- d: t.d copied
-- rows: t.id join, x.id join

-- name: a known column beside an unknown relation, as two of the name would be an error
select b from t, x
-- b: t.b copied
