import { describe, expect, it } from 'vitest'
import { engines, model, projects } from './project.ts'
import { byValues, daily, endOf, history, show, showTimed, snapshotOf } from './snapshot-source.ts'

const state = 'id, name, city, valid_from, valid_to'

describe.each(engines)('a snapshot by compared values on %s', (engine) => {
  const open = projects(engine)

  it('opens a version when a value changes, and ends the one before it at the same instant', async () => {
    const project = await open(snapshotOf(byValues()))
    await show(project, ["1, 'Ada', 'Paris'", "2, 'Bob', null"])
    endOf(project, '2024-01-01')
    const first = await project.run()
    expect(first.error).toBeUndefined()
    expect(first.ended.succeeded).toEqual(['snap.customers@2024-01-01'])
    await show(project, ["1, 'Ada', 'Rome'", "2, 'Bob', null", "3, 'Cy', 'Oslo'"])
    endOf(project, '2024-01-02')
    await project.run()
    await show(project, ["1, 'Ada', 'Rome'", "2, 'Bob', 'Bern'", "3, 'Cy', null"])
    endOf(project, '2024-01-03')
    await project.run()
    expect(await history(project, state)).toEqual([
      '1 Ada Paris 2024-01-02 2024-01-03',
      '1 Ada Rome 2024-01-03 -',
      '2 Bob - 2024-01-02 2024-01-04',
      '2 Bob Bern 2024-01-04 -',
      '3 Cy Oslo 2024-01-03 2024-01-04',
      '3 Cy - 2024-01-04 -',
    ])
    const recorded = await project.partitions('snap.customers')
    expect(Object.entries(recorded).map(([key, row]) => [key, Number(row.rows)])).toEqual([
      ['2024-01-01', 2],
      ['2024-01-02', 2],
      ['2024-01-03', 2],
    ])
  })

  it('undoes and redoes the latest interval when it runs again, with the same rows or others', async () => {
    const project = await open(snapshotOf(byValues('deletes: close')))
    await show(project, ["1, 'Ada', 'Paris'", "2, 'Bob', 'Bern'"])
    endOf(project, '2024-01-01')
    await project.run()
    await show(project, ["1, 'Ada', 'Rome'", "3, 'Cy', 'Oslo'"])
    endOf(project, '2024-01-02')
    await project.run()
    const once = await history(project, `${state}, deleted_at`)
    const version = (await project.partitions('snap.customers'))['2024-01-02']!.data_seq
    const again = await project.run({ force: true })
    expect(again.error).toBeUndefined()
    expect(await history(project, `${state}, deleted_at`)).toEqual(once)
    expect((await project.partitions('snap.customers'))['2024-01-02']!.data_seq).toEqual(version)
    await show(project, ["1, 'Ada', 'Paris'", "2, 'Bob', 'Basel'"])
    await project.run({ force: true })
    expect(await history(project, `${state}, deleted_at`)).toEqual([
      '1 Ada Paris 2024-01-02 - -',
      '2 Bob Bern 2024-01-02 2024-01-03 -',
      '2 Bob Basel 2024-01-03 - -',
    ])
    expect((await project.partitions('snap.customers'))['2024-01-02']!.data_seq).not.toEqual(version)
  })

  it('ends the version of a key that is gone, and begins another when it is back', async () => {
    const project = await open(snapshotOf(byValues('deletes: close')))
    for (const [day, rows] of [
      ['2024-01-01', ["1, 'Ada', 'Paris'"]],
      ['2024-01-02', []],
      ['2024-01-03', []],
      ['2024-01-04', ["1, 'Ada', 'Paris'"]],
    ] as const) {
      await show(project, rows)
      endOf(project, day)
      expect((await project.run()).error).toBeUndefined()
    }
    expect(await history(project, `${state}, deleted_at`)).toEqual([
      '1 Ada Paris 2024-01-02 2024-01-03 2024-01-03',
      '1 Ada Paris 2024-01-05 - -',
    ])
  })

  it('says in a row of its own that a key is gone, once', async () => {
    const project = await open(snapshotOf(byValues('deletes: new_row')))
    for (const [day, rows] of [
      ['2024-01-01', ["1, 'Ada', 'Paris'"]],
      ['2024-01-02', []],
      ['2024-01-03', []],
      ['2024-01-04', ["1, 'Ada', 'Paris'"]],
    ] as const) {
      await show(project, rows)
      endOf(project, day)
      expect((await project.run()).error).toBeUndefined()
    }
    expect(await history(project, `${state}, is_deleted`)).toEqual([
      '1 Ada Paris 2024-01-02 2024-01-03 false',
      '1 Ada Paris 2024-01-03 2024-01-05 true',
      '1 Ada Paris 2024-01-05 - false',
    ])
  })

  it('compares only the columns that it is told, and keeps what the others were when the version began', async () => {
    const project = await open(snapshotOf(byValues('columns: [name]')))
    await show(project, ["1, 'Ada', 'Paris'"])
    endOf(project, '2024-01-01')
    await project.run()
    await show(project, ["1, 'Ada', 'Rome'"])
    endOf(project, '2024-01-02')
    const second = await project.run()
    expect(second.error).toBeUndefined()
    expect(await history(project, state)).toEqual(['1 Ada Paris 2024-01-02 -'])
  })

  it('takes the instant at which an interval begins, if its state is from then', async () => {
    const project = await open(snapshotOf(byValues('as_of: start')))
    await show(project, ["1, 'Ada', 'Paris'"])
    endOf(project, '2024-01-01')
    await project.run()
    expect(await history(project, state)).toEqual(['1 Ada Paris 2024-01-01 -'])
  })

  it('keeps its version where nothing changed, so that what reads it stays fresh', async () => {
    const project = await open(
      snapshotOf(byValues(), undefined, {
        'models/marts/now.sql': model(
          'materialized: table',
          'select * from snap.customers where valid_to is null',
        ),
      }),
    )
    await show(project, ["1, 'Ada', 'Paris'"])
    endOf(project, '2024-01-01')
    await project.run()
    endOf(project, '2024-01-02')
    const second = await project.run()
    expect(second.ended.succeeded).toEqual(['snap.customers@2024-01-02'])
    expect(second.ended.skipped).toEqual(['marts.now'])
    const [a, b] = Object.values(await project.partitions('snap.customers'))
    expect(a!.data_seq).toEqual(b!.data_seq)
  })

  it('leaves alone what it cannot see any more', async () => {
    const project = await open(snapshotOf(byValues()))
    await show(project, ["1, 'Ada', 'Paris'"])
    endOf(project, '2024-01-01')
    await project.run()
    await show(project, ["1, 'Ada', 'Rome'"])
    // Two days were missed: the state of the first of them is not known.
    endOf(project, '2024-01-03')
    const late = await project.run()
    expect(late.ended.succeeded).toEqual(['snap.customers@2024-01-03'])
    expect(await history(project, state)).toEqual([
      '1 Ada Paris 2024-01-02 2024-01-04',
      '1 Ada Rome 2024-01-04 -',
    ])
    const past = await project.run({ select: ['snap.customers'], partition: '2024-01-02' })
    expect(past.plan.tasks).toEqual([])
    expect(past.plan.held).toMatchObject([{ state: 'blocked', needs: [{ because: 'past' }] }])
    const all = await project.run({ request: { history: true } })
    expect(all.plan.tasks).toEqual([])
  })

  it('does not take what is shown today for the last interval of a history that has ended', async () => {
    const project = await open(
      snapshotOf(
        'partition: { grain: day, start: 2024-01-01, end: 2024-01-02 }\nsnapshot: { strategy: check }',
      ),
    )
    await show(project, ["1, 'Ada', 'Paris'"])
    endOf(project, '2024-01-02')
    expect((await project.run()).ended.succeeded).toEqual(['snap.customers@2024-01-02'])
    await show(project, ["1, 'Ada', 'Rome'"])
    endOf(project, '2024-01-09')
    expect((await project.run({ force: true })).plan.tasks).toEqual([])
    expect(await history(project, state)).toEqual(['1 Ada Paris 2024-01-03 -'])
  })

  it('holds a changed query to be for the intervals to come', async () => {
    const files = snapshotOf(byValues())
    const project = await open(files)
    await show(project, ["1, 'Ada', 'Paris'"])
    endOf(project, '2024-01-01')
    await project.run()
    await project.write({
      'models/snap/customers.sql': model(
        `materialized: snapshot\nunique_key: [id]\n${byValues()}`,
        'select id, upper(name) as name, city from raw.customers',
      ),
    })
    const again = await project.run()
    expect(again.plan.tasks).toEqual([])
    endOf(project, '2024-01-02')
    await project.run()
    expect(await history(project, state)).toEqual([
      '1 Ada Paris 2024-01-02 2024-01-03',
      '1 ADA Paris 2024-01-03 -',
    ])
  })

  it('rebuilds a history only if the user says that it may be lost', async () => {
    const project = await open(snapshotOf(byValues()))
    await show(project, ["1, 'Ada', 'Paris'"])
    endOf(project, '2024-01-01')
    await project.run()
    await show(project, ["1, 'Ada', 'Rome'"])
    endOf(project, '2024-01-02')
    await project.run()
    await expect(project.run({ fullRefresh: true })).rejects.toMatchObject({
      diagnostics: [{ code: 'SL690' }],
    })
    expect(await history(project, state)).toHaveLength(2)
    const lost = await project.run({ fullRefresh: true, request: { losesHistory: true } })
    expect(lost.error).toBeUndefined()
    expect(await history(project, state)).toEqual(['1 Ada Rome 2024-01-03 -'])
    expect(Object.keys(await project.partitions('snap.customers'))).toEqual(['2024-01-02'])
  })

  it.each([
    ['SL611', ["null, 'Ada', 'Paris'"]],
    ['SL612', ["1, 'Ada', 'Paris'", "1, 'Ada', 'Rome'"]],
  ] as const)('refuses rows that it cannot tell apart: %s', async (code, rows) => {
    const project = await open(snapshotOf(byValues()))
    await show(project, rows)
    endOf(project, '2024-01-01')
    const outcome = await project.run()
    expect(outcome.error?.code).toBe(code)
  })

  it('adds a column that the query has got, and refuses to lose one', async () => {
    const project = await open(
      snapshotOf(`${byValues()}\non_schema_change: append`, 'select id, name from raw.customers'),
    )
    await show(project, ["1, 'Ada', 'Paris'"])
    endOf(project, '2024-01-01')
    await project.run()
    await project.write(snapshotOf(`${byValues()}\non_schema_change: append`))
    endOf(project, '2024-01-02')
    expect((await project.run()).error).toBeUndefined()
    expect(await history(project, state)).toEqual([
      '1 Ada - 2024-01-02 2024-01-03',
      '1 Ada Paris 2024-01-03 -',
    ])
    await project.write(snapshotOf(byValues(), 'select id, name from raw.customers'))
    endOf(project, '2024-01-03')
    expect((await project.run()).error).toMatchObject({ code: 'SL691' })
    await project.write(
      snapshotOf(byValues(), "select id, name, cast('2024-01-01' as date) as city from raw.customers"),
    )
    expect((await project.run()).error).toMatchObject({ code: 'SL691' })
  })

  it('refuses columns that it adds itself', async () => {
    const project = await open(snapshotOf(byValues(), 'select id, name as valid_to from raw.customers'))
    await show(project, ["1, 'Ada', 'Paris'"])
    endOf(project, '2024-01-01')
    expect((await project.run()).error).toMatchObject({ code: 'SL695' })
  })

  it('does not publish when a check fails, and readers see the old history', async () => {
    const project = await open(snapshotOf(`${byValues()}\nchecks: [{ not_null: [city] }]`))
    await show(project, ["1, 'Ada', 'Paris'"])
    endOf(project, '2024-01-01')
    await project.run()
    await show(project, ["1, 'Ada', null"])
    endOf(project, '2024-01-02')
    expect((await project.run()).ended.failed).toEqual(['snap.customers@2024-01-02'])
    expect(await history(project, state)).toEqual(['1 Ada Paris 2024-01-02 -'])
  })

  it('refuses a history that somebody broke', async () => {
    const project = await open(snapshotOf(byValues()))
    await show(project, ["1, 'Ada', 'Paris'"])
    endOf(project, '2024-01-01')
    await project.run()
    const twice = () => project.sql('insert into snap.customers select * from snap.customers')
    // Where keys have an index, nobody can.
    if (engine === 'postgres') return expect(twice()).rejects.toThrow()
    await twice()
    await show(project, ["1, 'Ada', 'Rome'"])
    endOf(project, '2024-01-02')
    expect((await project.run()).error).toMatchObject({ code: 'SL693' })
  })
})

