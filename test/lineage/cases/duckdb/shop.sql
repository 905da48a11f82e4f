-- relations: ev(id int, at timestamp, props struct(page text, ref struct(host text, path text)), tags text[], kv map(text, int), doc json, "Mixed Case" int, "order" int), li(id int, sku text, qty int, price int, q1 int, q2 int), s.ev(id int, "a.b" int)

-- name: fields of a field through a CTE with a star
with e as (select * exclude (doc, kv) from ev) select props.ref.host as host, props['page'] as page, id from e
-- host: ev.props copied
-- page: ev.props copied
-- id: ev.id copied

-- name: star with EXCLUDE, REPLACE and another column with the excluded name
select * exclude (q1, q2) replace (price * 2 as price), q1 as q2 from li
-- id: li.id copied
-- sku: li.sku copied
-- qty: li.qty copied
-- price: li.price transformed
-- q2: li.q1 copied

-- name: an alias is reused, then filtered by
select qty * price as total, total * 0.1 as tax, total + tax as gross from li where gross > 10 qualify row_number() over (partition by sku order by total) = 1
-- total: li.qty transformed, li.price transformed
-- tax: li.qty transformed, li.price transformed
-- gross: li.qty transformed, li.price transformed
-- rows: li.qty filter, li.price filter, li.sku filter

-- name: UNPIVOT of a subquery, then PIVOT back
pivot (unpivot (select id, q1, q2 from li) on q1, q2 into name quarter value amount) on quarter in ('q1', 'q2') using sum(amount) group by id
-- id: li.id copied
-- q1: li.q1 aggregated, li.q2 aggregated
-- q2: li.q1 aggregated, li.q2 aggregated
-- rows: li.id group, li.q1 filter, li.q2 filter

-- name: a list of structs that is made, unnested and taken apart
select u.x.a as a, u.x.b as b from (select unnest([{'a': qty, 'b': price}]) as x from li) u
-- a: li.qty transformed, li.price transformed
-- b: li.qty transformed, li.price transformed
-- rows: li.qty join, li.price join

-- name: a dot within a column's name
select t."a.b" as x, "a.b" + 1 as y from s.ev t
-- x: s.ev.a.b copied
-- y: s.ev.a.b transformed

-- name: mixed case and a reserved word, written otherwise
select "MIXED CASE" as m, e."ORDER" as o from ev e
-- m: ev.Mixed Case copied
-- o: ev.order copied

-- name: GROUP BY ALL with a window over an aggregate
select sku, sum(qty) as n, rank() over (order by sum(qty) desc) as place from li group by all
-- sku: li.sku copied
-- n: li.qty aggregated
-- place: li.qty order
-- rows: li.sku group

-- name: arg_max and a list with an order
select sku, arg_max(price, id) as last_price, list(qty order by id desc)[1] as last_qty from li group by sku
-- sku: li.sku copied
-- last_price: li.price aggregated, li.id aggregated
-- last_qty: li.qty aggregated, li.id order
-- rows: li.sku group

-- name: a lateral join over a list, with a filter of elements
select ev.id, t.tag from ev, lateral (select unnest(ev.tags) as tag) t where t.tag like 'a%'
-- id: ev.id copied
-- tag: ev.tags transformed
-- rows: ev.tags join, ev.tags filter

-- name: JSON by an arrow, cast
select (doc->>'$.user.id')::int as user_id, doc->'items' as items from ev where json_extract_string(doc, '$.kind') = 'click'
-- user_id: ev.doc transformed
-- items: ev.doc transformed
-- rows: ev.doc filter

-- name: a map's element and its keys
select kv['a'] as a, map_keys(kv) as keys from ev
-- a: ev.kv transformed
-- keys: ev.kv transformed

-- name: UNION BY NAME of three with columns that only one has
select id, sku from li union all by name select id, ev.at from ev union all by name select sku, qty from li
-- id: li.id copied, ev.id copied
-- sku: li.sku copied
-- at: ev.at copied
-- qty: li.qty copied

-- name: COLUMNS with a lambda in an aggregate, grouped
select sku, sum(columns(c -> c like 'q_')) from li group by sku
-- sku: li.sku copied
-- q1: li.q1 aggregated
-- q2: li.q2 aggregated
-- rows: li.sku group

-- name: an ASOF join of a table with itself
select a.id, b.price as before from li a asof left join li b on a.sku = b.sku and a.id > b.id
-- id: li.id copied
-- before: li.price copied
-- rows: li.sku join, li.id join

-- name: a comprehension over a zip
select [x[1] || qty for x in list_zip(tags, tags)] as y from ev, li
-- y: ev.tags transformed, li.qty transformed

-- name: a struct's star among others
select id, props.* from ev
-- id: ev.id copied
-- page: ev.props copied
-- ref: ev.props copied

-- name: a struct with the relation's name decides nothing
select ev.props.page as p from ev as ev
-- p: ev.props copied

-- name: a scalar macro's name is a function that nobody knows
select id, my_macro(qty) as q from li
-- id: li.id copied
-- q: li.qty transformed, unresolved
-- skip: there is no such macro

-- name: FROM first with a CTE and SELECT DISTINCT
with a as (from li select sku, qty) from a select distinct sku
-- sku: li.sku copied
-- rows: li.sku group

-- name: a positional reference to an alias in ORDER BY, with a LIMIT in per cent
select price as p, qty from li order by 2, p limit 10%
-- p: li.price copied
-- qty: li.qty copied
-- rows: li.qty order, li.price order

-- name: a sample of a table in a subquery
select count(*) as n from (select * from li using sample 10%) x
-- n:

-- name: SEMI join with USING, its right side filtered
select li.* from li semi join (select id from ev where "order" = 1) e using (id)
-- id: li.id copied
-- sku: li.sku copied
-- qty: li.qty copied
-- price: li.price copied
-- q1: li.q1 copied
-- q2: li.q2 copied
-- rows: li.id join, ev.id join, ev.order filter

-- name: try, coalesce of columns, and a default
select coalesce(q1, q2, 0) as q, try_cast(sku as int) as n, try(qty / price) as r from li
-- q: li.q1 transformed, li.q2 transformed
-- n: li.sku transformed
-- r: li.qty transformed, li.price transformed

-- name: a window with QUALIFY that names an aggregate's alias
select sku, sum(qty) as n from li group by sku qualify n > avg(n) over ()
-- sku: li.sku copied
-- n: li.qty aggregated
-- rows: li.sku group, li.qty filter

-- name: a subquery as an argument, correlated twice
select id, list_transform(tags, lambda t: t || (select max(sku) from li where li.id = ev.id)) as x from ev
-- id: ev.id copied
-- x: ev.tags transformed, li.sku aggregated, li.id filter, ev.id filter
-- skip: subqueries in lambdas are not supported
