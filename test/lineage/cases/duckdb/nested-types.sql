-- relations: t(id int, s struct(f int, g text, h struct(i int, j text)), xs int[], m map(text, int), ps struct(p int, q text)[]), u(id int, t struct(a int))

-- name: a field of a struct
select s.f, t.s.g as x from t
-- f: t.s copied
-- x: t.s copied

-- name: a field of a field
select s.h.i, t.s.h.j from t
-- i: t.s copied
-- j: t.s copied

-- name: fields with brackets and parentheses
select s['f'] as x, (s).g as y, struct_extract(s, 'f') as z from t
-- x: t.s copied
-- y: t.s copied
-- z: t.s copied

-- name: all fields of a struct
select s.* from t
-- f: t.s copied
-- g: t.s copied
-- h: t.s copied

-- name: a field that is used
select s.f + 1 as x, sum(s.h.i) as y from t where s.g = 'x' group by s.f
-- x: t.s transformed
-- y: t.s aggregated
-- rows: t.s filter, t.s group

-- name: a struct that is made
select {'x': id, 'y': s.f} as z from t
-- z: t.id transformed, t.s transformed

-- name: a field of a struct that was made
select z.x as q from (select {'x': id, 'y': s} as z from t)
-- q: t.id transformed, t.s transformed

-- name: elements and slices of a list
select xs[1] as x, xs[1:2] as y, len(xs) as n from t
-- x: t.xs transformed
-- y: t.xs transformed
-- n: t.xs transformed

-- name: a value of a map
select m['k'] as x, map_keys(m) as y from t
-- x: t.m transformed
-- y: t.m transformed

-- name: lists and maps that are made
select [id, s.f] as x, map {'k': id} as y from t
-- x: t.id transformed, t.s transformed
-- y: t.id transformed

-- name: a list comprehension
select [x + id for x in xs if x > s.f] as y from t
-- y: t.id transformed, t.s transformed, t.xs transformed

-- name: the parameter of a lambda is no column
select list_transform(xs, lambda id: id + 1) as x, list_filter(xs, y -> y > id) as z from t
-- x: t.xs transformed
-- z: t.id transformed, t.xs transformed

-- name: a column comes before the parameter where it is given another name, and with a dot
select list_transform(xs, lambda id: {'q': id}) as x, list_transform(ps, lambda s: s.f) as y, list_transform(ps, lambda s: s) as z from t
-- x: t.id transformed, t.xs transformed
-- y: t.ps transformed, t.s transformed
-- z: t.ps transformed

-- name: a list comprehension with a condition gives its variable another name
select [id for id in xs if id > 1] as x, [id for id in xs] as y from t
-- x: t.id transformed, t.xs transformed
-- y: t.xs transformed

-- name: list_reduce
select list_reduce(xs, lambda x, y: x + y) as x from t
-- x: t.xs transformed

-- name: unnest among the outputs multiplies the rows
select id, unnest(xs) as x from t
-- id: t.id copied
-- x: t.xs transformed
-- rows: t.xs join

-- name: unnest of a struct is its fields
select unnest(s) from t
-- f: t.s transformed
-- g: t.s transformed
-- h: t.s transformed

-- name: an alias does not keep a struct together
select unnest(s) as q, id from t
-- f: t.s transformed
-- g: t.s transformed
-- h: t.s transformed
-- id: t.id copied

-- name: columns behind a struct that was made and spread have no certain place
select r.p, r.q, r.z from (select unnest({'k': id, 'l': s.f}), xs from t) as r(p, q, z)
-- p: t.id transformed, t.s transformed
-- q: unresolved
-- z: unresolved

-- name: unnest of lists that are made is one column
select unnest([id, 1]), unnest(coalesce(xs, [])), unnest(list_concat(xs, xs)) as z from t
-- unnest(main.list_value(id, 1)): t.id transformed
-- unnest(COALESCE(xs, main.list_value())): t.xs transformed
-- z: t.xs transformed
-- rows: t.id join, t.xs join

-- name: unnest of a struct of a list
select unnest(ps, recursive := true) from t
-- p: t.ps transformed
-- q: t.ps transformed
-- rows: t.ps join

-- name: unnest in FROM
select t.id, x.y from t, unnest(t.xs) as x(y)
-- id: t.id copied
-- y: t.xs transformed
-- rows: t.xs join

-- name: unnest in FROM with the function's name
select id, unnest as x from t cross join unnest(xs)
-- id: t.id copied
-- x: t.xs transformed
-- rows: t.xs join

-- name: unnest with ordinality
select id, y, n from t, unnest(xs) with ordinality as x(y, n)
-- id: t.id copied
-- y: t.xs transformed
-- n: t.xs transformed
-- rows: t.xs join

-- name: a series
select i, id from range(3) as r(i), t
-- i:
-- id: t.id copied

-- name: a series by a column
select id, g.generate_series as n from t, generate_series(1, t.id) as g
-- id: t.id copied
-- n: t.id transformed
-- rows: t.id join

-- name: unnest in a subquery, filtered
select x from (select id, unnest(xs) as x from t) where x > 1
-- x: t.xs transformed
-- rows: t.xs filter, t.xs join

-- name: a whole row
select to_json(u) as j from u
-- j: u.id transformed, u.t transformed

-- name: a whole row, bare
-- relations: w(p int, q text)
select w from w
-- w: w.p copied, w.q copied

-- name: a struct with the name of another relation
select t.a as x from u
-- x: u.t copied

-- name: an operator of JSON
-- relations: j(doc json, k text)
select doc->'a' as x, doc->>k as y, doc->'a'->>'b' as z from j
-- x: j.doc transformed
-- y: j.doc transformed, j.k transformed
-- z: j.doc transformed

-- name: aggregates of DuckDB
-- relations: w(p int, q text, r int)
select arg_max(q, p) as x, list(r order by p) as y, any_value(q) as z, first(r) filter (where p > 1) as f from w
-- x: w.p aggregated, w.q aggregated
-- y: w.p order, w.r aggregated
-- z: w.q aggregated
-- f: w.p filter, w.r aggregated
