import type { Adapter, Dialect, Session, Transaction } from '../adapter.ts'

/** A column that both versions have, by its name on each side. */
export interface PairedColumn {
  readonly before: string
  readonly after: string
  readonly types: readonly [before: string, after: string]
  /** Its values must not be shown. */
  readonly isHidden: boolean
}

export interface ComparedTables {
  readonly model: string
  readonly before: string
  readonly after: string
  readonly columns: readonly PairedColumn[]
  /** Which of them tell rows apart; empty: nobody says. */
  readonly key: readonly PairedColumn[]
}

/** A row that differs, values as texts. */
export interface DifferentRow {
  readonly key: readonly (string | null)[]
  readonly side: 'both' | 'base' | 'project'
  /** Of `both`: the columns that differ. */
  readonly values: readonly {
    readonly column: string
    readonly before: string | null
    readonly after: string | null
  }[]
}

/** How the rows of one model differ. */
export interface DataDiff {
  readonly model: string
  readonly rows: { readonly before: number; readonly after: number }
  readonly key: readonly string[]
  /** Why rows were compared as a whole, and not by a key. */
  readonly withoutKey?: string
  /** Rows, by key or as a whole, that are on one side only. */
  readonly only: { readonly before: number; readonly after: number }
  /** Rows on both sides that differ in some column. */
  readonly different: number
  /** By column, how many rows on both sides have another value; those without a difference left out. */
  readonly columns: readonly { readonly column: string; readonly different: number }[]
  readonly sample: readonly DifferentRow[]
}

/** So many differing rows are shown. */
const SAMPLE = 5
const HIDDEN = '(hidden)'

/** Compares two tables of the transaction, row by row where a key tells which belong together. */
export async function compareTables(
  adapter: Adapter,
  transaction: Transaction,
  tables: ComparedTables,
): Promise<DataDiff> {
  const { dialect } = adapter
  const rows = {
    before: await countOf(transaction, tables.before),
    after: await countOf(transaction, tables.after),
  }
  const base = { model: tables.model, rows }
  const obstacle = await obstacleOf(dialect, transaction, tables)
  if (obstacle !== undefined)
    return { ...base, ...(await asWholes(dialect, transaction, tables)), withoutKey: obstacle }
  return { ...base, ...(await byKey(dialect, transaction, tables)) }
}

async function countOf(session: Session, table: string): Promise<number> {
  const [row] = await session.query(`select count(*) as n from ${table}`)
  return Number(row!.n)
}

/** Why rows cannot be told apart by the key. */
async function obstacleOf(
  dialect: Dialect,
  session: Session,
  { key, before, after }: ComparedTables,
): Promise<string | undefined> {
  if (key.length === 0) return 'no unique check, unique_key or --key says which columns tell rows apart'
  const sides = [
    ['the base', before, key.map((column) => dialect.quote(column.before))],
    ['the project', after, key.map((column) => dialect.quote(column.after))],
  ] as const
  for (const [title, table, columns] of sides) {
    const list = columns.join(', ')
    const isNull = columns.map((column) => `${column} is null`).join(' or ')
    const [row] = await session.query(
      `select (select count(*) from (select 1 as one from ${table} group by ${list} having count(*) > 1) as d) as doubled, (select count(*) from ${table} where ${isNull}) as nulls`,
    )
    if (Number(row!.doubled) > 0) return `the key is not unique in ${title}`
    if (Number(row!.nulls) > 0) return `the key is NULL in some rows of ${title}`
  }
  return undefined
}

type Compared = Pick<DataDiff, 'key' | 'only' | 'different' | 'columns' | 'sample'>

async function asWholes(
  dialect: Dialect,
  session: Session,
  { before, after, columns }: ComparedTables,
): Promise<Compared> {
  const select = (table: string, side: 'before' | 'after') =>
    `select ${columns.map((column, at) => `${comparableText(dialect, column, side)} as c${at}`).join(', ') || '1 as one'} from ${table}`
  const a = select(before, 'before')
  const b = select(after, 'after')
  const only = async (left: string, right: string) => countOf(session, `(${left} except all ${right}) as d`)
  return {
    key: [],
    only: { before: await only(a, b), after: await only(b, a) },
    different: 0,
    columns: [],
    sample: [],
  }
}

