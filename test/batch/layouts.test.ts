import { afterAll, expect, test } from 'vitest'
import { createDuckdbParser } from '../../adapters/duckdb/parser.ts'
import type { PartitionConfig } from '../../core/config/project.ts'
import { answers, dates } from './question.ts'

const parser = createDuckdbParser()
afterAll(() => parser.close())

const instants = { S: "TIMESTAMP '0001-01-01 00:00:00'", E: "TIMESTAMP '0001-01-01 01:00:00'" }
const scan = (key: string, column = 'ts') =>
  `select ${key} as k, u from a where ${column} >= {{S}} and ${column} < {{E}}`

async function holds(
  sql: string,
  partition: Partial<PartitionConfig>,
  literals: Readonly<Record<string, string>> = dates('0001-01-01', '0001-01-02'),
): Promise<boolean> {
  const [answer] = await answers(parser, [sql], { partition, literals })
  return answer!.batchable
}

const timestamps = { name: 'k', type: 'timestamp' } as const
const cron = { cron: '0 6 * * *' } as unknown as PartitionConfig['grain']

test.each([
  ['hours, floored to hours', "date_trunc('hour', ts)", { grain: 'hour', column: timestamps }, true],
  ['hours, floored to days', "date_trunc('day', ts)", { grain: 'hour', column: timestamps }, false],
  ['hours, as dates', 'ts::date', { grain: 'hour', column: timestamps }, false],
  ['days, floored to minutes', "date_trunc('minute', ts)", { grain: 'day' }, true],
  ['days, floored to weeks', "date_trunc('week', ts)", { grain: 'day' }, false],
  ['weeks from Monday, floored to weeks', "date_trunc('week', ts)", { grain: 'week' }, true],
  [
    'weeks from Sunday, floored to weeks',
    "date_trunc('week', ts)",
    { grain: 'week', firstDayOfWeek: 'sunday' },
    false,
  ],
  ['weeks from Sunday, floored to days', 'ts::date', { grain: 'week', firstDayOfWeek: 'sunday' }, true],
  ['weeks, floored to months', "date_trunc('month', ts)", { grain: 'week' }, false],
  ['months, floored to months', "date_trunc('month', ts)", { grain: 'month' }, true],
  ['months, floored to weeks', "date_trunc('week', ts)", { grain: 'month' }, false],
  ['quarters, floored to quarters', "date_trunc('quarter', ts)", { grain: 'quarter' }, true],
  ['months, floored to quarters', "date_trunc('quarter', ts)", { grain: 'month' }, false],
  ['years, floored to months', "date_trunc('month', ts)::date", { grain: 'year' }, true],
  ['a cron expression, as it is', 'ts', { grain: cron, column: timestamps }, true],
  ['a cron expression, as dates', 'ts::date', { grain: cron, column: timestamps }, false],
  ['another zone, as it is', 'ts', { timezone: 'America/New_York', column: timestamps }, true],
  [
    'another zone, instants as dates',
    'ts::date',
    { timezone: 'America/New_York', column: timestamps },
    false,
  ],
  ['another zone, bounds that are dates', 'ts::date', { timezone: 'America/New_York' }, true],
  ['a floor whose unit a column tells', 'date_trunc(u, ts)', { grain: 'day' }, false],
] as const)('%s', async (_, key, partition, expected) => {
  const literals = 'grain' in partition && partition.grain === 'hour' ? instants : undefined
  expect(await holds(scan(key), partition as Partial<PartitionConfig>, literals)).toBe(expected)
})

test.each([
  ['as it is', scan('day', 'day'), true],
  ['floored', scan('day::date', 'day'), false],
  ['a bound with a cast', 'select day as k from a where day >= {{S.date}} and day < {{E.date}}', false],
  [
    'arithmetic',
    'select a.day as k from a join b on b.day between a.day - 6 and a.day where a.day >= {{S}} and a.day < {{E}} and b.day >= {{S}} - 6 and b.day < {{E}}',
    false,
  ],
  ['a sign before a bound', 'select day as k from a where day >= -{{S}} and day < {{E}}', false],
  [
    'a bound within a text',
    "select day as k, 'from {{S}} on' as name from a where day >= {{S}} and day < {{E}}",
    false,
  ],
])('days as whole numbers, %s', async (_, sql, expected) => {
  const column = { name: 'k', type: 'integer', format: 'YYYYMMDD' } as const
  expect(await holds(sql, { column }, { S: '10101', E: '10102' })).toBe(expected)
})

test('known columns tell an alias from a column and what stands beside a star', async () => {
  const alias = 'select ts::date as k, u from a where k >= {{S}} and k < {{E}}'
  const star = 'select *, ts::date as k from a where ts >= {{S}} and ts < {{E}}'
  const ask = async (columns: readonly string[]) => {
    const found = await answers(parser, [alias, star], { columns: { a: columns } })
    return found.map((each) => each.batchable)
  }
  expect(await ask(['ts', 'u'])).toEqual([true, true])
  expect(await ask(['ts', 'u', 'k'])).toEqual([false, false])
})
