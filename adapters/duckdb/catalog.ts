import type { Catalog, Column, RelationKind, RelationName, Session } from '../../core/adapter.ts'
import { duckdbDialect } from './dialect.ts'
import { DuckdbError } from './error.ts'
import { fold, relation as relationText } from './identifiers.ts'
import { stringLiteral } from './literal.ts'
import { DuckdbSession } from './session.ts'

/** Questions to DuckDB's catalogue. */
export const duckdbCatalog: Catalog = {
  kind,

  /** A view whose tables are gone has no columns: the list is empty. */
  async columns(session, relation) {
    try {
      return await ownSession(session).columns(`select * from ${relationText(relation)}`)
    } catch (error) {
      if (!isMissing(error)) throw error
      return (await kind(session, relation)) === undefined ? undefined : []
    }
  },

  describe: (session, select): Promise<readonly Column[]> => ownSession(session).columns(select),

  parameterTypes: (session, select, count) => ownSession(session).parameterTypes(select, count),

  async declared(session, relation) {
    const rows = await session.query(
      `select constraint_type as kind, unnest(constraint_column_names) as name from duckdb_constraints()
where constraint_type in ('NOT NULL', 'PRIMARY KEY') and ${isRelation(relation, 'table_name')} order by constraint_index`,
    )
    const of = (kind: string) => rows.filter((row) => row.kind === kind).map((row) => String(row.name))
    return { notNull: of('NOT NULL'), key: of('PRIMARY KEY') }
  },

  async indexes(session, relation) {
    const rows = await session.query(
      `select index_name from duckdb_indexes() where ${isRelation(relation, 'table_name')} and starts_with(index_name, 'sluice_') order by index_name`,
    )
    return rows.map((row) => String(row.index_name))
  },

  /** Nothing: a view of DuckDB is its text, bound anew by each query. Tables below it may be altered, dropped and made again, and
   * there are no materialized views; so nothing has to be dropped and restored. */
  dependents: async () => [],

  /** The comment, which OR REPLACE loses. */
  async preserve(session, relation) {
    const rows = await session.query(
      `select comment from duckdb_views() where ${isRelation(relation, 'view_name')} and comment is not null`,
    )
    return rows.map((row) => duckdbDialect.comment(relation, 'view', String(row.comment)))
  },

  grants: async () => [],
}

/** Tables have a `rowid` and views do not: one binding tells, where the system tables take milliseconds once there are many
 * relations. What that leaves open, they decide. */
async function kind(session: Session, relation: RelationName): Promise<RelationKind | undefined> {
  try {
    const columns = await ownSession(session).columns(`select *, rowid from ${relationText(relation)}`)
    if (columns.filter((column) => fold(column.name) === 'rowid').length === 1) return 'table'
  } catch (error) {
    if (!isMissing(error)) throw error
    if (error.details.kind === 'unknown_column') return 'view'
  }
  const rows = await session.query(
    `select 'view' as kind from duckdb_views() where ${isRelation(relation, 'view_name')}
union all select 'table' from duckdb_tables() where ${isRelation(relation, 'table_name')}`,
  )
  return rows[0]?.kind as RelationKind | undefined
}

function isRelation(relation: RelationName, nameColumn: string): string {
  const database =
    relation.database === undefined ? 'current_database()' : stringLiteral(fold(relation.database))
  return [
    `lower(database_name) = lower(${database})`,
    `lower(schema_name) = ${stringLiteral(fold(relation.schema))}`,
    `lower(${nameColumn}) = ${stringLiteral(fold(relation.name))}`,
  ].join(' and ')
}

function isMissing(error: unknown): error is DuckdbError {
  return (
    error instanceof DuckdbError &&
    (error.details.kind === 'unknown_relation' || error.details.kind === 'unknown_column')
  )
}

function ownSession(session: Session): DuckdbSession {
  if (!(session instanceof DuckdbSession)) throw new Error('not a session of this adapter')
  return session
}
