import type { Dialect, Row } from '../adapter.ts'
import type { Buckets } from './buckets.ts'
import type { Check } from './check.ts'
import { filteredCount, isOrphan, type RelationOf, rowFails, whereOf } from './conditions.ts'
import { type Found, isSetCheck, needsLooked, numberOf } from './found.ts'
import { isStatistic, type ReconcileCheck, type StatisticCheck } from './kinds.ts'
import { conditionsOfSides, differingGroups, RECONCILE_BUCKET } from './reconcile.ts'
import { statisticSql } from './statistics.ts'

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

/** What was found in one partition. */
export interface PartitionFindings {
  readonly rows: number
  /** By index of the check; undefined for those that are no part of the query. */
  readonly found: readonly (Found | undefined)[]
}

/** Findings of a batch's partitions by one query. */
export interface BatchCheckSql {
  /** A row for each partition that has something to count, and statement part. */
  readonly sql: string
  /** The findings of the partition; of one without rows, which is checked too, those of nothing. */
  read(rows: readonly Row[]): (key: string) => PartitionFindings
}

const PART = 'sluice_part'
const BUCKET = 'sluice_bucket'
const COUNT = 'sluice_count'

/**
 * The checks of a batch as one query, grouped by partition: all but those of the whole table's values (`tableStatistics`), reconciliations
 * (`batchReconciliation`) and what is no set-based check. Fragments of `where` and `expression` must have been compiled.
 */
export function buildBatchChecks(
  dialect: Dialect,
  checks: readonly Check[],
  rows: BatchRows,
  relationOf: RelationOf,
): BatchCheckSql {
  const perRow = checks.flatMap((check, index) => {
    const aggregate = aggregateOf(dialect, check)
    return aggregate === undefined ? [] : [{ column: `c${index}`, index, aggregate }]
  })
  const looked = checks.flatMap((check, index) =>
    needsLooked(check) ? [{ column: `n${index}`, index, aggregate: filteredCount(check, []) }] : [],
  )
  const columns = [...perRow, ...looked]
  const own = checks.flatMap((check, index) => {
    const query = queryOf(dialect, check, rows, relationOf)
    return query === undefined ? [] : [{ index, query }]
  })
  const zeros = columns.map(() => ', 0').join('')
  const parts = [
    `select 0 as ${PART}, ${rows.buckets.of('r')} as ${BUCKET}, count(*) as ${COUNT}${columns
      .map(({ column, aggregate }) => `,\n  ${aggregate} as ${column}`)
      .join('')}\nfrom ${rows.from} as r\nwhere ${rows.window('r')}\ngroup by 2`,
    ...own.map(
      ({ index, query }) =>
        `select ${index + 1}, ${BUCKET}, count(*)${zeros} from (\n${query}\n) as failing group by ${BUCKET}`,
    ),
  ]
  const none = checks.map(valueOfNothing)
  return {
    sql: parts.join('\nunion all\n'),
    read(found) {
      const counted = new Map<
        string,
        { rows: number; values: (number | null)[]; looked: (number | undefined)[] }
      >()
      const of = (key: string) => {
        const known = counted.get(key)
        if (known !== undefined) return known
        const nothing = { rows: 0, values: [...none], looked: checks.map(() => undefined) }
        counted.set(key, nothing)
        return nothing
      }
      for (const row of found) {
        const partition = of(rows.buckets.keyOf(row[BUCKET]))
        const part = Number(row[PART])
        if (part > 0) {
          partition.values[part - 1] = Number(row[COUNT])
          continue
        }
        partition.rows = Number(row[COUNT])
        for (const { column, index } of perRow) partition.values[index] = numberOf(row[column])
        for (const { column, index } of looked) partition.looked[index] = Number(row[column])
      }
      return (key) => {
        const { rows: all, values, looked: some } = of(key)
        const findings = checks.map((check, index) =>
          isSetCheck(check) ? { value: values[index]!, looked: some[index] ?? all } : undefined,
        )
        return { rows: all, found: findings }
      }
    },
  }
}

/** Whether a check looks at the values of the whole table, and so finds the same for each of its partitions. */
export function isOfTable(check: Check): check is StatisticCheck {
  return isStatistic(check) && check.scope === 'table'
}

/** What checks of the whole table's values measure, as one row with a column `c0`, `c1`, … for each; undefined if there are none. */
export function tableStatistics(
  dialect: Dialect,
  checks: readonly Check[],
  from: string,
): string | undefined {
  const columns = checks.flatMap((check, index) =>
    isOfTable(check) ? [`${statisticSql(dialect, check)} as c${index}`] : [],
  )
  return columns.length === 0 ? undefined : `select ${columns.join(', ')} from ${from} as r`
}

/** The rows of the other relation of a reconciliation that belong to a batch. */
export interface OtherBatchRows {
  readonly from: string
  readonly window: (alias: string) => string
}

/** How many groups differ, by bucket. Both sides have the same buckets.
 * @param bucket an expression that tells the partition of a row, on each side */
export function batchReconciliation(
  check: ReconcileCheck,
  ours: OtherBatchRows,
  theirs: OtherBatchRows,
  bucket: { readonly ours: string; readonly theirs: string },
): string {
  const own = conditionsOfSides(check)
  const query = differingGroups(
    check,
    { from: ours.from, where: [ours.window('r'), ...own.ours], bucket: bucket.ours },
    { from: theirs.from, where: [theirs.window('r'), ...own.theirs], bucket: bucket.theirs },
  )
  return `select ${RECONCILE_BUCKET}, count(*) as failing from (\n${query}\n) as d group by ${RECONCILE_BUCKET}`
}

/** What a check finds in a partition without rows. */
function valueOfNothing(check: Check): number | null {
  if (!isStatistic(check)) return 0
  return check.kind === 'sum' || check.kind === 'distinct_count' ? 0 : null
}

/** The aggregate over a partition's rows, where the check is one. */
function aggregateOf(dialect: Dialect, check: Check): string | undefined {
  if (isStatistic(check)) return isOfTable(check) ? undefined : statisticSql(dialect, check)
  const conditions = conditionsOfRow(dialect, check)
  return conditions === undefined ? undefined : filteredCount(check, conditions)
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
    default:
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
