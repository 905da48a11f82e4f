import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import type { OpenLineageEvent } from '../../core/openlineage/event.ts'
import { createDatabase, type TestDatabase } from '../postgres-server.ts'
import { mistakesOf, unfinished } from './schemas.ts'

const bin = resolve(import.meta.dirname, '../../bin/sluice.cjs')
const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const daily = `/*---
materialized: incremental
owner: Sales
description: By day
partition: { column: day, grain: day, start: 2024-01-01, end: 2024-01-02 }
checks: [{ not_null: revenue }]
---*/
select o.day, sum(o.amount) as revenue
from raw_orders as o
where o.day >= {{partition.start}} and o.day < {{partition.end}}
group by o.day
`
const checked = `/*---
materialized: table
checks: [{ row_count: { min: 5 } }]
---*/
select day, revenue as total from marts.daily
`

function project(targets: string) {
  const root = mkdtempSync(join(tmpdir(), 'sluice-openlineage-'))
  cleanups.push(() => rmSync(root, { recursive: true, force: true }))
  const files = {
    'sluice.yml': `name: shop\ndefault_target: dev\ntargets:\n  dev: ${targets}\n`,
    'seeds/raw_orders.csv': 'id,day,amount\n1,2024-01-01,5\n2,2024-01-01,6\n3,2024-01-02,7\n',
    'models/marts/daily.sql': daily,
    'models/marts/checked.sql': checked,
    'checks/no_negative.sql': 'select * from marts.daily where revenue < 0',
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}

async function sluice(root: string, words: readonly string[], environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, [bin, ...words, '--project', root], {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: root, ...environment },
  })
  let said = ''
  child.stdout.on('data', (data) => {
    said += data
  })
  child.stderr.on('data', (data) => {
    said += data
  })
  const code = await new Promise<number | null>((done) => child.on('close', done))
  return { code, said }
}

interface Asked {
  readonly path: string
  readonly token: string | undefined
  readonly event: OpenLineageEvent
}

/** A server that answers its first requests by these numbers, and all others by 201. */
async function server(...answers: readonly number[]) {
  const left = [...answers]
  const asked: Asked[] = []
  const made: Server = createServer((request, response) => {
    let body = ''
    request.on('data', (data) => {
      body += data
    })
    request.on('end', () => {
      const status = left.shift() ?? 201
      if (status === 201) {
        asked.push({ path: request.url!, token: request.headers.authorization, event: JSON.parse(body) })
      }
      response.writeHead(status).end('thanks')
    })
  })
  await new Promise<void>((done) => made.listen(0, '127.0.0.1', done))
  cleanups.push(() => new Promise((done) => made.close(done)))
  return { url: `http://127.0.0.1:${(made.address() as AddressInfo).port}`, asked }
}

const linesOf = (path: string): OpenLineageEvent[] =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as OpenLineageEvent)

const short = (events: readonly OpenLineageEvent[]) =>
  events.map(({ eventType, job }) => `${eventType} ${job.name}`).sort()

const range = ['--from', '2024-01-01', '--to', '2024-01-02']
const duckdb = '{ adapter: duckdb, path: shop.duckdb }'

describe.each(['duckdb', 'postgres'] as const)('on %s', (engine) => {
  async function setUp() {
    if (engine === 'duckdb')
      return { root: project(duckdb), environment: {}, namespace: /^duckdb:\/\/\/.*shop\.duckdb$/ }
    const database: TestDatabase = await createDatabase()
    cleanups.push(() => database.drop())
    const { host } = new URL(database.url)
    const root = project(`{ adapter: postgres, url: "\${DATABASE_URL}" }`)
    return {
      root,
      environment: { DATABASE_URL: database.url },
      namespace: new RegExp(`^postgres://${host}$`),
    }
  }

  test('a run with a failed check, in a file: valid events, each run of them begun and ended', async () => {
    const { root, environment, namespace } = await setUp()
    const { code } = await sluice(root, ['run', ...range, '--openlineage', 'out/events.jsonl'], environment)
    expect(code).toBe(1)
    const events = linesOf(join(root, 'out/events.jsonl'))
    for (const event of events) expect(mistakesOf(event)).toEqual([])
    expect(unfinished(events)).toEqual([])
    expect(short(events).filter((each) => !each.startsWith('START'))).toEqual([
      ...['COMPLETE marts.daily', 'COMPLETE marts.daily.checks', 'COMPLETE raw_orders'],
      ...['FAIL marts.checked', 'FAIL marts.checked.checks', 'FAIL sluice run'],
    ])
    const ofDaily = events.find(
      ({ eventType, job }) => eventType === 'COMPLETE' && job.name === 'marts.daily',
    )!
    const [output] = ofDaily.outputs
    expect(output!.namespace).toMatch(namespace)
    expect(output).toMatchObject({
      outputFacets: { outputStatistics: { rowCount: 2 } },
      facets: {
        schema: { fields: [{ name: 'day' }, { name: 'revenue' }] },
        ownership: { owners: [{ name: 'Sales' }] },
        columnLineage: {
          fields: {
            revenue: {
              inputFields: [
                { field: 'amount', transformations: [{ type: 'DIRECT', subtype: 'AGGREGATION' }] },
              ],
            },
          },
          dataset: [{ field: 'day', transformations: [{ subtype: 'FILTER' }, { subtype: 'GROUP_BY' }] }],
        },
      },
    })
    expect(ofDaily.inputs).toMatchObject([{ name: expect.stringMatching(/\.raw_orders$/) }])
    expect(ofDaily.run.facets).toMatchObject({
      nominalTime: {
        nominalStartTime: '2024-01-01T00:00:00.000Z',
        nominalEndTime: '2024-01-03T00:00:00.000Z',
      },
      processing_engine: { name: engine },
    })
    expect(ofDaily.job.facets.sql!.query).toContain("'2024-01-01'")
    const failed = events.find(({ eventType, job }) => eventType === 'FAIL' && job.name === 'marts.checked')!
    expect(failed.run.facets.errorMessage!.message).toMatch(/^SL6\d\d: /)
    const text = readFileSync(join(root, 'out/events.jsonl'), 'utf8')
    if (engine === 'postgres')
      expect(text).not.toContain(new URL(environment.DATABASE_URL!).password || 'nobody:')
  }, 60_000)

  test('backfill, retry and resume send theirs to a server, in order and with a token', async () => {
    const { root, environment } = await setUp()
    const { url, asked } = await server()
    const secret = { ...environment, OPENLINEAGE_API_KEY: 'k1', OPENLINEAGE_NAMESPACE: 'prod' }
    expect((await sluice(root, ['backfill', ...range, '--openlineage', url], secret)).code).toBe(1)
    writeFileSync(join(root, 'models/marts/checked.sql'), checked.replace('min: 5', 'min: 1'))
    expect((await sluice(root, ['retry', '--openlineage', url], secret)).said).toContain('1 succeeded')
    await sluice(root, ['resume', '--openlineage', url], secret)
    expect(new Set(asked.map(({ path, token }) => `${path} ${token}`))).toEqual(
      new Set(['/api/v1/lineage Bearer k1']),
    )
    const events = asked.map(({ event }) => event)
    for (const event of events) {
      expect(mistakesOf(event)).toEqual([])
      expect(event.job.namespace).toBe('prod')
    }
    expect(unfinished(events)).toEqual([])
    expect(short(events)).toContain('COMPLETE sluice retry')
    expect(short(events)).toContain('COMPLETE marts.checked')
  }, 90_000)
})

