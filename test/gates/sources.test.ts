import { describe, expect, test } from 'vitest'
import { failingText } from '../../core/checks/failing-text.ts'
import { engines, type Files, projects, type TestProject } from '../run/project.ts'
import { checkedAgain } from './checked-again.ts'

const hour = 3_600_000

describe.each(engines)('checks of sources on %s', (engine) => {
  const open = projects(engine)

  async function source(more: string, ...statements: readonly string[]): Promise<TestProject> {
    const files: Files = {
      'models/sources.yml': `sources:\n  - name: raw.events\n${more.replace(/^/gm, '    ')}\n`,
    }
    const project = await open(files)
    project.now = Date.parse('2024-01-10T12:00:00Z')
    await project.sql('create schema raw', ...statements)
    return project
  }

  const events = [
    'create table raw.events (id integer, kind varchar(10), loaded_at timestamp, at timestamptz)'.replace(
      ' at ',
      ' seen ',
    ),
    `insert into raw.events values (1, 'a', '2024-01-10 02:00:00', '2024-01-10 11:00:00+00'), (2, 'b', '2024-01-09 02:00:00', null)`,
  ]

  describe('freshness', () => {
    test.each([
      [
        'within both',
        'loaded_at: loaded_at\nfreshness: { warn: 11h, fail: 1d }',
        10,
        true,
        'error',
        undefined,
      ],
      ['at the limit', 'loaded_at: loaded_at\nfreshness: { fail: 10h }', 10, true, 'error', undefined],
      ['a warning', 'loaded_at: loaded_at\nfreshness: { warn: 6h, fail: 24h }', 10, false, 'warn', '> 6h'],
      [
        'a failure',
        'loaded_at: loaded_at\nfreshness: { warn: 6h, fail: 9h30m }',
        10,
        false,
        'error',
        '> 9h 30m',
      ],
      ['a column of its own', 'freshness: { warn: 30m, column: seen }', 1, false, 'warn', '> 30m'],
      [
        'some rows only',
        "freshness: { fail: 1d, column: loaded_at, where: kind = 'b' }",
        34,
        false,
        'error',
        '> 1d',
      ],
      [
        'a query',
        'freshness: { fail: 1d, query: "select min(loaded_at) from raw.events" }',
        34,
        false,
        'error',
        '> 1d',
      ],
      [
        'a query of dates',
        'freshness: { fail: 1d, query: "select cast(max(loaded_at) as date) from raw.events" }',
        12,
        true,
        'error',
        undefined,
      ],
      ['a column as people write it', 'freshness: { fail: 1h, column: SEEN }', 1, true, 'error', undefined],
    ] as const)('%s', async (_, more, hours, passed, severity, broken) => {
      const project = await source(more, ...events)
      const [outcome] = await checkedAgain(project, 'raw.events')
      expect(outcome).toMatchObject({
        name: 'freshness',
        kind: 'freshness',
        model: 'raw.events',
        passed,
        severity,
        measure: { value: (hours * hour) / 1000, unit: 'seconds' },
      })
      expect(outcome?.measure?.broken).toBe(broken)
    })

    test('a column can have the name of a word of the engine', async () => {
      const project = await source(
        'freshness: { fail: 1h, column: End }',
        events[0]!,
        'alter table raw.events add column "end" timestamp',
      )
      expect(await checkedAgain(project, 'raw.events')).toMatchObject([
        { kind: 'freshness', passed: false, measure: { value: null } },
      ])
    })

    test('what is newer than now is said to be', async () => {
      const project = await source('freshness: { fail: 1h, column: loaded_at }', ...events)
      project.now -= 48 * hour
      const [outcome] = await checkedAgain(project, 'raw.events')
      expect(outcome).toMatchObject({ passed: true })
      expect(failingText(outcome!)).toMatch(/^loaded .* from now$/)
    })

    test('a condition that cannot be read is told as one of the age', async () => {
      const project = await source('freshness: { fail: 1h, column: loaded_at, where: "id > (" }', ...events)
      await expect(project.compile()).rejects.toThrow('`freshness` of raw.events: syntax error')
    })

    test('an empty source is older than any limit', async () => {
      const project = await source('loaded_at: loaded_at\nfreshness: { warn: 6h, fail: 24h }', events[0]!)
      expect(await checkedAgain(project, 'raw.events')).toMatchObject([
        { passed: false, severity: 'error', measure: { value: null, broken: '> 1d' } },
      ])
    })

    test.each([
      ['a number', 'freshness: { fail: 1d, column: id }'],
      ['two columns', 'freshness: { fail: 1d, query: "select id, loaded_at from raw.events" }'],
      ['two rows', 'freshness: { fail: 1d, query: "select loaded_at from raw.events" }'],
      ['a column that is not there', 'freshness: { fail: 1d, column: nothing }'],
    ])('%s cannot be told, which is a failure', async (_, more) => {
      const project = await source(more, ...events)
      const [outcome] = await checkedAgain(project, 'raw.events')
      expect(outcome).toMatchObject({ kind: 'readable', passed: false, severity: 'error' })
      expect(String(outcome?.sample[0]?.problem)).toMatch(/^SL6(80|03) /)
    })

    test('it gates nothing', async () => {
      const project = await source('loaded_at: loaded_at\nfreshness: { fail: 1h }', ...events)
      await project.write({
        'models/m/t.sql': '/*---\nmaterialized: table\n---*/\nselect id from raw.events\n',
      })
      expect((await project.run()).ended.succeeded).toEqual(['m.t'])
    })
  })

  describe('columns', () => {
    const all =
      'columns: [{ name: id, type: integer }, { name: kind, type: varchar(10) }, { name: loaded_at, type: timestamp }, { name: seen, type: timestamptz }]'

    test.each([
      ['as declared', all, [], [], true, 'error'],
      ['a new one', all, ['alter table raw.events add column more text'], [['more', 'new']], false, 'warn'],
      [
        'a new one that is an error',
        `${all}\nschema_change: { new: error }`,
        ['alter table raw.events add column more text'],
        [['more', 'new']],
        false,
        'error',
      ],
      [
        'one that is gone',
        all,
        ['alter table raw.events drop column kind'],
        [['kind', 'missing']],
        false,
        'error',
      ],
      [
        'another type',
        `${all}\nschema_change: warn`,
        ['alter table raw.events alter column id type bigint'],
        [['id', 'retyped']],
        false,
        'warn',
      ],
      [
        'names only say which must be there',
        'columns: [{ name: ID }, { name: nothing }]',
        [],
        [['nothing', 'missing']],
        false,
        'error',
      ],
      [
        'what is ignored',
        `${all}\nschema_change: { missing: ignore }`,
        ['alter table raw.events drop column kind'],
        [],
        true,
        'error',
      ],
    ] as const)('%s', async (_, more, statements, changes, passed, severity) => {
      const project = await source(more, ...events, ...statements)
      const [outcome] = await checkedAgain(project, 'raw.events')
      expect(outcome).toMatchObject({ kind: 'columns', passed, severity, failing: changes.length })
      expect(outcome!.sample.map(({ column, change }) => [column, change])).toEqual(changes)
    })

    test('nobody is asked where all is ignored', async () => {
      const project = await source(`${all}\nschema_change: ignore`, ...events)
      expect(await checkedAgain(project, 'raw.events')).toEqual([])
    })
  })

  test('a source that is not there is told, with its own checks left out', async () => {
    const project = await source(
      'checks: [{ row_count: { min: 1 } }]\nloaded_at: loaded_at\nfreshness: { fail: 1d }',
    )
    const [outcome, ...others] = await checkedAgain(project, 'raw.events')
    expect(outcome).toMatchObject({ kind: 'readable', passed: false })
    expect(others).toEqual([])
  })

  test('its own checks come after', async () => {
    const project = await source(
      'checks: [{ row_count: { min: 3 } }]\nloaded_at: loaded_at\nfreshness: { fail: 1d }',
      ...events,
    )
    expect((await checkedAgain(project, 'raw.events')).map(({ kind, passed }) => [kind, passed])).toEqual([
      ['freshness', true],
      ['row_count', false],
    ])
  })
})
