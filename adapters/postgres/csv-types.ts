import type { CsvType } from '../../core/csv/infer.ts'

/** What the values of a CSV file become. */
export const csvTypes: Readonly<Record<CsvType, string>> = {
  boolean: 'boolean',
  bigint: 'bigint',
  double: 'double precision',
  date: 'date',
  timestamp: 'timestamp',
  timestamptz: 'timestamptz',
  text: 'text',
}
