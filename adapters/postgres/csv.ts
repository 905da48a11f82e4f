import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Column, CsvFile } from '../../core/adapter.ts'
import type { CsvTable } from '../../core/csv/infer.ts'
import { inferCsvFile, typedColumns } from '../../core/csv/infer-file.ts'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { csvTypes } from './csv-types.ts'
import { describeQuery } from './describe.ts'
import { isServerError } from './explain.ts'
import { quote, stage } from './identifiers.ts'
import type { PostgresTransaction } from './session.ts'

/** Streams a CSV file into a temporary table of the transaction, with types by the common rule unless the file names them.
 * @throws SluiceError SL520 to SL522 */
export async function loadCsvFile(
  transaction: PostgresTransaction,
  name: string,
  file: CsvFile,
): Promise<readonly Column[]> {
  const table = await inferCsvFile(file)
  const columns = typedColumns(table, file, csvTypes, (name) => name)
  const list = columns.map((column) => `${quote(column.name)} ${column.type}`).join(', ')
  await transaction.execute(`create temp table ${quote(name)} (${list}) on commit drop`)
  try {
    await transaction.guarded(() => copy(transaction, name, table))
  } catch (error) {
    throw unfitValue(error, table, columns, file) ?? error
  }
  // The server's own names of the types, as for every other relation.
  return describeQuery(transaction.connection, `select * from ${stage(name)}`, new Map())
}

async function copy(transaction: PostgresTransaction, name: string, table: CsvTable): Promise<void> {
  const { from } = await import('pg-copy-streams')
  const sql = `copy ${stage(name)} from stdin`
  const { client } = transaction.connection
  await transaction.connection.run(sql, () => pipeline(Readable.from(chunks(table)), client.query(from(sql))))
}

const CHUNK_LENGTH = 1 << 16

/** Rows in COPY's text format, in pieces large enough to be worth sending. */
function* chunks(table: CsvTable): Generator<Buffer> {
  let text = ''
  for (const row of table.rows) {
    text += `${row.map(copyField).join('\t')}\n`
    if (text.length < CHUNK_LENGTH) continue
    yield Buffer.from(text)
    text = ''
  }
  if (text !== '') yield Buffer.from(text)
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

function copyField(value: string | null): string {
  if (value === null) return '\\N'
  return value.replace(/[\\\t\n\r]/g, (character) => ESCAPES[character] ?? character)
}

/** COPY names row and column in the error's context: `COPY stage, line 3, column amount: "x"`. */
function unfitValue(
  error: unknown,
  table: CsvTable,
  columns: readonly Column[],
  file: CsvFile,
): SluiceError | undefined {
  if (!isServerError(error) || !error.code.startsWith('22')) return undefined
  const where = /, line (\d+)(?:, column (.+?))?(?:: ".*")?$/s.exec(error.where?.split('\n')[0] ?? '')
  if (where === null) return undefined
  const row = Number(where[1])
  const column = columns.find((each) => each.name === where[2])
  const value = column === undefined ? undefined : table.rows[row - 1]?.[table.header.indexOf(column.name)]
  const place = column === undefined ? '' : ` in column "${column.name}" (${column.type})`
  return SluiceError.of(
    'SL522',
    {
      message: `A value of row ${row}${place} does not fit its type: ${value === undefined ? error.message : JSON.stringify(value)}.`,
      place: { file: file.path, line: row + 1, column: 1 },
      hint: 'Correct the value, or leave the column’s type out: it is then inferred.',
    },
    { cause: error },
  )
}
