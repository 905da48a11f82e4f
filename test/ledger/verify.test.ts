import { describe, expect, test } from 'vitest'
import type { OpenLedger } from '../../cli/open-ledger.ts'
import { listRuns } from '../../cli/run-history.ts'
import { verify } from '../../cli/status-verify.ts'
import type { Workspace } from '../../cli/workspace.ts'
import { readMarks } from '../../core/ledger/marks.ts'
import { readAttempts } from '../../core/ledger/stored-attempts.ts'
import { dailyModel, engines, inWindow, projects, type TestProject } from '../run/project.ts'

const source =
  "select day, n from (values (date '2024-01-02', 1), (date '2024-01-03', 2), (date '2024-01-03', 3)) as v(day, n)"
const files = {
  'models/m/raw.sql': `/*---\nmaterialized: table\n---*/\n${source}\n`,
  'models/m/seen.sql': 'select * from m.raw\n',
  'models/m/d.sql': dailyModel(`select day, n from m.raw where ${inWindow}`),
}

function ledgerOf(project: TestProject, version: number): OpenLedger {
  const { adapter } = project
  return {
    adapter,
    version,
    session: {
      query: (sql, params) => adapter.session((session) => session.query(sql, params)),
      execute: (sql, params) => adapter.session((session) => session.execute(sql, params)),
    },
    list: (values) => adapter.dialect.list(values),
    silentBefore: adapter.dialect.now,
    nameOf: (model) => model,
    modelOf: (name) => name,
    snapshot: (request) => project.ledger().snapshot(request),
  }
}

async function differences(project: TestProject) {
  const { project: compiled, texts } = await project.compile()
  const workspace = { project: compiled, texts } as Workspace
  const found = await verify(workspace, ledgerOf(project, 2), new Set(compiled.graph.order), undefined)
  return found.differences.map(({ model, code, partitions, columns, next }) => ({
    model,
    code,
    ...(partitions.length > 0 ? { partitions } : {}),
    ...(columns.length > 0 ? { columns } : {}),
    next,
  }))
}

describe.each(engines)('on %s', (engine) => {
  const open = projects(engine)

  test('what was published is as published', async () => {
    const project = await open(files)
    await project.run({ from: '2024-01-01', to: '2024-01-04' })
    expect(await differences(project)).toEqual([])
  })

  test('rows that somebody deleted or added are counted, with the command that repairs them', async () => {
    const project = await open(files)
    await project.run({ from: '2024-01-01', to: '2024-01-04' })
    await project.sql(
      "delete from m.d where day = date '2024-01-03'",
      "insert into m.d (day, n) values (date '2024-01-10', 1)",
    )
    expect(await differences(project)).toEqual([
      {
        model: 'm.d',
        code: 'SL646',
        partitions: [{ partition: '2024-01-03', published: 2, found: 0 }],
        next: 'run --select m.d --partition 2024-01-03 --force',
      },
      { model: 'm.d', code: 'SL646', next: 'run --select m.d --full-refresh' },
    ])
    await project.run({ select: ['m.d'], partition: '2024-01-03', force: true })
    expect(await project.value('select count(*) from m.d')).toBe(4)
  })

  test('a dropped view, a dropped column and a dropped table are noticed', async () => {
    const project = await open(files)
    await project.run({ from: '2024-01-01', to: '2024-01-04' })
    await project.sql('drop view m.seen', 'alter table m.d drop column n', 'delete from m.raw where n = 1')
    expect(await differences(project)).toEqual(
      expect.arrayContaining([
        { model: 'm.seen', code: 'SL645', next: 'run --select m.seen --force' },
        { model: 'm.d', code: 'SL647', columns: ['n'], next: 'run --select m.d --full-refresh' },
        {
          model: 'm.raw',
          code: 'SL646',
          partitions: [{ published: 3, found: 2 }],
          next: 'run --select m.raw --force',
        },
      ]),
    )
    await project.sql('drop table m.d')
    expect(await differences(project)).toContainEqual({
      model: 'm.d',
      code: 'SL645',
      next: 'run --select m.d --full-refresh',
    })
  })

  test('a ledger without the newer columns is read as far as it goes', async () => {
    const project = await open(files)
    await project.run({ from: '2024-01-02', to: '2024-01-03' })
    const old = ledgerOf(project, 1)
    const [run] = await listRuns(old, { target: 'dev', limit: 1 })
    expect(run).toMatchObject({ status: 'succeeded', command: 'run' })
    expect(run).not.toHaveProperty('user')
    const attempts = await readAttempts(old, { model: 'm.d', key: '2024-01-02' })
    expect(attempts.map((each) => [each.status, each.changeSeq])).toEqual([['succeeded', undefined]])
    expect(await readMarks(old, 'm.d')).toEqual([])
  })
})
