import { describe, expect, test } from 'vitest'
import { Ledger } from '../../core/ledger/ledger.ts'
import { type MarkRequest, markPartitions } from '../../core/ledger/marks.ts'
import { dailyModel, engines, inWindow, projects, type TestProject } from '../run/project.ts'

const source = "select day, n from (values (date '2024-01-02', 1), (date '2024-01-03', 2)) as v(day, n)"
const files = {
  'models/raw.sql': `/*---\nmaterialized: table\n---*/\n${source}\n`,
  'models/d.sql': dailyModel(`select day, n from raw where ${inWindow}`),
}
const changed = { 'models/d.sql': dailyModel(`select day, n + 0 as n from raw where ${inWindow}`) }
const days = ['2024-01-02', '2024-01-03']

async function request(
  project: TestProject,
  kind: MarkRequest['kind'],
  keys: readonly string[] = days,
): Promise<MarkRequest> {
  const { project: compiled } = await project.compile()
  const node = [...compiled.nodes.values()].find((each) => each.name.endsWith('d'))
  if (node?.kind !== 'model') throw new Error('no model')
  return {
    kind,
    id: `mark-${kind}`,
    reason: "it's known",
    by: 'anna@laptop',
    at: new Date(project.now),
    models: [{ model: node.name, keys, fingerprint: node.fingerprint, layout: node.layoutId }],
  }
}

describe.each(engines)('on %s', (engine) => {
  const open = projects(engine)

  test('a stamp moves the number of change and the fingerprint, and keeps rows and version', async () => {
    const project = await open(files)
    await project.run({ from: days[0]!, to: days[1]! })
    const [model] = (
      await project.rows("select distinct model from sluice.partitions where model like '%d'")
    )[0]!
    const before = await project.partitions(String(model))
    await project.write(changed)
    const [outcome] = await markPartitions(project.adapter, await request(project, 'stamp'))
    expect(outcome).toMatchObject({ marked: days, held: [] })
    const after = await project.partitions(String(model))
    for (const day of days) {
      expect(after[day]!.data_seq).toEqual(before[day]!.data_seq)
      expect(Number(after[day]!.change_seq)).toBeGreaterThan(Number(before[day]!.change_seq))
      expect(after[day]!.fingerprint).not.toBe(before[day]!.fingerprint)
    }
    const marks = await project.rows('select kind, reason, made_by, partition_keys from sluice.marks')
    expect(marks).toEqual([['stamp', "it's known", 'anna@laptop', JSON.stringify(days)]])
    const { plan } = await project.run({ from: days[0]!, to: days[1]! })
    expect(plan.tasks).toEqual([])
    const [again] = await markPartitions(project.adapter, {
      ...(await request(project, 'stamp')),
      id: 'again',
    })
    expect(again!.marked).toEqual([])
  })

  test('what is invalidated is built again, which takes the mark away', async () => {
    const project = await open(files)
    await project.run({ from: days[0]!, to: days[1]! })
    await markPartitions(project.adapter, await request(project, 'invalidate', [days[1]!]))
    const plan = await project.plan({ from: days[0]!, to: days[1]! })
    expect(plan.tasks.map((task) => [task.id, task.reason])).toEqual([
      [
        expect.stringContaining('d@2024-01-03'),
        { kind: 'stale', cause: { kind: 'invalidated', reason: "it's known", by: 'anna@laptop' } },
      ],
    ])
    await project.run({ from: days[0]!, to: days[1]! })
    expect(await project.value('select count(*) from sluice.partitions where invalidated is not null')).toBe(
      0,
    )
    expect((await project.plan({ from: days[0]!, to: days[1]! })).tasks).toEqual([])
  })

  test('no lease is left behind', async () => {
    const project = await open(files)
    await project.run({ from: days[0]!, to: days[1]! })
    await markPartitions(project.adapter, await request(project, 'invalidate'))
    expect(await project.value('select count(*) from sluice.leases')).toBe(0)
  })
})

describe('on postgres', () => {
  const open = projects('postgres')

  test('what somebody is publishing is left as it is, and named', async () => {
    const project = await open(files)
    await project.run({ from: days[0]!, to: days[1]! })
    const marked = await request(project, 'invalidate')
    const { model } = marked.models[0]!
    const other = new Ledger(await project.openAdapter(), () => new Date(project.now))
    const worker = { id: 'other', host: 'elsewhere', pid: 1 }
    await other.startRun({ id: 'run', worker, command: 'run', target: 'dev', request: {}, plan: undefined })
    await other.claim('run', worker, {
      model,
      keys: [days[0]!],
      token: 'token',
      attempt: 'attempt',
      number: 1,
      accepted: [],
    })
    const [outcome] = await markPartitions(project.adapter, marked)
    expect(outcome).toMatchObject({ marked: [days[1]], held: [days[0]] })
    const rows = await project.rows(
      'select partition_key from sluice.partitions where invalidated is not null',
    )
    expect(rows).toEqual([[days[1]]])
    expect(await project.value('select count(*) from sluice.leases')).toBe(1)
  })
})
