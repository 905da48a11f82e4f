import type { Dialect } from '../adapter.ts'
import type { Buckets } from './buckets.ts'
import type { Check } from './check.ts'
import { filteredCount, isOrphan, type RelationOf, rowFails, whereOf } from './conditions.ts'

/** The rows of a batch, which stand in their table. */
export interface BatchRows {
  /** The relation, as SQL. */
  readonly from: string
  /** Condition of the whole batch's window over an alias. */
  readonly window: (alias: string) => string
  readonly buckets: Buckets
  /** The partition column's name. */
  readonly column: string
}

/** What was counted of one partition. */
export interface PartitionCounts {
  readonly rows: number
  /** By index of the check: failing rows (for `row_count`, the rows found). */
  readonly counts: readonly number[]
}

/** Counts of a batch's partitions by one query. */
export interface BatchCheckSql {
  /** A row for each partition that has something to count, and statement part. */
  readonly sql: string
  /** The counts of the partition; zeros for one without rows, which is checked too. */
  read(rows: readonly Readonly<Record<string, unknown>>[]): (key: string) => PartitionCounts
}

const PART = 'sluice_part'
const BUCKET = 'sluice_bucket'
const COUNT = 'sluice_count'

/** All set-based checks of a batch as one query, grouped by partition. Fragments of `where` and `expression` must have been compiled. */
export function buildBatchChecks(
  dialect: Dialect,
  checks: readonly Check[],
  rows: BatchRows,
  relationOf: RelationOf,
): BatchCheckSql {
  const perRow = checks.flatMap((check, index) => {
    const conditions = conditionsOfRow(dialect, check)
    return conditions === undefined ? [] : [{ index, count: filteredCount(check, conditions) }]
  })
  const own = checks.flatMap((check, index) => {
    const query = queryOf(dialect, check, rows, relationOf)
    return query === undefined ? [] : [{ index, query }]
  })
  const zeros = perRow.map(() => ', 0').join('')
  const parts = [
    `select 0 as ${PART}, ${rows.buckets.of('r')} as ${BUCKET}, count(*) as ${COUNT}${perRow
      .map(({ index, count }) => `,\n  ${count} as c${index}`)
      .join('')}\nfrom ${rows.from} as r\nwhere ${rows.window('r')}\ngroup by 2`,
    ...own.map(
      ({ index, query }) =>
        `select ${index + 1}, ${BUCKET}, count(*)${zeros} from (\n${query}\n) as failing group by ${BUCKET}`,
    ),
  ]
  return {
    sql: parts.join('\nunion all\n'),
    read(found) {
      const counted = new Map<string, { rows: number; counts: number[] }>()
      const of = (key: string) => {
        const known = counted.get(key)
        if (known !== undefined) return known
        const none = { rows: 0, counts: checks.map(() => 0) }
        counted.set(key, none)
        return none
      }
      for (const row of found) {
        const partition = of(rows.buckets.keyOf(row[BUCKET]))
        const part = Number(row[PART])
        if (part > 0) partition.counts[part - 1] = Number(row[COUNT])
        else {
          partition.rows = Number(row[COUNT])
          for (const { index } of perRow) partition.counts[index] = Number(row[`c${index}`])
        }
      }
      return of
    },
  }
}

/** The conditions under which a row counts for the check, where each row counts by itself. */
function conditionsOfRow(dialect: Dialect, check: Check): readonly string[] | undefined {
  switch (check.kind) {
    case 'row_count':
      return []
    case 'not_null':
    case 'accepted_values':
    case 'expression':
      return [rowFails(dialect, check)]
    case 'unique':
    case 'relationships':
      return undefined
  }
}

/** What breaks a check that is a query of its own: a row with its bucket for each. */
function queryOf(
  dialect: Dialect,
  check: Check,
  rows: BatchRows,
  relationOf: RelationOf,
): string | undefined {
  if (check.kind === 'relationships') {
    const where = [rows.window('r'), ...whereOf(check), isOrphan(dialect, check, relationOf)].join(' and ')
    return `select ${rows.buckets.of('r')} as ${BUCKET} from ${rows.from} as r where ${where}`
  }
  if (check.kind !== 'unique') return undefined
  return check.scope === 'table' ? duplicatesOfTable(dialect, check, rows) : duplicates(dialect, check, rows)
}

type Unique = Extract<Check, { kind: 'unique' }>

/** Keys that occur more than once in their partition, NULLs ignored. One that contains the partition column tells its partition. */
function duplicates(dialect: Dialect, check: Unique, rows: BatchRows): string {
  const keys = check.columns.map((name) => `r.${dialect.quote(name)}`)
  const where = [rows.window('r'), ...whereOf(check), ...keys.map((key) => `${key} is not null`)].join(
    ' and ',
  )
  const bucket = rows.buckets.of('r')
  if (check.columns.includes(rows.column))
    return `select ${bucket} as ${BUCKET} from ${rows.from} as r where ${where} group by ${keys.join(', ')} having count(*) > 1`
  const named = keys.map((key, index) => `${key} as k${index}`)
  const grouped = [BUCKET, ...keys.map((_, index) => `k${index}`)].join(', ')
  return `select ${BUCKET} from (select ${bucket} as ${BUCKET}, ${named.join(', ')} from ${rows.from} as r where ${where}) as r group by ${grouped} having count(*) > 1`
}

/** Keys of a partition that occur more than once in the whole table. */
function duplicatesOfTable(dialect: Dialect, check: Unique, rows: BatchRows): string {
  const columns = check.columns.map((name) => dialect.quote(name))
  const equal = (a: string, b: string) => columns.map((name) => `${a}.${name} = ${b}.${name}`).join(' and ')
  const present = columns.map((name) => `r.${name} is not null`)
  const isInBatch = `exists (select 1 from ${rows.from} as p where ${rows.window('p')} and ${equal('p', 'r')})`
  const keys = columns.map((name) => `r.${name}`).join(', ')
  const repeated = `select ${keys} from ${rows.from} as r where ${[...whereOf(check), ...present, isInBatch].join(' and ')} group by ${keys} having count(*) > 1`
  const named = columns.map((name) => `p.${name}`).join(', ')
  return `select distinct ${rows.buckets.of('p')} as ${BUCKET}, ${named} from ${rows.from} as p
join (${repeated}) as d on ${equal('d', 'p')} where ${rows.window('p')}`
}
