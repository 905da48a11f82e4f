-- relations: ev(id int, at timestamptz, doc jsonb, tags text[], "Mixed" int, mixed int, "order" int), li(id int, sku text, qty int, price int), pt(id int, "Über" text)

-- name: names by their case
select "Mixed", mixed, MIXED as again, "order" from ev
-- Mixed: ev.Mixed copied
-- mixed: ev.mixed copied
-- again: ev.mixed copied
-- order: ev.order copied

-- name: letters beyond ASCII keep their case
select "Über" as a from pt where length("Über") > 1
-- a: pt.Über copied
-- rows: pt.Über filter

-- name: elements of an array of objects, with ordinality
select e.id, item.value ->> 'sku' as sku, item.n from ev e cross join lateral jsonb_array_elements(e.doc -> 'items') with ordinality as item(value, n)
-- id: ev.id copied
-- sku: ev.doc transformed
-- n: ev.doc transformed
-- rows: ev.doc join

-- name: a record of an object
select r.a, r.b from ev, jsonb_to_record(doc) as r(a int, b text) where r.a > 1
-- a: ev.doc transformed
-- b: ev.doc transformed
-- rows: ev.doc join, ev.doc filter

-- name: DISTINCT ON with an order and a star
select distinct on (sku) * from li order by sku, id desc
-- id: li.id copied
-- sku: li.sku copied
-- qty: li.qty copied
-- price: li.price copied
-- rows: li.sku group, li.sku order, li.id order

-- name: a range of days, left joined
select d::date as day, count(l.id) as n from generate_series('2024-01-01'::date, '2024-02-01'::date, '1 day') as d left join ev l on l.at::date = d::date group by 1
-- day:
-- n: ev.id aggregated
-- rows: ev.at join

-- name: a frame between with a RANGE and EXCLUDE
select id, avg(price) over (partition by sku order by id range between 3 preceding and 1 following exclude current row) as m from li
-- id: li.id copied
-- m: li.price aggregated, li.sku group, li.id order

-- name: an array of a subquery and its length
select e.id, cardinality(array(select l.sku from li l where l.id = e.id order by l.qty)) as n from ev e
-- id: ev.id copied
-- n: li.sku transformed, li.id filter, ev.id filter, li.qty order

-- name: a mode within a group, and percentiles as an array
select sku, mode() within group (order by qty) as usual, percentile_cont(array[0.5, 0.9]) within group (order by price) as ps from li group by sku
-- sku: li.sku copied
-- usual: li.qty aggregated
-- ps: li.price aggregated
-- rows: li.sku group

-- name: ROLLUP with GROUPING of two
select sku, id, grouping(sku, id) as g, sum(qty) as n from li group by rollup (sku, id)
-- sku: li.sku copied
-- id: li.id copied
-- g: li.sku group, li.id group
-- n: li.qty aggregated
-- rows: li.sku group, li.id group

-- name: a row comparison with a subquery of two columns
select id from li where (sku, qty) in (select sku, max(qty) from li group by sku)
-- id: li.id copied
-- rows: li.sku filter, li.qty filter

-- name: a join within parentheses with an alias
select j.id, j.tags from (ev join li using (id)) as j where j.price > 0
-- id: ev.id copied
-- tags: ev.tags copied
-- rows: ev.id join, li.id join, li.price filter

-- name: a whole row as a document
select to_jsonb(l) - 'price' as doc, (l).sku from li l
-- doc: li.id transformed, li.sku transformed, li.qty transformed, li.price transformed
-- sku: li.sku copied

-- name: a recursion with CYCLE-like paths of arrays
with recursive r as (select id, array[id] as path from ev union all select l.id, r.path || l.id from li l join r on l.qty = r.id where l.id <> all (r.path)) select id, path from r
-- id: ev.id copied, li.id copied
-- path: ev.id transformed, li.id transformed
-- rows: li.qty join, ev.id join, li.id join, li.id filter, ev.id filter

-- name: FILTER with an order in a JSON aggregate
select jsonb_agg(jsonb_build_object('s', sku, 'q', qty) order by price) filter (where id > 1) as docs from li
-- docs: li.sku aggregated, li.qty aggregated, li.price order, li.id filter

-- name: a user's function in a schema
select id, tools.clean(sku) as s from li
-- id: li.id copied
-- s: li.sku transformed, unresolved
-- skip: there is no such function

-- name: the time in a zone
select at at time zone 'UTC' as u, extract(epoch from at) as e, at + interval '1 day' * mixed as l from ev
-- u: ev.at transformed
-- e: ev.at transformed
-- l: ev.at transformed, ev.mixed transformed

-- name: lateral VALUES that unpivot by hand
select l.id, v.nick, v.n from li l cross join lateral (values ('qty', l.qty), ('price', l.price)) as v(nick, n) where v.n is not null
-- id: li.id copied
-- nick:
-- n: li.qty copied, li.price copied
-- rows: li.qty filter, li.price filter
