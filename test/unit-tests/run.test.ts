import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadUnitTests } from '../../core/unit-tests/load.ts'
import { runUnitTest, type TestOutcome } from '../../core/unit-tests/run-test.ts'
import type { TestWorld } from '../../core/unit-tests/test-world.ts'
import { bind, factories } from '../bind/bind.ts'
import {
  dailyModel,
  engines,
  type Files,
  inWindow,
  model,
  projects,
  type TestProject,
} from '../run/project.ts'

const files: Files = {
  'models/sources.yml': `sources:
  - name: raw.events
    columns:
      - { name: id, type: bigint }
      - { name: day, type: date }
      - { name: kind, type: text }
      - { name: amount, type: "decimal(10, 2)" }
      - { name: at, type: timestamp }
  - name: raw.unknown
`,
  'models/s/daily.sql': dailyModel(
    `select day, kind, count(*) as n, sum(amount) as total, avg(amount) as mean from raw.events where ${inWindow} group by day, kind`,
  ),
  'models/s/kinds.sql': model(
    'materialized: table',
    'select e.kind, e.at, n.label from raw.events as e left join names as n on n.kind = e.kind order by e.at desc',
  ),
  'models/s/loose.sql': 'select * from raw.unknown where a > 1',
  'models/s/running.sql': dailyModel(
    `select day, sum(amount) + coalesce((select max(total) from {{this}} where day < {{partition.start}}), 0) as total from raw.events where ${inWindow} group by day`,
    'columns: [{ name: day, type: date }, { name: total, type: "decimal(38, 2)" }]',
  ),
  'models/s/broken.sql': 'select nothing_like_it from raw.events',
  'seeds/names.csv': 'kind,label\na,Apple\n',
}

const event = (day: string, kind: string, amount: string) =>
  `{ day: ${day}, kind: ${kind}, amount: ${amount} }`

