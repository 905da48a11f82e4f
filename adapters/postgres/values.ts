import type { CustomTypesConfig } from 'pg'

/** Object ids of the built-in types whose values are more than their text. Fixed since PostgreSQL 7. */
const parsers: Readonly<Record<number, (text: string) => unknown>> = {
  16: (text) => text === 't',
  20: wholeNumber,
  21: Number,
  23: Number,
  26: Number,
  700: Number,
  701: Number,
  1114: instantOf,
  1184: instantOf,
}

const asText = (text: string): string => text

/** How rows of our connections read values; given to each client, as pg's own table is shared by the whole process. */
export const valueTypes: CustomTypesConfig = {
  getTypeParser: (oid: number, format?: string) =>
    format === 'binary' ? (value: unknown) => value : (parsers[oid] ?? asText),
}

function wholeNumber(text: string): number | bigint {
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : BigInt(text)
}

const TIMESTAMP = /^(\d{4,6})-(\d{2})-(\d{2}) (\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(?:\+00)?( BC)?$/

/** The session runs in UTC, so a timestamp with time zone ends in `+00`. What no Date can hold (`infinity`) stays text. */
function instantOf(text: string): Date | string {
  const parts = TIMESTAMP.exec(text)
  if (parts === null) return text
  const written = Number(parts[1])
  const year = parts[8] === undefined ? written : 1 - written
  const at = new Date(0)
  at.setUTCFullYear(year, Number(parts[2]) - 1, Number(parts[3]))
  const ms = Number((parts[7] ?? '').slice(0, 3).padEnd(3, '0'))
  at.setUTCHours(Number(parts[4]), Number(parts[5]), Number(parts[6]), ms)
  return Number.isNaN(at.getTime()) ? text : at
}
