-- relations: t(id int, a int, b text, c int, d date), u(id int, e text, f int), v(id int, a int, g text), p(sym text, ts timestamp, px double), o(sym text, ts timestamp, q int)

-- name: an ASOF join
select o.q, p.px from o asof join p on o.sym = p.sym and o.ts >= p.ts
-- q: o.q copied
-- px: p.px copied
-- rows: o.sym join, o.ts join, p.sym join, p.ts join

-- name: an ASOF left join with USING
select sym, ts, px from o asof left join p using (sym, ts)
-- sym: o.sym copied
-- ts: o.ts copied
-- px: p.px copied
-- rows: o.sym join, o.ts join, p.sym join, p.ts join

-- name: a positional join
select u.e, v.g from u positional join v
-- e: u.e copied
-- g: v.g copied

-- name: a semi join
select a from t semi join u on t.id = u.id
-- a: t.a copied
-- rows: t.id join, u.id join

-- name: a semi join with USING has the left columns
select * from v semi join u using (id)
-- id: v.id copied
-- a: v.a copied
-- g: v.g copied
-- rows: u.id join, v.id join

-- name: an anti join with a filtered side
select a from t anti join (select id from u where f > 1) x on x.id = t.id
-- a: t.a copied
-- rows: t.id join, u.f filter, u.id join

-- name: a lateral join without the word
select t.a, x.y from t, (select t.c + 1 as y) x
-- a: t.a copied
-- y: t.c transformed

-- name: UNION BY NAME
select a, b from t union all by name select e as b, f from u
-- a: t.a copied
-- b: t.b copied, u.e copied
-- f: u.f copied

-- name: UNION BY NAME without ALL
select a, b from t union by name select g as b, a from v
-- a: t.a copied, v.a copied
-- b: t.b copied, v.g copied
-- rows: t.a group, t.b group, v.a group, v.g group

-- name: EXCEPT ALL
select a from t except all select f from u
-- a: t.a copied
-- rows: t.a filter, u.f filter

-- name: USING KEY
with recursive r(k, n) using key (k) as (select id, a from v union select k, n + 1 from r where n < 3) select n from r
-- n: v.a transformed
-- rows: v.a filter, v.id group

-- name: a sample
select a from t using sample 10 rows
-- a: t.a copied
