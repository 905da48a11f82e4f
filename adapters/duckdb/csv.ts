import { type DuckDBConnection, DuckDBDataChunk, VARCHAR } from '@duckdb/node-api'
import type { Column, CsvFile } from '../../core/adapter.ts'
import type { CsvTable } from '../../core/csv/infer.ts'
import { inferCsvFile, typedColumns } from '../../core/csv/infer-file.ts'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { csvTypes } from './csv-types.ts'
import { duckdbDialect } from './dialect.ts'
import { DuckdbError } from './error.ts'
import { fold, quote, stage as stageText } from './identifiers.ts'
import type { DuckdbTransaction } from './session.ts'

const RAW = 'sluice_csv'
const CHUNK_ROWS = 2048

/** Loads the file into a stage: every field as text first, read by the rule that all engines share, then cast by the engine. */
export async function loadCsvFile(
  transaction: DuckdbTransaction,
  stage: string,
  file: CsvFile,
): Promise<readonly Column[]> {
  const table = await inferCsvFile(file)
  const columns = typedColumns(table, file, csvTypes, fold)
  const texts = columns.map((column) => `${quote(column.name)} VARCHAR`).join(', ')
  await transaction.execute(`create or replace temp table ${quote(RAW)} (${texts})`)
  await transaction.direct((connection) => connection.direct((raw) => append(raw, table)))
  const casts = columns.map(
    (column) => `cast(${quote(column.name)} as ${column.type}) as ${quote(column.name)}`,
  )
  try {
    await transaction.execute(
      duckdbDialect.createStage(stage, `select ${casts.join(', ')} from ${stageText(RAW)}`).sql,
    )
  } catch (error) {
    throw explainCast(error, table, columns, file)
  }
  await transaction.execute(duckdbDialect.dropStage(RAW))
  return transaction.columns(`select * from ${stageText(stage)}`)
}

async function append(raw: DuckDBConnection, table: CsvTable): Promise<void> {
  const appender = await raw.createAppender(RAW, 'main', 'temp')
  const types = table.header.map(() => VARCHAR)
  for (let from = 0; from < table.rows.length; from += CHUNK_ROWS) {
    const rows = table.rows.slice(from, from + CHUNK_ROWS)
    const chunk = DuckDBDataChunk.create(types, rows.length)
    chunk.setRows(rows)
    appender.appendDataChunk(chunk)
  }
  appender.closeSync()
}

function explainCast(error: unknown, table: CsvTable, columns: readonly Column[], file: CsvFile): unknown {
  if (!(error instanceof DuckdbError) || error.details.kind !== 'type') return error
  const value = /'([\s\S]*)'|"([\s\S]*)"/.exec(error.details.message)
  const text = value?.[1] ?? value?.[2]
  const declared = new Set(Object.keys(file.types).map(fold))
  const at = columns.findIndex(
    (column, index) => declared.has(fold(column.name)) && table.rows.some((row) => row[index] === text),
  )
  const where = at === -1 ? '' : ` of column "${columns[at]?.name}", declared as ${columns[at]?.type},`
  return SluiceError.of(
    'SL522',
    {
      message: `A value${where} of this CSV file cannot be read: ${error.details.message}`,
      place: { file: file.path, line: 1, column: 1 },
      hint: 'Correct the value, or leave the column’s type out: it is then inferred.',
    },
    { cause: error },
  )
}
