import { describe, expect, test } from 'vitest'
import { duckdbDialect } from '../../adapters/duckdb/dialect.ts'
import { postgresDialect } from '../../adapters/postgres/dialect.ts'

const cases = {
  duckdb: {
    dialect: duckdbDialect,
    wider: [
      ['INTEGER', 'BIGINT'],
      ['UINTEGER', 'BIGINT'],
      ['INTEGER', 'DOUBLE'],
      ['SMALLINT', 'FLOAT'],
      ['INTEGER', 'DECIMAL(10,0)'],
      ['DECIMAL(8,2)', 'DECIMAL(10,2)'],
      ['FLOAT', 'DOUBLE'],
      ['INTEGER[]', 'BIGINT[]'],
      ["ENUM('a', 'b')", "ENUM('a', 'b', 'c')"],
      ["ENUM('a', 'b')", 'VARCHAR'],
      ['TIMESTAMP_S', 'TIMESTAMP'],
    ],
    narrower: [
      ['BIGINT', 'INTEGER'],
      ['BIGINT', 'UBIGINT'],
      ['UINTEGER', 'INTEGER'],
      ['BIGINT', 'DOUBLE'],
      ['INTEGER', 'FLOAT'],
      ['INTEGER', 'DECIMAL(9,0)'],
      ['DECIMAL(10,2)', 'DECIMAL(10,4)'],
      ['DECIMAL(10,2)', 'DOUBLE'],
      ['DATE', 'TIMESTAMP'],
      ['TIMESTAMP', 'TIMESTAMP_NS'],
      ['INTEGER', 'VARCHAR'],
      ['INTEGER', 'INTEGER[]'],
      ["ENUM('a', 'b')", "ENUM('b', 'a')"],
      ['BOOLEAN', 'INTEGER'],
    ],
  },
  postgres: {
    dialect: postgresDialect,
    wider: [
      ['integer', 'bigint'],
      ['integer', 'numeric'],
      ['integer', 'numeric(12,2)'],
      ['integer', 'double precision'],
      ['character varying(10)', 'character varying(20)'],
      ['character varying(10)', 'character varying'],
      ['character varying(10)', 'text'],
      ['text', 'character varying'],
      ['numeric(8,2)', 'numeric(10,2)'],
      ['numeric(8,2)', 'numeric'],
      ['timestamp(3) without time zone', 'timestamp without time zone'],
      ['real', 'double precision'],
      ['integer[]', 'bigint[]'],
    ],
    narrower: [
      ['bigint', 'integer'],
      ['bigint', 'double precision'],
      ['numeric', 'numeric(10,2)'],
      ['numeric', 'double precision'],
      ['text', 'character varying(10)'],
      ['character varying', 'character varying(10)'],
      ['character(3)', 'text'],
      ['date', 'timestamp without time zone'],
      ['timestamp without time zone', 'timestamp with time zone'],
      ['integer', 'text'],
      ['json', 'jsonb'],
    ],
  },
} as const

describe.each(['duckdb', 'postgres'] as const)('types of %s', (engine) => {
  const { dialect, wider, narrower } = cases[engine]
  test.each([...wider])('%s can become %s', (before, after) => {
    expect(dialect.widens(before, after)).toBe(true)
  })
  test.each([...narrower])('%s cannot become %s', (before, after) => {
    expect(dialect.widens(before, after)).toBe(false)
  })
})
