-- relations: orders(id int, customer_id int, status text, amount int, tax int, ordered_at timestamp, paid_at timestamp), customers(id int, nick text, country text, referrer_id int, born date), lines(order_id int, line_no int, sku text, qty int, price int), products(sku text, category text, cost int), employees(id int, boss_id int, nick text, salary int)

-- name: a chain of windows over windows
with gaps as (select customer_id, ordered_at, case when lag(status) over (partition by customer_id order by ordered_at) = status then 0 else 1 end as is_new from orders), islands as (select *, sum(is_new) over (partition by customer_id order by ordered_at) as island from gaps) select customer_id, island, min(ordered_at) as begins, count(*) as n from islands group by customer_id, island
-- customer_id: orders.customer_id copied
-- island: orders.status aggregated, orders.customer_id group, orders.ordered_at order
-- begins: orders.ordered_at aggregated
-- n:
-- rows: orders.customer_id group, orders.status group, orders.ordered_at group

-- name: the newest row of each by row_number
with ranked as (select *, row_number() over (partition by customer_id order by ordered_at desc, id desc) as rn from orders where status <> 'void') select id, customer_id, amount from ranked where rn = 1
-- id: orders.id copied
-- customer_id: orders.customer_id copied
-- amount: orders.amount copied
-- rows: orders.status filter, orders.customer_id filter, orders.ordered_at filter, orders.id filter

-- name: conditional aggregates as a pivot by hand
select customer_id, sum(case when status = 'paid' then amount else 0 end) as paid, sum(amount) filter (where status = 'open') as open_amount, count(*) filter (where tax > 0) as taxed from orders group by customer_id
-- customer_id: orders.customer_id copied
-- paid: orders.status aggregated, orders.amount aggregated
-- open_amount: orders.amount aggregated, orders.status filter
-- taxed: orders.tax filter
-- rows: orders.customer_id group

-- name: a share of a total by a window over an aggregate
select status, sum(amount) as amount, sum(amount) * 100 / sum(sum(amount)) over () as share from orders group by status
-- status: orders.status copied
-- amount: orders.amount aggregated
-- share: orders.amount aggregated
-- rows: orders.status group

-- name: one table three times, one of them only as a filter
select c.nick, r.nick as referrer, (select count(*) from customers x where x.referrer_id = c.id) as referred from customers c left join customers r on r.id = c.referrer_id where exists (select 1 from orders o where o.customer_id = c.id and o.amount > 100)
-- nick: customers.nick copied
-- referrer: customers.nick copied
-- referred: customers.referrer_id filter, customers.id filter
-- rows: customers.id join, customers.referrer_id join, orders.customer_id filter, customers.id filter, orders.amount filter

-- name: many UNION ALL branches, each with its own literal
select 'order' as kind, id, amount from orders union all select 'line', order_id, qty * price from lines union all select 'salary', id, salary from employees
-- kind:
-- id: orders.id copied, lines.order_id copied, employees.id copied
-- amount: orders.amount copied, lines.qty transformed, lines.price transformed, employees.salary copied

-- name: a hierarchy with a path
with recursive tree(id, boss_id, path, depth) as (select id, boss_id, nick, 1 from employees where boss_id is null union all select e.id, e.boss_id, t.path || '/' || e.nick, t.depth + 1 from employees e join tree t on e.boss_id = t.id) select id, path, depth from tree where depth < 10
-- id: employees.id copied
-- path: employees.nick transformed
-- depth:
-- rows: employees.boss_id filter, employees.boss_id join, employees.id join

-- name: a lateral subquery that takes the latest
select c.id, last.amount from customers c left join lateral (select o.amount from orders o where o.customer_id = c.id order by o.ordered_at desc limit 1) last on true
-- id: customers.id copied
-- amount: orders.amount copied
-- rows: orders.customer_id filter, customers.id filter, orders.ordered_at order

-- name: a lateral chain in which each reads the one before
select a.net, b.gross, c.rounded from orders o cross join lateral (select o.amount - o.tax as net) a cross join lateral (select a.net * 2 as gross) b cross join lateral (select round(b.gross) as rounded) c
-- net: orders.amount transformed, orders.tax transformed
-- gross: orders.amount transformed, orders.tax transformed
-- rounded: orders.amount transformed, orders.tax transformed

-- name: a CTE that is never read decides nothing
with unused as (select distinct sku from lines where qty > 3) select nick from customers
-- nick: customers.nick copied

-- name: a column of the outer query with the name of an inner one
select c.id, (select max(id) from orders where customer_id = c.id) as last_order from customers c
-- id: customers.id copied
-- last_order: orders.id aggregated, orders.customer_id filter, customers.id filter

-- name: an inner column hides an outer one of the same name
select c.nick from customers c where exists (select 1 from employees where nick = 'x' and c.country = 'de')
-- nick: customers.nick copied
-- rows: employees.nick filter, customers.country filter

-- name: what the subquery lacks is the outer query's, silently
select nick from customers where id in (select referrer_id from orders)
-- nick: customers.nick copied
-- rows: customers.id filter, customers.referrer_id filter

-- name: an aggregate of an aggregate through a subquery
select avg(total) as mean_total from (select customer_id, sum(amount + tax) as total from orders group by customer_id having count(*) > 2) s
-- mean_total: orders.amount aggregated, orders.tax aggregated
-- rows: orders.customer_id group

-- name: USING over three relations, the middle one unqualified
select sku, o.id, category, qty from lines join products using (sku) join orders o on o.id = order_id
-- sku: lines.sku copied
-- id: orders.id copied
-- category: products.category copied
-- qty: lines.qty copied
-- rows: lines.sku join, products.sku join, orders.id join, lines.order_id join

