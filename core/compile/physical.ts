import type { Dialect, RelationName } from '../adapter.ts'
import type { SourceConfig, TargetConfig } from '../config/project.ts'

interface Named {
  readonly name: string
  readonly schema?: string
  readonly table: string
  readonly path: string
}

/** Where a model or seed lives on a target: its folder's schema under the target's rule. */
export function relationOf(named: Named, target: TargetConfig, dialect: Dialect): RelationName {
  const own = named.schema ?? dialect.defaultSchema
  const schema = target.schema.name ?? `${target.schema.prefix ?? ''}${own}`
  return {
    ...(target.database === undefined ? {} : { database: target.database }),
    schema,
    name: named.table,
  }
}

/** What a source is on a target, if it is a relation: the declared one, else its logical name. */
export function sourceRelation(source: SourceConfig, target: TargetConfig, dialect: Dialect): RelationName {
  const written = source.relations[target.name]
  const parts = written === undefined ? [] : written.split('.')
  const name = parts.pop() ?? source.table
  const schema = parts.pop() ?? (written === undefined ? source.schema : undefined) ?? dialect.defaultSchema
  const database = parts.pop()
  return { ...(database === undefined ? {} : { database }), schema, name }
}
