import knex, { type Knex } from 'knex'
import type { LedgerColumn, LedgerMigration, LedgerTable } from '../../core/adapter.ts'

/** The statements of one migration, built by knex. Loaded only when there is something to migrate. */
export function ledgerStatements(migration: LedgerMigration): readonly string[] {
  const schema = knex({ client: 'pg' }).schema.withSchema('sluice')
  for (const table of migration.createTables)
    schema.createTable(table.name, (builder) => build(builder, table))
  for (const { table, column } of migration.addColumns) {
    schema.alterTable(table, (builder) => addColumn(builder, column))
  }
  for (const { table, columns } of migration.addIndexes ?? []) {
    schema.alterTable(table, (builder) => builder.index([...columns], `${table}_${columns.join('_')}`))
  }
  return schema.toSQL().map((statement) => statement.sql)
}

function build(builder: Knex.CreateTableBuilder, table: LedgerTable): void {
  for (const column of table.columns) addColumn(builder, column)
  if (table.primaryKey.length > 0) builder.primary([...table.primaryKey])
  for (const columns of table.indexes) builder.index([...columns], `${table.name}_${columns.join('_')}`)
}

function addColumn(builder: Knex.CreateTableBuilder, column: LedgerColumn): void {
  const made = builder.specificType(column.name, columnTypes[column.type])
  if (column.nullable !== true) made.notNullable()
}

const columnTypes: Readonly<Record<LedgerColumn['type'], string>> = {
  text: 'text',
  bigint: 'bigint',
  integer: 'integer',
  boolean: 'boolean',
  instant: 'timestamptz',
  json: 'text',
}