describe.each(engines)('a snapshot of states that its query names, on %s', (engine) => {
  const open = projects(engine)
  const dumps = snapshotOf(
    byValues('deletes: close'),
    'select id, name, city from raw.dumps where taken_on = {{partition.start}}',
    { 'models/sources.yml': 'sources:\n  - name: raw.dumps\n' },
  )

  it('records a range in order, waits for what is missing, and is made anew as a whole', async () => {
    const project = await open(dumps)
    await project.sql(
      'create schema raw',
      'create table raw.dumps (taken_on date, id integer, name text, city text)',
      `insert into raw.dumps values ('2024-01-01', 1, 'Ada', 'Paris'), ('2024-01-02', 1, 'Ada', 'Rome'), ('2024-01-02', 2, 'Bob', 'Bern'), ('2024-01-03', 2, 'Bob', 'Bern')`,
    )
    endOf(project, '2024-01-03')
    const latest = await project.run()
    expect(latest.plan.held).toMatchObject([{ state: 'blocked', needs: [{ because: 'missing' }] }])
    const all = await project.run({ request: { history: true }, threads: 4 })
    expect(all.error).toBeUndefined()
    const expected = [
      '1 Ada Paris 2024-01-02 2024-01-03 -',
      '1 Ada Rome 2024-01-03 2024-01-04 2024-01-04',
      '2 Bob Bern 2024-01-03 - -',
    ]
    expect(await history(project, `${state}, deleted_at`)).toEqual(expected)
    await project.sql("update raw.dumps set city = 'Oslo' where taken_on = '2024-01-01'")
    const old = await project.run({ select: ['snap.customers'], partition: '2024-01-01', force: true })
    expect(old.plan.held).toMatchObject([{ state: 'blocked', needs: [{ because: 'past' }] }])
    const anew = await project.run({ fullRefresh: true, request: { losesHistory: true } })
    expect(anew.error).toBeUndefined()
    expect(await history(project, `${state}, deleted_at`)).toEqual([
      '1 Ada Oslo 2024-01-02 2024-01-03 -',
      ...expected.slice(1),
    ])
  })
})

