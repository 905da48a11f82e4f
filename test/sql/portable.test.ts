import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { createPortableParser, portableDialects } from '../../adapters/portable/parser.ts'
import type { ParsedQuery, ParseResult, SqlParser } from '../../core/sql/parser.ts'
import { portableDialectRules } from '../../core/sql/portable-ast-dialect.ts'
import { displayName, readCorpus, sortedOnce } from './corpus.ts'
import { type CteLanguage, printQuery, randomQuery, tablesRead } from './cte-queries.ts'

const parsers = new Map(portableDialects.map((name) => [name, createPortableParser(name)]))
afterAll(() => Promise.all([...parsers.values()].map((parser) => parser.close())))

function parserOf(dialect: string): SqlParser {
  const parser = parsers.get(dialect)
  if (!parser) throw new Error(`no dialect ${dialect}`)
  return parser
}

async function parse(dialect: string, sql: string): Promise<ParseResult> {
  return (await parserOf(dialect).parse([sql]))[0]!
}

async function read(dialect: string, sql: string): Promise<ParsedQuery> {
  const result = await parse(dialect, sql)
  if (!result.ok) throw new Error(`${sql}: ${result.error.message} at ${result.error.offset}`)
  return result.query
}

const tablesOf = async (dialect: string, sql: string): Promise<readonly string[]> =>
  sortedOnce((await read(dialect, sql)).tables.map((table) => displayName(table.parts)))

const own = readCorpus('portable').map((each) => ({ ...each, dialect: /\/(\w+)\.sql/.exec(each.title)![1]! }))
const common = readCorpus('portable/common').flatMap((each) =>
  portableDialects.map((dialect) => ({ ...each, dialect, title: `${dialect}: ${each.title}` })),
)
const cases = [...common, ...own]
const unparsed = readCorpus('portable/unparsed').map((each) => ({
  ...each,
  dialect: /: (\w+): /.exec(each.title)![1]!,
}))

describe('table references are exact', () => {
  test('on at least 150 hard statements', () => {
    expect(own.length + readCorpus('portable/common').length).toBeGreaterThanOrEqual(150)
  })

  test.each(cases)('$title', async ({ dialect, sql, tables }) => {
    expect(await tablesOf(dialect, sql)).toEqual([...tables].sort())
  })
})

describe('what a grammar of the library cannot read is a syntax error', () => {
  test.each(unparsed)('$title', async ({ dialect, sql }) => {
    const result = await parse(dialect, sql)
    if (result.ok) {
      // A few are taken for something else than a query, which is refused as well.
      expect(result.query.refusals.map((each) => each.kind)).toEqual(['not_a_query'])
      return
    }
    expect(result.error.message).toMatch(/^[^\n]+$/)
    expect(result.error.message.length).toBeLessThan(120)
  })
})

describe('TPC-H and TPC-DS are read exactly or not at all', () => {
  const benchmarks = ['tpch', 'tpcds'].flatMap((folder) => readCorpus(folder))

  test.each(['trino', 'snowflake', 'redshift', 'bigquery', 'mysql', 'transactsql'])('%s', async (dialect) => {
    let readCount = 0
    for (const { title, sql, tables } of benchmarks) {
      const result = await parse(dialect, sql)
      if (!result.ok) continue
      readCount++
      const found = sortedOnce(result.query.tables.map((table) => displayName(table.parts)))
      expect(found, title).toEqual([...tables].sort())
    }
    expect(readCount).toBeGreaterThanOrEqual(benchmarks.length * 0.9)
  })
})

const quotes: Readonly<Record<string, readonly [string, string]>> = {
  transactsql: ['[', ']'],
  mysql: ['`', '`'],
  mariadb: ['`', '`'],
  bigquery: ['`', '`'],
  hive: ['`', '`'],
}