describe.each(engines)('unit tests on %s', (engine) => {
  const open = projects(engine)

  async function run(project: TestProject, yaml: string, others: Readonly<Record<string, string>> = {}) {
    for (const [path, text] of Object.entries({ 'tests/t.yml': yaml, ...others })) {
      mkdirSync(dirname(join(project.root, path)), { recursive: true })
      writeFileSync(join(project.root, path), text)
    }
    const loaded = loadUnitTests(project.root)
    const { project: compiled, texts } = await project.compile()
    const { relations } = await bind(project)
    const factory = factories[engine]
    const parser = factory.parser()
    const world: TestWorld = {
      project: compiled,
      texts,
      adapter: project.adapter,
      relations,
      csvTypes: factory.binder!.csvTypes,
      parser,
      schemaPrefix: 'sluice_testtest_',
    }
    const outcomes: TestOutcome[] = []
    for (const each of loaded.tests) outcomes.push(await runUnitTest(world, each))
    await parser.close()
    return {
      outcomes,
      said: [...loaded.problems, ...outcomes.flatMap(problemOf)].map(
        ({ code, message, place }) => `${code} ${place?.line} ${message}`,
      ),
    }
  }

  const problemOf = (outcome: TestOutcome) => (outcome.kind === 'broken' ? [outcome.problem] : [])
  const kinds = ({ outcomes }: { readonly outcomes: readonly TestOutcome[] }) =>
    outcomes.map(({ kind }) => kind)

  test('a partition is built from given rows only, and only columns that are named are compared', async () => {
    const project = await open(files)
    const found = await run(
      project,
      `unit_tests:
  - name: counts
    model: s.daily
    partition: 2024-01-05
    given:
      raw.events:
        - ${event('2024-01-05', 'a', '1.10')}
        - ${event('2024-01-05', 'a', '2.20')}
        - ${event('2024-01-05', 'b', 'null')}
        - ${event('2024-01-06', 'b', '9')}
    expect:
      - { kind: b, n: 1, total: null }
      - { kind: a, n: 2, total: 3.3, mean: 1.65 }
  - name: nothing
    model: daily
    partition: 2024-01-05
    expect: []
`,
    )
    // The first row of the expectation leaves `mean` out, so that it expects NULL, which an average of nothing is.
    expect(kinds(found)).toEqual(['passed', 'passed'])
  })

  test('differences name the columns', async () => {
    const project = await open(files)
    const { outcomes } = await run(
      project,
      `unit_tests:
  - name: wrong
    model: s.daily
    partition: 2024-01-05
    given:
      raw.events: [${event('2024-01-05', 'a', '1')}, ${event('2024-01-05', 'c', '1')}]
    expect:
      - { day: 2024-01-05, kind: a, n: 2 }
      - { day: 2024-01-05, kind: b, n: 1 }
`,
    )
    expect(outcomes[0]).toMatchObject({
      kind: 'failed',
      expected: 2,
      actual: 2,
      differences: [
        {
          kind: 'changed',
          expected: ['2024-01-05', 'a', '2'],
          actual: ['2024-01-05', 'a', '1'],
          columns: [2],
        },
        {
          kind: 'changed',
          expected: ['2024-01-05', 'b', '1'],
          actual: ['2024-01-05', 'c', '1'],
          columns: [1],
        },
      ],
    })
  })

  test('rows come from CSV files and queries, too; order counts where it is said', async () => {
    const project = await open(files)
    const found = await run(
      project,
      `unit_tests:
  - name: files
    model: s.kinds
    given:
      raw.events: { csv: data/events.csv }
      names: { sql: "select 'a' as kind, 'Apple' as label" }
    expect: { csv: data/kinds.csv, ordered: true, columns: all }
  - name: order
    model: s.kinds
    given:
      raw.events: { csv: data/events.csv }
    expect:
      ordered: true
      rows: [{ kind: a }, { kind: b }]
`,
      {
        'tests/data/events.csv': 'kind,at\na,2024-01-01 01:00:00\nb,2024-01-01 02:00:00\n',
        'tests/data/kinds.csv': 'kind,at,label\nb,2024-01-01T02:00,\na,2024-01-01 01:00:00,Apple\n',
      },
    )
    expect(found.said).toEqual([])
    expect(kinds(found)).toEqual(['passed', 'failed'])
    expect(found.outcomes[1]).toMatchObject({ differences: [{ kind: 'moved' }, { kind: 'moved' }] })
  })

  test('a relation of which nobody says the columns has those that are given', async () => {
    const project = await open(files)
    const found = await run(
      project,
      `unit_tests:
  - { name: given, model: s.loose, given: { raw.unknown: [{ a: 1, b: x }, { a: 2, b: 2024-01-01 }] }, expect: [{ a: 2, b: 2024-01-01 }] }
  - { name: none, model: s.loose, expect: [] }
  - { name: other, model: s.loose, given: { raw.unknown: [{ b: 1 }] }, expect: [] }
`,
    )
    expect(kinds(found)).toEqual(['passed', 'broken', 'broken'])
    expect(found.said[0]).toMatch(/^SL171 3 .*nobody says which columns raw\.unknown has/)
    expect(found.said[1]).toMatch(/^SL603/)
  })

  test('a model that reads itself is given its own rows', async () => {
    const project = await open(files)
    const found = await run(
      project,
      `unit_tests:
  - name: adds up
    model: s.running
    partition: 2024-01-05
    given:
      raw.events: [${event('2024-01-05', 'a', '1')}]
      s.running: [{ day: 2024-01-04, total: 10 }]
    expect: [{ day: 2024-01-05, total: 11 }]
`,
    )
    expect(found.said).toEqual([])
    expect(kinds(found)).toEqual(['passed'])
  })

  test('mistakes have a place and a remedy, and do not keep other tests from running', async () => {
    const project = await open(files)
    const found = await run(
      project,
      `unit_tests:
  - { name: model, model: s.dayly, expect: [] }
  - { name: partition, model: s.daily, expect: [] }
  - { name: key, model: s.daily, partition: 2024-02-31, expect: [] }
  - { name: no key, model: s.kinds, partition: 2024-01-01, expect: [] }
  - { name: input, model: s.kinds, given: { raw.event: [] }, expect: [] }
  - { name: column, model: s.kinds, given: { raw.events: [{ knid: a }] }, expect: [] }
  - { name: value, model: s.kinds, given: { raw.events: [{ id: x1 }] }, expect: [] }
  - { name: output, model: s.kinds, expect: [{ labl: a }] }
  - { name: whole, model: s.kinds, expect: { rows: [{ kind: a }], columns: all } }
  - { name: reads, model: s.kinds, given: { names: { sql: select * from raw.events } }, expect: [] }
  - { name: writes, model: s.kinds, given: { names: { sql: delete from names } }, expect: [] }
  - { name: several, model: s.kinds, given: { names: { sql: select 1; select 2 } }, expect: [] }
  - { name: engine, model: s.broken, expect: [] }
  - { name: good, model: s.kinds, expect: [] }
  - { name: good, model: s.kinds, expect: [] }
`,
    )
    expect(
      found.said.map((text) =>
        text.replace(
          /^(\S+ \d+ ).*?(there is no model|has no partition|is built by partition|does not read|has no column|do not fit|nothing is expected|it reads|the query for|two unit tests|nothing_like_it).*$/s,
          '$1$2',
        ),
      ),
    ).toEqual([
      'SL172 16 two unit tests',
      'SL170 2 there is no model',
      'SL171 3 is built by partition',
      expect.stringMatching(/^SL(171|401) 4 /),
      'SL171 5 has no partition',
      'SL170 6 does not read',
      'SL170 7 has no column',
      'SL671 8 do not fit',
      'SL170 9 has no column',
      'SL171 10 nothing is expected',
      'SL171 11 the query for',
      'SL171 12 the query for',
      'SL171 13 the query for',
      'SL603 1 nothing_like_it',
    ])
    expect(kinds(found).filter((kind) => kind === 'passed')).toHaveLength(2)
  })

  test('nothing of it stays in the database', async () => {
    const project = await open(files)
    const before = await project.rows(`select schema_name from information_schema.schemata order by 1`)
    const found = await run(
      project,
      `unit_tests:
  - { name: one, model: s.kinds, given: { raw.events: [{ kind: a }] }, expect: [{ kind: a }] }
`,
    )
    expect(kinds(found)).toEqual(['passed'])
    expect(await project.rows(`select schema_name from information_schema.schemata order by 1`)).toEqual(
      before,
    )
    expect(
      await project.rows(
        `select table_name from information_schema.tables where table_name like 'sluice_actual%'`,
      ),
    ).toEqual([])
  })

  test('lists and maps are given as such', async () => {
    const list = engine === 'duckdb' ? 'integer[]' : 'int4[]'
    const map = engine === 'duckdb' ? 'struct(a integer, b varchar)' : 'jsonb'
    const project = await open({
      'models/sources.yml': `sources:\n  - name: raw.nested\n    columns: [{ name: l, type: "${list}" }, { name: m, type: "${map}" }]\n`,
      'models/s/nested.sql': 'select l, m, l[2] as second from raw.nested',
    })
    const found = await run(
      project,
      `unit_tests:
  - name: nested
    model: s.nested
    given: { raw.nested: [{ l: [1, 2, 3], m: { a: 1, b: "it's" } }, { l: null }] }
    expect: [{ second: 2, l: [1, 2, 3], m: { a: 1, b: "it's" } }, { second: null }]
`,
    )
    expect(found.said).toEqual([])
    expect(kinds(found)).toEqual(['passed'])
  })
})

