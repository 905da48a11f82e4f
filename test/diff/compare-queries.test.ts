import { afterAll, describe, expect, test } from 'vitest'
import { duckdb } from '../../adapters/duckdb/index.ts'
import { postgres } from '../../adapters/postgres/index.ts'
import { compareQueries } from '../../core/diff/compare-queries.ts'
import { namedAlike } from '../../core/diff/own-sql.ts'
import { tokenized } from '../../core/diff/select-lists.ts'

const parsers = { duckdb: duckdb.parser(), postgres: postgres.parser() }
afterAll(async () => {
  await Promise.all(Object.values(parsers).map((parser) => parser.close()))
})

async function compared(engine: keyof typeof parsers, before: string, after: string) {
  const texts = [before, after]
  const results = await parsers[engine].parse(texts, new Set([0, 1]))
  const [a, b] = results.map((result, at) => {
    if (!result.ok) throw new Error(`${result.error.message}: ${texts[at]}`)
    return { relational: result.query.relational!, source: tokenized(texts[at]!) }
  })
  const alike = await namedAlike(
    new Map([['m', { meaning: before, text: a! }]]),
    [{ name: 'm', after: { meaning: after, text: b! } }],
    parsers[engine],
  )
  const { rows, columns, renamed } = compareQueries(alike.get('m')!.text!, b!)
  return [
    [...rows].sort().join(' ') || '-',
    [...columns].sort().join(' ') || '-',
    [...renamed].map((each) => each.join('>')).join(' ') || '-',
  ].join(' | ')
}

