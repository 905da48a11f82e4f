import type { Dialect } from '../adapter.ts'
import type { Check } from './check.ts'

/** Physical name of a logical relation. */
export type RelationOf = (name: string) => string

/** Checks that look at one row at a time. */
export type RowCheck = Extract<Check, { kind: 'not_null' | 'accepted_values' | 'expression' }>

/** A condition over the alias `r` that holds for a row that breaks the check. */
export function rowFails(dialect: Dialect, check: RowCheck): string {
  switch (check.kind) {
    case 'not_null':
      return `(${check.columns.map((name) => `r.${dialect.quote(name)} is null`).join(' or ')})`
    case 'accepted_values':
      return `r.${dialect.quote(check.column)} not in (${dialect.list(check.values)})`
    case 'expression':
      return `not ${group(check.expression)}`
  }
}

/** A condition over the alias `r` that holds for a row whose value does not occur in the relation that the check names. */
export function isOrphan(
  dialect: Dialect,
  check: Extract<Check, { kind: 'relationships' }>,
  relationOf: RelationOf,
): string {
  const column = `r.${dialect.quote(check.column)}`
  return `${column} is not null and not exists (select 1 from ${relationOf(check.to)} as t where t.${dialect.quote(check.field)} = ${column})`
}

/** `count(*)` of the rows that the check looks at and that satisfy all conditions. */
export function filteredCount(check: Check, conditions: readonly string[]): string {
  const all = [...whereOf(check), ...conditions]
  return all.length === 0 ? 'count(*)' : `count(*) filter (where ${all.join(' and ')})`
}

/** The check's own condition on rows, if it has one. */
export function whereOf(check: Check): readonly string[] {
  return check.where === undefined ? [] : [group(check.where)]
}

/** A user's condition on lines of its own, so that a comment at its end cannot swallow what follows. */
function group(condition: string): string {
  return `(\n${condition}\n)`
}
