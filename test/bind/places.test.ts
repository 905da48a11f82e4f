import { expect, it } from 'vitest'
import { projects } from '../run/project.ts'
import { bind, shown } from './bind.ts'

const open = projects('duckdb')

const sources = 'sources:\n  - { name: raw.t, columns: [{ name: id, type: int }, { name: v, type: text }] }\n'

it.each([
  ["select '😀' as e, *\n\texclude (zzz) from raw.t", '2:11'],
  ['select * exclude ("Z z") from raw.t', '1:19'],
  ['select * replace (1 as zzz) from raw.t', '1:24'],
  ['select t.id -- idx\nfrom raw.t t join raw.t s using (idx)', '2:34'],
  // It stands in two places: which of them is meant is not known.
  ['select t.id as idx from raw.t t join raw.t s using (idx)', '1:1'],
])('DuckDB names a column without its place: %s', async (sql, place) => {
  const { problems } = await bind(await open({ 'models/sources.yml': sources, 'models/a.sql': `${sql}\n` }))
  expect(problems.map(shown)).toEqual([expect.stringContaining(`models/a.sql:${place} `)])
})
