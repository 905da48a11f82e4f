import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { Adapter } from '../../core/adapter.ts'
import { closeTargets, duckdbTarget, explained, openTarget, temporaryFolder } from './duckdb-target.ts'

const folder = await temporaryFolder()
let next = 0

function freshFile(): string {
  next += 1
  return join(folder, `t${next}.duckdb`)
}

async function withLedger(adapter: Adapter): Promise<void> {
  await adapter.migrate([{ version: 1, createTables: [], addColumns: [] }])
  await adapter.session((session) => session.execute('create table changes (n bigint, who integer)'))
}

const LONG = 'select count(*) as n from range(3000000000) a(i), range(1000) b(j)'

afterEach(closeTargets)

describe('transactions', () => {
  it('commits what the work wrote and returns the rows of the last statement', async () => {
    const adapter = await openTarget(duckdbTarget(freshFile()))
    await adapter.session((session) => session.execute('create table t (i integer)'))
    const committed = await adapter.transaction(async (transaction) => {
      const inserted = await transaction.execute('insert into t values (1), (2)')
      transaction.commitWith([
        { sql: 'insert into t values ($1)', params: [3] },
        { sql: 'select count(*) as n from t' },
      ])
      return inserted
    })
    expect(committed).toEqual({ value: 2, rows: [{ n: 3 }] })
    expect(await adapter.session((session) => session.query('select sum(i) as s from t'))).toEqual([{ s: 6 }])
  })

  it('rolls back when the work throws, and the connection serves again', async () => {
    const adapter = await openTarget(duckdbTarget(freshFile()))
    await adapter.session((session) => session.execute('create table t (i integer)'))
    const mistake = new Error('mine')
    await expect(
      adapter.transaction(async (transaction) => {
        await transaction.execute('insert into t values (1)')
        throw mistake
      }),
    ).rejects.toBe(mistake)
    expect(await adapter.session((session) => session.query('select count(*) as n from t'))).toEqual([
      { n: 0 },
    ])
  })

  it('never commits after a failed statement, even if the work swallows the error', async () => {
    const adapter = await openTarget(duckdbTarget(freshFile()))
    await adapter.session((session) => session.execute('create table t (i integer)'))
    const problem = await explained(
      adapter,
      adapter.transaction(async (transaction) => {
        await transaction.execute('insert into t values (1)')
        await transaction.query('select * from nowhere').catch(() => undefined)
        await transaction.execute('insert into t values (2)').catch(() => undefined)
      }),
    )
    expect(problem.kind).toBe('unknown_relation')
    expect(await adapter.session((session) => session.query('select count(*) as n from t'))).toEqual([
      { n: 0 },
    ])
  })

  it('orders change numbers as commits, across concurrent transactions and rollbacks', async () => {
    const adapter = await openTarget(duckdbTarget(freshFile()), 4)
    await withLedger(adapter)
    const committed: number[] = []
    const worker = async (who: number): Promise<void> => {
      for (let round = 0; round < 15; round++) {
        const fails = (round + who) % 5 === 4
        try {
          const { rows } = await adapter.transaction(async (transaction) => {
            await transaction.query('select count(*) as n from changes')
            transaction.commitWith([
              {
                sql: `insert into changes select ${adapter.dialect.nextChange}, $1 returning n`,
                params: [who],
              },
              ...(fails ? [{ sql: `select error('no')` }] : [{ sql: 'select max(n) as n from changes' }]),
            ])
          })
          // What a reader sees at this instant holds every smaller number that will ever be.
          committed.push(Number(rows[0]?.n))
        } catch (error) {
          if (!fails) throw error
        }
      }
    }
    await Promise.all([0, 1, 2, 3].map(worker))
    expect(committed).toHaveLength(48)
    const rows = await adapter.session((session) => session.query('select n from changes order by rowid'))
    const numbers = rows.map((row) => Number(row.n))
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
    expect(new Set(numbers).size).toBe(48)
  })

  it('lets concurrent transactions create different tables in a schema that is new to all', async () => {
    const adapter = await openTarget(duckdbTarget(freshFile()), 4)
    const { dialect } = adapter
    const create = (name: string) =>
      adapter.transaction(async (transaction) => {
        // As a publisher does: read first, build a stage, then create.
        if (name > 'b') await transaction.query('select count(*) as n from duckdb_schemas()')
        if (name > 'd') {
          await transaction.execute(dialect.createStage('stage', `select '${name}' as name`).sql)
        }
        await transaction.execute(dialect.createSchema('marts'))
        await transaction.execute(
          dialect.createTable({ schema: 'marts', name }, [{ name: 'name', type: 'VARCHAR' }]),
        )
        const from = name > 'd' ? dialect.stage('stage') : `(select '${name}' as name)`
        expect(await transaction.execute(`insert into marts.${name} select name from ${from}`)).toBe(1)
        if (name === 'f') throw new Error('f fails')
      })
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
    const results = await Promise.allSettled(names.map(create))
    expect(results.map((each) => (each.status === 'rejected' ? String(each.reason) : 'done'))).toEqual(
      names.map((name) => (name === 'f' ? 'Error: f fails' : 'done')),
    )
    await adapter.session(async (session) => {
      const rows = await session.query(
        `select table_name as t from duckdb_tables() where schema_name = 'marts' or temporary order by 1`,
      )
      expect(rows.map((row) => row.t)).toEqual(['a', 'b', 'c', 'd', 'e', 'g'])
      expect(await session.query('select name from marts.g')).toEqual([{ name: 'g' }])
    })
  })

  it('calls a conflict of two writers transient and everything a person must mend permanent', async () => {
    const adapter = await openTarget(duckdbTarget(freshFile()), 2)
    await adapter.session((session) => session.execute('create table t as select 1 as i'))
    let lost: unknown
    await adapter.transaction(async (first) => {
      await first.execute('delete from t where i = 1')
      lost = await adapter
        .transaction((second) => second.execute('delete from t where i = 1'))
        .catch((error: unknown) => error)
    })
    expect(adapter.explain(lost).kind).toBe('conflict')
    expect(adapter.classify(lost)).toBe('transient')
    const wrong = await adapter.session((session) => session.query('selec')).catch((error: unknown) => error)
    expect(adapter.classify(wrong)).toBe('permanent')
    expect(adapter.classify(new Error('any'))).toBe('permanent')
  })

  it('rolls back when COMMIT is refused, which is transient, and the connection serves again', async () => {
    const adapter = await openTarget(duckdbTarget(freshFile()), 2)
    await adapter.session((session) => session.execute('create table t (i integer primary key)'))
    const refused = await adapter
      .transaction(async (first) => {
        await first.execute('insert into t values (1)')
        await adapter.transaction((second) => second.execute('insert into t values (1)'))
      })
      .catch((error: unknown) => error)
    expect(adapter.explain(refused)).toMatchObject({ kind: 'conflict' })
    expect(adapter.classify(refused)).toBe('transient')
    for (let round = 0; round < 3; round++) {
      await adapter.transaction((transaction) => transaction.execute(`insert into t values (${round + 2})`))
    }
    expect(await adapter.session((session) => session.query('select count(*) as n from t'))).toEqual([
      { n: 4 },
    ])
  })

  it('gives no stage of one transaction to the next', async () => {
    const adapter = await openTarget(duckdbTarget(freshFile()), 1)
    const { dialect } = adapter
    await adapter.transaction(async (transaction) => {
      await transaction.execute(dialect.createStage('stage "1"', 'select 1 as i -- a comment').sql)
      expect(await transaction.query(`select * from ${dialect.stage('stage "1"')}`)).toEqual([{ i: 1 }])
    })
    const problem = await explained(
      adapter,
      adapter.session((session) => session.query(`select * from ${dialect.stage('stage "1"')}`)),
    )
    expect(problem.kind).toBe('unknown_relation')
  })

  it('deletes and inserts the same unique keys in one transaction, beside a reader of the old rows', async () => {
    const adapter = await openTarget(duckdbTarget(freshFile()), 2)
    await adapter.session(async (session) => {
      await session.execute('create table t as select i, i as v from range(1000) r(i)')
      await session.execute(
        adapter.dialect.createIndex({ schema: 'main', name: 't' }, 'sluice_t', ['i'], true),
      )
    })
    await adapter.transaction(async (reader) => {
      expect(await reader.query('select sum(v) as s from t')).toEqual([{ s: 499500 }])
      for (const added of [1, 2]) {
        await adapter.transaction(async (writer) => {
          await writer.execute('delete from t where i < 500')
          await writer.execute(`insert into t select i, i + ${added} from range(500) r(i)`)
        })
      }
      expect(await reader.query('select sum(v) as s from t')).toEqual([{ s: 499500 }])
    })
    expect(await adapter.session((session) => session.query('select sum(v) as s from t'))).toEqual([
      { s: 500500 },
    ])
  })
})