-- name: FULL JOIN USING, grouped by what it merges
select sku, sum(l.qty) as sold from lines l full join products p using (sku) group by sku
-- sku: lines.sku transformed, products.sku transformed
-- sold: lines.qty aggregated
-- rows: lines.sku join, products.sku join, lines.sku group, products.sku group

-- name: a condition of a join over an expression of both sides
select o.id from orders o join customers c on coalesce(o.customer_id, 0) + 1 = c.id + 1 and c.country in ('de', 'at')
-- id: orders.id copied
-- rows: orders.customer_id join, customers.id join, customers.country join

-- name: a star of a subquery of a star of a join
select x.* from (select l.*, p.category from lines l join products p on p.sku = l.sku) x where x.qty > 0
-- order_id: lines.order_id copied
-- line_no: lines.line_no copied
-- sku: lines.sku copied
-- qty: lines.qty copied
-- price: lines.price copied
-- category: products.category copied
-- rows: lines.sku join, products.sku join, lines.qty filter

-- name: words that are reserved, as names
with "select" as (select id as "from", nick as "where", country as "Group By" from customers) select "select"."from", "where" as "order", "Group By" from "select"
-- from: customers.id copied
-- order: customers.nick copied
-- Group By: customers.country copied

-- name: a CTE with the name of a table that it reads
with orders as (select id, amount * 2 as amount from orders where status = 'paid') select amount from orders
-- amount: orders.amount transformed
-- rows: orders.status filter

-- name: an inner WITH with the name of an outer one
with x as (select id from customers) select y.v from (with x as (select salary as v from employees) select v from x) y, x
-- v: employees.salary copied

-- name: dates of a cohort
with firsts as (select customer_id, min(date_trunc('month', ordered_at)) as cohort from orders group by customer_id) select f.cohort, extract(year from o.ordered_at) - extract(year from f.cohort) as age, count(distinct o.customer_id) as n from orders o join firsts f on f.customer_id = o.customer_id group by f.cohort, extract(year from o.ordered_at) - extract(year from f.cohort)
-- cohort: orders.ordered_at aggregated
-- age: orders.ordered_at aggregated
-- n: orders.customer_id aggregated
-- rows: orders.customer_id join, orders.customer_id group, orders.ordered_at group

-- name: GROUPING SETS with a name for the total
select case when grouping(country) = 1 then 'all' else country end as country, count(*) as n from customers group by grouping sets ((country), ())
-- country: customers.country transformed
-- n:
-- rows: customers.country group

-- name: EXCEPT of what was seen
select sku from products except select sku from lines where qty > 0
-- sku: products.sku copied
-- rows: products.sku filter, lines.sku filter, lines.qty filter

-- name: an order by a column that is not selected, with a limit
select nick from employees order by salary desc, id limit 3
-- nick: employees.nick copied
-- rows: employees.salary order, employees.id order

-- name: an order within an aggregate
select country, string_agg(nick, ', ' order by born desc) as names from customers group by country
-- country: customers.country copied
-- names: customers.nick aggregated, customers.born order
-- rows: customers.country group

-- name: a window by name
select id, sum(amount) over w as running, row_number() over (w rows unbounded preceding) as n from orders window w as (partition by customer_id order by ordered_at)
-- id: orders.id copied
-- running: orders.amount aggregated, orders.customer_id group, orders.ordered_at order
-- n: orders.customer_id group, orders.ordered_at order

-- name: a comparison with all of a subquery
select id from employees where salary >= all (select salary from employees e where e.boss_id = employees.boss_id)
-- id: employees.id copied
-- rows: employees.salary filter, employees.boss_id filter

-- name: a condition within NOT of OR of EXISTS
select p.sku from products p where not (p.cost > 5 or exists (select 1 from lines l where l.sku = p.sku group by l.order_id having sum(l.qty) > 3))
-- sku: products.sku copied
-- rows: products.cost filter, lines.sku filter, products.sku filter, lines.order_id filter, lines.qty filter

-- name: values that are joined as a mapping
select c.id, m.region from customers c join (values ('de', 'EU'), ('us', 'NA')) as m(country, region) on m.country = c.country
-- id: customers.id copied
-- region:
-- rows: customers.country join

-- name: a nested CASE with a subquery in a branch
select case when tax is null then (select avg(tax) from orders) else tax end as tax from orders
-- tax: orders.tax aggregated

-- name: nothing of it is a column
select 1 as one, current_date as today, count(*) as n from lines where false
-- one:
-- today:
-- n:

-- name: the difference to the row before, then aggregated
select customer_id, max(gap) as longest from (select customer_id, ordered_at - lag(ordered_at) over (partition by customer_id order by ordered_at) as gap from orders) g group by 1
-- customer_id: orders.customer_id copied
-- longest: orders.ordered_at aggregated, orders.customer_id group
-- rows: orders.customer_id group

-- name: INTERSECT below UNION
select sku from lines union select sku from products intersect select nick from employees
-- sku: lines.sku copied, products.sku copied
-- rows: lines.sku group, products.sku group, products.sku filter, employees.nick filter

-- name: the same column under two names, one of them filtered by the other side
select o.status as a, o.status as b, upper(o.status) as c from orders o left join customers c on c.id = o.customer_id where c.id is null
-- a: orders.status copied
-- b: orders.status copied
-- c: orders.status transformed
-- rows: customers.id join, orders.customer_id join, customers.id filter
