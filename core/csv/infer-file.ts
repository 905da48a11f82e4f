import { readFile } from 'node:fs/promises'
import type { Column, CsvFile } from '../adapter.ts'
import { SluiceError } from '../diagnostics/diagnostic.ts'
import { type CsvTable, type CsvType, inferCsv } from './infer.ts'

/** Reads a CSV file and infers its types. Throws SL520 or SL522. */
export async function inferCsvFile(file: CsvFile): Promise<CsvTable> {
  return inferCsv(await readText(file.path), file.delimiter, file.path)
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

/** The columns of a CSV file with the engine's types: those that the project declares, else the inferred ones. Names are compared as `fold` says.
 * Throws SL521 for a type of a column that the file does not have. */
export function typedColumns(
  table: CsvTable,
  file: CsvFile,
  typeNames: Readonly<Record<CsvType, string>>,
  fold: (name: string) => string,
): readonly Column[] {
  const declared = new Map(Object.entries(file.types).map(([name, type]) => [fold(name), { name, type }]))
  const columns = table.columns.map((column) => {
    const own = declared.get(fold(column.name))
    declared.delete(fold(column.name))
    return { name: column.name, type: own?.type ?? typeNames[column.type] }
  })
  const [unknown] = declared.values()
  if (unknown === undefined) return columns
  throw SluiceError.of('SL521', {
    message: `The configuration gives a type to column "${unknown.name}", which the CSV file does not have.`,
    place: { file: file.path, line: 1, column: 1 },
    hint: `Its columns are ${table.header.map((name) => `"${name}"`).join(', ')}.`,
  })
}