describe('cancelling', () => {
  it('stops a long statement, rolls back and leaves a pool that works', async () => {
    const adapter = await openTarget(duckdbTarget(freshFile()))
    await adapter.session((session) => session.execute('create table t (i bigint)'))
    for (let round = 0; round < 5; round++) {
      const stop = new AbortController()
      const problem = explained(
        adapter,
        adapter.transaction(async (transaction) => {
          await transaction.execute('insert into t values (1)')
          // With the abort in the same turn, the interrupt comes before the engine has begun the statement.
          const running = transaction.execute(`insert into t ${LONG}`)
          if (round === 0) stop.abort()
          else setTimeout(() => stop.abort(), round * 7)
          await running
        }, stop.signal),
      )
      expect((await problem).kind).toBe('canceled')
      const rows = await Promise.all(
        [1, 2, 3, 4].map(() => adapter.session((session) => session.query('select count(*) as n from t'))),
      )
      expect(rows).toEqual([1, 2, 3, 4].map(() => [{ n: 0 }]))
    }
  })

  it('cancels a statement that still waits for its turn', async () => {
    const adapter = await openTarget(duckdbTarget(freshFile()), 1)
    const stopLong = new AbortController()
    const stopWaiting = new AbortController()
    let began: () => void = () => undefined
    const begun = new Promise<void>((resolve) => {
      began = resolve
    })
    const long = explained(
      adapter,
      adapter.session(async (session) => {
        await session.query('select 1')
        const running = session.query(LONG)
        began()
        await running
      }, stopLong.signal),
    )
    await begun
    const waiting = explained(
      adapter,
      adapter.session((session) => session.query('select 1 as one'), stopWaiting.signal),
    )
    setTimeout(() => stopWaiting.abort(), 10)
    expect((await waiting).kind).toBe('canceled')
    stopLong.abort(Object.assign(new Error('too long'), { name: 'TimeoutError' }))
    expect((await long).kind).toBe('timeout')
    expect(await adapter.session((session) => session.query('select 1 as one'))).toEqual([{ one: 1 }])
  })

  it('runs nothing under a signal that has aborted already', async () => {
    const adapter = await openTarget(duckdbTarget(freshFile()))
    await adapter.session((session) => session.execute('create table t (i bigint)'))
    const done = AbortSignal.abort()
    expect(
      (
        await explained(
          adapter,
          adapter.transaction((transaction) => transaction.execute('insert into t values (1)'), done),
        )
      ).kind,
    ).toBe('canceled')
    expect(await adapter.session((session) => session.query('select * from t'))).toEqual([])
  })
})
