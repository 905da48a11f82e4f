-- relations: region(r_regionkey int, r_name text, r_comment text), nation(n_nationkey int, n_name text, n_regionkey int, n_comment text), supplier(s_suppkey int, s_name text, s_address text, s_nationkey int, s_phone text, s_acctbal decimal(15,2), s_comment text), customer(c_custkey int, c_name text, c_address text, c_nationkey int, c_phone text, c_acctbal decimal(15,2), c_mktsegment text, c_comment text), part(p_partkey int, p_name text, p_mfgr text, p_brand text, p_type text, p_size int, p_container text, p_retailprice decimal(15,2), p_comment text), partsupp(ps_partkey int, ps_suppkey int, ps_availqty int, ps_supplycost decimal(15,2), ps_comment text), orders(o_orderkey int, o_custkey int, o_orderstatus text, o_totalprice decimal(15,2), o_orderdate date, o_orderpriority text, o_clerk text, o_shippriority int, o_comment text), lineitem(l_orderkey int, l_partkey int, l_suppkey int, l_linenumber int, l_quantity decimal(15,2), l_extendedprice decimal(15,2), l_discount decimal(15,2), l_tax decimal(15,2), l_returnflag text, l_linestatus text, l_shipdate date, l_commitdate date, l_receiptdate date, l_shipinstruct text, l_shipmode text, l_comment text)

-- name: TPC-H 1
select l_returnflag, l_linestatus, sum(l_quantity) as sum_qty, sum(l_extendedprice) as sum_base_price,
  sum(l_extendedprice * (1 - l_discount)) as sum_disc_price,
  sum(l_extendedprice * (1 - l_discount) * (1 + l_tax)) as sum_charge,
  avg(l_quantity) as avg_qty, avg(l_extendedprice) as avg_price, avg(l_discount) as avg_disc, count(*) as count_order
from lineitem
where l_shipdate <= date '1998-12-01' - interval '90' day
group by l_returnflag, l_linestatus
order by l_returnflag, l_linestatus
-- l_returnflag: l_returnflag copied
-- l_linestatus: l_linestatus copied
-- sum_qty: l_quantity aggregated
-- sum_base_price: l_extendedprice aggregated
-- sum_disc_price: l_extendedprice aggregated, l_discount aggregated
-- sum_charge: l_extendedprice aggregated, l_discount aggregated, l_tax aggregated
-- avg_qty: l_quantity aggregated
-- avg_price: l_extendedprice aggregated
-- avg_disc: l_discount aggregated
-- count_order:
-- rows: l_shipdate filter, l_returnflag group, l_linestatus group, l_returnflag order, l_linestatus order

-- name: TPC-H 2
select s_acctbal, s_name, n_name, p_partkey, p_mfgr, s_address, s_phone, s_comment
from part, supplier, partsupp, nation, region
where p_partkey = ps_partkey and s_suppkey = ps_suppkey and p_size = 15 and p_type like '%BRASS'
  and s_nationkey = n_nationkey and n_regionkey = r_regionkey and r_name = 'EUROPE'
  and ps_supplycost = (
    select min(ps_supplycost) from partsupp, supplier, nation, region
    where p_partkey = ps_partkey and s_suppkey = ps_suppkey and s_nationkey = n_nationkey
      and n_regionkey = r_regionkey and r_name = 'EUROPE')
order by s_acctbal desc, n_name, s_name, p_partkey
limit 100
-- s_acctbal: s_acctbal copied
-- s_name: s_name copied
-- n_name: n_name copied
-- p_partkey: p_partkey copied
-- p_mfgr: p_mfgr copied
-- s_address: s_address copied
-- s_phone: s_phone copied
-- s_comment: s_comment copied
-- rows: p_partkey filter, ps_partkey filter, s_suppkey filter, ps_suppkey filter, p_size filter, p_type filter, s_nationkey filter, n_nationkey filter, n_regionkey filter, r_regionkey filter, r_name filter, ps_supplycost filter, s_acctbal order, n_name order, s_name order, p_partkey order

-- name: TPC-H 3
select l_orderkey, sum(l_extendedprice * (1 - l_discount)) as revenue, o_orderdate, o_shippriority
from customer, orders, lineitem
where c_mktsegment = 'BUILDING' and c_custkey = o_custkey and l_orderkey = o_orderkey
  and o_orderdate < date '1995-03-15' and l_shipdate > date '1995-03-15'
