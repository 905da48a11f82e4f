import type { RelationName } from '../adapter.ts'
import { type CompiledNode, type CompiledSource, isRelation } from '../compile/compiled.ts'
import type { DatasetName } from './event.ts'

/** Where the relations of a target are, in the words of OpenLineage. */
export interface DatasetSpace {
  /** `postgres://host:5432`, `duckdb:///data/shop.duckdb`: never with a user or a password. */
  readonly namespace: string
  readonly database: string
  readonly defaultSchema: string
  /** Absolute: what paths of files are relative to. */
  readonly root: string
}

/**
 * What OpenLineage calls a relation or the files of a source; undefined of what has no rows.
 * @see https://openlineage.io/docs/spec/naming
 */
export function datasetOf(space: DatasetSpace, node: CompiledNode | undefined): DatasetName | undefined {
  if (isRelation(node)) return ofRelation(space, node.relation)
  return node?.kind === 'source' ? ofSource(space, node) : undefined
}

function ofRelation({ namespace, database }: DatasetSpace, relation: RelationName): DatasetName {
  return { namespace, name: [relation.database ?? database, relation.schema, relation.name].join('.') }
}

/** In SQL a source is a quoted name, or a reader function whose first argument is a path. */
function ofSource(space: DatasetSpace, { sql, name }: CompiledSource): DatasetName {
  if (sql.includes('(')) {
    const path = /'((?:[^']|'')*)'/.exec(sql)?.[1]?.replaceAll("''", "'")
    return path === undefined ? { namespace: space.namespace, name } : datasetOfPath(space.root, path)
  }
  const parts = (sql.match(/"(?:[^"]|"")*"|[^".]+/g) ?? []).map(unquoted)
  const [table = name, schema = space.defaultSchema, database = space.database] = [...parts].reverse()
  return { namespace: space.namespace, name: [database, schema, table].join('.') }
}

function unquoted(part: string): string {
  return part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part
}

/** Of files: where they are as namespace, the path as name. What an address says beside that may be secret. */
export function datasetOfPath(root: string, path: string): DatasetName {
  const address = /^([a-z][a-z0-9+.-]+):\/\/(?:[^/@]*@)?([^/?#]*)([^?#]*)/i.exec(path)
  if (address !== null && address[1]!.toLowerCase() !== 'file') {
    const [, scheme, authority, rest] = address
    return { namespace: `${scheme!.toLowerCase()}://${authority}`, name: rest!.replace(/^\//, '') || '/' }
  }
  const local = address === null ? path : address[3]!
  return { namespace: 'file', name: /^(?:\/|[a-z]:[\\/])/i.test(local) ? local : `${root}/${local}` }
}
