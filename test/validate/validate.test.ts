import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import { describe, expect, test } from 'vitest'
import { duckdb } from '../../adapters/duckdb/index.ts'
import { engines, type ValidatedProject, validatedProjects } from './project.ts'

const sources = {
  'models/sources.yml': `sources:
  - name: raw.items
    columns:
      - { name: id, type: bigint }
      - { name: name, type: varchar }
`,
}
const table = (sql: string, more = '') =>
  `/*---\nmaterialized: table\nchecks: [{ unique: id }]\n${more}---*/\n${sql}\n`
const good = table('select id, name from raw.items')

describe.each(engines)('validate on %s', (engine) => {
  const open = validatedProjects(engine)

  test('says nothing of a project that would run', async () => {
    const { code, said } = await open({ ...sources, 'models/m/a.sql': good }).validate()
    expect([code, said]).toEqual([0, []])
  })

  test('finds what is wrong with each model, and blames no reader of a broken one', async () => {
    const project = open({
      ...sources,
      'models/m/columns.sql': table('select id, nam as name from raw.items'),
      'models/m/reader.sql': table('select id, whatever from m.columns'),
      'models/m/checked.sql': table(
        'select name as id, id as number from raw.items',
        'indexes: [[nothing]]\n',
      ),
      'models/m/syntax.sql': 'select id from from raw.items\n',
      'models/m/writes.sql': 'delete from raw.items\n',
      'models/m/several.sql': 'select id from raw.items;\nselect 2\n',
      'models/m/defines.sql': 'create table x as select 1\n',
      'models/m/key.sql': '/*---\nmaterialised: table\n---*/\nselect id from raw.items\n',
      'models/m/circle_a.sql': 'select id from m.circle_b\n',
      'models/m/circle_b.sql': 'select id from m.circle_a\n',
      'checks/gone.sql': 'select id, missing from m.checked\n',
    })
    const { code, said } = await project.validate()
    expect(code).toBe(1)
    const statement = engine === 'duckdb' ? 'SL304' : 'SL301'
    expect(said).toEqual([
      'SL603 checks/gone.sql:1',
      'SL618 models/m/checked.sql:1',
      'SL413 models/m/circle_a.sql:1',
      'SL603 models/m/columns.sql:5',
      `${statement} models/m/defines.sql:1`,
      'SL104 models/m/key.sql:2',
      'SL302 models/m/several.sql:2',
      'SL300 models/m/syntax.sql:1',
      `${statement} models/m/writes.sql:1`,
    ])
  })

  test('finds the same again from its caches, and after something moved the lines', async () => {
    const star = table('select *\nfrom raw.items')
    const project = open({
      ...sources,
      'models/m/a.sql': star,
      'models/m/b.sql': table('select id, nme from raw.items'),
    })
    const first = await project.validate()
    expect(first.said).toEqual(['SL310 models/m/a.sql:5', 'SL603 models/m/b.sql:5'])
    expect((await project.validate()).findings).toEqual(first.findings)
    project.write({ 'models/m/a.sql': star.replace('---*/', 'tags: [x]\n---*/') })
    expect((await project.validate()).said).toEqual(['SL310 models/m/a.sql:6', 'SL603 models/m/b.sql:5'])
    rmSync(join(project.root, '.sluice'), { recursive: true })
    expect((await project.validate()).said).toEqual(['SL310 models/m/a.sql:6', 'SL603 models/m/b.sql:5'])
  })

  test('holds contracts against what the engine binds, types by their own names', async () => {
    const columns = (id: string) =>
      `contract: enforced\ncolumns:\n  - { name: name, type: varchar }\n  - { name: id, type: ${id} }\n`
    const project = open({
      ...sources,
      'models/m/a.sql': table('select id, name from raw.items', columns('int8')),
    })
    expect((await project.validate()).said).toEqual([])
    project.write({ 'models/m/a.sql': table('select id, id as more from raw.items', columns('int')) })
    const { said, findings } = await project.validate()
    expect(said).toEqual(['SL320 models/m/a.sql:6', 'SL321 models/m/a.sql:7', 'SL322 models/m/a.sql:9'])
    expect(findings[1]?.message).toMatch(/promises `id` as int, and its SQL returns bigint/i)
    project.write({ 'models/m/a.sql': table('select id, name from raw.items', columns('bigintt')) })
    expect((await project.validate()).said).toEqual(['SL166 models/m/a.sql:7'])
    project.write({
      'models/m/a.sql': table('select id, name from raw.items', columns('"int) as x; select (1"')),
    })
    expect((await project.validate()).said).toEqual(['SL166 models/m/a.sql:7'])
  })

  test('a promise of no NULL that an outer join breaks is told, unless the model is excused', async () => {
    const contract = 'contract: enforced\ncolumns: [{ name: id }, { name: name, nullable: false }]\n'
    const sql = 'select a.id, b.name from raw.items as a left join raw.items as b on b.id = a.id'
    const project = open({ ...sources, 'models/m/a.sql': table(sql, contract) })
    expect(await project.validate()).toMatchObject({ code: 0, said: ['SL323 models/m/a.sql:5'] })
    project.write({
      'models/m/a.sql': table(sql, `${contract}allow: { nullable_contract: ids are there }\n`),
    })
    expect(await project.validate()).toMatchObject({ code: 0, said: [] })
    expect(await project.validate({ bind: false })).toMatchObject({ code: 0, said: [] })
    const inner = sql.replace('left join', 'join')
    project.write({
      'models/m/a.sql': table(inner, `${contract}allow: { nullable_contract: ids are there }\n`),
    })
    expect(await project.validate()).toMatchObject({ code: 0, said: ['SL319 models/m/a.sql:6'] })
  })

  test('with --online it knows the real columns of sources, and tables that could not follow', async () => {
    const project = open({
      ...sources,
      'models/m/a.sql': good,
      'models/m/b.sql': table('select id, extra from raw.items'),
    })
    expect((await project.validate()).said).toEqual(['SL603 models/m/b.sql:5'])
    const setup = [
      'create schema raw',
      'create schema m',
      'create table raw.items (id bigint, name integer, extra integer)',
      'create table m.a (id bigint, name varchar)',
    ]
    if (project.database === undefined) {
      const path = join(project.root, 'test.duckdb')
      const target = {
        adapter: 'duckdb',
        name: 'dev',
        schema: {},
        vars: {},
        path,
        settings: {},
        readOnly: false,
      } as const
      const adapter = await duckdb.open(target, { threads: 1, readOnly: false, applicationName: 'test' })
      await adapter.session(async (session) => {
        for (const sql of setup) await session.execute(sql)
      })
      await adapter.close()
    } else {
      const client = new Client(project.database.url)
      await client.connect()
      for (const sql of setup) await client.query(sql)
      await client.end()
    }
    const { said, findings } = await project.validate({ online: true })
    expect(said).toEqual(['SL325 models/m/a.sql:1', 'SL326 models/sources.yml:2'])
    expect(findings[0]?.message).toMatch(/name was .*varchar|character varying and is integer/i)
    if (project.database !== undefined) {
      const client = new Client(project.database.url)
      await client.connect()
      await client.query('drop schema raw cascade; drop schema m cascade')
      await client.end()
    } else rmSync(join(project.root, 'test.duckdb'))
  })

  test('severities and excuses are what the project says', async () => {
    const lint = 'lint: { select_star: error, unused_source: off, allow_without_reason: warning }\n'
    const star = 'select * from raw.items'
    const project = open({ ...sources, settings: lint, 'models/m/a.sql': table(star) })
    expect(await project.validate()).toMatchObject({ code: 1, said: ['SL310 models/m/a.sql:5'] })
    project.write({ 'models/m/a.sql': table(star, 'allow: select_star\n') })
    expect(await project.validate()).toMatchObject({ code: 0, said: ['SL318 models/m/a.sql:4'] })
    expect(await project.validate({ failOn: 'warning' })).toMatchObject({ code: 1 })
    project.write({ 'models/m/a.sql': table('select id from raw.items', 'allow: { select_star: once }\n') })
    expect(await project.validate()).toMatchObject({ code: 0, said: ['SL319 models/m/a.sql:4'] })
    project.write({
      'models/m/a.sql': 'select id from seed_without_reader\n',
      'seeds/seed_without_reader.csv': 'id\n1\n',
    })
    expect(await project.validate()).toMatchObject({ code: 0, said: [] })
  })

  test('sources without columns, and a project file that is wrong, say what to do', async () => {
    const project = open({ 'models/sources.yml': 'sources: [{ name: raw.items }]\n', 'models/m/a.sql': good })
    const { findings } = await project.validate()
    expect(findings).toMatchObject([{ code: 'SL370', next: 'sluice sources pull --select raw.items' }])
    project.write({ 'sluice.yml': 'name: t\ntargets: {}\nwhat: 1\n' })
    expect(await project.validate()).toMatchObject({
      code: 2,
      said: ['SL104 sluice.yml:3', 'SL106 sluice.yml:2'].sort((a, b) => (a.slice(-1) < b.slice(-1) ? -1 : 1)),
    })
  })
})

