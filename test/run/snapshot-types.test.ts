import { describe, expect, it } from 'vitest'
import { engines, type Files, model, projects } from './project.ts'
import { endOf } from './snapshot-source.ts'

const source = { 'models/sources.yml': 'sources:\n  - name: raw.things\n' }

function snapshot(header: string, sql: string, more: Files = {}): Files {
  return { ...source, 'models/snap/things.sql': model(`materialized: snapshot\n${header}`, sql), ...more }
}

describe.each(engines)('snapshots of all kinds of columns on %s', (engine) => {
  const open = projects(engine)
  const isPostgres = engine === 'postgres'

  it('takes intervals of another zone, of hours, and times with a zone', async () => {
    const project = await open(
      snapshot(
        'unique_key: id\npartition: { grain: hour, timezone: America/New_York, start: 2024-01-01 }\nsnapshot: { strategy: timestamp, updated_at: seen_at, deletes: close }',
        'select id, seen_at from raw.things',
      ),
    )
    await project.sql(
      'create schema raw',
      "create table raw.things as select 1 as id, cast('2024-01-05 03:30:00+00' as timestamptz) as seen_at",
    )
    project.now = Date.parse('2024-01-05T04:10:00Z')
    expect((await project.run()).ended.succeeded).toEqual(['snap.things@2024-01-04T22'])
    await project.sql('delete from raw.things')
    project.now = Date.parse('2024-01-05T05:10:00Z')
    expect((await project.run()).error).toBeUndefined()
    expect(await project.rows('select valid_from, valid_to, deleted_at from snap.things')).toEqual([
      ['2024-01-05T03:30:00.000Z', '2024-01-05T05:00:00.000Z', '2024-01-05T05:00:00.000Z'],
    ])
  })

  it('does not tell by dates in which hour a key was gone', async () => {
    const project = await open(
      snapshot(
        'unique_key: id\npartition: { grain: hour, start: 2024-01-01T00 }\nsnapshot: { strategy: timestamp, updated_at: day, deletes: close }',
        'select id, day from raw.things',
      ),
    )
    await project.sql(
      'create schema raw',
      "create table raw.things as select 1 as id, cast('2024-01-01' as date) as day",
    )
    project.now = Date.parse('2024-01-01T01:01:00Z')
    expect((await project.run()).error).toMatchObject({ code: 'SL694' })
  })

  it('writes the day of the zone where times of change are dates', async () => {
    const project = await open(
      snapshot(
        'unique_key: id\npartition: { grain: day, timezone: Asia/Kolkata, start: 2024-01-01 }\nsnapshot: { strategy: timestamp, updated_at: day, deletes: new_row }',
        'select id, day from raw.things',
      ),
    )
    await project.sql(
      'create schema raw',
      "create table raw.things as select 1 as id, cast('2024-01-02' as date) as day",
    )
    project.now = Date.parse('2024-01-03T19:00:00Z')
    expect((await project.run()).ended.succeeded).toEqual(['snap.things@2024-01-03'])
    await project.sql('delete from raw.things')
    project.now = Date.parse('2024-01-04T19:00:00Z')
    expect((await project.run()).error).toBeUndefined()
    expect(
      await project.rows('select day, valid_from, valid_to, is_deleted from snap.things order by valid_from'),
    ).toEqual([
      ['2024-01-02', '2024-01-02', '2024-01-05', false],
      ['2024-01-02', '2024-01-05', null, true],
    ])
  })

  it('compares what has no equality by its text, and floats by what they are', async () => {
    const json = isPostgres ? 'json' : 'struct(a integer, b integer[])'
    const value = (b: number) => (isPostgres ? `'{"a": 1, "b": [${b}]}'` : `{'a': 1, 'b': [${b}]}`)
    const project = await open(
      snapshot(
        'unique_key: [id, part]\npartition: { grain: day, start: 2024-01-01 }\nsnapshot: { strategy: check }',
        'select * from raw.things',
      ),
    )
    await project.sql(
      'create schema raw',
      `create table raw.things (id integer, part text, doc ${json}, share double precision, price numeric(10, 2))`,
      `insert into raw.things values (1, 'a', ${value(1)}, 'NaN', 1.5), (1, 'b', ${value(1)}, 0, 1.5)`,
    )
    endOf(project, '2024-01-01')
    expect((await project.run()).error).toBeUndefined()
    await project.sql("update raw.things set share = -0.0, price = 1.50 where part = 'b'")
    endOf(project, '2024-01-02')
    expect((await project.run()).error).toBeUndefined()
    expect(await project.value('select count(*) from snap.things')).toBe(2)
    await project.sql(`update raw.things set doc = ${value(2)} where part = 'a'`)
    endOf(project, '2024-01-03')
    expect((await project.run()).error).toBeUndefined()
    expect((await project.run({ force: true })).error).toBeUndefined()
    expect(
      await project.rows('select part, valid_to is null from snap.things order by 1, valid_from'),
    ).toEqual([
      ['a', false],
      ['a', true],
      ['b', true],
    ])
  })

  it('finds columns as the engine folds names, and takes names that need quotes', async () => {
    const project = await open(
      snapshot(
        'unique_key: ["Order No"]\npartition: { grain: day, start: 2024-01-01 }\nsnapshot: { strategy: check, columns: [State], names: { valid_from: Seen-from } }',
        'select "Order No", state, note as "A Note" from raw.things',
      ),
    )
    await project.sql(
      'create schema raw',
      `create table raw.things as select 1 as "Order No", 'new' as state, 'x' as note`,
    )
    endOf(project, '2024-01-01')
    const run = await project.run()
    expect(run.error).toBeUndefined()
    await project.sql("update raw.things set state = 'paid'")
    endOf(project, '2024-01-02')
    expect((await project.run()).error).toBeUndefined()
    expect(
      await project.rows('select "Order No", state, "A Note" from snap.things order by "Seen-from"'),
    ).toEqual([
      [1, 'new', 'x'],
      [1, 'paid', 'x'],
    ])
  })

  it('keeps views that read it, and their columns follow it', async () => {
    const header =
      'unique_key: id\non_schema_change: append\npartition: { grain: day, start: 2024-01-01 }\nsnapshot: { strategy: check }'
    const now = { 'models/snap/now.sql': 'select * from snap.things where valid_to is null\n' }
    const project = await open(snapshot(header, 'select id from raw.things', now))
    await project.sql('create schema raw', "create table raw.things as select 1 as id, 'x' as name")
    endOf(project, '2024-01-01')
    expect((await project.run()).error).toBeUndefined()
    await project.write(snapshot(header, 'select id, name from raw.things', now))
    endOf(project, '2024-01-02')
    expect((await project.run()).error).toBeUndefined()
    expect(await project.rows('select name from snap.now')).toEqual([['x']])
  })

  it('keeps the column of a kind of deletes that is no longer asked for', async () => {
    const header = (deletes: string) =>
      `unique_key: id\npartition: { grain: day, start: 2024-01-01 }\nsnapshot: { strategy: check, deletes: ${deletes} }`
    const project = await open(snapshot(header('ignore'), 'select id from raw.things'))
    await project.sql('create schema raw', 'create table raw.things as select 1 as id')
    for (const [day, deletes] of [
      ['2024-01-01', 'ignore'],
      ['2024-01-02', 'close'],
      ['2024-01-03', 'new_row'],
      ['2024-01-04', 'ignore'],
    ] as const) {
      await project.write(snapshot(header(deletes), 'select id from raw.things'))
      if (day === '2024-01-03') await project.sql('delete from raw.things')
      endOf(project, day)
      expect((await project.run()).error).toBeUndefined()
    }
    expect(
      await project.rows(
        'select id, valid_to is null, deleted_at, is_deleted from snap.things order by valid_from',
      ),
    ).toEqual([
      [1, false, null, null],
      [1, true, null, true],
    ])
  })

  it('runs checks of its own on the versions that a partition began', async () => {
    const project = await open(
      snapshot(
        'unique_key: id\npartition: { grain: day, start: 2024-01-01 }\nsnapshot: { strategy: check }\nchecks:\n  - row_count: { max: 1 }\n  - expression: valid_to is null or valid_to > valid_from',
        'select id, name from raw.things',
        {
          'checks/names.sql':
            "select * from snap.things where name = 'bad' and valid_from = {{partition.end.timestamp}}",
        },
      ),
    )
    await project.sql('create schema raw', "create table raw.things as select 1 as id, 'x' as name")
    endOf(project, '2024-01-01')
    expect((await project.run()).error).toBeUndefined()
    await project.sql("update raw.things set name = 'y'")
    endOf(project, '2024-01-02')
    expect((await project.run()).error).toBeUndefined()
    await project.sql("update raw.things set name = 'bad'")
    endOf(project, '2024-01-03')
    const failed = await project.run()
    expect(failed.checks.filter((check) => !check.passed).map((check) => check.name)).toEqual([
      'checks.names',
    ])
    expect(await project.value("select count(*) from snap.things where name = 'bad'")).toBe(0)
  })
})