describe('spans', () => {
  // Db2's grammar takes no quoted name after a comma after ON.
  const renamable = cases.filter(({ dialect, title }) => dialect !== 'db2' || !title.includes('after ON'))
  test.each(renamable)('rename the tables of $title', async ({ dialect, sql }) => {
    const { tables, end } = await read(dialect, sql)
    const [open, close] = quotes[dialect] ?? ['"', '"']
    // The range variable that paths of BigQuery begin with is the last name.
    const nameOf = (parts: readonly string[]): string =>
      dialect === 'bigquery' ? parts.at(-1)! : `new_${parts.join('_').replace(/\W/g, '_')}`
    let renamed = sql.slice(0, end)
    for (const { parts, start, end } of [...tables].reverse()) {
      const name = `${open}phys${close}.${open}${nameOf(parts)}${close}`
      renamed = `${renamed.slice(0, start)}${name}${renamed.slice(end)}`
    }
    const again = await read(dialect, renamed)
    expect(again.tables.map((table) => table.parts)).toEqual(
      tables.map(({ parts }) => ['phys', nameOf(parts)]),
    )
    expect(again.tables.map((table) => table.alias)).toEqual(tables.map((table) => table.alias))
  })

  test.each(portableDialects)('are not shifted by what stands before: %s', (dialect) =>
    fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 20 }), async (noise) => {
        const quiet = noise.replace(/[\p{Cc}\p{Cs}'"\\*$/\u2028\u2029]/gu, '')
        const sql = `select '${quiet}😀', /* ${quiet} */ 1 -- ${quiet}\nfrom s.t as x`
        const { tables } = await read(dialect, sql)
        expect(tables.map((table) => sql.slice(table.start, table.end))).toEqual(['s.t'])
      }),
      { seed: 1, numRuns: 40 },
    ),
  )

  test('hold the name with its quotes and blanks', async () => {
    const sql = 'select 1 from [a b] . dbo /* x */ . [t] as [The T] -- end'
    const { tables, end } = await read('transactsql', sql)
    expect(tables.map((table) => sql.slice(table.start, table.end))).toEqual(['[a b] . dbo /* x */ . [t]'])
    expect(tables[0]).toMatchObject({
      parts: ['a b', 'dbo', 't'],
      quoted: [true, false, true],
      alias: 'The T',
    })
    expect(sql.slice(end)).toBe(' -- end')
  })
})

describe('qualified columns', () => {
  test.each([
    ['trino', 'select web.clicks.url, clicks.url from web.clicks', ['web.']],
    ['trino', 'select web.clicks.url from web.clicks as clicks', []],
    [
      'mysql',
      'select shop.orders.id from shop.orders where exists (select 1 from u where u.x = shop.orders.id)',
      ['shop.', 'shop.'],
    ],
    ['transactsql', 'select [dbo].orders.id from dbo.orders group by dbo.orders.id', ['[dbo].', 'dbo.']],
    ['transactsql', 'select db.dbo.orders.id from db.dbo.orders', ['db.dbo.']],
    [
      'snowflake',
      'select raw.clicks.url from raw.clicks union all select raw.clicks.url from raw.users',
      ['raw.'],
    ],
  ])('%s: %s', async (dialect, sql, expected) => {
    const { qualifiedColumns } = await read(dialect, sql)
    expect(qualifiedColumns.map((column) => sql.slice(column.start, column.end))).toEqual(expected)
  })
})

describe('refusals', () => {
  test.each([
    ['trino', '', ['empty ']],
    ['trino', '-- nothing', ['empty ']],
    ['trino', 'select 1; select 2', ['several_statements ']],
    ['mysql', 'insert into t select 1', ['not_a_query INSERT']],
    ['mysql', 'delete from t', ['not_a_query DELETE']],
    ['snowflake', 'create table t (a int)', ['not_a_query CREATE']],
    ['transactsql', 'select a into fresh from t', ['select_into into fresh']],
    ['mysql', 'select * from t for update', ['locking for update']],
    ['mysql', 'select * from t lock in share mode', ['locking lock in share mode']],
    [
      'mysql',
      'select rand(), uuid(), sleep(1)',
      ['volatile_function rand', 'volatile_function uuid', 'volatile_function sleep'],
    ],
    ['mysql', `select load_file('/etc/passwd')`, ['volatile_function load_file']],
    ['transactsql', 'select newid()', ['volatile_function newid']],
    ['bigquery', `select * from external_query('c', 'select 1')`, ['hidden_dependency external_query']],
    ['trino', 'select * from table(system.query(1)) q', ['hidden_dependency system.query']],
    [
      'snowflake',
      'select * from table(result_scan(last_query_id())) r',
      ['hidden_dependency result_scan', 'volatile_function last_query_id'],
    ],
    ['snowflake', 'select * from table(my_own(1)) r', ['table_function my_own']],
    ['transactsql', 'select * from t cross apply my_own(t.x) z', ['table_function my_own']],
    ['snowflake', 'select * from t, lateral flatten(input => t.x) f', []],
    ['trino', 'select * from t cross join unnest(t.x) as u', []],
    ['trino', 'select count(*), max(a), current_date from t', []],
  ])('%s: %s', async (dialect, sql, expected) => {
    expect((await read(dialect, sql)).refusals.map(({ kind, what }) => `${kind} ${what}`)).toEqual(expected)
  })
})