group by l_orderkey, o_orderdate, o_shippriority
order by revenue desc, o_orderdate
limit 10
-- l_orderkey: l_orderkey copied
-- revenue: l_extendedprice aggregated, l_discount aggregated
-- o_orderdate: o_orderdate copied
-- o_shippriority: o_shippriority copied
-- rows: c_mktsegment filter, c_custkey filter, o_custkey filter, l_orderkey filter, o_orderkey filter, o_orderdate filter, l_shipdate filter, l_orderkey group, o_orderdate group, o_shippriority group, l_extendedprice order, l_discount order, o_orderdate order

-- name: TPC-H 4
select o_orderpriority, count(*) as order_count
from orders
where o_orderdate >= date '1993-07-01' and o_orderdate < date '1993-07-01' + interval '3' month
  and exists (select * from lineitem where l_orderkey = o_orderkey and l_commitdate < l_receiptdate)
group by o_orderpriority
order by o_orderpriority
-- o_orderpriority: o_orderpriority copied
-- order_count:
-- rows: o_orderdate filter, l_orderkey filter, o_orderkey filter, l_commitdate filter, l_receiptdate filter, o_orderpriority group, o_orderpriority order

-- name: TPC-H 5
select n_name, sum(l_extendedprice * (1 - l_discount)) as revenue
from customer, orders, lineitem, supplier, nation, region
where c_custkey = o_custkey and l_orderkey = o_orderkey and l_suppkey = s_suppkey and c_nationkey = s_nationkey
  and s_nationkey = n_nationkey and n_regionkey = r_regionkey and r_name = 'ASIA'
  and o_orderdate >= date '1994-01-01' and o_orderdate < date '1994-01-01' + interval '1' year
group by n_name
order by revenue desc
-- n_name: n_name copied
-- revenue: l_extendedprice aggregated, l_discount aggregated
-- rows: c_custkey filter, o_custkey filter, l_orderkey filter, o_orderkey filter, l_suppkey filter, s_suppkey filter, c_nationkey filter, s_nationkey filter, n_nationkey filter, n_regionkey filter, r_regionkey filter, r_name filter, o_orderdate filter, n_name group, l_extendedprice order, l_discount order

-- name: TPC-H 6
select sum(l_extendedprice * l_discount) as revenue
from lineitem
where l_shipdate >= date '1994-01-01' and l_shipdate < date '1994-01-01' + interval '1' year
  and l_discount between 0.06 - 0.01 and 0.06 + 0.01 and l_quantity < 24
-- revenue: l_extendedprice aggregated, l_discount aggregated
-- rows: l_shipdate filter, l_discount filter, l_quantity filter

-- name: TPC-H 7
select supp_nation, cust_nation, l_year, sum(volume) as revenue
from (
  select n1.n_name as supp_nation, n2.n_name as cust_nation, extract(year from l_shipdate) as l_year,
    l_extendedprice * (1 - l_discount) as volume
  from supplier, lineitem, orders, customer, nation n1, nation n2
  where s_suppkey = l_suppkey and o_orderkey = l_orderkey and c_custkey = o_custkey and s_nationkey = n1.n_nationkey
    and c_nationkey = n2.n_nationkey
    and ((n1.n_name = 'FRANCE' and n2.n_name = 'GERMANY') or (n1.n_name = 'GERMANY' and n2.n_name = 'FRANCE'))
    and l_shipdate between date '1995-01-01' and date '1996-12-31'
) as shipping
group by supp_nation, cust_nation, l_year
order by supp_nation, cust_nation, l_year
-- supp_nation: n_name copied
-- cust_nation: n_name copied
-- l_year: l_shipdate transformed
-- revenue: l_extendedprice aggregated, l_discount aggregated
-- rows: s_suppkey filter, l_suppkey filter, o_orderkey filter, l_orderkey filter, c_custkey filter, o_custkey filter, s_nationkey filter, n_nationkey filter, c_nationkey filter, n_name filter, l_shipdate filter, n_name group, l_shipdate group, n_name order, l_shipdate order

