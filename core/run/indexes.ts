import { createHash } from 'node:crypto'
import type { Adapter, Column } from '../adapter.ts'
import type { CompiledRelation } from '../compile/compiled.ts'
import { isSnapshot } from '../compile/snapshot.ts'
import { outputColumn } from './attempt.ts'

export interface NamedIndex {
  /** Begins with `sluice_`; says its table, and by a hash its columns and kind. At most 63 bytes. */
  readonly name: string
  readonly columns: readonly string[]
  readonly unique: boolean
}

/** The indexes that a relation with these columns is to have: those declared, and where the engine needs them the partition column and the
 * merge key. Throws SL618. */
export function indexesOf(
  adapter: Pick<Adapter, 'dialect' | 'capabilities'>,
  node: CompiledRelation,
  output: readonly Column[],
): readonly NamedIndex[] {
  const columns: { columns: readonly string[]; unique: boolean }[] = [...node.indexes]
  if (
    adapter.capabilities.needsIndexes &&
    node.kind === 'model' &&
    node.config.materialized === 'incremental'
  ) {
    const { partition, uniqueKey, strategy } = node.config
    if (partition !== undefined) columns.push({ columns: [partition.column.name], unique: false })
    if (strategy === 'merge') columns.push({ columns: uniqueKey, unique: true })
  }
  if (adapter.capabilities.needsIndexes && isSnapshot(node)) {
    // Versions are looked for by key; nobody else may add a second one that begins at the same instant.
    columns.push({ columns: [...node.config.uniqueKey, node.config.snapshot.names.validFrom], unique: true })
    if (node.config.partition !== undefined)
      columns.push({ columns: [node.config.partition.column.name], unique: false })
  }
  const named = new Map<string, NamedIndex>()
  for (const { columns: written, unique } of columns) {
    const bound = written.map((each) => outputColumn(adapter, node, output, each, 'index column').name)
    const index = { columns: bound, unique }
    const name = indexName(node, index)
    named.set(name, { name, ...index })
  }
  return [...named.values()]
}

function indexName(
  node: CompiledRelation,
  index: { readonly columns: readonly string[]; readonly unique: boolean },
): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([node.relation.schema, node.relation.name, index.columns, index.unique]))
    .digest('hex')
    .slice(0, 10)
  const table = node.relation.name.replace(/[^A-Za-z0-9_]/g, '').slice(0, 30)
  return `sluice_${table}_${hash}`
}