test('functions are told apart by where they stand', async () => {
  const sql =
    'select Count(*), current_date from table(flatten(input => parse_json(x))) f join t on abs(f.a) = t.a'
  const { functions } = await read('snowflake', sql)
  expect(functions.map(({ name, kind, start }) => `${name} ${kind} ${sql.slice(start, start + 3)}`)).toEqual([
    'count scalar Cou',
    'current_date scalar cur',
    'flatten table fla',
    'parse_json scalar par',
    'abs scalar abs',
  ])
})

test('output columns are named where the text tells', async () => {
  expect((await read('trino', 'select a, t.b, c as d, e + 1, t.*, count(*) as n from t')).columns).toEqual([
    'a',
    'b',
    'd',
    '*',
    'n',
  ])
  expect((await read('mysql', 'select `a`, t.b, c as `d e`, * from t')).columns).toEqual([
    'a',
    'b',
    'd e',
    '*',
  ])
  expect((await read('bigquery', 'select a, t.b, s.f.g as h, * from t')).columns).toEqual([
    'a',
    'b',
    'h',
    '*',
  ])
})

describe('the normalised text', () => {
  const normal = async (dialect: string, sql: string): Promise<string> =>
    (await read(dialect, sql)).normalized

  test.each(portableDialects)('leaves comments, layout and the case of keywords out: %s', async (dialect) => {
    expect(await normal(dialect, 'SELECT a,b FROM /* x */ t\nWHERE a IN (1 ,2) -- y\n;')).toBe(
      await normal(dialect, 'select a, b from t where a in(1, 2)'),
    )
  })

  test.each([
    ['select 1 as x', 'select 2 as x'],
    [`select 'A' as x`, `select 'a' as x`],
    [`select 'a  b' as x`, `select 'a b' as x`],
    ['select a from t', 'select a from T'],
    ['select a from t limit 1', 'select a from t limit 2'],
    [`select '-- a' as x`, `select '-- b' as x`],
    ['select a from t tablesample bernoulli (1)', 'select a from t tablesample bernoulli (2)'],
  ])('differs: %s', async (one, other) => {
    expect(await normal('trino', one)).not.toBe(await normal('trino', other))
  })
})

test('texts that are no SQL are errors with a place', async () => {
  expect(await parse('trino', `select 'é😀', a from from t`)).toEqual({
    ok: false,
    error: { message: 'syntax error at or near "t" (says node-sql-parser for trino)', offset: 26 },
  })
})

test.each(portableDialects)('no text makes it throw: %s', (dialect) =>
  fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 40 }), async (text) => {
      expect(typeof (await parse(dialect, `select ${text} from t`)).ok).toBe('boolean')
    }),
    { seed: 2, numRuns: 60 },
  ),
)

const reading = portableDialectRules
  .filter((each) => each.name !== 'snowflake')
  .map((each) => ({
    dialect: each.name,
    language: {
      recursive: each.ctes.recursive,
      plain: each.ctes.plain === 'union' ? 'earlier' : each.ctes.plain,
      // SQL Server and Db2 have no such word, BigQuery's grammar does not know it.
      hasRecursiveWord: !['transactsql', 'db2', 'bigquery'].includes(each.name),
      schema: 'public',
    } satisfies CteLanguage,
  }))

test.each(reading)('random nestings of CTEs in $dialect', ({ dialect, language }) =>
  fc.assert(
    fc.asyncProperty(randomQuery, async (query) => {
      const sql = printQuery(query, language)
      expect(await tablesOf(dialect, sql), sql).toEqual(tablesRead(query, language))
    }),
    { seed: 3, numRuns: 60 },
  ),
)
