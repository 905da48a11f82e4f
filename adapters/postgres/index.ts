import type { AdapterFactory } from '../../core/adapter.ts'
import type { SqlParser } from '../../core/sql/parser.ts'
import { capabilities } from './capabilities.ts'
import { csvTypes } from './csv-types.ts'
import { postgresDialect } from './dialect.ts'

/** PostgreSQL 15 and later. Cheap to import: driver, grammar and knex are loaded when they are first needed. */
export const postgres: AdapterFactory = {
  name: 'postgres',
  dialectName: 'postgres',
  dialect: postgresDialect,
  capabilities,
  parser: lazyParser,
  async open(target, options) {
    if (target.adapter !== 'postgres') throw new Error(`target "${target.name}" is not a Postgres target`)
    const { openPostgres } = await import('./adapter.ts')
    return openPostgres(target, options)
  },
  binder: {
    csvTypes,
    async open(target) {
      if (target.adapter !== 'postgres') throw new Error(`target "${target.name}" is not a Postgres target`)
      const { openPostgresBinder } = await import('./binder.ts')
      return openPostgresBinder(target)
    },
  },
}

function lazyParser(): SqlParser {
  let parser: Promise<SqlParser> | undefined
  const load = async (): Promise<SqlParser> => (await import('./parser.ts')).createPostgresParser()
  return {
    dialect: 'postgres',
    async parse(texts, relational) {
      parser ??= load()
      return (await parser).parse(texts, relational)
    },
    async close() {
      await (await parser)?.close()
    },
  }
}
