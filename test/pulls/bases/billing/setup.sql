create schema app;
create table app.accounts (id bigint, name text, plan text, country text, created_at timestamptz, deleted_at timestamptz);
insert into app.accounts
select i, 'Account ' || i, (array['Free', 'Team', 'Business'])[1 + i % 3], 'DE', timestamptz '2023-12-01 00:00Z' + i * interval '1 day', null
from generate_series(1, 12) as i;
create table app.events (id bigint, account_id bigint, user_id bigint, kind text, properties jsonb, occurred_at timestamptz);
insert into app.events
select i, 1 + i % 12, 1 + i % 30, (array['login', 'upload', 'share', 'view'])[1 + i % 4], '{"device":"phone"}',
  timestamptz '2024-01-01 00:00Z' + i * interval '131 minutes'
from generate_series(0, 335) as i;
create table app.subscriptions (id bigint, account_id bigint, plan text, seats integer, monthly_price numeric(10, 2), started_on date, ended_on date);
insert into app.subscriptions
select i, i, (array['Free', 'Team', 'Business'])[1 + i % 3], i, 12.50, date '2023-12-01' + i, case when i % 5 = 0 then date '2024-02-10' end
from generate_series(1, 12) as i;
create table app.invoices (id bigint, account_id bigint, issued_on date, due_on date, paid_at timestamptz, total numeric(12, 2), currency text);
insert into app.invoices
select i, 1 + i % 12, date '2024-01-01' + i, date '2024-01-15' + i, case when i % 4 <> 0 then timestamptz '2024-01-16 00:00Z' + i * interval '1 day' end, 10 * i, 'EUR'
from generate_series(1, 40) as i;
