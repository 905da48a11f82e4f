import type { Column } from '../adapter.ts'
import type { Nullability } from '../lineage/lineage.ts'
import type { QueryDifference } from './compare-queries.ts'
import type { ColumnChange } from './difference.ts'

/** What is known of a relation's columns on one side. */
export interface SideColumns {
  readonly columns: readonly Column[]
  readonly nulls: ReadonlyMap<string, Nullability>
}

/** How engines compare names and types. */
export interface ColumnRules {
  /** The same for two names exactly if they are one column. */
  readonly key: (name: string) => string
  readonly widens: (before: string, after: string) => boolean
}

/** How the columns of a relation differ, in the order of before, then what is new.
 * @param query how its SQL differs; undefined if it does not */
export function columnChanges(
  before: SideColumns,
  after: SideColumns,
  query: QueryDifference | undefined,
  { key, widens }: ColumnRules,
): readonly ColumnChange[] {
  const old = new Map(before.columns.map((column) => [key(column.name), column]))
  const now = new Map(after.columns.map((column) => [key(column.name), column]))
  const renamed = new Map<string, string>()
  for (const [from, to] of query?.renamed ?? [])
    if (old.has(from) && now.has(to) && !now.has(from) && !old.has(to)) renamed.set(from, to)
  const taken = new Set(renamed.values())
  const found: ColumnChange[] = []
  for (const [name, column] of old) {
    const target = renamed.get(name)
    const other = now.get(target ?? name)
    if (other === undefined) {
      found.push({ kind: 'removed', column: column.name, type: column.type })
      continue
    }
    if (target !== undefined) found.push({ kind: 'renamed', column: column.name, to: other.name })
    const type = typeChange(column, other, widens)
    if (type !== undefined) found.push(type)
    const nulls = nullChange(other.name, before.nulls.get(name), after.nulls.get(key(other.name)))
    if (nulls !== undefined) found.push(nulls)
    if (query?.columns.has(name)) found.push({ kind: 'values', column: other.name })
  }
  for (const [name, column] of now)
    if (!old.has(name) && !taken.has(name))
      found.push({ kind: 'added', column: column.name, type: column.type })
  return found
}

function typeChange(before: Column, after: Column, widens: ColumnRules['widens']): ColumnChange | undefined {
  if (before.type === after.type) return undefined
  return {
    kind: 'type',
    column: after.name,
    before: before.type,
    after: after.type,
    isWider: widens(before.type, after.type),
  }
}

function nullChange(
  column: string,
  before: Nullability = 'unknown',
  after: Nullability = 'unknown',
): ColumnChange | undefined {
  if (before === after || before === 'unknown' || after === 'unknown') return undefined
  return { kind: 'nullability', column, after: after === 'maybe' ? 'may be null' : 'never null' }
}