-- name: TPC-H 8
select o_year, sum(case when nation = 'BRAZIL' then volume else 0 end) / sum(volume) as mkt_share
from (
  select extract(year from o_orderdate) as o_year, l_extendedprice * (1 - l_discount) as volume, n2.n_name as nation
  from part, supplier, lineitem, orders, customer, nation n1, nation n2, region
  where p_partkey = l_partkey and s_suppkey = l_suppkey and l_orderkey = o_orderkey and o_custkey = c_custkey
    and c_nationkey = n1.n_nationkey and n1.n_regionkey = r_regionkey and r_name = 'AMERICA'
    and s_nationkey = n2.n_nationkey and o_orderdate between date '1995-01-01' and date '1996-12-31'
    and p_type = 'ECONOMY ANODIZED STEEL'
) as all_nations
group by o_year
order by o_year
-- o_year: o_orderdate transformed
-- mkt_share: n_name aggregated, l_extendedprice aggregated, l_discount aggregated
-- rows: p_partkey filter, l_partkey filter, s_suppkey filter, l_suppkey filter, l_orderkey filter, o_orderkey filter, o_custkey filter, c_custkey filter, c_nationkey filter, n_nationkey filter, n_regionkey filter, r_regionkey filter, r_name filter, s_nationkey filter, o_orderdate filter, p_type filter, o_orderdate group, o_orderdate order

-- name: TPC-H 9
select nation, o_year, sum(amount) as sum_profit
from (
  select n_name as nation, extract(year from o_orderdate) as o_year,
    l_extendedprice * (1 - l_discount) - ps_supplycost * l_quantity as amount
  from part, supplier, lineitem, partsupp, orders, nation
  where s_suppkey = l_suppkey and ps_suppkey = l_suppkey and ps_partkey = l_partkey and p_partkey = l_partkey
    and o_orderkey = l_orderkey and s_nationkey = n_nationkey and p_name like '%green%'
) as profit
group by nation, o_year
order by nation, o_year desc
-- nation: n_name copied
-- o_year: o_orderdate transformed
-- sum_profit: l_extendedprice aggregated, l_discount aggregated, ps_supplycost aggregated, l_quantity aggregated
-- rows: s_suppkey filter, l_suppkey filter, ps_suppkey filter, ps_partkey filter, l_partkey filter, p_partkey filter, o_orderkey filter, l_orderkey filter, s_nationkey filter, n_nationkey filter, p_name filter, n_name group, o_orderdate group, n_name order, o_orderdate order

-- name: TPC-H 10
select c_custkey, c_name, sum(l_extendedprice * (1 - l_discount)) as revenue, c_acctbal, n_name, c_address, c_phone, c_comment
from customer, orders, lineitem, nation
where c_custkey = o_custkey and l_orderkey = o_orderkey and o_orderdate >= date '1993-10-01'
  and o_orderdate < date '1993-10-01' + interval '3' month and l_returnflag = 'R' and c_nationkey = n_nationkey
group by c_custkey, c_name, c_acctbal, c_phone, n_name, c_address, c_comment
order by revenue desc
limit 20
-- c_custkey: c_custkey copied
-- c_name: c_name copied
-- revenue: l_extendedprice aggregated, l_discount aggregated
-- c_acctbal: c_acctbal copied
-- n_name: n_name copied
-- c_address: c_address copied
-- c_phone: c_phone copied
-- c_comment: c_comment copied
-- rows: c_custkey filter, o_custkey filter, l_orderkey filter, o_orderkey filter, o_orderdate filter, l_returnflag filter, c_nationkey filter, n_nationkey filter, c_custkey group, c_name group, c_acctbal group, c_phone group, n_name group, c_address group, c_comment group, l_extendedprice order, l_discount order

-- name: TPC-H 11
select ps_partkey, sum(ps_supplycost * ps_availqty) as value
from partsupp, supplier, nation
where ps_suppkey = s_suppkey and s_nationkey = n_nationkey and n_name = 'GERMANY'
group by ps_partkey
having sum(ps_supplycost * ps_availqty) > (
  select sum(ps_supplycost * ps_availqty) * 0.0001 from partsupp, supplier, nation
  where ps_suppkey = s_suppkey and s_nationkey = n_nationkey and n_name = 'GERMANY')
order by value desc
-- ps_partkey: ps_partkey copied
-- value: ps_supplycost aggregated, ps_availqty aggregated
-- rows: ps_suppkey filter, s_suppkey filter, s_nationkey filter, n_nationkey filter, n_name filter, ps_partkey group, ps_supplycost filter, ps_availqty filter, ps_supplycost order, ps_availqty order

-- name: TPC-H 12
select l_shipmode,
  sum(case when o_orderpriority = '1-URGENT' or o_orderpriority = '2-HIGH' then 1 else 0 end) as high_line_count,
  sum(case when o_orderpriority <> '1-URGENT' and o_orderpriority <> '2-HIGH' then 1 else 0 end) as low_line_count
