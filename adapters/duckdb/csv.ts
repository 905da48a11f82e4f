import { readFile } from 'node:fs/promises'
import { type DuckDBConnection, DuckDBDataChunk, VARCHAR } from '@duckdb/node-api'
import type { Column, CsvFile } from '../../core/adapter.ts'
import { type CsvTable, type CsvType, inferCsv } from '../../core/csv/infer.ts'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { duckdbDialect } from './dialect.ts'
import { DuckdbError } from './error.ts'
import { fold, quote, stage as stageText } from './identifiers.ts'
import type { DuckdbTransaction } from './session.ts'

const TYPES: Readonly<Record<CsvType, string>> = {
  boolean: 'BOOLEAN',
  bigint: 'BIGINT',
  double: 'DOUBLE',
  date: 'DATE',
  timestamp: 'TIMESTAMP',
  timestamptz: 'TIMESTAMPTZ',
  text: 'VARCHAR',
}

const RAW = 'sluice_csv'
const CHUNK_ROWS = 2048

/** Loads the file into a stage: every field as text first, read by the rule that all engines share, then cast by the engine. */
export async function loadCsvFile(
  transaction: DuckdbTransaction,
  stage: string,
  file: CsvFile,
): Promise<readonly Column[]> {
  const table = inferCsv(await readText(file.path), file.delimiter, file.path)
  const columns = typedColumns(table, file)
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

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw SluiceError.of(
      'SL520',
      {
        message: `The CSV file ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
        hint: 'Check that the file exists and may be read.',
      },
      { cause: error },
    )
  }
}

function typedColumns(table: CsvTable, file: CsvFile): readonly Column[] {
  const declared = new Map(Object.entries(file.types).map(([name, type]) => [fold(name), { name, type }]))
  const columns = table.columns.map((column) => {
    const own = declared.get(fold(column.name))
    declared.delete(fold(column.name))
    return { name: column.name, type: own?.type ?? TYPES[column.type] }
  })
  const [unknown] = declared.values()
  if (unknown !== undefined) {
    throw SluiceError.of('SL521', {
      message: `The configuration gives a type to column "${unknown.name}", which the CSV file does not have.`,
      place: { file: file.path, line: 1, column: 1 },
      hint: `Its columns are ${table.header.map((name) => `"${name}"`).join(', ')}.`,
    })
  }
  return columns
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
