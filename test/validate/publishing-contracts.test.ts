import { describe, expect, test } from 'vitest'
import {
  dailyModel,
  engines,
  type Files,
  inWindow,
  model,
  projects,
  type TestProject,
} from '../run/project.ts'

const sources = { 'models/sources.yml': 'sources:\n  - name: raw.items\n' }

async function opened(open: (files: Files) => Promise<TestProject>, files: Files): Promise<TestProject> {
  const project = await open({ ...sources, ...files })
  await project.sql(
    'create schema raw',
    'create table raw.items (id integer, name varchar(20), day date)',
    `insert into raw.items values (1, 'a', '2024-01-18'), (2, null, '2024-01-19')`,
  )
  return project
}

const promised = (...columns: readonly string[]) =>
  `contract: enforced\ncolumns:\n${columns.map((each) => `  - { ${each} }`).join('\n')}`

describe.each(engines)('a contract on %s', (engine) => {
  const open = projects(engine)

  test('that is kept publishes, whatever the order of columns and the spelling of types', async () => {
    const contract = promised('name: name, type: varchar', 'name: id, type: int, nullable: false')
    const project = await opened(open, {
      'models/m/items.sql': model(`materialized: table\n${contract}`, 'select id, name from raw.items'),
    })
    const run = await project.run()
    expect(run.error).toBeUndefined()
    expect(run.checks).toMatchObject([{ name: 'contract_id_not_null', passed: true }])
    expect(await project.rows('select id from m.items order by id')).toEqual([[1], [2]])
  })

  test('that is broken leaves the published rows, and the message names every difference', async () => {
    const contract = promised('name: id, type: int', 'name: name, type: varchar')
    const kept = model(`materialized: table\n${contract}`, 'select id, name from raw.items')
    const project = await opened(open, { 'models/m/items.sql': kept })
    await project.run()
    await project.write({
      'models/m/items.sql': kept.replace('select id, name', 'select cast(id as bigint) as id, day'),
    })
    const run = await project.run()
    expect(run.error).toMatchObject({ code: 'SL321', model: 'm.items' })
    expect(run.error?.message).toMatch(/`id` as int.*returns.*bigint.*promises the column `name`.*`day`/is)
    expect(await project.rows('select id, name from m.items order by id')).toEqual([
      [1, 'a'],
      [2, null],
    ])
  })

  test('holds a view to its columns and types', async () => {
    const contract = promised('name: id, type: bigint, nullable: false')
    const project = await opened(open, {
      'models/m/items.sql': model(`materialized: view\n${contract}`, 'select id from raw.items'),
    })
    const run = await project.run()
    expect(run.error).toMatchObject({ code: 'SL321' })
    expect(
      (await project.query("select count(*) as n from information_schema.views where table_schema = 'm'"))[0]
        ?.n,
    ).toSatisfy((n) => Number(n) === 0)
  })

  test('refuses partitions with NULL where none may be, alone and within a batch, and publishes the others', async () => {
    const contract = promised('name: day, type: date', 'name: name, type: varchar, nullable: false')
    const project = await opened(open, {
      'models/m/items.sql': dailyModel(`select day, name from raw.items where ${inWindow}`, contract),
    })
    const run = await project.run({ from: '2024-01-17', to: '2024-01-19' })
    expect(run.checks.filter((check) => !check.passed)).toMatchObject([
      { name: 'contract_name_not_null', partition: '2024-01-19', severity: 'error', failing: 1 },
    ])
    expect(await project.rows('select name from m.items')).toEqual([['a']])
  })

  test('holds a merge', async () => {
    const contract = promised(
      'name: id, type: int',
      'name: day, type: date',
      'name: name, type: varchar, nullable: false',
    )
    const merge = 'strategy: merge\nunique_key: id'
    const project = await opened(open, {
      'models/m/items.sql': dailyModel(
        `select id, day, name from raw.items where ${inWindow}`,
        `${merge}\n${contract}`,
      ),
    })
    const run = await project.run({ from: '2024-01-18', to: '2024-01-19' })
    expect(run.checks.filter((check) => !check.passed)).toMatchObject([{ name: 'contract_name_not_null' }])
    expect(await project.rows('select id from m.items')).toEqual([[1]])
  })
})
