import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { createDuckdbParser } from '../../adapters/duckdb/parser.ts'
import { createPostgresParser } from '../../adapters/postgres/parser.ts'
import type { SqlParser } from '../../core/sql/parser.ts'
import { answers, dates, type Settings } from './question.ts'

const parsers: Readonly<Record<string, SqlParser>> = {
  duckdb: createDuckdbParser(),
  postgres: createPostgresParser(),
}
afterAll(() => Promise.all(Object.values(parsers).map((parser) => parser.close())))

const daily = dates('0001-01-01', '0001-01-02')
const literals = {
  ...daily,
  'S.timestamp': "TIMESTAMP '0001-01-01 00:00:00'",
  'E.timestamp': "TIMESTAMP '0001-01-02 00:00:00'",
  'partition.key': "'0001-01-01'",
  'reads.b.start': daily.S!,
}
const lookBack: Settings = {
  literals,
  config: { reads: { b: { before: 6, after: 0 } } },
  upstreams: { b: {} },
}

interface Case {
  readonly name: string
  readonly dialect: string | undefined
  readonly words: readonly string[]
  readonly sql: string
}

/** The statements of a fixture, each below a comment with its name. */
function casesOf(file: string): readonly Case[] {
  const text = readFileSync(join(import.meta.dirname, '../fixtures/batches', file), 'utf8')
  const found: Case[] = []
  let head: string | undefined
  for (const line of text.split('\n')) {
    if (line.startsWith('-- ')) head = line.slice(3)
    else if (line !== '' && head !== undefined) {
      const [title, words] = head.split(': ') as [string, string | undefined]
      const dialect = /^(.*) (duckdb|postgres)$/.exec(title)
      found.push({
        name: dialect?.[1] ?? title,
        dialect: dialect?.[2],
        words: words?.split('|') ?? [],
        sql: line.replace(/;$/, ''),
      })
    }
  }
  return found
}

describe.each(Object.keys(parsers))('%s', (dialect) => {
  const ofDialect = (each: Case) => each.dialect === undefined || each.dialect === dialect

  test.each(casesOf('holds.sql').filter(ofDialect))('holds: $name', async ({ sql }) => {
    const column = /-- column (\w+)/.exec(sql)?.[1]
    const settings =
      column === undefined
        ? lookBack
        : { ...lookBack, partition: { column: { name: column, type: 'date' } } as const }
    const [answer] = await answers(parsers[dialect]!, [sql], settings)
    expect(answer).toEqual({ batchable: true })
  })

  test.each(casesOf('does-not.sql').filter(ofDialect))('does not: $name', async ({ sql, words }) => {
    const [answer] = await answers(parsers[dialect]!, [sql], lookBack)
    expect(answer).toMatchObject({ batchable: false })
    const reason = answer!.batchable ? '' : answer!.reason
    expect(
      words.some((each) => reason.includes(each)),
      reason,
    ).toBe(true)
  })
})
