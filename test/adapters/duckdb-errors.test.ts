import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Adapter, EngineError } from '../../core/adapter.ts'
import { closeTargets, duckdbTarget, explained, openTarget, temporaryFolder } from './duckdb-target.ts'

const folder = await temporaryFolder()
let adapter: Adapter

beforeAll(async () => {
  adapter = await openTarget(duckdbTarget(join(folder, 'shop.duckdb')))
  await adapter.session(async (session) => {
    await session.execute(
      'create table orders (id integer primary key, total decimal(10, 2) not null, bought date)',
    )
    await session.execute('insert into orders values (1, 9.99, null)')
    await session.execute('create schema marts')
    await session.execute('create view marts.broken as select a.id as x from orders as a')
  })
})
afterAll(closeTargets)

const problem = (sql: string): Promise<EngineError> =>
  explained(
    adapter,
    adapter.session((session) => session.query(sql)),
  )

/** `^` marks where the error must be placed. */
async function placed(marked: string): Promise<EngineError> {
  const found = await problem(marked.replace('^', ''))
  expect({ sql: marked, offset: found.offset }).toEqual({ sql: marked, offset: marked.indexOf('^') })
  expect(found.message).not.toMatch(/Error:|LINE \d|\{"|Did you mean|Candidate/)
  return found
}

describe('errors', () => {
  it('have a kind, and a position in UTF-16 behind any characters', async () => {
    expect((await placed(`select 'é😀', ^totl from orders`)).kind).toBe('unknown_column')
    expect((await placed(`/* 😀 */ select o.id\nfrom ^ordrs as o`)).kind).toBe('unknown_relation')
    expect((await placed(`select '日本', ^flor(1.5)`)).kind).toBe('unknown_function')
    expect((await placed(`select '😀ß' x ^frm orders`)).kind).toBe('syntax')
    expect((await placed(`select '😀ß' + ^`)).kind).toBe('syntax')
    expect((await placed(`select '😀', ^cast('x' as integer)`)).kind).toBe('type')
    expect((await placed(`select ^lower(1, 2)`)).kind).toBe('type')
    expect((await placed(`select * from ^nowhere.orders`)).kind).toBe('unknown_relation')
    expect((await placed(`select ^x.id from orders`)).kind).toBe('unknown_relation')
    expect((await placed(`select ^o.idd from orders o`)).kind).toBe('unknown_column')
  })

  it('say the sentence and the suggestion apart', async () => {
    expect(await problem('select totl from orders')).toMatchObject({
      message: 'Referenced column "totl" not found in FROM clause.',
      hint: 'did you mean `total`?',
      engineCode: 'Binder',
    })
    expect(await problem('select * from ordrs')).toMatchObject({
      message: 'Table with name ordrs does not exist.',
      hint: 'did you mean `orders`?',
    })
    expect(await problem('select id, count(*) from orders')).toMatchObject({
      message: 'column "id" must appear in the GROUP BY clause or must be part of an aggregate function.',
      hint: expect.stringContaining('GROUP BY list'),
      offset: 7,
    })
    expect(await problem('select lower(1, 2)')).toMatchObject({
      message: expect.stringContaining('No function matches'),
      hint: 'Candidate functions: lower(VARCHAR) -> VARCHAR',
    })
    expect(await problem(`select * from read_csv('x.csv', heder = true)`)).toMatchObject({
      message: 'Invalid named parameter "heder" for function read_csv',
      hint: expect.stringContaining('`header`'),
    })
    expect(await problem('select * from zzz_zzz_zzz')).not.toHaveProperty('hint')
  })

  it('name broken constraints', async () => {
    expect(await problem('insert into orders values (1, 1, null)')).toMatchObject({
      kind: 'constraint',
      message: expect.stringContaining('id: 1'),
    })
    expect(await problem('insert into orders values (2, null, null)')).toMatchObject({
      kind: 'constraint',
      message: expect.stringContaining('orders.total'),
    })
  })

  it('have no position where it would count in the text of a view', async () => {
    await adapter.session((session) =>
      session.execute('alter table orders rename column id to number').catch(() => undefined),
    )
    await adapter.session(async (session) => {
      await session.execute('create table leaf as select 1 as i')
      await session.execute('create view marts.over_leaf as select     i from leaf')
      await session.execute('alter table leaf rename column i to j')
    })
    const found = await problem('select count(*) as n, max(i) from marts.over_leaf')
    expect(found.kind).toBe('unknown_column')
    expect(found).not.toHaveProperty('offset')
  })

  it('have positions with parameters, too', async () => {
    const found = await explained(
      adapter,
      adapter.session((session) => session.query(`select 'é', $1, nope from orders`, [1])),
    )
    expect(found).toMatchObject({ kind: 'unknown_column', offset: 16 })
  })

  it('place an error of a model inside the statement around it', async () => {
    const select = `select 'é' as a, nope as b -- end`
    const embedded = adapter.dialect.insertByName('"leaf"', ['j'], select)
    expect(embedded.sql.slice(embedded.offset, embedded.offset + select.length)).toBe(select)
    const found = await problem(embedded.sql)
    expect((found.offset ?? 0) - embedded.offset).toBe(select.indexOf('nope'))
    for (const around of [
      adapter.dialect.createOrReplaceView({ schema: 'marts', name: 'v' }, select),
      adapter.dialect.createStage('s', select),
    ]) {
      expect(around.sql.slice(around.offset)).toBe(select)
      expect((await problem(around.sql)).offset).toBe(around.offset + select.indexOf('nope'))
    }
    const described = await explained(
      adapter,
      adapter.session((session) => adapter.catalog.describe(session, select)),
    )
    expect(described).toMatchObject({ kind: 'unknown_column', offset: select.indexOf('nope') })
  })

  it('explain what DuckDB does not do with indexed tables, and which schema names clash with the file', async () => {
    await adapter.session(async (session) => {
      await session.execute('create table indexed as select 1 as a, 2 as b')
      await session.execute('create index sluice_indexed on indexed (a)')
    })
    expect(await problem('alter table indexed drop column b')).toMatchObject({
      hint: expect.stringContaining('indexes'),
    })
    expect(await problem('alter table indexed alter column a set data type bigint')).toMatchObject({
      hint: expect.stringContaining('indexes'),
    })
    await adapter.session((session) => session.execute('create schema shop'))
    expect(await problem('create table shop.t (i integer)')).toMatchObject({
      hint: expect.stringContaining('same name as the database file'),
    })
  })

  it('of other origin are explained as they are', () => {
    expect(adapter.explain(new Error('boom'))).toMatchObject({ kind: 'other', message: 'boom' })
    expect(adapter.explain(new DOMException('stop', 'AbortError')).kind).toBe('canceled')
    expect(adapter.explain(new DOMException('late', 'TimeoutError')).kind).toBe('timeout')
  })
})
