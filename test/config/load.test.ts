import { createHash } from 'node:crypto'
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { findProject } from '../../core/config/find.ts'
import { type LoadOptions, loadProject } from '../../core/config/load.ts'
import { parseModelHeader } from '../../core/config/model-header.ts'
import { scanProject } from '../../core/config/scan.ts'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { goodProject, summary, writeProject } from './project-folder.ts'

const cleanups: (() => void)[] = []
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup()
})

function folderOf(files: Readonly<Record<string, string | Uint8Array>>): string {
  const { root, remove } = writeProject(files)
  cleanups.push(remove)
  return root
}

function load(files: Readonly<Record<string, string | Uint8Array>>, options: Partial<LoadOptions> = {}) {
  return loadProject({ root: folderOf(files), env: {}, ...options })
}

async function mistakesOf(loading: Promise<unknown>): Promise<readonly SluiceError['diagnostics'][number][]> {
  const error = await loading.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof SluiceError)) throw new Error('nothing was refused', { cause: error })
  return error.diagnostics
}

describe('models', () => {
  it('a model that says nothing is a view with all defaults, named by its path', async () => {
    const { project, warnings } = await load({ 'models/marts/daily/flights.sql': 'select 1' })
    expect(warnings).toEqual([])
    expect(project.models).toEqual([
      {
        name: 'marts_daily.flights',
        schema: 'marts_daily',
        table: 'flights',
        path: 'models/marts/daily/flights.sql',
        text: 'select 1',
        bodyStart: 0,
        config: {
          materialized: 'view',
          strategy: 'delete_insert',
          uniqueKey: [],
          deleteMissing: false,
          onSchemaChange: 'fail',
          reads: {},
          follow: {},
          checks: [],
          columns: [],
          indexes: [],
          grants: [],
          tags: [],
          priority: 0,
          allow: [],
          retry: { attempts: 3, delayMs: 1000, factor: 2, maxDelayMs: 60_000, jitter: 0.5 },
        },
      },
    ])
  })

  it('a header can say everything', async () => {
    const text = `
/*---
name: daily
schema: marts
materialized: incremental
partition:
  column: { name: day, type: integer, format: YYYYMMDD, clock: utc }
  grain: week
  first_day_of_week: sunday
  start: 2001-01-01
  end: 2001-06-30
  available_after: 3h
  ahead: 1
strategy: merge
unique_key: [day, origin]
delete_missing: true
on_schema_change: append
reads: { staging.flights: { before: 6 } }
follow: { staging.airports: never }
indexes: [[origin], { columns: [day, origin], unique: true }, carrier]
grants: { select: [reader, bob], insert: writer }
tags: [daily, mart]
description: Flights by day
owner: data@example.com
schedule: "*/5 6-8 * jan-mar mon,fri"
freshness: { warn: 26h, fail: 1d6h }
pool: warehouse
concurrency: 2
priority: 3
batch: 30
allow: reads_clock
timeout: 90m
retry: { attempts: 5, delay: 500ms, factor: 1.5, max_delay: 1m, jitter: 0 }
---*/
select 1
`
    const { project } = await load({ 'models/x/y.sql': text })
    const [model] = project.models
    expect(model).toMatchObject({ name: 'marts.daily', schema: 'marts', table: 'daily' })
    expect(text.slice(model!.bodyStart)).toBe('\nselect 1\n')
    expect(model!.config).toEqual({
      materialized: 'incremental',
      partition: {
        timezone: 'UTC',
        column: { name: 'day', type: 'integer', format: 'YYYYMMDD', clock: 'utc' },
        grain: 'week',
        firstDayOfWeek: 'sunday',
        start: '2001-01-01',
        end: '2001-06-30',
        availableAfterMs: 3 * 3_600_000,
        ahead: 1,
      },
      strategy: 'merge',
      uniqueKey: ['day', 'origin'],
      deleteMissing: true,
      onSchemaChange: 'append',
      reads: { 'staging.flights': { before: 6, after: 0 } },
      follow: { 'staging.airports': 'never' },
      checks: [],
      columns: [],
      indexes: [
        { columns: ['origin'], unique: false },
        { columns: ['day', 'origin'], unique: true },
        { columns: ['carrier'], unique: false },
      ],
      grants: [
        { privilege: 'insert', to: ['writer'] },
        { privilege: 'select', to: ['reader', 'bob'] },
      ],
      tags: ['daily', 'mart'],
      priority: 3,
      batch: 30,
      allow: [{ rule: 'reads_clock', at: { file: 'models/x/y.sql', path: ['allow'] } }],
      description: 'Flights by day',
      owner: 'data@example.com',
      schedule: '*/5 6-8 * jan-mar mon,fri',
      freshness: { warnMs: 26 * 3_600_000, failMs: 30 * 3_600_000 },
      pool: 'warehouse',
      concurrency: 2,
      timeoutMs: 90 * 60_000,
      retry: { attempts: 5, delayMs: 500, factor: 1.5, maxDelayMs: 60_000, jitter: 0 },
    })
  })

  it('every form of a check is understood, named and placed', async () => {
    const { project } = await load({
      'models/a.sql': `/*---
checks:
  - not_null: [day, origin]
  - not_null: origin
    severity: warn
    where: delay is not null
  - unique: [day, origin]
  - unique: { columns: [id], scope: table, name: one_row_per_id }
  - accepted_values: { column: state, values: [late, 1, true] }
  - relationships: { column: origin, to: staging.airports, field: iata }
  - row_count: { min: 1, max: 9 }
  - expression: delay is null or delay < 5000
columns:
  - plain
  - name: dest
    type: text
    description: where to
    sample: false
    checks:
      - not_null
      - unique: { scope: table }
      - accepted_values: [JFK, LGA]
      - relationships: { to: staging.airports, field: iata }
      - expression: length(dest) = 3
        severity: warn
---*/ select 1`,
    })
    const { checks, columns } = project.models[0]!.config
    const at = (line: number, column: number) => ({
      place: expect.objectContaining({ file: 'models/a.sql', line, column }),
    })
    expect(checks).toEqual([
      {
        kind: 'not_null',
        name: 'not_null_day_origin',
        columns: ['day', 'origin'],
        severity: 'error',
        ...at(3, 5),
      },
      {
        kind: 'not_null',
        name: 'not_null_origin',
        columns: ['origin'],
        severity: 'warn',
        where: 'delay is not null',
        ...at(4, 5),
      },
      {
        kind: 'unique',
        name: 'unique_day_origin',
        columns: ['day', 'origin'],
        scope: 'partition',
        severity: 'error',
        ...at(7, 5),
      },
      {
        kind: 'unique',
        name: 'one_row_per_id',
        columns: ['id'],
        scope: 'table',
        severity: 'error',
        ...at(8, 5),
      },
      {
        kind: 'accepted_values',
        name: 'accepted_values_state',
        column: 'state',
        values: ['late', 1, true],
        severity: 'error',
        ...at(9, 5),
      },
      {
        kind: 'relationships',
        name: 'relationships_origin_staging_airports',
        column: 'origin',
        to: 'staging.airports',
        field: 'iata',
        severity: 'error',
        ...at(10, 5),
      },
      { kind: 'row_count', name: 'row_count', min: 1, max: 9, severity: 'error', ...at(11, 5) },
      {
        kind: 'expression',
        name: 'expression_delay_is_null_or_delay_lt_5000',
        expression: 'delay is null or delay < 5000',
        severity: 'error',
        ...at(12, 5),
      },
      { kind: 'not_null', name: 'not_null_dest', columns: ['dest'], severity: 'error', ...at(20, 7) },
      {
        kind: 'unique',
        name: 'unique_dest',
        columns: ['dest'],
        scope: 'table',
        severity: 'error',
        ...at(21, 9),
      },
      {
        kind: 'accepted_values',
        name: 'accepted_values_dest',
        column: 'dest',
        values: ['JFK', 'LGA'],
        severity: 'error',
        ...at(22, 9),
      },
      {
        kind: 'relationships',
        name: 'relationships_dest_staging_airports',
        column: 'dest',
        to: 'staging.airports',
        field: 'iata',
        severity: 'error',
        ...at(23, 9),
      },
      {
        kind: 'expression',
        name: 'expression_length_dest_eq_3',
        expression: 'length(dest) = 3',
        severity: 'warn',
        ...at(24, 9),
      },
    ])
    expect(columns).toEqual([
      { name: 'plain', sample: true },
      { name: 'dest', type: 'text', description: 'where to', sample: false },
    ])
  })

  it('header, YAML entry, inner folder and outer folder are asked in this order, key by key; checks add up', async () => {
    const { project } = await load({
      'sluice.yml': `${goodProject}folders:
  marts:
    owner: outer
    tags: [outer]
    description: outer
    schedule: "@daily"
    schema: reports
    partition: { grain: day, start: 2001-01-01 }
    checks: [{ row_count: { min: 1 } }, { not_null: id }]
  marts/daily/:
    owner: inner
    tags: [inner]
    materialized: incremental
`,
      'models/marts/daily/a.sql': `/*---
owner: header
partition: { column: day, start: 2002-01-01 }
checks: [{ row_count: { min: 5 } }]
columns: [{ name: id, type: bigint }]
---*/ select 1`,
      'models/marts/daily/b.sql': `/*--- materialized: table ---*/ select 1`,
      'models/entries.yml': `models:
  - name: a
    tags: [entry]
    owner: entry
    columns: [{ name: id, description: the key, type: int, checks: [unique] }, other]
`,
    })
    const [a, b] = project.models
    expect(a).toMatchObject({
      name: 'reports.a',
      config: {
        owner: 'header',
        tags: ['entry'],
        description: 'outer',
        schedule: '@daily',
        materialized: 'incremental',
        partition: { column: { name: 'day' }, grain: 'day', start: '2002-01-01' },
        columns: [{ name: 'id', type: 'bigint', description: 'the key', sample: true }, { name: 'other' }],
      },
    })
    expect(a!.config.checks.map(({ name }) => name)).toEqual(['row_count', 'unique_id', 'not_null_id'])
    expect(a!.config.checks[0]).toMatchObject({ min: 5 })
    // Defaults of a folder that do not concern a table are no mistake.
    expect(b!.config).toMatchObject({ materialized: 'table', owner: 'inner' })
    expect(b!.config.partition).toBeUndefined()
  })

  it.each([
    ['blank lines and a byte order mark', '\uFEFF\n\n/*---\nowner: x\n---*/\nselect 1'],
    ['Windows line breaks', '/*---\r\nowner: x\r\n---*/\r\nselect 1'],
    ['one line', '/*--- owner: x ---*/ select 1'],
  ])('a header may come with %s', async (_, text) => {
    const { project } = await load({ 'models/a.sql': text })
    const [model] = project.models
    expect(model!.config.owner).toBe('x')
    expect(model!.text.slice(model!.bodyStart).trim()).toBe('select 1')
  })

  it('a comment of dashes is no header', async () => {
    const text = '/*----------*/\n/*---*/ select 1 -- /*--- x'
    const { project } = await load({ 'models/a.sql': text })
    expect(project.models[0]).toMatchObject({ text, bodyStart: 0 })
  })

  it('columns of mistakes are right after Windows line breaks and characters beyond the BMP', async () => {
    const text = '/*---\r\ndescription: "𝔣"\r\nowner: {}\r\ntags: ["𝔣", 5]\r\n---*/ select 1'
    const found = await mistakesOf(load({ 'models/a.sql': text }))
    expect(summary(found)).toBe(
      'SL105 models/a.sql:3:8 `owner` must be text, not a map.\n    Write text.\n' +
        'SL105 models/a.sql:4:14 `tags[1]` must be text, not the number 5.\n    Put the value in quotes to make it text.',
    )
    expect(found.map(({ frame }) => frame)).toEqual(['owner: {}', 'tags: ["𝔣", 5]'])
  })

  it('what a file says of itself depends on its text only and survives a cache', () => {
    const text = '/*---\ntags: 5\nchecks: [{ not_null: a }]\n---*/ select 1'
    const parsed = parseModelHeader(text, 'models/a.sql')
    expect(JSON.parse(JSON.stringify(parsed))).toEqual(parsed)
    expect(parseModelHeader(text, 'models/a.sql')).toEqual(parsed)
  })
})

