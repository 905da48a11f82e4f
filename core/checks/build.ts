import type { Dialect } from '../adapter.ts'
import type { Check } from './check.ts'
import { filteredCount, isOrphan, type RelationOf, rowFails, whereOf } from './conditions.ts'

/** Where the rows of a partition stand while they are checked. */
export interface CheckedRows {
  /** Relation or stage, as SQL. */
  readonly from: string
  /** Condition of the partition's window over an alias; left out for all rows. */
  readonly window?: (alias: string) => string
  /** For checks of the whole table, where that is another relation than `from` (a merge is checked on its stage). */
  readonly table?: string
}

export interface CheckSql {
  /** One row: `row_count` and a column `c0`, `c1`, … of failing rows for each check (for `row_count`, the rows found). */
  readonly counts: string
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
  relationOf: RelationOf,
): CheckSql {
  const build = new CheckBuilder(dialect, rows, relationOf)
  const columns = checks.map((check, index) => `  ${build.count(check)} as c${index}`)
  return {
    counts: `select\n${['  count(*) as row_count', ...columns].join(',\n')}\nfrom ${rows.from} as r${build.whereWindow()}`,
    sample: (index, names, limit) => {
      const query = build.failingRows(checks[index]!, names)
      return query === undefined ? undefined : `${query}\nlimit ${limit}`
    },
  }
}

/** Whether a count means that the check failed, and how many rows that is. */
export function failingOf(check: Check, count: number): number {
  if (check.kind !== 'row_count') return count
  const tooFew = check.min !== undefined && count < check.min
  const tooMany = check.max !== undefined && count > check.max
  return tooFew || tooMany ? count : 0
}

export function hasPassed(check: Check, count: number): boolean {
  if (check.kind !== 'row_count') return count === 0
  return (check.min === undefined || count >= check.min) && (check.max === undefined || count <= check.max)
}

class CheckBuilder {
  private readonly dialect: Dialect
  private readonly rows: CheckedRows
  private readonly relationOf: RelationOf

  constructor(dialect: Dialect, rows: CheckedRows, relationOf: RelationOf) {
    this.dialect = dialect
    this.rows = rows
    this.relationOf = relationOf
  }

  whereWindow(): string {
    return this.rows.window === undefined ? '' : `\nwhere ${this.rows.window('r')}`
  }

  count(check: Check): string {
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
        return `(select count(*) from ${this.rows.from} as r where ${this.all(check, [isOrphan(this.dialect, check, this.relationOf)])})`
    }
  }

  failingRows(check: Check, columns: readonly string[]): string | undefined {
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
          : `select ${names} from ${this.rows.from} as r where ${this.all(check, [isOrphan(this.dialect, check, this.relationOf)])}`
      case 'unique': {
        const shown = check.columns.filter((name) => columns.includes(name))
        if (shown.length < check.columns.length) return undefined
        return `${this.duplicates(check)}\norder by ${check.columns.map((_, index) => index + 1).join(', ')}`
      }
    }
  }

  private all(check: Check, conditions: readonly string[]): string {
    const window = this.rows.window === undefined ? [] : [this.rows.window('r')]
    return [...window, ...whereOf(check), ...conditions].join(' and ') || 'true'
  }

  /** Keys that occur more than once, NULLs ignored; for the whole table, only keys that the partition holds. */
  private duplicates(check: Extract<Check, { kind: 'unique' }>): string {
    const keys = check.columns.map((name) => `r.${this.dialect.quote(name)}`)
    const present = keys.map((key) => `${key} is not null`)
    const wholeTable =
      check.scope === 'table' && (this.rows.window !== undefined || this.rows.table !== undefined)
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
