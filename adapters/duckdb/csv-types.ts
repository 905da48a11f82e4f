import type { CsvType } from '../../core/csv/infer.ts'

/** What the values of a CSV file become. */
export const csvTypes: Readonly<Record<CsvType, string>> = {
  boolean: 'BOOLEAN',
  bigint: 'BIGINT',
  double: 'DOUBLE',
  date: 'DATE',
  timestamp: 'TIMESTAMP',
  timestamptz: 'TIMESTAMPTZ',
  text: 'VARCHAR',
}