describe('sources, seeds, checks and macros', () => {
  it('sources have relations and files by target', async () => {
    const { project } = await load({
      'models/raw/sources.yaml': `sources:
  - name: raw.flights
    description: as published
    relation: landing.flights
    relations: { prod: db.landing."Flights 2" }
    tags: [raw]
    columns: [{ name: origin, checks: [not_null], sample: false }]
    checks: [{ row_count: { min: 1 } }]
    partition: { column: day, grain: day, start: 2024-01-01 }
    observe: { column: day }
    ready: { within: 3h }
    loaded_at: loaded_at
    freshness: { warn: 1d }
    owner: me
  - name: airports
    files:
      dev: "{{data}}/airports.csv"
      prod: { path: x.dat, format: parquet, options: { hive_partitioning: true } }
    observe: files
`,
    })
    const [flights, airports] = project.sources
    expect(flights).toMatchObject({
      name: 'raw.flights',
      schema: 'raw',
      table: 'flights',
      path: 'models/raw/sources.yaml',
      place: { file: 'models/raw/sources.yaml', line: 2, column: 5 },
      description: 'as published',
      tags: ['raw'],
      columns: [{ name: 'origin', sample: false }],
      relations: { dev: 'landing.flights', prod: 'db.landing."Flights 2"' },
      files: {},
      partition: { column: { name: 'day' }, grain: 'day', start: '2024-01-01' },
      observe: { kind: 'column', column: 'day' },
      ready: { kind: 'column', column: 'loaded_at', withinMs: 10_800_000 },
      loadedAt: 'loaded_at',
    })
    expect(flights!.checks.map(({ name }) => name)).toEqual(['row_count', 'not_null_origin'])
    expect(airports).toMatchObject({
      name: 'airports',
      table: 'airports',
      relations: {},
      files: {
        dev: { path: '{{data}}/airports.csv', format: 'csv', options: {} },
        prod: {
          path: 'x.dat',
          format: 'parquet',
          options: { hive_partitioning: true },
          place: { line: 18, column: 13 },
        },
      },
    })
    expect(airports).toMatchObject({ observe: { kind: 'files' } })
    expect(airports).not.toHaveProperty('schema')
  })

  it('seeds have the hash of their content and what a YAML file says of them', async () => {
    const csv = '\n"a;b";c\n1;2\n'
    const { project } = await load({
      'seeds/geo/places.csv': csv,
      'seeds/plain.csv': 'id\n',
      'seeds/seeds.yml': `seeds:
  - name: geo.places
    delimiter: ";"
    description: Places
    tags: [geo]
    columns: [{ name: c, type: integer }]
    checks: [{ unique: c }]
    indexes: [[c]]
    grants: { select: reader }
`,
    })
    const [places, plain] = project.seeds
    expect(places).toMatchObject({
      name: 'geo.places',
      schema: 'geo',
      table: 'places',
      path: 'seeds/geo/places.csv',
      contentHash: createHash('sha256').update(csv).digest('hex'),
      description: 'Places',
      tags: ['geo'],
      columns: [{ name: 'c', type: 'integer', sample: true }],
      indexes: [{ columns: ['c'], unique: false }],
      grants: [{ privilege: 'select', to: ['reader'] }],
      delimiter: ';',
    })
    expect(plain).toMatchObject({ name: 'plain', delimiter: ',', checks: [], tags: [] })
  })

  it('checks and macros are named by their paths', async () => {
    const check = '/*---\nseverity: warn\ndescription: no gaps\ntags: [x]\n---*/ select 1'
    const { project } = await load({
      'checks/marts/gaps.sql': check,
      'checks/named.sql': '/*--- name: other ---*/ select 1',
      'macros/time/days.sql': '{{a}}',
    })
    expect(project.checks).toEqual([
      {
        name: 'marts_gaps',
        path: 'checks/marts/gaps.sql',
        text: check,
        bodyStart: check.indexOf(' select'),
        severity: 'warn',
        description: 'no gaps',
        tags: ['x'],
      },
      expect.objectContaining({ name: 'other', severity: 'error', tags: [] }),
    ])
    expect(project.macros).toEqual([{ name: 'time/days', path: 'macros/time/days.sql', text: '{{a}}' }])
  })
})