/** An expression that two rows can be compared by, whatever the types on both sides. */
function comparableText(dialect: Dialect, column: PairedColumn, side: 'before' | 'after'): string {
  const [a, b] = column.types
  const name = dialect.quote(column[side])
  if (a === b && dialect.comparable(a)) return name
  return a !== b && isNumber(a) && isNumber(b) ? `cast(${name} as float8)` : asText(name)
}

function isNumber(type: string): boolean {
  return /^(u?(tiny|small|big|huge)?int(eger)?|decimal|numeric|double( precision)?|float|real)(\([\d, ]+\))?$/i.test(
    type,
  )
}

function asText(expression: string): string {
  return `cast(${expression} as varchar)`
}

async function byKey(dialect: Dialect, session: Session, tables: ComparedTables): Promise<Compared> {
  const { columns, key } = tables
  const others = columns.filter((column) => !key.includes(column))
  const listed = [...key, ...others]
  const side = (table: string, which: 'before' | 'after') =>
    `(select ${listed.map((column, at) => `${dialect.quote(column[which])} as c${at}`).join(', ')}, true as here from ${table})`
  const on = key.map((column, at) => keysMatch(column, at)).join(' and ')
  const joined = `${side(tables.before, 'before')} as b full join ${side(tables.after, 'after')} as a on ${on}`
  const both = 'b.here and a.here'
  const differs = others.map((column, at) => differsIn(dialect, column, key.length + at))
  const any = differs.length === 0 ? 'false' : `(${differs.join(' or ')})`
  const [totals] = await session.query(
    `select count(*) filter (where a.here is null) as only_before, count(*) filter (where b.here is null) as only_after, count(*) filter (where ${both} and ${any}) as different${differs
      .map((each, at) => `, count(*) filter (where ${both} and ${each}) as d${at}`)
      .join('')} from ${joined}`,
  )
  const order = key.map((column, at) => keyOrder(column, at)).join(', ')
  const values = listed.map((_, at) => `${asText(`b.c${at}`)} as b${at}, ${asText(`a.c${at}`)} as a${at}`)
  const flags = differs.map((each, at) => `, ${both} and ${each} as d${at}`).join('')
  const sample = await session.query(
    `select b.here as in_base, a.here as in_project, ${values.join(', ')}${flags} from ${joined} where a.here is null or b.here is null or ${any} order by ${order} limit ${SAMPLE}`,
  )
  return {
    key: key.map(({ after }) => after),
    only: { before: Number(totals!.only_before), after: Number(totals!.only_after) },
    different: Number(totals!.different),
    columns: others
      .map(({ after }, at) => ({ column: after, different: Number(totals![`d${at}`]) }))
      .filter(({ different }) => different > 0),
    sample: sample.map((row) => sampleRow(row, key, others)),
  }
}

/** Keys of types that engines do not compare are told apart by their texts. */
function keysMatch({ types: [a, b] }: PairedColumn, at: number): string {
  if (a === b || (isNumber(a) && isNumber(b))) return `b.c${at} = a.c${at}`
  return `${asText(`b.c${at}`)} = ${asText(`a.c${at}`)}`
}

function keyOrder({ types: [a, b] }: PairedColumn, at: number): string {
  if (a === b || (isNumber(a) && isNumber(b))) return `coalesce(b.c${at}, a.c${at})`
  return `coalesce(${asText(`b.c${at}`)}, ${asText(`a.c${at}`)})`
}

function differsIn(dialect: Dialect, { types: [a, b] }: PairedColumn, at: number): string {
  if (a === b) return dialect.differs(`b.c${at}`, `a.c${at}`, a)
  return isNumber(a) && isNumber(b)
    ? `b.c${at} is distinct from a.c${at}`
    : `${asText(`b.c${at}`)} is distinct from ${asText(`a.c${at}`)}`
}

function sampleRow(
  row: Readonly<Record<string, unknown>>,
  key: readonly PairedColumn[],
  others: readonly PairedColumn[],
): DifferentRow {
  const text = (column: PairedColumn, name: string) => {
    const value = row[name]
    if (value === null || value === undefined) return null
    return column.isHidden ? HIDDEN : String(value)
  }
  const side = row.in_base !== true ? 'project' : row.in_project !== true ? 'base' : 'both'
  return {
    key: key.map((column, at) => text(column, side === 'project' ? `a${at}` : `b${at}`)),
    side,
    values: others.flatMap((column, place) => {
      if (row[`d${place}`] !== true) return []
      const at = key.length + place
      return [{ column: column.after, before: text(column, `b${at}`), after: text(column, `a${at}`) }]
    }),
  }
}
