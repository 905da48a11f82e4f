import { createHash } from 'node:crypto'
import type { Column, Dialect, RelationName } from '../adapter.ts'
import type { CompiledModel, CompiledSeed, CompiledSource } from '../compile/compiled.ts'
import { dottedName } from '../sql/tokens.ts'
import { STUB_SCHEMA, type Stub } from './binder.ts'

export type StubbedNode = CompiledModel | CompiledSeed | CompiledSource

/** The relation that stands for a node while others are bound. Its last name is that of the physical relation, because columns may be qualified by
 * it; its schema depends on nothing but the node's own names, so that the same query has the same text in every run. */
export function stubName(node: StubbedNode): RelationName {
  if (node.kind !== 'source') {
    const { database, schema, name } = node.relation
    return { schema: schemaOf(['built', database, schema]), name }
  }
  const parts = node.name.split('.')
  const table = parts.at(-1)!
  const name = lastName(node.sql) ?? table
  // Two sources may be one relation, of which their declarations say different things.
  const group = name === table ? parts.slice(0, -1) : [node.name, 'is another relation']
  return { schema: schemaOf(['source', ...group]), name }
}

export function stubOf(node: StubbedNode, columns: readonly Column[], key?: readonly string[]): Stub {
  const { schema, name } = stubName(node)
  const isView = node.kind === 'model' && node.config.materialized === 'view'
  return {
    schema,
    name,
    kind: isView ? 'view' : 'table',
    columns,
    ...(key === undefined || key.length === 0 ? {} : { key }),
  }
}

/** What stands for the node in SQL. */
export function stubText(dialect: Pick<Dialect, 'relation'>, node: StubbedNode): string {
  return dialect.relation(stubName(node))
}

/** The last part of a relation's name; undefined of a function that reads files. */
function lastName(sql: string): string | undefined {
  const name = dottedName(sql, 0)
  return name !== undefined && sql.slice(name.end).trim() === '' ? name.parts.at(-1) : undefined
}

function schemaOf(identity: readonly (string | undefined)[]): string {
  const hash = createHash('sha256').update(JSON.stringify(identity)).digest('hex')
  return `${STUB_SCHEMA}${hash.slice(0, 12)}`
}