describe('targets and vars', () => {
  const sluice = `name: shop
default_target: dev
targets:
  dev:
    adapter: duckdb
    path: data/shop.duckdb
    settings: { memory_limit: 1GB, threads: 2 }
    read_only: true
    vars: { country: target }
  memory: { adapter: duckdb, path: ":memory:", schema: { prefix: x_ } }
  prod:
    adapter: postgres
    url: "\${DATABASE_URL}"
    schema: analytics
    database: db
    role: writer
    threads: "\${THREADS:-4}"
    vars: { region: "\${REGION:-eu}" }
timezone: UTC
vars: { country: project, limit: 10, nested: { a: [1, null] } }
allow: { functions: [read_csv], files: true }
alerts: { slack: { url: x } }
`

  it('a DuckDB target leads to a file beside sluice.yml', async () => {
    const root = folderOf({ 'sluice.yml': sluice })
    const { project, environmentNames } = await loadProject({ root, env: {} })
    expect(project).toMatchObject({
      root,
      name: 'shop',
      timezone: 'UTC',
      targetNames: ['dev', 'memory', 'prod'],
      allowFunctions: ['read_csv'],
      allowFiles: true,
      vars: { country: 'target', limit: 10, nested: { a: [1, null] } },
    })
    expect(project.target).toEqual({
      name: 'dev',
      adapter: 'duckdb',
      path: join(root, 'data/shop.duckdb'),
      settings: { memory_limit: '1GB', threads: 2 },
      readOnly: true,
      schema: {},
      vars: { country: 'target' },
    })
    expect(environmentNames).toEqual(['SLUICE_TARGET', 'SLUICE_VARS'])
  })

  it('a Postgres target takes its secrets from the environment', async () => {
    const env = { DATABASE_URL: 'postgres://u:p%40@h:5432/db', SLUICE_TARGET: 'prod', REGION: '' }
    const { project, environmentNames } = await load({ 'sluice.yml': sluice }, { env })
    expect(project.target).toEqual({
      name: 'prod',
      adapter: 'postgres',
      url: 'postgres://u:p%40@h:5432/db',
      schema: { name: 'analytics' },
      database: 'db',
      role: 'writer',
      threads: 4,
      vars: { region: 'eu' },
    })
    expect(environmentNames).toEqual(['SLUICE_TARGET', 'SLUICE_VARS', 'DATABASE_URL', 'THREADS', 'REGION'])
  })

  it('the flag is stronger than the environment, and that than the default', async () => {
    const root = folderOf({ 'sluice.yml': sluice })
    const env = { SLUICE_TARGET: 'prod' }
    const { project } = await loadProject({ root, env, target: 'memory' })
    expect(project.target).toMatchObject({ name: 'memory', path: ':memory:', schema: { prefix: 'x_' } })
  })

  it('vars come from the flag, the environment, the target and the project, in this order', async () => {
    const root = folderOf({ 'sluice.yml': sluice })
    const env = { SLUICE_VARS: '{"limit": 20, "country": "environment", "region": "x"}' }
    const { project } = await loadProject({ root, env, vars: { limit: 30 } })
    expect(project.vars).toMatchObject({ limit: 30, country: 'environment', region: 'x' })
  })

  it('the only target needs no default', async () => {
    const { project } = await load({
      'sluice.yml': 'name: x\ntargets: { a: { adapter: duckdb, path: a } }\n',
    })
    expect(project.target.name).toBe('a')
  })
})

