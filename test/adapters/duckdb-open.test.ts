import { chmod, mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { duckdb } from '../../adapters/duckdb/index.ts'
import { startChild } from './duckdb-child.ts'
import {
  closeTargets,
  diagnosticOf,
  duckdbTarget,
  explained,
  openTarget,
  temporaryFolder,
} from './duckdb-target.ts'

const folder = await temporaryFolder()

afterEach(closeTargets)

describe('opening', () => {
  it('creates a file, and gives a second target of the same file the same database', async () => {
    const path = join(folder, 'shared.duckdb')
    const first = await openTarget(duckdbTarget(path))
    await first.session((session) => session.execute('create table t as select 1 as i'))
    await symlink(path, join(folder, 'link.duckdb'))
    const second = await openTarget(duckdbTarget(join(folder, 'link.duckdb')))
    await second.session((session) => session.execute('insert into t values (2)'))
    expect(await first.session((session) => session.query('select sum(i) as s from t'))).toEqual([{ s: 3 }])
    await first.close()
    await second.session((session) => session.execute('insert into t values (3)'))
    await second.close()
    const again = await openTarget(duckdbTarget(path))
    expect(await again.session((session) => session.query('select sum(i) as s from t'))).toEqual([{ s: 6 }])
    expect(again.label).toBe('shared.duckdb')
  })

  it('opens the same new file once when two targets open it at the same time', async () => {
    const path = join(folder, 'race.duckdb')
    const [one, two] = await Promise.all([openTarget(duckdbTarget(path)), openTarget(duckdbTarget(path))])
    await one.session((session) => session.execute('create table t as select 1 as i'))
    expect(await two.session((session) => session.query('select i from t'))).toEqual([{ i: 1 }])
  })

  it('gives each :memory: target a database of its own', async () => {
    const one = await openTarget(duckdbTarget(':memory:'))
    const two = await openTarget(duckdbTarget(':memory:'))
    await one.session((session) => session.execute('create table t (i integer)'))
    expect(
      await two.session((session) => two.catalog.kind(session, { schema: 'main', name: 't' })),
    ).toBeUndefined()
    expect(await one.session((session) => one.catalog.kind(session, { schema: 'main', name: 't' }))).toBe(
      'table',
    )
  })

  it('names the process that has the file open', async () => {
    const path = join(folder, 'flights.duckdb')
    const other = await startChild(
      folder,
      path,
      `await adapter.session((session) => session.execute('create table t as select 1 as i'))
       print('ready')
       setInterval(() => {}, 1000)`,
    )
    await other.printed(1)
    try {
      const problem = await diagnosticOf(openTarget(duckdbTarget(path)))
      expect(problem.code).toBe('SL501')
      expect(problem.message).toBe(`flights.duckdb is in use by process ${other.pid} (node).`)
    } finally {
      await other.kill()
    }
    const adapter = await openTarget(duckdbTarget(path))
    expect(await adapter.session((session) => session.query('select i from t'))).toEqual([{ i: 1 }])
  })

  it('says what is wrong with a path', async () => {
    await writeFile(join(folder, 'notes.txt'), 'Dear diary, this is no database. '.repeat(500))
    await mkdir(join(folder, 'sub'))
    const codeOf = async (path: string, more = {}) =>
      (await diagnosticOf(openTarget(duckdbTarget(path, more)))).code
    expect(await codeOf(join(folder, 'notes.txt'))).toBe('SL502')
    expect(await codeOf(join(folder, 'sub'))).toBe('SL502')
    expect(await codeOf(join(folder, 'nowhere', 'x.duckdb'))).toBe('SL503')
    expect(await codeOf(join(folder, 'notes.txt', 'x.duckdb'))).toMatch(/SL50[03]/)
    expect(await codeOf(join(folder, 'none.duckdb'), { readOnly: true })).toBe('SL506')
    // A failed attempt leaves nothing behind that a later one would trip over.
    expect(await codeOf(join(folder, 'notes.txt'))).toBe('SL502')
  })

  it.skipIf(process.getuid?.() === 0)('names a file without permission', async () => {
    const path = join(folder, 'forbidden.duckdb')
    await (await openTarget(duckdbTarget(path))).close()
    await chmod(path, 0)
    expect((await diagnosticOf(openTarget(duckdbTarget(path)))).code).toBe('SL504')
  })

  it('opens a file read-only and explains a write', async () => {
    const path = join(folder, 'readonly.duckdb')
    const writer = await openTarget(duckdbTarget(path))
    await writer.session((session) => session.execute('create table t as select 1 as i'))
    expect((await diagnosticOf(openTarget(duckdbTarget(path, { readOnly: true })))).code).toBe('SL508')
    await writer.close()
    const reader = await openTarget(duckdbTarget(path, { readOnly: true }))
    expect(await reader.session((session) => session.query('select i from t'))).toEqual([{ i: 1 }])
    const problem = await explained(
      reader,
      reader.session((session) => session.execute('insert into t values (2)')),
    )
    expect(problem.kind).toBe('read_only')
    expect(await reader.ledgerVersion()).toBe(0)
  })

  it('applies settings, for all connections, and refuses wrong ones', async () => {
    const settings = {
      memory_limit: '300MB',
      preserve_insertion_order: false,
      schema: 'main',
      lock_configuration: true,
    }
    const adapter = await openTarget(duckdbTarget(':memory:', { settings }))
    const read = () =>
      adapter.session((session) =>
        session.query(
          `select current_setting('memory_limit') as m, current_setting('preserve_insertion_order') as p, current_setting('TimeZone') as z`,
        ),
      )
    const expected = [{ m: '286.1 MiB', p: false, z: 'UTC' }]
    expect(await Promise.all([read(), read()])).toEqual([expected, expected])
    const problem = async (wrong: Record<string, string>) =>
      diagnosticOf(openTarget(duckdbTarget(':memory:', { settings: wrong })))
    expect(await problem({ memory_limit: 'lots' })).toMatchObject({
      code: 'SL505',
      message: expect.stringContaining('memory_limit'),
    })
    expect(await problem({ memory_limt: '1GB' })).toMatchObject({
      code: 'SL505',
      message: expect.stringContaining('"memory_limit"'),
    })
    expect(await problem({ TimeZone: 'Asia/Tokyo' })).toMatchObject({ code: 'SL505' })
    expect(await problem({ 'x; drop table t': '1' })).toMatchObject({ code: 'SL505' })
  })

  it('lets a process end by itself after close, also after a cancelled statement', async () => {
    const child = await startChild(
      folder,
      join(folder, 'end.duckdb'),
      `const stop = new AbortController()
       setTimeout(() => stop.abort(), 5)
       const kinds = await Promise.all([1, 2, 3].map(() =>
         adapter.session((session) => session.query('select count(*) from range(3000000000) a, range(1000) b'), stop.signal)
           .then(() => 'done', (error) => adapter.explain(error).kind)))
       await adapter.close()
       await adapter.close()
       print(kinds.join())`,
    )
    expect(await child.exited).toBe(0)
    expect(child.lines).toEqual(['canceled,canceled,canceled'])
  })

  it('lets go of the file at close', async () => {
    const open = async () => (await readdir('/proc/self/fd').catch(() => [])).length
    const before = await open()
    for (let round = 0; round < 3; round++) {
      const adapter = await duckdb.open(duckdbTarget(join(folder, 'close.duckdb')), {
        threads: 2,
        readOnly: false,
        applicationName: 'test',
      })
      await Promise.all([1, 2, 3].map(() => adapter.session((session) => session.query('select 1'))))
      await adapter.close()
    }
    expect(await open()).toBeLessThanOrEqual(before + 1)
  })
})

describe('after kill -9', () => {
  it('keeps every commit that was answered, no part of another, and never goes back with change numbers', async () => {
    const path = join(folder, 'crash.duckdb')
    let answered = 0
    for (let round = 0; round < 4; round++) {
      const child = await startChild(
        folder,
        path,
        `await adapter.migrate([{ version: 1, createTables: [], addColumns: [] }])
         await adapter.session((session) => session.execute('create table if not exists t (n bigint, part integer)'))
         const insert = { sql: 'insert into t select n, p from (select ' + adapter.dialect.nextChange + ' as n), range(2) r(p) returning n' }
         const work = async (who) => {
           for (let turn = 0; ; turn++) {
             const failing = (turn + who) % 4 === 0 ? [{ sql: "select error('no')" }] : []
             await adapter
               .transaction(async (transaction) => {
                 await transaction.query('select count(*) from t')
                 transaction.commitWith([...failing, insert])
               })
               .then(({ rows }) => print(rows[0].n), () => undefined)
           }
         }
         await Promise.all([0, 1, 2, 3].map(work))`,
      )
      await child.printed(30 + round * 9)
      await child.kill()
      answered = Math.max(answered, ...child.lines.filter((line) => /^\d+$/.test(line)).map(Number))
      const adapter = await openTarget(duckdbTarget(path))
      const [row] = await adapter.session((session) =>
        session.query(
          'select max(n) as newest, (select count(*) from (select n from t group by n having count(*) <> 2)) as torn from t',
        ),
      )
      expect(row?.torn).toBe(0)
      expect(Number(row?.newest)).toBeGreaterThanOrEqual(answered)
      const [next] = await adapter.session((session) =>
        session.query(`select ${adapter.dialect.nextChange} as n`),
      )
      expect(Number(next?.n)).toBeGreaterThan(Number(row?.newest))
      await adapter.close()
    }
  })
})
