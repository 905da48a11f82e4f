import type { Session } from './adapter.ts'

/** What a column of numbers holds: numbers, or points in time. */
export type NumberKind = 'number' | 'instant'

/** Rows as one array for each column: instants in UTC milliseconds, NULL as NaN. */
export interface NumberColumns {
  readonly count: number
  readonly columns: readonly Float64Array[]
}

/** What helps to read many rows fast; none of it has to be heeded. */
export interface ReadHints {
  /** How many rows will come. */
  readonly expected?: number
  /** Columns in whose order the rows are wanted, by position: an engine that sorts faster than we do sorts. */
  readonly order?: readonly number[]
}

/** Reads a query of numbers, in the fastest way that the session has. */
export async function readNumbers(
  session: Session,
  sql: string,
  kinds: readonly NumberKind[],
  hints: ReadHints = {},
): Promise<NumberColumns> {
  if (session.readNumbers !== undefined) return session.readNumbers(sql, kinds, hints)
  const rows = await session.query(sql)
  const collected = new NumberCollector(kinds.length, rows.length)
  for (const row of rows) collected.addRow(Object.values(row).map(numberOf))
  return collected.finish()
}

function numberOf(value: unknown): number {
  if (value === null || value === undefined) return Number.NaN
  return value instanceof Date ? value.getTime() : Number(value)
}

/** Columns that grow. */
export class NumberCollector {
  private columns: Float64Array[]
  private capacity: number
  private count = 0

  constructor(width: number, expected = 1024) {
    this.capacity = Math.max(16, expected)
    this.columns = Array.from({ length: width }, () => new Float64Array(this.capacity))
  }

  addRow(values: readonly number[]): void {
    this.reserve(1)
    for (const [at, column] of this.columns.entries()) column[this.count] = values[at]!
    this.count += 1
  }

  /** Rows as they lie in arrays already. */
  addColumns(count: number, columns: readonly Float64Array[]): void {
    this.reserve(count)
    for (const [at, column] of this.columns.entries()) {
      const values = columns[at]!
      column.set(values.length === count ? values : values.subarray(0, count), this.count)
    }
    this.count += count
  }

  finish(): NumberColumns {
    return { count: this.count, columns: this.columns.map((column) => column.subarray(0, this.count)) }
  }

  private reserve(more: number): void {
    const needed = this.count + more
    if (needed <= this.capacity) return
    this.capacity = Math.max(needed, this.capacity * 2)
    this.columns = this.columns.map((column) => {
      const larger = new Float64Array(this.capacity)
      larger.set(column)
      return larger
    })
  }
}