const cases: readonly (readonly [what: string, before: string, after: string, found: string])[] = [
  ['one expression', 'select a, b + 1 as c from t', 'select a, b + 2 as c from t', '- | c | -'],
  ['a column added at the end', 'select a, b from t', 'select a, b, c from t', '- | - | -'],
  ['a column removed in front', 'select a, b from t', 'select b from t', '- | - | -'],
  ['columns in another order', 'select a, b from t', 'select b, a from t', '- | - | -'],
  ['a new name', 'select a, b + 1 as x from t', 'select a, b + 1 as y from t', '- | - | x>y'],
  ['a new name for a column', 'select a, b from t', 'select a as x, b from t', '- | - | a>x'],
  ['a new name for a qualified column', 'select t.a, b from t', 'select t.a as x, b from t', '- | - | a>x'],
  ['a filter', 'select a from t where b > 1', 'select a from t where b > 2', 'filter | - | -'],
  ['a filter added', 'select a from t', 'select a from t where b > 2', 'filter | - | -'],
  ['a join', 'select t.a from t', 'select t.a from t left join u on t.k = u.k', 'join | - | -'],
  [
    'a join condition',
    'select t.a from t join u on t.k = u.k',
    'select t.a from t join u on t.k = u.l',
    'join | - | -',
  ],
  [
    'groups',
    'select a, count(*) as n from t group by a',
    'select a, count(*) as n from t group by a, b',
    'group | - | -',
  ],
  [
    'one expression beside an aggregate over ordered rows',
    "select a, count(*) filter (where b = 'x') as n, percentile_cont(0.5) within group (order by c) as m from t group by a",
    "select a, count(*) filter (where b = 'y') as n, percentile_cont(0.5) within group (order by c) as m from t group by a",
    '- | n | -',
  ],
  [
    'the order within an aggregate',
    'select a, percentile_cont(0.5) within group (order by c) as m, b from t group by a, b',
    'select a, percentile_cont(0.5) within group (order by c desc) as m, b from t group by a, b',
    '- | m | -',
  ],
  [
    'groups by place',
    'select a + 1 as a, count(*) as n from t group by 1',
    'select a + 2 as a, count(*) as n from t group by 1',
    'group | a | -',
  ],
  [
    'through a CTE',
    'with x as (select a, b, c from t) select a, b * 2 as d from x',
    'with x as (select a, -b as b, c from t) select a, b * 2 as d from x',
    '- | d | -',
  ],
  [
    'a column of a CTE that nobody uses',
    'with x as (select a, b from t) select a from x',
    'with x as (select a, b, c from t) select a from x',
    '- | - | -',
  ],
  [
    'a filter on what changed',
    'with x as (select a, b from t) select a from x where b > 1',
    'with x as (select a, -b as b from t) select a from x where b > 1',
    'filter | - | -',
  ],
  [
    'a filter of a CTE',
    'with x as (select a from t where a > 1) select a from x',
    'with x as (select a from t where a > 2) select a from x',
    'filter | - | -',
  ],
  [
    'a star over a CTE',
    'with x as (select a, b from t) select * from x',
    'with x as (select a, b + 1 as b from t) select * from x',
    '- | b | -',
  ],
  [
    'a subquery in FROM',
    'select s.a, s.b from (select a, b from t) as s',
    'select s.a, s.b from (select a, b + 1 as b from t) as s',
    '- | b | -',
  ],
  [
    'a union by place',
    'select a, b from t union all select c, d from u',
    'select a, b from t union all select c, -d from u',
    '- | b | -',
  ],
  [
    'a column added to both sides of a union',
    'select a, b from t union all select c, d from u',
    'select a, x, b from t union all select c, y, d from u',
    '- | - | -',
  ],
  [
    'a column added to both sides of a union without duplicates',
    'select a from t union select c from u',
    'select a, x from t union select c, y from u',
    'group | - | -',
  ],
  [
    'a CTE that names its columns',
    'with x(p, q) as (select a, b from t) select p, q from x',
    'with x(p, q) as (select a, -b from t) select p, q from x',
    '- | q | -',
  ],
  [
    'a moved column that differs too',
    'select a, b + 1 as x, c from t',
    'select b + 2 as x, a, c from t',
    '- | x | -',
  ],
  [
    'an unnamed column',
    'with x(p) as (select a + 1 from t) select p from x',
    'with x(p) as (select a + 2 from t) select p from x',
    '- | p | -',
  ],
  [
    'DISTINCT over what changed',
    'select distinct a, b from t',
    'select distinct a, -b as b from t',
    'group | b | -',
  ],
  [
    'the order of NULLs decides what LIMIT leaves',
    'select a from t order by b limit 3',
    'select a from t order by b nulls first limit 3',
    'unclear | - | -',
  ],
  [
    'the order of NULLs within a window',
    'select a, row_number() over (order by b) as n from t',
    'select a, row_number() over (order by b nulls first) as n from t',
    '- | n | -',
  ],
  [
    'a CTE and aliases called otherwise',
    'with x as (select a, b, c from t as p) select q.a, q.b + r.c as d from x as q join u as r on r.a = q.a',
    'with y as (select a, b, c from t as o) select i.a, i.b - r.c as d from y as i join u as r on r.a = i.a',
    '- | d | -',
  ],
  [
    'an alias that is a column too',
    'select p.a, p from t as p',
    'select q.a, q from t as q',
    'input | - | -',
  ],
  [
    'aliases that change places',
    'select p.a, q.b from t as p join u as q on p.k = q.k',
    'select q.a, p.b from t as p join u as q on p.k = q.k',
    '- | a b | -',
  ],
  ['DISTINCT', 'select a, b from t', 'select distinct a, b from t', 'group | - | -'],
  ['DISTINCT no more', 'select distinct a, b from t', 'select a, b from t', 'group | - | -'],
  [
    'DISTINCT ON something else',
    'select distinct on (a, b) a, b, -c as c from t',
    'select distinct on (a) a, b, c from t',
    'group | c | -',
  ],
  [
    'the type of a join',
    'select t.a from t left join u on t.k = u.k',
    'select t.a from t join u on t.k = u.k',
    'join | - | -',
  ],
  ['another table', 'select a from t', 'select a from u', 'input | - | -'],
  [
    'what a CTE was is a table now',
    'with x as (select a from t) select a from x',
    'select a from x',
    'input | - | -',
  ],
  [
    'EXISTS over a CTE that differs',
    'with x as (select k from u) select a from t where exists (select 1 from x where x.k = t.k)',
    'with x as (select k from u where k > 1) select a from t where exists (select 1 from x where x.k = t.k)',
    'filter | - | -',
  ],
  ['constants', "select 'a' as x, 1 as y from t", "select 'b' as x, 1 as y from t", '- | x | -'],
  [
    'IS DISTINCT FROM in a list',
    'select a is distinct from b as x, c as y from t',
    'select a is distinct from b as x, -c as y from t',
    '- | y | -',
  ],
]

describe.each(['duckdb', 'postgres'] as const)('what differs between two queries of %s', (engine) => {
  test.each(cases)('%s', async (_, before, after, found) => {
    expect(await compared(engine, before, after)).toBe(found)
  })
})
