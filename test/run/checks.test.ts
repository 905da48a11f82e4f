import { describe, expect, test } from 'vitest'
import { eventsOfWindow, eventsSource, loadEvents } from './events.ts'
import { dailyModel, engines, type Files, inWindow, model, projects } from './project.ts'

const table = (sql: string, more = '') => model(`materialized: table\n${more}`, sql)

describe.each(engines)('checks on %s', (engine) => {
  const open = projects(engine)

  /** A table of four rows, with these checks. */
  async function checked(checks: string, files: Files = {}, header = '') {
    const project = await open({
      'models/m/t.sql': table(
        `select * from (values (1, 'a', 10), (2, 'b', null), (2, 'b', 30), (null, 'c', 40)) as v(id, kind, amount)`,
        `checks:\n${checks}\n${header}`,
      ),
      ...files,
    })
    return { project, run: await project.run() }
  }

  test.each([
    ['not_null', '  - not_null: id', 1],
    ['not_null of several columns', '  - not_null: [id, amount]', 2],
    ['unique', '  - unique: id', 1],
    ['unique of several columns, NULLs ignored', '  - unique: [id, amount]', 0],
    ['accepted_values', '  - accepted_values: { column: kind, values: [a, c] }', 2],
    ['accepted_values with NULLs', '  - accepted_values: { column: amount, values: [10, 30, 40] }', 0],
    ['row_count min', '  - row_count: { min: 5 }', 4],
    ['row_count max', '  - row_count: { max: 3 }', 4],
    ['row_count within', '  - row_count: { min: 4, max: 4 }', 0],
    ['expression', '  - expression: amount > 10', 1],
    ['expression over several columns', '  - expression: amount > id or amount is null', 0],
    ['expression with a comment', '  - expression: "amount > 10 -- more than that"', 1],
    ['where', "  - not_null: id\n    where: kind <> 'c'", 0],
    ['where on row_count', "  - row_count: { max: 1 }\n    where: kind = 'b'", 2],
    ['where on unique', '  - unique: id\n    where: amount is not null', 0],
  ])('%s', async (_, text, failing) => {
    const { run } = await checked(text)
    expect(run.checks).toMatchObject([{ passed: failing === 0, failing, severity: 'error', model: 'm.t' }])
    expect(run.error?.code).toBe(failing === 0 ? undefined : 'SL620')
  })

  test.each([
    ['a model', 'm.u', { 'models/m/u.sql': table('select 1 as id') }],
    ['a seed', 'u', { 'seeds/u.csv': 'id\n1\n' }],
  ])('relationships to %s', async (_, to, files) => {
    const { run } = await checked(`  - relationships: { column: id, to: ${to}, field: id }`, files)
    expect(run.checks).toMatchObject([
      { kind: 'relationships', passed: false, failing: 2, sample: [{ id: 2 }, { id: 2 }] },
    ])
  })

  test('relationships to a source', async () => {
    const project = await open({
      ...eventsSource,
      'models/m/t.sql': table(
        'select 1 as id union all select 77',
        'checks: [{ relationships: { column: id, to: raw.events, field: id } }]',
      ),
    })
    await loadEvents(project)
    expect((await project.run()).checks).toMatchObject([{ failing: 1, sample: [{ id: 77 }] }])
  })

  test('an expression may look into another relation', async () => {
    const { run } = await checked('  - expression: id in (select id from m.u)', {
      'models/m/u.sql': table('select 1 as id'),
    })
    expect(run.ended).toMatchObject({ succeeded: ['m.u'], failed: ['m.t'] })
    expect(run.checks).toMatchObject([{ failing: 2 }])
  })

  test('all checks of one relation are reported, and a warning blocks nothing', async () => {
    const { project, run } = await checked(
      '  - not_null: id\n    severity: warn\n    name: ids\n  - unique: id\n    severity: warn\n  - row_count: { min: 1 }',
    )
    expect(run.ended.succeeded).toEqual(['m.t'])
    expect(run.checks.map(({ name, passed, severity }) => [name, passed, severity])).toEqual([
      ['ids', false, 'warn'],
      ['unique_id', false, 'warn'],
      ['row_count', true, 'error'],
    ])
    expect(
      await project.rows('select name, passed, failing from sluice.check_results order by name'),
    ).toEqual([
      ['ids', false, 1],
      ['row_count', true, 0],
      ['unique_id', false, 1],
    ])
  })

  test('a sample of at most 20 failing rows is kept', async () => {
    const project = await open({
      'models/m/t.sql': table(
        'select a.x * 10 + b.x as id, cast(null as integer) as v from (values (0), (1), (2), (3)) as a(x), (values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) as b(x)',
        'checks: [{ not_null: v }]',
      ),
    })
    const run = await project.run()
    expect(run.checks).toMatchObject([{ failing: 40 }])
    expect(run.checks[0]?.sample).toHaveLength(20)
    const stored = await project.rows('select sample, model, partition_key from sluice.check_results')
    expect(JSON.parse(String(stored[0]?.[0]))).toHaveLength(20)
    expect(stored[0]?.slice(1)).toEqual(['m.t', 'all'])
  })

  test('a column that opted out is in no sample, of no kind of check', async () => {
    const { project, run } = await checked(
      `  - not_null: id
  - unique: id
  - unique: [id, kind]
  - accepted_values: { column: kind, values: [x] }
  - expression: amount > 100`,
      {},
      'columns: [{ name: kind, sample: false }]',
    )
    expect(run.checks).toHaveLength(5)
    const seen = JSON.stringify([
      run.checks,
      run.errors,
      await project.query('select sample from sluice.check_results'),
    ])
    expect(seen).toContain('"id"')
    for (const check of run.checks) for (const row of check.sample) expect(row).not.toHaveProperty('kind')
    expect(seen).not.toMatch(/"[abc]"/)
  })

  test('nor in the sample of a custom check that reads its relation', async () => {
    const { run } = await checked(
      '  - row_count: { min: 1 }',
      { 'checks/own.sql': 'select id, kind, amount from m.t where id = 1' },
      'columns: [{ name: kind, sample: false }]',
    )
    expect(run.checks.at(-1)).toMatchObject({ kind: 'custom', failing: 1, sample: [] })
  })

  describe('of partitions', () => {
    const daily = (checks: string) => dailyModel(eventsOfWindow, `checks: ${checks}`)

    test('an empty partition is checked too', async () => {
      const project = await open({ ...eventsSource, 'models/m/t.sql': daily('[{ row_count: { min: 1 } }]') })
      await loadEvents(project)
      const run = await project.run({ partition: '2024-01-09' })
      expect(run.error).toMatchObject({ code: 'SL620', partition: '2024-01-09' })
      expect(run.checks).toMatchObject([{ failing: 0, passed: false, partition: '2024-01-09' }])
    })

    test('`unique` looks at one partition, with `scope: table` at all of them', async () => {
      const project = await open({ ...eventsSource, 'models/m/t.sql': daily('[{ unique: amount }]') })
      await loadEvents(project)
      await project.sql(`update raw.events set amount = 10 where id = 3`)
      expect((await project.run({ from: '2024-01-01', to: '2024-01-03' })).error).toBeUndefined()
      await project.write({ 'models/m/t.sql': daily('[{ unique: { columns: amount, scope: table } }]') })
      const run = await project.run({ from: '2024-01-01', to: '2024-01-03', force: true })
      expect([...run.ended.failed].sort()).toEqual(['m.t@2024-01-01', 'm.t@2024-01-02'])
      expect(run.ended.succeeded).toEqual(['m.t@2024-01-03'])
      expect(run.checks[0]?.sample).toMatchObject([{ amount: 10 }])
    })

    test('a failed blocking check leaves the published rows as they were, and blocks what is downstream', async () => {
      const project = await open({
        ...eventsSource,
        'models/m/t.sql': daily('[{ expression: amount < 100 }]'),
        'models/m/down.sql': dailyModel(`select day, count(*) as n from m.t where ${inWindow} group by day`),
        'models/m/last.sql': table('select count(*) as n from m.down'),
        'models/m/apart.sql': table('select count(*) as n from raw.events'),
      })
      await loadEvents(project)
      await project.run({ from: '2024-01-01', to: '2024-01-02' })
      const rows = await project.rows('select * from m.t order by id')
      const before = await project.partitions('m.t')
      await project.sql('update raw.events set amount = amount * 10')
      const run = await project.run({ from: '2024-01-01', to: '2024-01-02', force: true })
      expect([...run.ended.failed].sort()).toEqual(['m.t@2024-01-01', 'm.t@2024-01-02'])
      expect(run.ended.succeeded).toEqual(['m.apart'])
      expect([...run.ended.blocked].sort()).toEqual(['m.down@2024-01-01', 'm.down@2024-01-02', 'm.last'])
      const blocked = run.events.filter((event) => event.type === 'task_blocked')
      expect(blocked.find(({ partitions }) => partitions[0]?.key === '2024-01-01')).toMatchObject({
        by: 'm.t@2024-01-01',
        because: 'm.t 2024-01-01 failed',
      })
      expect(run.error).toMatchObject({
        code: 'SL620',
        model: 'm.t',
        place: { file: 'models/m/t.sql', line: 4 },
      })
      expect(run.status).toBe('failed')
      expect(await project.rows('select * from m.t order by id')).toEqual(rows)
      const after = await project.partitions('m.t')
      for (const key of ['2024-01-01', '2024-01-02']) {
        const { data_seq, read_seq, rows: count, published_by } = before[key]!
        expect(after[key]).toMatchObject({
          data_seq,
          read_seq,
          rows: count,
          published_by,
          last_status: 'failed',
        })
      }
      const later = await project.run({ select: ['m.down'], partition: '2024-01-01', force: true })
      expect(later.plan.held).toMatchObject([
        { state: 'blocked', needs: [{ upstream: 'm.t', because: 'failed' }] },
      ])
      await project.sql('update raw.events set amount = amount / 10')
      const repaired = await project.run({ from: '2024-01-01', to: '2024-01-02' })
      expect(repaired.ended).toMatchObject({ failed: [], blocked: [] })
      expect(repaired.ended.succeeded).toContain('m.t@2024-01-01..2024-01-02')
    })
  })

  describe('of the project', () => {
    test('a custom check runs inside the publishing of the most downstream model that it reads', async () => {
      const project = await open({
        'models/m/a.sql': table('select 1 as id'),
        'models/m/b.sql': table('select id + 1 as id from m.a'),
        'models/m/c.sql': table('select id from m.b'),
        'checks/bigger.sql': 'select b.id from m.a join m.b on b.id <= a.id -- none; \n',
      })
      expect((await project.run()).error).toBeUndefined()
      await project.write({ 'models/m/b.sql': table('select id - 1 as id from m.a') })
      const run = await project.run()
      expect(run.error).toMatchObject({ code: 'SL620', model: 'm.b' })
      expect(run.ended.blocked).toEqual(['m.c'])
      expect(run.checks.find((check) => !check.passed)).toMatchObject({
        kind: 'custom',
        model: 'm.b',
        failing: 1,
        sample: [{ id: 0 }],
      })
      expect(await project.rows('select id from m.b')).toEqual([[2]])
    })

    test('a custom check of a partitioned model has its partition', async () => {
      const project = await open({
        ...eventsSource,
        'models/m/t.sql': dailyModel(eventsOfWindow),
        'checks/few.sql': `select day, count(*) as n from m.t where day >= {{partition.start}} and day < {{partition.end}} group by day having count(*) > 1`,
      })
      await loadEvents(project)
      const run = await project.run({ from: '2024-01-01', to: '2024-01-02' })
      expect(run.ended).toMatchObject({ failed: ['m.t@2024-01-01'], succeeded: ['m.t@2024-01-02'] })
    })

    test('one over unrelated models is a task of its own, and blocks what follows', async () => {
      const files = (sql: string): Files => ({
        'models/m/a.sql': table('select 1 as id'),
        'models/m/b.sql': table(sql),
        'models/m/after.sql': table('select id from m.a'),
        'checks/agree.sql': 'select a.id from m.a join m.b on a.id <> b.id',
      })
      const project = await open(files('select 1 as id'))
      const first = await project.run()
      expect(first.ended.succeeded).toEqual(expect.arrayContaining(['m.a', 'm.b', 'checks.agree', 'm.after']))
      await project.write(files('select 2 as id'))
      const run = await project.run({ force: true })
      expect(run.ended.failed).toEqual(['checks.agree'])
      expect(run.ended.blocked).toEqual(['m.after'])
      expect(await project.rows('select id from m.b')).toEqual([[2]])
      const later = await project.run({ select: ['m.after'], force: true })
      expect(later.plan.held).toMatchObject([
        { id: 'm.after', state: 'blocked', needs: [{ upstream: 'checks.agree', because: 'failed' }] },
      ])
      await project.write(files('select 1 as id'))
      expect((await project.run()).ended).toMatchObject({ failed: [], blocked: [] })
    })

    test('one on a view is a task of its own; a warning lets the rest go on', async () => {
      const project = await open({
        'models/m/v.sql': model('materialized: view', 'select 1 as id'),
        'models/m/t.sql': table('select id from m.v'),
        'checks/hard.sql': 'select id from m.v',
        'checks/soft.sql': '/*---\nseverity: warn\n---*/\nselect id from m.v',
      })
      const run = await project.run()
      expect(run.ended).toMatchObject({ failed: ['checks.hard'], blocked: ['m.t'] })
      expect(run.ended.succeeded).toEqual(expect.arrayContaining(['m.v', 'checks.soft']))
      await project.write({ 'checks/hard.sql': null })
      expect((await project.run()).ended.succeeded).toContain('m.t')
    })
  })

  test('a check that the engine refuses is an error with its place', async () => {
    const { run } = await checked('  - not_null: nothing')
    expect(run.error).toMatchObject({
      code: 'SL621',
      model: 'm.t',
      place: { file: 'models/m/t.sql', line: 4 },
    })
    expect(run.error?.message).toContain('nothing')
  })
})