describe('secrets', () => {
  const secret = 'hunter2'
  const wrong = {
    'an unknown scheme': `targets:\n  p: { adapter: postgres, url: "mysql://u:${secret}@h/d" }\nx: 1`,
    'a bad encoding': `targets:\n  p: { adapter: postgres, url: "postgres://u:%${secret}@h/d", x: 1 }`,
    'a password with blanks': `targets:\n  p: { adapter: postgres, url: "postgres://u:a ${secret} b@h:x/d" }`,
    'a folded text': `targets:\n  p:\n    adapter: postgres\n    url: >-\n      postgres://u\n      ${secret}@h:x/d\n    treads: 1`,
    'a quote that is not closed': `targets:\n  p:\n    url: "postgres://u:${secret}@h/d\n    adapter: postgres\n`,
    'a bracket that is not closed': `targets:\n  p: { adapter: postgres, url: postgres://u:${secret}@h/d\nx: 1`,
    'a nested map': `targets:\n  p:\n    adapter: postgres\n    url: a: ${secret}\n`,
    'an alias': `targets:\n  p:\n    adapter: postgres\n    url: *${secret}\n`,
    'a tag': `targets:\n  p:\n    adapter: postgres\n    url: !${secret} x\n`,
    'an anchor': `targets:\n  p: { adapter: postgres, url: &${secret} postgres://h:x/d, x: 1 }`,
    'a list': `targets:\n  p:\n    adapter: postgres\n    url: [${secret}]\n`,
    'an unknown key': `targets:\n  p: { adapter: postgres, url: postgres://h/d, password: ${secret}, x: 1 }`,
    'a setting': `targets:\n  p: { adapter: duckdb, path: a, settings: { s3_secret: { a: ${secret} } } }`,
    'a key that stands twice': `targets:\n  p: { adapter: postgres, url: postgres://u:${secret}@h/d, url: postgres://u:${secret}@h/d }`,
    'a path that is a URL': `targets:\n  p: { adapter: duckdb, path: "postgres://u:${secret}@h/d", x: 1 }`,
    'an environment variable': `targets:\n  p: { adapter: postgres, url: "\${URL}", threads: "\${URL}", schema: { a: "\${URL}" } }`,
    'an adapter from the environment': `targets:\n  p: { adapter: "\${URL}", url: x }`,
  }

  it.each(Object.entries(wrong))('%s is reported without what it holds', async (_, yaml) => {
    const loading = load({ 'sluice.yml': `name: x\n${yaml}\n` }, { env: { URL: `mysql://u:${secret}@h/d` } })
    const found = await mistakesOf(loading)
    expect(found.length).toBeGreaterThan(0)
    expect(JSON.stringify(found)).not.toContain(secret)
    expect(new SluiceError(found).message).not.toContain(secret)
  })

  it('the frame of a line beside a secret is still shown, its columns kept', async () => {
    const yaml = `name: x\ntargets:\n  p: { adapter: postgres, url: "postgres://h:x/d", treads: 4 }\n`
    const [, treads] = await mistakesOf(load({ 'sluice.yml': yaml }))
    expect(treads!.frame).toBe(`  p: { adapter: postgres, url: ${'*'.repeat(18)}, treads: * }`)
    expect(treads!.frame!.slice(treads!.place!.column - 1)).toMatch(/^treads/)
  })
})