const timed = 'id, name, updated_at, valid_from, valid_to'
const byTime = (more = '') => `snapshot: { strategy: timestamp, updated_at: updated_at${more} }`
const timedSql = 'select id, name, updated_at from raw.customers'

describe.each(engines)('a snapshot by time of change on %s', (engine) => {
  const open = projects(engine)

  it('collects versions, each in its place in time, in whatever order they come', async () => {
    const project = await open(snapshotOf(byTime(), timedSql))
    for (const rows of [
      ["1, 'b', '2024-01-03'", "2, 'x', '2024-01-01'"],
      ["1, 'a', '2024-01-01'"],
      ["1, 'c', '2024-01-05'"],
    ]) {
      await showTimed(project, rows)
      expect((await project.run({ force: true })).error).toBeUndefined()
    }
    expect(await history(project, timed)).toEqual([
      '1 a 2024-01-01 2024-01-01 2024-01-03',
      '1 b 2024-01-03 2024-01-03 2024-01-05',
      '1 c 2024-01-05 2024-01-05 -',
      '2 x 2024-01-01 2024-01-01 -',
    ])
  })

  it('keeps its version where nothing is new, and rewrites a version that has other values', async () => {
    const project = await open(snapshotOf(byTime(), timedSql))
    await showTimed(project, ["1, 'a', '2024-01-01'"])
    await project.run()
    const version = (await project.partitions('snap.customers')).all!.data_seq
    await project.run({ force: true })
    expect((await project.partitions('snap.customers')).all!.data_seq).toEqual(version)
    await showTimed(project, ["1, 'A', '2024-01-01'"])
    await project.run({ force: true })
    expect(await history(project, timed)).toEqual(['1 A 2024-01-01 2024-01-01 -'])
    expect((await project.partitions('snap.customers')).all!.data_seq).not.toEqual(version)
  })

  it('refuses a row without a time of change, and a time that is none', async () => {
    const project = await open(snapshotOf(byTime(), timedSql))
    await showTimed(project, ["1, 'a', null"])
    expect((await project.run()).error).toMatchObject({ code: 'SL694' })
    await project.write(snapshotOf(byTime(), "select id, name, 'x' as updated_at from raw.customers"))
    expect((await project.run()).error).toMatchObject({ code: 'SL694' })
  })

  it('collects partitions in any order, a version belonging to the first that shows it', async () => {
    const project = await open(
      snapshotOf(
        `${daily}\n${byTime()}`,
        'select id, name, updated_at from raw.changes where updated_at >= {{partition.start.timestamp}} and updated_at < {{partition.end.timestamp}}',
        { 'models/sources.yml': 'sources:\n  - name: raw.changes\n' },
      ),
    )
    await project.sql(
      'create schema raw',
      'create table raw.changes (id integer, name text, updated_at timestamp)',
      "insert into raw.changes values (1, 'a', '2024-01-01 08:00'), (1, 'b', '2024-01-02 09:00'), (1, 'c', '2024-01-03 10:00')",
    )
    endOf(project, '2024-01-03')
    for (const partition of ['2024-01-03', '2024-01-01', '2024-01-02', '2024-01-01'])
      expect(
        (await project.run({ select: ['snap.customers'], partition, force: true })).error,
      ).toBeUndefined()
    expect(
      await project.rows(
        'select name, sluice_partition_start, valid_to is null from snap.customers order by valid_from',
      ),
    ).toEqual([
      ['a', '2024-01-01', false],
      ['b', '2024-01-02', false],
      ['c', '2024-01-03', true],
    ])
  })

  it('gives a version the values that the earliest interval showed, whichever ran first', async () => {
    const project = await open(snapshotOf(`${daily}\n${byTime()}`, timedSql))
    endOf(project, '2024-01-03')
    for (const [partition, name] of [
      ['2024-01-03', 'late'],
      ['2024-01-01', 'early'],
      ['2024-01-02', 'later'],
      ['2024-01-01', 'first'],
      ['2024-01-03', 'last'],
    ] as const) {
      await showTimed(project, [`1, '${name}', '2024-01-01'`])
      const run = await project.run({ select: ['snap.customers'], partition, force: true })
      expect(run.error).toBeUndefined()
    }
    expect(await history(project, 'name, sluice_partition_start, valid_to')).toEqual(['first 2024-01-01 -'])
  })

  it('ends the version of a key that is gone, and places one that is back after it', async () => {
    const project = await open(snapshotOf(`${daily}\n${byTime(', deletes: close')}`, timedSql))
    for (const [day, rows] of [
      [
        '2024-01-01',
        [
          "1, 'a', '2024-01-01 08:00'",
          "2, 'x', '2024-01-01 09:00'",
          "3, 'p', '2024-01-01 09:00'",
          "4, 'm', '2024-01-01 09:00'",
        ],
      ],
      ['2024-01-02', ["3, 'q', '2024-01-02 07:00'"]],
      [
        '2024-01-03',
        [
          "1, 'a', '2024-01-01 08:00'",
          "2, 'y', '2024-01-03 11:00'",
          "3, 'p', '2024-01-01 09:00'",
          "4, 'n', '2024-01-03'",
        ],
      ],
      [
        '2024-01-04',
        [
          "1, 'a', '2024-01-01 08:00'",
          "2, 'y', '2024-01-03 11:00'",
          "3, 'p', '2024-01-01 09:00'",
          "4, 'n', '2024-01-03'",
        ],
      ],
    ] as const) {
      await showTimed(project, rows)
      endOf(project, day)
      expect((await project.run()).error).toBeUndefined()
    }
    expect(await history(project, 'id, name, valid_from, valid_to, deleted_at is not null')).toEqual([
      '1 a 2024-01-01T08:00:00.000Z 2024-01-03 true',
      '1 a 2024-01-04 - false',
      '2 x 2024-01-01T09:00:00.000Z 2024-01-03 true',
      '2 y 2024-01-03T11:00:00.000Z - false',
      // What the source shows again is current from then on, though it says that it is older.
      '3 p 2024-01-01T09:00:00.000Z 2024-01-02T07:00:00.000Z false',
      '3 q 2024-01-02T07:00:00.000Z 2024-01-04 false',
      '3 p 2024-01-04 - false',
      // At that very instant it was known to be gone.
      '4 m 2024-01-01T09:00:00.000Z 2024-01-03 true',
      '4 n 2024-01-04 - false',
    ])
  })
})