from orders, lineitem
where o_orderkey = l_orderkey and l_shipmode in ('MAIL', 'SHIP') and l_commitdate < l_receiptdate
  and l_shipdate < l_commitdate and l_receiptdate >= date '1994-01-01'
  and l_receiptdate < date '1994-01-01' + interval '1' year
group by l_shipmode
order by l_shipmode
-- l_shipmode: l_shipmode copied
-- high_line_count: o_orderpriority aggregated
-- low_line_count: o_orderpriority aggregated
-- rows: o_orderkey filter, l_orderkey filter, l_shipmode filter, l_commitdate filter, l_receiptdate filter, l_shipdate filter, l_shipmode group, l_shipmode order

-- name: TPC-H 13
select c_count, count(*) as custdist
from (
  select c_custkey, count(o_orderkey) as c_count
  from customer left outer join orders on c_custkey = o_custkey and o_comment not like '%special%requests%'
  group by c_custkey
) as c_orders
group by c_count
order by custdist desc, c_count desc
-- c_count: o_orderkey aggregated
-- custdist:
-- rows: c_custkey join, o_custkey join, o_comment join, c_custkey group, o_orderkey group, o_orderkey order

-- name: TPC-H 14
select 100.00 * sum(case when p_type like 'PROMO%' then l_extendedprice * (1 - l_discount) else 0 end)
  / sum(l_extendedprice * (1 - l_discount)) as promo_revenue
from lineitem, part
where l_partkey = p_partkey and l_shipdate >= date '1995-09-01' and l_shipdate < date '1995-09-01' + interval '1' month
-- promo_revenue: p_type aggregated, l_extendedprice aggregated, l_discount aggregated
-- rows: l_partkey filter, p_partkey filter, l_shipdate filter

-- name: TPC-H 15
with revenue (supplier_no, total_revenue) as (
  select l_suppkey, sum(l_extendedprice * (1 - l_discount)) from lineitem
  where l_shipdate >= date '1996-01-01' and l_shipdate < date '1996-01-01' + interval '3' month
  group by l_suppkey
)
select s_suppkey, s_name, s_address, s_phone, total_revenue
from supplier, revenue
where s_suppkey = supplier_no and total_revenue = (select max(total_revenue) from revenue)
order by s_suppkey
-- s_suppkey: s_suppkey copied
-- s_name: s_name copied
-- s_address: s_address copied
-- s_phone: s_phone copied
-- total_revenue: l_extendedprice aggregated, l_discount aggregated
-- rows: l_shipdate filter, l_suppkey group, s_suppkey filter, l_suppkey filter, l_extendedprice filter, l_discount filter, s_suppkey order

-- name: TPC-H 16
select p_brand, p_type, p_size, count(distinct ps_suppkey) as supplier_cnt
from partsupp, part
where p_partkey = ps_partkey and p_brand <> 'Brand#45' and p_type not like 'MEDIUM POLISHED%'
  and p_size in (49, 14, 23, 45, 19, 3, 36, 9)
  and ps_suppkey not in (select s_suppkey from supplier where s_comment like '%Customer%Complaints%')
group by p_brand, p_type, p_size
order by supplier_cnt desc, p_brand, p_type, p_size
-- p_brand: p_brand copied
-- p_type: p_type copied
-- p_size: p_size copied
-- supplier_cnt: ps_suppkey aggregated
-- rows: p_partkey filter, ps_partkey filter, p_brand filter, p_type filter, p_size filter, ps_suppkey filter, s_suppkey filter, s_comment filter, p_brand group, p_type group, p_size group, ps_suppkey order, p_brand order, p_type order, p_size order

-- name: TPC-H 17
select sum(l_extendedprice) / 7.0 as avg_yearly
from lineitem, part
where p_partkey = l_partkey and p_brand = 'Brand#23' and p_container = 'MED BOX'
  and l_quantity < (select 0.2 * avg(l_quantity) from lineitem where l_partkey = p_partkey)
-- avg_yearly: l_extendedprice aggregated
-- rows: p_partkey filter, l_partkey filter, p_brand filter, p_container filter, l_quantity filter

-- name: TPC-H 18
select c_name, c_custkey, o_orderkey, o_orderdate, o_totalprice, sum(l_quantity) as quantity
from customer, orders, lineitem
where o_orderkey in (select l_orderkey from lineitem group by l_orderkey having sum(l_quantity) > 300)
  and c_custkey = o_custkey and o_orderkey = l_orderkey
