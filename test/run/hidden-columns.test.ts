import { describe, expect, test } from 'vitest'
import { engines, type Files, model, projects } from './project.ts'

const table = (sql: string, more = '') => model(`materialized: table\n${more}`, sql)
const view = (sql: string, more = '') => model(`materialized: view\n${more}`, sql)
const hidden = 'columns: [{ name: email, sample: false }]'
const people = `select 1 as id, 'ann@x.org' as email union all select 1, 'ann@x.org'`

describe.each(engines)('values of a column without samples on %s', (engine) => {
  const open = projects(engine)

  /** Everything that a run told and wrote. */
  async function told(files: Files) {
    const project = await open(files)
    const run = await project.run()
    const stored = [
      await project.query('select sample from sluice.check_results'),
      await project.query('select error from sluice.attempts'),
    ]
    return { run, text: JSON.stringify([run.events, stored]) }
  }

  test.each([
    ['under another name', {}, `select email as x from m.people`],
    ['inside of a row', {}, `select cast(p as varchar) as x from m.people as p`],
    ['through a view', { 'models/m/v.sql': view('select email as x from m.people') }, 'select x from m.v'],
    [
      'through two views',
      {
        'models/m/v.sql': view('select email as x from m.people'),
        'models/m/w.sql': view('select x as y from m.v'),
      },
      'select y from m.w',
    ],
  ])('stay out of the sample of a custom check, %s', async (_, files, sql) => {
    const { run, text } = await told({
      'models/m/people.sql': table(people, hidden),
      'checks/own.sql': sql,
      ...files,
    })
    expect(run.checks).toMatchObject([{ kind: 'custom', passed: false, failing: 2, sample: [] }])
    expect(text).not.toContain('ann@x.org')
  })

  test('stay out of the sample of a check of a view', async () => {
    const { run, text } = await told({
      'models/m/people.sql': table(people, hidden),
      'models/m/v.sql': view(
        'select id, email as x from m.people',
        'checks: [{ unique: x }, { expression: id > 1 }]',
      ),
    })
    expect(run.checks.map((check) => check.failing)).toEqual([1, 2])
    expect(text).not.toContain('ann@x.org')
  })

  test('stay out of what the engine says of a broken unique index', async () => {
    const { run, text } = await told({
      'models/m/people.sql': table(people, `${hidden}\nindexes: [{ columns: [email], unique: true }]`),
    })
    expect(run.error).toMatchObject({ code: 'SL605', model: 'm.people' })
    expect(text).not.toContain('ann@x.org')
  })

  test('stay out of what the engine says of a cast that failed', async () => {
    const { run, text } = await told({
      'models/m/people.sql': table(people, hidden),
      'models/m/v.sql': view('select id, email from m.people'),
      'models/m/t.sql': table('select cast(email as integer) as n from m.v'),
    })
    expect(run.error).toMatchObject({ code: 'SL604', model: 'm.t' })
    expect(text).not.toContain('ann@x.org')
  })

  test('are shown of other columns and relations', async () => {
    const { run } = await told({
      'models/m/people.sql': table(people, hidden),
      'models/m/other.sql': table('select 7 as id'),
      'checks/own.sql': 'select id from m.other',
    })
    expect(run.checks).toMatchObject([{ kind: 'custom', sample: [{ id: 7 }] }])
  })
})