describe('what changed since a commit', () => {
  const open = validatedProjects('duckdb')

  function committed(files: Readonly<Record<string, string>>): ValidatedProject {
    const project = open(files)
    const git = (...words: readonly string[]) =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...words], {
        cwd: project.root,
        stdio: 'ignore',
      })
    project.write({ '.gitignore': '.sluice/\n' })
    git('init', '-q')
    git('add', '-A')
    git('commit', '-q', '-m', 'base')
    return project
  }

  // Each published model has a star, so that it is told which of them were looked at.
  const star = (from: string) => table(`select * from ${from}`)
  const files = {
    'models/sources.yml': `sources:
  - { name: raw.a, columns: [{ name: id, type: bigint }] }
  - { name: raw.b, columns: [{ name: id, type: bigint }] }
`,
    'macros/keep.sql': 'id = id',
    'macros/outer.sql': '{{> keep}}',
    'models/m/a.sql': star('raw.a'),
    'models/m/b.sql': star('raw.b where {{> outer}}'),
    'models/m/after_b.sql': star('m.b'),
  }
  const seen = async (project: ValidatedProject) =>
    (await project.validate({ changedSince: 'HEAD' })).said.map((each) =>
      each.replace(/^(\S+) models\/m\/(.*)\.sql:\d+$/, '$1 $2'),
    )

  test('nothing is looked at where nothing changed', async () => {
    expect(await seen(committed(files))).toEqual([])
  })

  test('a model with all that reads it, a new one, and those that call a macro through another', async () => {
    const project = committed(files)
    project.write({ 'models/m/a.sql': `${files['models/m/a.sql']}-- more\n` })
    expect(await seen(project)).toEqual(['SL310 a'])
    project.write({ 'models/m/a.sql': files['models/m/a.sql'], 'models/m/c.sql': star('m.a') })
    expect(await seen(project)).toEqual(['SL310 c'])
    project.write({ 'models/m/c.sql': null, 'macros/keep.sql': 'id > 0' })
    expect(await seen(project)).toEqual(['SL310 after_b', 'SL310 b'])
  })

  test('entries of YAML that differ, and not what moved', async () => {
    const project = committed(files)
    const yaml = files['models/sources.yml']
    project.write({ 'models/sources.yml': yaml.replace('sources:', '# Who owns them\nsources:') })
    expect(await seen(project)).toEqual([])
    project.write({ 'models/sources.yml': yaml.replace('raw.a, columns', 'raw.a, description: A, columns') })
    expect(await seen(project)).toEqual(['SL310 a'])
  })

  test('whoever reads what is gone', async () => {
    const project = committed(files)
    project.write({ 'models/m/b.sql': null })
    expect(await seen(project)).toEqual(['SL410 after_b'])
  })

  test('everything where the project file differs', async () => {
    const project = committed(files)
    project.write({ 'sluice.yml': 'name: other\ntargets: { dev: { adapter: duckdb, path: test.duckdb } }\n' })
    expect(await seen(project)).toEqual(['SL310 a', 'SL310 after_b', 'SL310 b'])
  })
})