test('a server that is busy is asked again; what it refuses is lost, counted and no fault of the run', async () => {
  const root = project(duckdb)
  const { url, asked } = await server(503, 429, 201, 400)
  const { code, said } = await sluice(root, [
    'run',
    ...range,
    '-s',
    'raw_orders',
    '--openlineage',
    `${url}/own?key=secret`,
  ])
  expect(code).toBe(0)
  expect(said).toContain('SL947')
  expect(said).toContain('1 OpenLineage event of 4 could not be delivered')
  expect(said).toContain('the server answered 400')
  expect(said).not.toContain('secret')
  expect(asked.map(({ path }) => path)).toEqual(['/own?key=secret', '/own?key=secret', '/own?key=secret'])
}, 60_000)

test('a server that is not there costs a warning', async () => {
  const root = project(duckdb)
  const closed = createServer()
  await new Promise<void>((done) => closed.listen(0, '127.0.0.1', done))
  const { port } = closed.address() as AddressInfo
  await new Promise((done) => closed.close(done))
  const url = `http://127.0.0.1:${port}`
  const { code, said } = await sluice(root, ['run', '-s', 'raw_orders', '--openlineage', url])
  expect(code).toBe(0)
  expect(said).toContain('SL947')
  expect(said).toContain(`4 OpenLineage events of 4 could not be delivered to ${url}: ECONNREFUSED`)
}, 60_000)

test('OPENLINEAGE_DISABLED switches it off, and a bad address is refused before anything runs', async () => {
  const root = project(duckdb)
  const words = ['run', '-s', 'raw_orders', '--openlineage']
  expect((await sluice(root, [...words, 'e.jsonl'], { OPENLINEAGE_DISABLED: 'true' })).code).toBe(0)
  expect(existsSync(join(root, 'e.jsonl'))).toBe(false)
  const { code, said } = await sluice(root, [...words, 'kafka://x'])
  expect([code, said]).toEqual([2, expect.stringContaining('must be a file, or an address')])
}, 60_000)

test('a file that cannot be written costs a warning', async () => {
  const root = project(duckdb)
  const { code, said } = await sluice(root, ['run', '-s', 'raw_orders', '--openlineage', 'sluice.yml/x'])
  expect([code, said]).toEqual([0, expect.stringContaining('SL947')])
}, 60_000)

test('a run that is interrupted ends what it had begun with ABORT', async () => {
  const root = project(duckdb)
  const slow = 'select sum(hash(a.range + b.range)) as total from range(10000000) as a, range(10000000) as b'
  writeFileSync(join(root, 'models/slow.sql'), `/*---\nmaterialized: table\n---*/\n${slow}\n`)
  const words = ['run', '-s', 'slow', '-o', 'json', '--openlineage', 'e.jsonl', '--project', root]
  const child = spawn(process.execPath, [bin, ...words], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
  child.stdout.on('data', (data) => {
    if (String(data).includes('task_started')) child.kill('SIGINT')
  })
  expect(await new Promise((done) => child.on('close', done))).toBe(130)
  const events = linesOf(join(root, 'e.jsonl'))
  expect(short(events)).toEqual(['ABORT slow', 'ABORT sluice run', 'START slow', 'START sluice run'])
  expect(unfinished(events)).toEqual([])
}, 60_000)
