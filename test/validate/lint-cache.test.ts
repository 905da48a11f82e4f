import { rmSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { validatedProjects } from './project.ts'

const open = validatedProjects('duckdb')

const header = (settings: string) =>
  `/*---\nmaterialized: table\nchecks: [{ row_count: { min: 1 } }]\n${settings}---*/\n`
const daily = (settings = '') =>
  header(
    `${settings}partition: { column: { name: day, type: date }, grain: day, start: 2024-01-01 }\n`,
  ).replace('table', 'incremental')
const bounds = 'day >= {{partition.start}} and day < {{partition.end}}'
const excused = 'allow: { no_partition_filter: small, arbitrary_rows: any will do }\n'

/** Texts that each file can have: findings of their own, through a macro, and such as depend on what an upstream is. */
const choices: Readonly<Record<string, readonly string[]>> = {
  'models/a/events.sql': [
    `${daily()}select day, id from raw.events where ${bounds}`,
    `${header('')}select *\nfrom raw.events`,
    `${daily()}select * from raw.events where ${bounds}`,
    `${header('tags: [x]\n')}select *\nfrom raw.events`,
    `${header('')}select day, id frm raw.events`,
  ],
  'models/b/users.sql': [
    `${daily(excused)}select day, count(*) as n from events group by day`,
    `${daily(excused)}select day, count(*) as n from a.events where ${bounds} group by day`,
    `${daily()}select e.day, {{> picked}} as n from a.events as e where e.${bounds} group by e.day`,
    `${header('')}select e.day, id as n from a.events as e join raw.events as r on r.id = e.id where e.id = null`,
    `${header('')}select e.day, {{> picked}} as n from\na.events as e group by e.day`,
  ],
  'macros/picked.sql': ['count(*)', 'first(e.id)', '  first(e.id)', 'array_agg(e.id)'],
  'models/sources.yml': [
    'sources:\n  - name: raw.events\n    columns: [{ name: day, type: date }, { name: id, type: bigint }]\n',
    'sources:\n  - name: raw.events\n    relation: landing.events\n    columns: [{ name: day, type: date }, { name: id, type: bigint }]\n',
  ],
}
const paths = Object.keys(choices)

test('what is remembered of rules never changes what they find', async () => {
  const first = Object.fromEntries(paths.map((path) => [path, choices[path]![0]!]))
  const edits = fc.array(fc.tuple(fc.nat(paths.length - 1), fc.nat(4)), { minLength: 1, maxLength: 3 })
  const lost = fc.constantFrom(undefined, 'lint.cache', 'compile.cache')
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(edits, lost), { minLength: 2, maxLength: 3 }), async (steps) => {
      const project = open(first)
      await project.validate({ bind: false })
      for (const [edited, cache] of steps) {
        for (const [at, choice] of edited) {
          const path = paths[at]!
          project.write({ [path]: choices[path]![choice % choices[path]!.length]! })
        }
        if (cache !== undefined) rmSync(join(project.root, '.sluice', 'cache', cache), { force: true })
        const remembered = await project.validate({ bind: false })
        rmSync(join(project.root, '.sluice'), { recursive: true, force: true })
        const fresh = await project.validate({ bind: false })
        expect(remembered.findings).toEqual(fresh.findings)
        // Compiled, but not looked at.
        rmSync(join(project.root, '.sluice', 'cache', 'lint.cache'), { force: true })
        expect((await project.validate({ bind: false })).findings).toEqual(fresh.findings)
      }
    }),
    { numRuns: 25, seed: 11 },
  )
}, 120_000)