describe('files', () => {
  it('a folder without sluice.yml is no project', async () => {
    const root = folderOf({})
    rmSync(join(root, 'sluice.yml'))
    const found = await mistakesOf(loadProject({ root, env: {} }))
    expect(found).toEqual([
      {
        code: 'SL100',
        severity: 'error',
        message: `There is no sluice.yml in ${root}.`,
        hint: 'Go to the folder of the project, or name it by --project.',
        next: 'sluice init',
      },
    ])
  })

  it('the nearest project upwards is found', () => {
    const root = folderOf({ 'models/a/b.sql': 'select 1' })
    expect(findProject(join(root, 'models/a'))).toBe(root)
    expect(findProject(root)).toBe(root)
    expect(findProject('/')).toBeUndefined()
  })

  it('editors’ backups, hidden files and other files are passed over', async () => {
    const { project } = await load({
      'models/a.sql': 'select 1',
      'models/a.sql~': 'x',
      'models/.#a.sql': 'x',
      'models/#a.sql#': 'x',
      'models/.hidden/b.sql': 'x',
      'models/readme.md': 'x',
      'models/B.SQL': 'select 1',
    })
    expect(project.models.map(({ name }) => name)).toEqual(['B', 'a'])
  })

  it('links are followed, but not in circles', async () => {
    const root = folderOf({ 'models/a/x.sql': 'select 1', 'elsewhere/y.sql': 'select 1' })
    symlinkSync(join(root, 'elsewhere'), join(root, 'models/b'))
    symlinkSync(join(root, 'models'), join(root, 'models/a/loop'))
    symlinkSync(join(root, 'elsewhere/y.sql'), join(root, 'models/z.sql'))
    const { project } = await loadProject({ root, env: {} })
    expect(project.models.map(({ name }) => name)).toEqual(['a.x', 'b.y', 'z'])
  })

  it('what cannot be read is named, with everything else that is wrong', async () => {
    const root = folderOf({
      'models/latin.sql': Buffer.from('select 1\n-- caf\xe9', 'latin1'),
      'models/bad.sql': '/*--- tag: x ---*/ select 1',
    })
    symlinkSync(join(root, 'nowhere.sql'), join(root, 'models/broken.sql'))
    symlinkSync('self.sql', join(root, 'macros.sql'))
    mkdirSync(join(root, 'macros'))
    symlinkSync('self.sql', join(root, 'macros/self.sql'))
    writeFileSync(join(root, 'seeds'), 'a file')
    expect(summary(await mistakesOf(loadProject({ root, env: {} })))).toBe(
      [
        'SL101 macros/self.sql:1:1 macros/self.sql cannot be read: it is a link that leads to itself.',
        '    If it is a link, check where it leads; otherwise put the file back.',
        'SL104 models/bad.sql:1:7 `tag` is not a key of a model.',
        '    Did you mean `tags`?',
        'SL101 models/broken.sql:1:1 models/broken.sql cannot be read: it does not exist.',
        '    If it is a link, check where it leads; otherwise put the file back.',
        'SL101 models/latin.sql:2:1 models/latin.sql is not UTF-8 text.',
        '    Save it in UTF-8.',
        'SL101 seeds:1:1 seeds cannot be read: it is not a folder.',
        '    Check the file and its permissions.',
      ].join('\n'),
    )
  })

  it('defaults of a folder that is not there are a warning', async () => {
    const { warnings } = await load({
      'sluice.yml': `${goodProject}folders: { stagin: { owner: me } }\n`,
      'models/staging/a.sql': 'select 1',
    })
    expect(summary(warnings)).toBe(
      'SL118(warning) sluice.yml:8:12 There is no folder models/stagin, so these defaults concern no model.\n    Did you mean `staging`?',
    )
  })

  it('every file is listed as it was, so that a cache can tell a change', async () => {
    const root = folderOf({ 'models/a.sql': 'select 1', 'seeds/b.csv': 'id\n' })
    const { files } = await loadProject({ root, env: {} })
    expect(files.map(({ path }) => path)).toEqual(['models/a.sql', 'seeds/b.csv', 'sluice.yml'])
    expect(scanProject(root).files).toEqual(files)
    writeFileSync(join(root, 'models/a.sql'), 'select 12')
    expect(scanProject(root).files).not.toEqual(files)
  })

  it('a cache can stand before reading and parsing', async () => {
    const root = folderOf({ 'models/a.sql': '/*--- owner: me ---*/ select 1' })
    const asked: string[] = []
    const { project } = await loadProject({
      root,
      env: {},
      read: async (path) => Buffer.from(path.endsWith('.sql') ? 'select 2' : goodProject),
      parsers: {
        modelHeader: (text, path) => {
          asked.push(`${path}: ${text}`)
          return parseModelHeader('/*--- owner: cached ---*/', path)
        },
      },
    })
    expect(asked).toEqual(['models/a.sql: select 2'])
    expect(project.models[0]).toMatchObject({ text: 'select 2', config: { owner: 'cached' } })
  })
})
