import { rm } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { duckdb } from '../../adapters/duckdb/index.ts'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { startPostgres } from '../postgres-server.ts'
import { eventsOfWindow, eventsSource, loadEvents } from './events.ts'
import {
  dailyModel,
  engines,
  type Files,
  inWindow,
  model,
  projects,
  spaceOn,
  TestProject,
} from './project.ts'

const table = (sql: string, more = '') => model(`materialized: table\n${more}`, sql)

describe.each(engines)('an error of the engine on %s', (engine) => {
  const open = projects(engine)

  async function failing(files: Files, partition?: string) {
    const project = await open({ ...eventsSource, ...files })
    await loadEvents(project)
    const run = await project.run(partition === undefined ? {} : { partition })
    return run.error
  }

  test('names the column and its place', async () => {
    const error = await failing({ 'models/m/t.sql': table('select id,\n  amont\nfrom raw.events') })
    expect(error).toMatchObject({
      code: 'SL603',
      model: 'm.t',
      place: { file: 'models/m/t.sql', line: 5, column: 3 },
    })
    expect(error?.message).toContain('amont')
    expect(error?.frame).toContain('amont')
  })

  test('has its place after text of several bytes a letter', async () => {
    const error = await failing({
      'models/m/t.sql': table(`select 'żółć 🦆' as "größe", /* 日本 */ amont from raw.events`),
    })
    expect(error).toMatchObject({ code: 'SL603', place: { line: 4, column: 39 } })
  })

  test('has its place behind references that were rewritten and values that were rendered', async () => {
    const error = await failing(
      {
        'models/m/t.sql': dailyModel(
          `select raw.events.day, events.id from raw.events where day >= {{partition.start}} and day < {{partition.end}} and amont > 1`,
        ),
      },
      '2024-01-01',
    )
    expect(error).toMatchObject({ code: 'SL603', partition: '2024-01-01', place: { line: 5, column: 115 } })
  })

  test('inside a macro has the place in the macro, and that of its call', async () => {
    const error = await failing({
      'macros/net.sql': 'amount -\n  taxes',
      'models/m/t.sql': table('select id,\n {{> net}} as net from raw.events'),
    })
    expect(error).toMatchObject({
      code: 'SL603',
      place: { file: 'macros/net.sql', line: 2, column: 3 },
      via: [{ file: 'models/m/t.sql', line: 5 }],
    })
  })

  test('in a merge has its place', async () => {
    const error = await failing(
      {
        'models/m/t.sql': dailyModel(
          `select day, id, amont from raw.events where ${inWindow}`,
          'strategy: merge\nunique_key: [day, id]',
        ),
      },
      '2024-01-01',
    )
    expect(error).toMatchObject({ code: 'SL603', place: { line: 7, column: 17 } })
  })

  test('of types says so', async () => {
    const error = await failing({
      'models/m/t.sql': table(`select cast('x' || id as integer) as n from raw.events`),
    })
    expect(error).toMatchObject({ code: 'SL604', model: 'm.t' })
  })

  test('in a custom check has its place in the file of the check', async () => {
    const error = await failing({
      'models/m/t.sql': table('select id from raw.events'),
      'checks/own.sql': 'select id\nfrom m.t where amont > 0',
    })
    expect(error).toMatchObject({
      code: 'SL603',
      model: 'm.t',
      place: { file: 'checks/own.sql', line: 2, column: 16 },
    })
  })

  test('about a source that is not there names it', async () => {
    const project = await open({ ...eventsSource, 'models/m/t.sql': table('select id from raw.events') })
    const run = await project.run()
    expect(run.error).toMatchObject({ code: 'SL603', place: { file: 'models/m/t.sql', line: 4 } })
    expect(run.error?.message).toContain('raw')
  })

  test('about the key of a merge that the query does not return names the key', async () => {
    const error = await failing(
      { 'models/m/t.sql': dailyModel(eventsOfWindow, 'strategy: merge\nunique_key: [day, code]') },
      '2024-01-01',
    )
    expect(error).toMatchObject({ code: 'SL618' })
    expect(error?.message).toContain('`code`')
  })
})

