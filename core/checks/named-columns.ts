import type { Check, Pair } from './check.ts'

/** What a check names, so that it can be bound to columns without rows. */
export interface CheckNames extends SideNames {
  /** Other relations, by logical name where the check is compiled. Those that conditions read in subqueries are not listed. */
  readonly others: readonly (SideNames & { readonly relation: string })[]
  /** Columns, among `columns`, whose values must be numbers. */
  readonly numeric: readonly string[]
}

/** What is named of one relation. Texts of SQL are those of the check: with physical names once it is compiled. */
export interface SideNames {
  /** Columns as written: by the engine's rules for names without quotes. */
  readonly columns: readonly string[]
  /** Conditions over its columns, each one SQL expression: `where`, `expression`. */
  readonly conditions: readonly string[]
  /** Scalar expressions over its columns, by which rows are grouped. */
  readonly expressions: readonly string[]
  /** Aggregates over its rows: `sum(amount)`. */
  readonly aggregates: readonly string[]
}

/** Which columns of its relation a check names, which conditions it has over them, and what it names of other relations. */
export function namedColumns(check: Check): CheckNames {
  const where = check.where === undefined ? [] : [check.where]
  const none: CheckNames = {
    columns: [],
    conditions: where,
    expressions: [],
    aggregates: [],
    others: [],
    numeric: [],
  }
  switch (check.kind) {
    case 'not_null':
    case 'unique':
      return { ...none, columns: check.columns }
    case 'accepted_values':
    case 'null_share':
    case 'distinct_count':
      return { ...none, columns: [check.column] }
    case 'mean':
    case 'sum':
    case 'minimum':
    case 'maximum':
    case 'quantile':
      return { ...none, columns: [check.column], numeric: [check.column] }
    case 'relationships':
      return {
        ...none,
        columns: [check.column],
        others: [
          { relation: check.to, columns: [check.field], conditions: [], expressions: [], aggregates: [] },
        ],
      }
    case 'expression':
      return { ...none, conditions: [...where, check.expression] }
    case 'row_count':
    case 'volume':
    case 'z_score':
      return none
    case 'reconcile':
      return {
        ...none,
        expressions: sides(check.by, 'ours'),
        aggregates: sides(check.compare, 'ours'),
        others: [
          {
            relation: check.with,
            columns: check.withColumn === undefined ? [] : [check.withColumn],
            conditions: check.withWhere === undefined ? [] : [check.withWhere],
            expressions: sides(check.by, 'theirs'),
            aggregates: sides(check.compare, 'theirs'),
          },
        ],
      }
    case 'macro':
      return { ...none, columns: columnArguments(check) }
    default:
      throw new Error(`unknown check ${check satisfies never}`)
  }
}

function sides(pairs: readonly Pair[], side: keyof Pair): readonly string[] {
  return pairs.map((pair) => pair[side])
}

/** The columns that a use of a check of the project's own names, by `column` and `columns`. */
export function columnArguments(check: Extract<Check, { kind: 'macro' }>): readonly string[] {
  const { column, columns } = check.arguments
  const all = [column, ...(Array.isArray(columns) ? columns : [columns])]
  return all.filter((name): name is string => typeof name === 'string')
}