group by c_name, c_custkey, o_orderkey, o_orderdate, o_totalprice
order by o_totalprice desc, o_orderdate
limit 100
-- c_name: c_name copied
-- c_custkey: c_custkey copied
-- o_orderkey: o_orderkey copied
-- o_orderdate: o_orderdate copied
-- o_totalprice: o_totalprice copied
-- quantity: l_quantity aggregated
-- rows: o_orderkey filter, l_orderkey filter, l_quantity filter, c_custkey filter, o_custkey filter, c_name group, c_custkey group, o_orderkey group, o_orderdate group, o_totalprice group, o_totalprice order, o_orderdate order

-- name: TPC-H 19
select sum(l_extendedprice * (1 - l_discount)) as revenue
from lineitem, part
where (p_partkey = l_partkey and p_brand = 'Brand#12' and p_container in ('SM CASE', 'SM BOX', 'SM PACK', 'SM PKG')
    and l_quantity >= 1 and l_quantity <= 1 + 10 and p_size between 1 and 5 and l_shipmode in ('AIR', 'AIR REG')
    and l_shipinstruct = 'DELIVER IN PERSON')
  or (p_partkey = l_partkey and p_brand = 'Brand#23' and p_container in ('MED BAG', 'MED BOX', 'MED PKG', 'MED PACK')
    and l_quantity >= 10 and l_quantity <= 10 + 10 and p_size between 1 and 10 and l_shipmode in ('AIR', 'AIR REG')
    and l_shipinstruct = 'DELIVER IN PERSON')
-- revenue: l_extendedprice aggregated, l_discount aggregated
-- rows: p_partkey filter, l_partkey filter, p_brand filter, p_container filter, l_quantity filter, p_size filter, l_shipmode filter, l_shipinstruct filter

-- name: TPC-H 20
select s_name, s_address
from supplier, nation
where s_suppkey in (
    select ps_suppkey from partsupp
    where ps_partkey in (select p_partkey from part where p_name like 'forest%')
      and ps_availqty > (
        select 0.5 * sum(l_quantity) from lineitem
        where l_partkey = ps_partkey and l_suppkey = ps_suppkey and l_shipdate >= date '1994-01-01'
          and l_shipdate < date '1994-01-01' + interval '1' year))
  and s_nationkey = n_nationkey and n_name = 'CANADA'
order by s_name
-- s_name: s_name copied
-- s_address: s_address copied
-- rows: s_suppkey filter, ps_suppkey filter, ps_partkey filter, p_partkey filter, p_name filter, ps_availqty filter, l_quantity filter, l_partkey filter, l_suppkey filter, l_shipdate filter, s_nationkey filter, n_nationkey filter, n_name filter, s_name order

-- name: TPC-H 21
select s_name, count(*) as numwait
from supplier, lineitem l1, orders, nation
where s_suppkey = l1.l_suppkey and o_orderkey = l1.l_orderkey and o_orderstatus = 'F'
  and l1.l_receiptdate > l1.l_commitdate
  and exists (select * from lineitem l2 where l2.l_orderkey = l1.l_orderkey and l2.l_suppkey <> l1.l_suppkey)
  and not exists (
    select * from lineitem l3
    where l3.l_orderkey = l1.l_orderkey and l3.l_suppkey <> l1.l_suppkey and l3.l_receiptdate > l3.l_commitdate)
  and s_nationkey = n_nationkey and n_name = 'SAUDI ARABIA'
group by s_name
order by numwait desc, s_name
limit 100
-- s_name: s_name copied
-- numwait:
-- rows: s_suppkey filter, l_suppkey filter, o_orderkey filter, l_orderkey filter, o_orderstatus filter, l_receiptdate filter, l_commitdate filter, s_nationkey filter, n_nationkey filter, n_name filter, s_name group, s_name order

-- name: TPC-H 22
select cntrycode, count(*) as numcust, sum(c_acctbal) as totacctbal
from (
  select substring(c_phone from 1 for 2) as cntrycode, c_acctbal
  from customer
  where substring(c_phone from 1 for 2) in ('13', '31', '23', '29', '30', '18', '17')
    and c_acctbal > (
      select avg(c_acctbal) from customer
      where c_acctbal > 0.00 and substring(c_phone from 1 for 2) in ('13', '31', '23', '29', '30', '18', '17'))
    and not exists (select * from orders where o_custkey = c_custkey)
) as custsale
group by cntrycode
order by cntrycode
-- cntrycode: c_phone transformed
-- numcust:
-- totacctbal: c_acctbal aggregated
-- rows: c_phone filter, c_acctbal filter, o_custkey filter, c_custkey filter, c_phone group, c_phone order