test('a DuckDB file that is open for reading only is a coded error, and stays as it was', async () => {
  const folder = await spaceOn('')
  const space = {
    ...folder,
    engine: 'duckdb',
    compiler: { dialect: duckdb.dialect, capabilities: duckdb.capabilities, parser: duckdb.parser() },
  } as const
  const project = await TestProject.open(
    { ...space, database: undefined },
    { 'models/m/t.sql': table('select 1 as n') },
  )
  await project.run()
  await project.adapter.close()
  project.adapter = await project.openAdapter({ readOnly: true })
  const error = await project.run({ force: true }).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(SluiceError)
  expect((error as SluiceError).diagnostics[0]).toMatchObject({ code: 'SL606' })
  expect(await project.rows('select n from m.t')).toEqual([[1]])
  await project.close()
  await space.compiler.parser.close()
  await rm(space.folder, { recursive: true, force: true })
})

describe('on postgres', () => {
  const open = projects('postgres')

  test('a permission that is missing is named, and nothing is written', async () => {
    const project = await open({ ...eventsSource, 'models/m/t.sql': table('select id from raw.events') })
    await loadEvents(project)
    await project.run()
    const role = `limited_${Date.now()}`
    await project.sql(
      `create role ${role}`,
      `grant usage on schema sluice, m to ${role}`,
      `grant all on all tables in schema sluice to ${role}`,
      `grant all on all sequences in schema sluice to ${role}`,
      `grant all on all tables in schema m to ${role}`,
    )
    await project.adapter.close()
    await project.write({
      'sluice.yml': `name: test\ndefault_target: dev\ntargets:\n  dev: { adapter: postgres, url: "\${DATABASE_URL}", role: ${role} }\n`,
    })
    project.adapter = await project.openAdapter()
    const run = await project.run({ force: true })
    expect(run.error).toMatchObject({ code: 'SL606', model: 'm.t' })
    expect(run.error?.message).toContain('raw')
    expect(run.delays).toEqual([])
    expect((await project.partitions('m.t')).all).toMatchObject({ last_status: 'failed', rows: 4 })
    const client = await project.client()
    await project.adapter.close()
    await client.query(`drop owned by ${role}`)
    await client.query(`drop role ${role}`)
  })

  test('a server that goes away in the middle is a coded error; the next run goes on', async () => {
    const server = await startPostgres({ durable: true })
    try {
      const space = await spaceOn(server.url('postgres'))
      const project = await TestProject.open(space, {
        ...eventsSource,
        'models/m/t.sql': dailyModel(eventsOfWindow, 'retry: { attempts: 2 }'),
        'models/m/u.sql': dailyModel(`select day from m.t where ${inWindow}`),
      })
      await loadEvents(project)
      await project.run({ partition: '2024-01-01' })
      const run = await project.run({
        from: '2024-01-01',
        to: '2024-01-02',
        force: true,
        threads: 1,
        beforeCommit: () => server.kill(),
      })
      expect(run.status).toBe('failed')
      expect(run.errors.length).toBeGreaterThan(0)
      for (const error of run.errors) expect(error.code).toMatch(/^SL(607|5\d\d)$/)
      expect([...run.ended.blocked].sort()).toEqual(['m.u@2024-01-01', 'm.u@2024-01-02'])
      await server.restart()
      expect(await project.rows('select day, id from m.t order by id')).toEqual([
        ['2024-01-01', 1],
        ['2024-01-01', 2],
      ])
      project.dead.add(String(await project.value('select id from sluice.workers')))
      const again = await project.run({ from: '2024-01-01', to: '2024-01-02' })
      expect(again.errors).toEqual([])
      expect(await project.value('select count(*) from m.t')).toBe(3)
      expect(
        await project.rows('select status, count(*) from sluice.runs group by status order by 1'),
      ).toEqual([
        ['crashed', 1],
        ['succeeded', 2],
      ])
      expect(await project.value(`select count(*) from sluice.attempts where status = 'running'`)).toBe(0)
      await project.close()
      await space.compiler.parser.close()
      await rm(space.folder, { recursive: true, force: true })
    } finally {
      await server.stop()
    }
  })
})