describe('files of unit tests', () => {
  const open = projects('duckdb')

  test('what is no unit test is said with its line', async () => {
    const project = await open(files)
    mkdirSync(join(project.root, 'tests'), { recursive: true })
    const said = (yaml: string) => {
      writeFileSync(join(project.root, 'tests/t.yml'), yaml)
      return loadUnitTests(project.root).problems.map(
        ({ code, place }) => `${code} ${place?.line}:${place?.column}`,
      )
    }
    expect(said('unit_tests:\n  - { name: a, model: s.x, expct: [] }\n')).toEqual(['SL171 2:5', 'SL104 2:28'])
    expect(said('tests: []\n')).toContainEqual(expect.stringMatching(/^SL104 1:1/))
    expect(said('unit_tests:\n  - { name: a, model: s.x, expect: 3 }\n')).toEqual(['SL171 2:36'])
    expect(said('unit_tests:\n  - { name: a, model: s.x, expect: { sql: select 1, csv: x } }\n')).toEqual([
      'SL171 2:36',
    ])
    expect(said('unit_tests:\n  - { name: a, model: s.x, expect: { csv: ../../etc/passwd } }\n')).toEqual([
      'SL171 2:5',
    ])
    expect(said('unit_tests:\n  - { name: a, model: s.x, expect: [1] }\n')).toHaveLength(1)
    expect(said('unit_tests: [\n')).toHaveLength(1)
    expect(said('')).toEqual([])
  })
})
