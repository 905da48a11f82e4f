-- relations: t(id int, a int, b text, c int, d date), u(id int, e text, f int), v(id int, a int, g text), s.w(id int, h int)

-- name: counting up
with recursive r(n) as (select 1 union all select n + 1 from r where n < 10) select n from r
-- n:

-- name: a tree
with recursive r as (
  select id, a, b as path from t where a is null
  union all
  select t.id, t.a, r.path || t.b from t join r on t.a = r.id
)
select id, path from r
-- id: t.id copied
-- path: t.b transformed
-- rows: t.a filter, t.a join, t.id join

-- name: roles reach their fixed point
with recursive r(x, y) as (select a, c from t union all select y, x + 1 from r where x < 10) select x from r
-- x: t.a transformed, t.c transformed
-- rows: t.a filter, t.c filter

-- name: UNION groups
with recursive r(x) as (select f from u union select x - 1 from r where x > 0) select x from r
-- x: u.f transformed
-- rows: u.f filter, u.f group

-- name: a recursive CTE joined to another relation
with recursive r(x) as (select id from u union all select w.h from s.w join r on w.id = r.x) select v.g, r.x from r join v on v.id = r.x
-- g: v.g copied
-- x: s.w.h copied, u.id copied
-- rows: s.w.h join, s.w.id join, u.id join, v.id join

-- name: RECURSIVE without recursion
with recursive r as (select a from t where b = 'x') select a from r
-- a: t.a copied
-- rows: t.b filter

-- name: a plain CTE after a recursive one
with recursive r(n) as (select id from u union all select n + 1 from r where n < 3), z as (select max(n) as m from r) select m from z
-- m: u.id aggregated
-- rows: u.id filter

-- name: depth of a tree
with recursive r as (select id, 0 as depth from t where a is null union all select t.id, r.depth + 1 from t join r on t.a = r.id)
select depth, count(*) as n from r group by depth
-- depth:
-- n:
-- rows: t.a filter, t.a join, t.id join
