import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { projects } from '../run/project.ts'
import { bind, factories, targetOf } from './bind.ts'

const flights = `sources:
  - name: raw.flights
    columns: [{ name: id, type: bigint }, { name: origin, type: text }]
`

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-bind-'))
  await writeFile(join(folder, 'secret.csv'), 'very_secret_column\n1\n')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('DuckDB binds without reaching anything', () => {
  const open = projects('duckdb')

  it.each([
    ['a file', (path: string) => `select * from read_csv('${path}')`],
    ['its text', (path: string) => `select content from read_text('${path}')`],
    ['its bytes', (path: string) => `select * from read_blob('${path}')`],
    ['a folder', (path: string) => `select * from glob('${path}*')`],
    ['a file by its name', (path: string) => `select * from '${path}'`],
    ['an address', () => `select * from read_parquet('https://example.invalid/x.parquet')`],
    ['an extension', () => `select * from sqlite_scan('x.db', 'y')`],
  ])('%s', async (_what, query) => {
    const project = await open({})
    const binder = await factories.duckdb.binder!.open(await targetOf(project))
    try {
      const [answer] = await binder.bind([{ text: query(join(folder, 'secret.csv')), stubs: [] }])
      expect(answer!.kind).not.toBe('bound')
      expect(JSON.stringify(answer)).not.toContain('very_secret')
    } finally {
      await binder.close()
    }
  })

  it.each([
    'set enable_external_access = true',
    `attach 'x.db' as x`,
    'install httpfs',
    `copy (select 1) to 'x.csv'`,
    'create table t(a int)',
    'select 1; select 2',
  ])('%s is never run', async (statement) => {
    const project = await open({})
    const binder = await factories.duckdb.binder!.open(await targetOf(project))
    try {
      const [first] = await binder.bind([{ text: statement, stubs: [] }])
      expect(first!.kind).not.toBe('bound')
      const [second] = await binder.bind([
        { text: `select * from read_csv('${join(folder, 'secret.csv')}')`, stubs: [] },
      ])
      expect(second!.kind).toBe('out_of_reach')
    } finally {
      await binder.close()
    }
  })

  it('a model that may read a file is unknown, and nothing is wrong with it', async () => {
    const project = await open({
      settings: 'allow: { files: true, functions: [read_csv] }',
      'models/a.sql': `select * from read_csv('${join(folder, 'secret.csv')}')`,
      'models/b.sql': 'select whatever from a',
    })
    const { problems, relations } = await bind(project)
    expect(problems.map(({ code, severity, model }) => `${code} ${severity} ${model}`)).toEqual([
      'SL374 warning a',
    ])
    expect(relations.get('b')?.kind).toBe('unknown')
  })
})

describe('Postgres binds without leaving a trace', () => {
  const open = projects('postgres')

  it('nothing is left of schemas and views, and nothing of a model is run', async () => {
    const project = await open({
      settings: 'allow: { functions: [lo_creat, pg_read_file, touch] }',
      'models/sources.yml': flights,
      'models/a.sql': "select *, pg_read_file('/etc/passwd') as content from raw.flights",
      'models/b.sql': 'select id, touch(id) as touched from a',
      'models/c.sql': 'select wrong from a',
    })
    await project.sql(
      'create table public.touched(id bigint)',
      'create function public.touch(id bigint) returns bigint language plpgsql as $$ begin insert into public.touched values (id); return id; end $$',
    )
    const before = await project.rows('select nspname from pg_namespace order by 1')
    const bound = await bind(project)
    expect(bound.problems.map(({ model }) => model)).toEqual(['c'])
    expect(bound.relations.get('b')).toEqual({
      kind: 'bound',
      columns: [
        { name: 'id', type: 'bigint' },
        { name: 'touched', type: 'bigint' },
      ],
    })
    expect(await project.rows('select nspname from pg_namespace order by 1')).toEqual(before)
    expect(await project.value('select count(*) from public.touched')).toBe(0)
    expect(await project.value(`select count(*) from pg_class where relname = 'flights'`)).toBe(0)
  })

  it('several processes bind on one server at the same time', async () => {
    const files = { 'models/sources.yml': flights, 'models/a.sql': 'select origin from raw.flights' }
    const project = await open(files)
    const target = await targetOf(project)
    const binders = await Promise.all([1, 2, 3].map(() => factories.postgres.binder!.open(target)))
    try {
      const stub = {
        schema: 'sluice_00000000_x',
        name: 't',
        kind: 'table',
        columns: [{ name: 'a', type: 'integer' }],
      } as const
      const query = { text: 'select a from "sluice_00000000_x"."t"', stubs: [stub] }
      const answers = await Promise.all(binders.map((binder) => binder.bind([query])))
      for (const [answer] of answers)
        expect(answer).toEqual({ kind: 'bound', columns: [{ name: 'a', type: 'integer' }] })
    } finally {
      await Promise.all(binders.map((binder) => binder.close()))
    }
  })

  it('a server that is not there is said once, and what others know stays known', async () => {
    const project = await open({
      'models/sources.yml': flights,
      'models/a.sql': 'select wrong from raw.flights',
    })
    const bound = await bind(project, { url: 'postgres://nobody:secret@127.0.0.1:1/none' })
    expect(bound.problems).toEqual([])
    expect(bound.unreachable).toMatchObject({ code: 'SL375', next: 'sluice validate --no-bind' })
    expect(bound.unreachable?.message).toContain('127.0.0.1:1')
    expect(JSON.stringify(bound.unreachable)).not.toContain('secret')
    expect(bound.relations.get('a')?.kind).toBe('unknown')
  })

  it('a role without the right to make a schema is told which right it needs', async () => {
    const project = await open({
      'models/sources.yml': flights,
      'models/a.sql': 'select id from raw.flights',
    })
    await project.sql(`create role bind_nobody_${process.pid} login password 'x'`)
    const url = new URL(project.url)
    url.username = `bind_nobody_${process.pid}`
    url.password = 'x'
    try {
      const bound = await bind(project, { url: url.href })
      expect(bound.unreachable?.code).toBe('SL376')
      expect(bound.unreachable?.message).toContain(`bind_nobody_${process.pid}`)
    } finally {
      await project.sql(`drop role bind_nobody_${process.pid}`)
    }
  })

  it('a primary key determines the other columns, as in the database', async () => {
    const project = await open({
      'sources.columns.yml': `columns:
  postgres:
    raw.shops:
      - id bigint primary key
      - name text
    raw.sales:
      - shop bigint not null
`,
      'models/sources.yml': 'sources: [{ name: raw.shops }, { name: raw.sales }]',
      'models/a.sql':
        'select s.id, s.name, count(*) as n from raw.shops as s join raw.sales as t on t.shop = s.id group by s.id',
      'models/b.sql': 'select s.ctid from raw.shops as s',
    })
    const bound = await bind(project)
    expect(bound.problems).toEqual([])
    expect(bound.relations.get('b')).toEqual({ kind: 'bound', columns: [{ name: 'ctid', type: 'tid' }] })
  })
})
