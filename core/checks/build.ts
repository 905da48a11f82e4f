import type { Dialect, Row } from '../adapter.ts'
import type { Check } from './check.ts'
import { filteredCount, isOrphan, type RelationOf, rowFails, whereOf } from './conditions.ts'
import { type Found, isSetCheck, needsLooked, numberOf, type SetCheck } from './found.ts'
import { isStatistic, type ReconcileCheck, type StatisticCheck } from './kinds.ts'
import { conditionsOfSides, differingGroups, namedDifferences } from './reconcile.ts'
import { statisticSql } from './statistics.ts'

/** Where the rows of a partition stand while they are checked. */
export interface CheckedRows {
  /** Relation or stage, as SQL. */
  readonly from: string
  /** Condition of the partition's window over an alias; left out for all rows. */
  readonly window?: (alias: string) => string
  /** For checks of the whole table, where that is another relation than `from` (a merge is checked on its stage). */
  readonly table?: string
}

/** What checks read besides the rows that they are about. */
export interface OtherRelations {
  readonly relationOf: RelationOf
  /** Condition over an alias by which the other relation of a reconciliation is limited to the same window; undefined: all of its rows. */
  readonly windowOf: (check: ReconcileCheck) => ((alias: string) => string) | undefined
}

export interface CheckSql {
  /** One row. */
  readonly counts: string
  /** What that row says: all rows, and what each check found, by index; undefined for checks that are no part of the query. */
  read(row: Row): { readonly rows: number; readonly found: readonly (Found | undefined)[] }
  /** Failing rows of one check. */
  sample(index: number, columns: readonly string[], limit: number): string | undefined
}

/**
 * All set-based checks of one partition as one query. Fragments of `where` and `expression` must have been compiled: they stand
 * for conditions over the columns. `relationOf` gives the physical name of a logical one.
 */
export function buildChecks(
  dialect: Dialect,
  checks: readonly Check[],
  rows: CheckedRows,
  others: OtherRelations,
): CheckSql {
  const build = new CheckBuilder(dialect, rows, others)
  const columns = checks.flatMap((check, index) => {
    if (!isSetCheck(check)) return []
    const looked = needsLooked(check) ? [`  ${filteredCount(check, [])} as n${index}`] : []
    return [`  ${build.count(check)} as c${index}`, ...looked]
  })
  return {
    counts: `select\n${['  count(*) as row_count', ...columns].join(',\n')}\nfrom ${rows.from} as r${build.whereWindow()}`,
    read(row) {
      const all = Number(row.row_count)
      const found = checks.map((check, index) =>
        isSetCheck(check)
          ? { value: numberOf(row[`c${index}`]), looked: Number(row[`n${index}`] ?? all) }
          : undefined,
      )
      return { rows: all, found }
    },
    sample: (index, names, limit) => {
      const query = build.failingRows(checks[index]!, names)
      return query === undefined ? undefined : `${query}\nlimit ${limit}`
    },
  }
}

class CheckBuilder {
  private readonly dialect: Dialect
  private readonly rows: CheckedRows
  private readonly others: OtherRelations

  constructor(dialect: Dialect, rows: CheckedRows, others: OtherRelations) {
    this.dialect = dialect
    this.rows = rows
    this.others = others
  }

  whereWindow(): string {
    return this.rows.window === undefined ? '' : `\nwhere ${this.rows.window('r')}`
  }

  count(check: SetCheck): string {
    if (isStatistic(check)) return this.statistic(check)
    switch (check.kind) {
      case 'row_count':
        return filteredCount(check, [])
      case 'not_null':
      case 'accepted_values':
      case 'expression':
        return filteredCount(check, [rowFails(this.dialect, check)])
      case 'unique':
        return `(select count(*) from (${this.duplicates(check)}) as d)`
      case 'relationships':
        return `(select count(*) from ${this.rows.from} as r where ${this.all(check, [isOrphan(this.dialect, check, this.others.relationOf)])})`
      case 'reconcile':
        return `(select count(*) from (\n${this.differences(check)}\n) as d)`
    }
  }

  failingRows(check: Check, columns: readonly string[]): string | undefined {
    if (!isSetCheck(check) || isStatistic(check)) return undefined
    const names = columns.map((name) => `r.${this.dialect.quote(name)}`).join(', ')
    switch (check.kind) {
      case 'row_count':
        return undefined
      case 'not_null':
      case 'accepted_values':
      case 'expression':
        return names === ''
          ? undefined
          : `select ${names} from ${this.rows.from} as r where ${this.all(check, [rowFails(this.dialect, check)])}`
      case 'relationships':
        return names === ''
          ? undefined
          : `select ${names} from ${this.rows.from} as r where ${this.all(check, [isOrphan(this.dialect, check, this.others.relationOf)])}`
      case 'unique': {
        const shown = check.columns.filter((name) => columns.includes(name))
        if (shown.length < check.columns.length) return undefined
        return `${this.duplicates(check)}\norder by ${check.columns.map((_, index) => index + 1).join(', ')}`
      }
      case 'reconcile':
        return namedDifferences(this.dialect, check, this.differences(check))
    }
  }

  private statistic(check: StatisticCheck): string {
    const sql = statisticSql(this.dialect, check)
    if (check.scope === 'partition' || !this.isPartOfTable()) return sql
    return `(select ${sql} from ${this.rows.table ?? this.rows.from} as r)`
  }

  private differences(check: ReconcileCheck): string {
    const { ours, theirs } = conditionsOfSides(check)
    const window = this.rows.window === undefined ? [] : [this.rows.window('r')]
    const otherWindow = this.others.windowOf(check)
    return differingGroups(
      check,
      { from: this.rows.from, where: [...window, ...ours] },
      {
        from: this.others.relationOf(check.with),
        where: [...(otherWindow === undefined ? [] : [otherWindow('r')]), ...theirs],
      },
    )
  }

  private all(check: Check, conditions: readonly string[]): string {
    const window = this.rows.window === undefined ? [] : [this.rows.window('r')]
    return [...window, ...whereOf(check), ...conditions].join(' and ') || 'true'
  }

  private isPartOfTable(): boolean {
    return this.rows.window !== undefined || this.rows.table !== undefined
  }

  /** Keys that occur more than once, NULLs ignored; for the whole table, only keys that the partition holds. */
  private duplicates(check: Extract<Check, { kind: 'unique' }>): string {
    const keys = check.columns.map((name) => `r.${this.dialect.quote(name)}`)
    const present = keys.map((key) => `${key} is not null`)
    const wholeTable = check.scope === 'table' && this.isPartOfTable()
    const from = wholeTable ? (this.rows.table ?? this.rows.from) : this.rows.from
    const where = wholeTable
      ? [
          ...whereOf(check),
          ...present,
          `exists (select 1 from ${this.rows.from} as p where ${[
            ...(this.rows.window === undefined ? [] : [this.rows.window('p')]),
            ...check.columns.map((name) => `p.${this.dialect.quote(name)} = r.${this.dialect.quote(name)}`),
          ].join(' and ')})`,
        ].join(' and ')
      : this.all(check, present)
    return `select ${keys.join(', ')}, count(*) as occurrences from ${from} as r where ${where} group by ${keys.join(', ')} having count(*) > 1`
  }
}
