import type { SnapshotModel } from '../compile/snapshot.ts'
import { recordsIntervals } from '../config/resolve-snapshot.ts'
import type { ColumnLineage, ColumnSource, QueryLineage, Role } from './lineage.ts'

/**
 * The lineage of a snapshot's table, from that of its query: the columns that tell versions apart decide which rows there are, so they count for
 * every column, and the instants come from `updated_at` or from nothing but the partitions.
 */
export function historyLineage(
  model: SnapshotModel,
  query: QueryLineage,
  fold: (name: string) => string,
): QueryLineage {
  const { snapshot, uniqueKey, partition } = model.config
  const { strategy, names, deletes } = snapshot
  const named = (name: string) => query.columns.filter(({ column }) => fold(column) === fold(name))
  const updated = strategy.kind === 'timestamp' ? named(strategy.updatedAt) : []
  const compared =
    strategy.kind === 'timestamp'
      ? updated
      : strategy.columns === 'all'
        ? query.columns
        : strategy.columns.flatMap(named)
  const telling = [...uniqueKey.flatMap(named), ...compared]
  // An instant that lies before what is known gives way to that of the interval.
  const begins: Role = recordsIntervals(snapshot) ? 'transformed' : 'copied'
  const added: readonly ColumnLineage[] = [
    addedColumn(names.validFrom, updated, begins),
    addedColumn(names.validTo, updated, 'aggregated'),
    ...(deletes === 'close' ? [addedColumn(names.deletedAt, [], begins)] : []),
    ...(deletes === 'new_row' ? [addedColumn(names.isDeleted, [], begins)] : []),
    ...(partition === undefined ? [] : [addedColumn(partition.column.name, [], begins)]),
  ]
  return {
    ...query,
    columns: [...query.columns, ...added],
    rows: distinct([...query.rows, ...sourcesAs(telling, 'filter')]),
    unresolved: [...query.unresolved, ...telling.flatMap(({ unresolved = [] }) => unresolved)],
  }
}

function addedColumn(column: string, from: readonly ColumnLineage[], role: Role): ColumnLineage {
  const unresolved = from.flatMap((each) => each.unresolved ?? [])
  return { column, sources: sourcesAs(from, role), ...(unresolved.length === 0 ? {} : { unresolved }) }
}

/** Own sources of columns under another role; one that is copied keeps the greater roles of what it copies. */
function sourcesAs(columns: readonly ColumnLineage[], role: Role): readonly ColumnSource[] {
  return distinct(
    columns.flatMap(({ sources }) =>
      sources.map(({ relation, column, role: own }) => ({ relation, column, role: combined(own, role) })),
    ),
  )
}

const values: readonly Role[] = ['copied', 'transformed', 'aggregated']

/** A value role over a value role is the greater one; over another role that one; a role that is none of a value stays what it is. */
function combined(inner: Role, outer: Role): Role {
  if (!values.includes(outer) || !values.includes(inner)) return values.includes(outer) ? inner : outer
  return values[Math.max(values.indexOf(inner), values.indexOf(outer))]!
}

function distinct(sources: readonly ColumnSource[]): readonly ColumnSource[] {
  const byKey = new Map(
    sources.map((each) => [JSON.stringify([each.relation, each.column, each.role]), each]),
  )
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, source]) => source)
}
