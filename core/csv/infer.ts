import { type CsvText, readCsv } from './read.ts'

/** What a column of a CSV file holds, by the one rule that every engine follows. */
export type CsvType = 'boolean' | 'bigint' | 'double' | 'date' | 'timestamp' | 'timestamptz' | 'text'

export interface CsvColumn {
  readonly name: string
  readonly type: CsvType
}

export interface CsvTable extends CsvText {
  readonly columns: readonly CsvColumn[]
}

/**
 * Reads a CSV file and infers the type of each column from all of its values:
 * - `boolean`: `true` and `false`, in any case;
 * - `bigint`: whole numbers of 64 bits without leading zeros or a plus sign (`007` and `+49…` are text);
 * - `double`: decimal numbers, with or without an exponent;
 * - `date`: `2024-01-31`, and only days that exist;
 * - `timestamp`: `2024-01-31 13:45[:01[.123456]]`, also with `T`; dates among timestamps are midnights;
 * - `timestamptz`: the same with `Z` or an offset on every value;
 * - `text`: anything else, and columns without a value.
 * A value is never changed to fit: numbers that would lose digits, and mixtures, are text. Empty fields are null.
 *
 * @param file how the file is named in errors
 * @throws SluiceError SL520 for a file that cannot be read as a table
 */
export function inferCsv(text: string, delimiter: string, file: string): CsvTable {
  const table = readCsv(text, delimiter, file)
  const columns = table.header.map((name, index) => ({ name, type: inferColumn(table.rows, index) }))
  return { ...table, columns }
}

type Shape = Exclude<CsvType, 'text'> | 'huge'

function inferColumn(rows: CsvText['rows'], index: number): CsvType {
  const shapes = new Set<Shape>()
  for (const row of rows) {
    const value = row[index]
    if (value === null || value === undefined) continue
    const shape = shapeOf(value)
    if (shape === undefined) return 'text'
    shapes.add(shape)
  }
  return commonType(shapes)
}

function commonType(shapes: ReadonlySet<Shape>): CsvType {
  const only = (...allowed: readonly Shape[]): boolean => [...shapes].every((each) => allowed.includes(each))
  if (shapes.size === 0) return 'text'
  if (only('boolean')) return 'boolean'
  if (only('bigint', 'huge')) return 'bigint'
  // Whole numbers beyond 2^53 among fractions would lose digits.
  if (only('bigint', 'double')) return 'double'
  if (only('date')) return 'date'
  if (only('date', 'timestamp')) return 'timestamp'
  if (only('timestamptz')) return 'timestamptz'
  return 'text'
}

const WHOLE = /^-?(?:0|[1-9]\d*)$/
const DECIMAL = /^-?(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/
const TIMESTAMP =
  /^(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,6})?)?(Z|[+-]\d{2}(?::?\d{2})?)?$/

function shapeOf(value: string): Shape | undefined {
  if (/^(?:true|false)$/i.test(value)) return 'boolean'
  if (WHOLE.test(value)) return wholeShape(value)
  if (DECIMAL.test(value)) return Number.isFinite(Number(value)) ? 'double' : undefined
  const date = DATE.exec(value)
  if (date !== null) return isDay(date) ? 'date' : undefined
  const timestamp = TIMESTAMP.exec(value)
  if (timestamp === null || !isDay(timestamp) || !isTimeOfDay(timestamp)) return undefined
  return timestamp[7] === undefined ? 'timestamp' : 'timestamptz'
}

function wholeShape(value: string): Shape | undefined {
  const number = Number(value)
  if (Number.isSafeInteger(number)) return Object.is(number, -0) ? 'double' : 'bigint'
  const exact = BigInt(value)
  return BigInt.asIntN(64, exact) === exact ? 'huge' : undefined
}

/** Whether the groups 1–3 are a day of the calendar that every engine knows (years 1–9999). */
function isDay(groups: RegExpExecArray): boolean {
  const [year, month, day] = [Number(groups[1]), Number(groups[2]), Number(groups[3])]
  if (year < 1 || month < 1 || month > 12 || day < 1) return false
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
  return day <= (days[month - 1] ?? 0)
}

function isTimeOfDay(groups: RegExpExecArray): boolean {
  return Number(groups[4]) <= 23 && Number(groups[5]) <= 59 && Number(groups[6] ?? 0) <= 59
}
