import type { Column, Dialect } from '../adapter.ts'
import type { ColumnType, SnapshotConfig } from '../config/project.ts'
import { recordsIntervals, SNAPSHOT_PARTITION_COLUMN } from '../config/resolve-snapshot.ts'
import { SluiceError } from '../diagnostics/diagnostic.ts'
import type { CompiledModel, CompiledNode } from './compiled.ts'

/** A model that keeps the history of what its query returns. */
export type SnapshotModel = CompiledModel & {
  readonly config: CompiledModel['config'] & { readonly snapshot: SnapshotConfig }
}

export function isSnapshot(node: CompiledNode | undefined): node is SnapshotModel {
  return node?.kind === 'model' && node.config.snapshot !== undefined
}

/**
 * A snapshot whose partitions are told apart one from the other, in the order of time: what it records of an interval is how the state differs
 * from that of the interval before. The others collect versions that carry their own time, in whatever order.
 */
export function isSequential(node: CompiledNode | undefined): node is SnapshotModel {
  return isSnapshot(node) && node.config.partition !== undefined && recordsIntervals(node.config.snapshot)
}

/** A snapshot with partitions whose versions carry their own time: one that an earlier partition shows too becomes a version of that one, so that how
 * many rows a partition has says nothing. */
export function collectsPartitions(node: CompiledNode | undefined): boolean {
  return isSnapshot(node) && node.config.partition !== undefined && !isSequential(node)
}

/** Whether the query says of which partition it gives the state. One that does not shows only the present. */
export function namesItsPartition({ sql }: CompiledModel): boolean {
  return sql.symbolsDecide || sql.parts.some((part) => 'symbol' in part)
}

/** A sequential snapshot that can only record the latest interval that is due. */
export function showsOnlyThePresent(node: CompiledNode | undefined): boolean {
  return isSequential(node) && !namesItsPartition(node)
}

/** A model of which each partition needs the one before it: one that reads its own table, or a snapshot of states that are named. */
export function needsItsPast(node: CompiledNode): node is CompiledModel {
  return node.kind === 'model' && (node.readsItself || (isSequential(node) && namesItsPartition(node)))
}

/** What a snapshot adds to the columns of its query, by role. */
export interface SnapshotColumns {
  /** Of the query. */
  readonly query: readonly Column[]
  readonly validFrom: Column
  readonly validTo: Column
  readonly deletedAt?: Column
  readonly isDeleted?: Column
  /** Of snapshots with partitions. */
  readonly partition?: Column
  /** All of them, as the table has them. */
  readonly stored: readonly Column[]
  /** What instants in `validFrom` are. */
  readonly instants: 'date' | 'timestamp' | 'timestamptz'
  /** Of `strategy: timestamp`. */
  readonly updatedAt?: Column
}

/**
 * The columns of a snapshot's table, from those of its query: pure, so that it can be known without the table. What a table that stands there
 * remembers of deletes from before is kept, if its columns are given too. Throws SL618 (a configured column is not in the query), SL694 and SL695.
 */
export function snapshotColumns(
  dialect: Pick<Dialect, 'fold' | 'columnType' | 'timestampType'>,
  model: Pick<SnapshotModel, 'name' | 'path' | 'config'>,
  query: readonly Column[],
  standing: readonly Column[] = [],
): SnapshotColumns {
  const { strategy, names, deletes } = model.config.snapshot
  const updatedAt =
    strategy.kind === 'timestamp' ? outputOf(dialect, model, query, strategy.updatedAt) : undefined
  const instants = updatedAt === undefined ? 'timestamp' : instantsOf(dialect, model, updatedAt)
  const type = updatedAt?.type ?? dialect.timestampType
  const partitionType = model.config.partition?.column.type
  if (instants === 'date' && deletes !== 'ignore' && partitionType !== 'date')
    throw tooCoarse(model, updatedAt!)
  const fold = (name: string) => dialect.fold(name, true)
  const remembers = (name: string, wanted: string) =>
    standing.some(
      (each) => fold(each.name) === fold(name) && each.type.toLowerCase() === wanted.toLowerCase(),
    ) && !query.some((each) => fold(each.name) === fold(name))
  const added = {
    validFrom: { name: names.validFrom, type },
    validTo: { name: names.validTo, type },
    ...(deletes === 'close' || remembers(names.deletedAt, type)
      ? { deletedAt: { name: names.deletedAt, type } }
      : {}),
    ...(deletes === 'new_row' || remembers(names.isDeleted, 'boolean')
      ? { isDeleted: { name: names.isDeleted, type: 'boolean' } }
      : {}),
    ...(partitionType === undefined
      ? {}
      : {
          partition: {
            name: SNAPSHOT_PARTITION_COLUMN,
            type: partitionType === 'date' ? 'date' : dialect.timestampType,
          },
        }),
  }
  const columns = Object.values(added).map((column) => ({ ...column, type: canonical(dialect, column.type) }))
  for (const column of columns) {
    if (!query.some((each) => fold(each.name) === fold(column.name))) continue
    throw SluiceError.of('SL695', {
      message: `the query of ${model.name} returns \`${column.name}\`, which the snapshot adds`,
      model: model.name,
      place: { file: model.path, line: 1, column: 1 },
      hint: `Rename it in the query${column.name === SNAPSHOT_PARTITION_COLUMN ? '.' : ', or choose another name by `snapshot: { names: { valid_from: … } }`.'}`,
    })
  }
  return {
    query,
    ...added,
    stored: [...query, ...columns],
    instants,
    ...(updatedAt === undefined ? {} : { updatedAt }),
  }
}

function canonical({ timestampType }: Pick<Dialect, 'timestampType'>, type: string): string {
  // Engines say types in capitals or not; `boolean` and `date` are the only ones that are not taken from the engine.
  const isUpper = timestampType === timestampType.toUpperCase()
  return type === 'boolean' || type === 'date' ? (isUpper ? type.toUpperCase() : type) : type
}

function instantsOf(
  dialect: Pick<Dialect, 'columnType'>,
  model: Pick<SnapshotModel, 'name' | 'path'>,
  column: Column,
): SnapshotColumns['instants'] {
  const type: ColumnType | undefined = dialect.columnType(column.type)
  if (type === 'date' || type === 'timestamp' || type === 'timestamptz') return type
  throw SluiceError.of('SL694', {
    message: `\`updated_at\` of ${model.name} is \`${column.name}\` of type ${column.type}, which is no time`,
    model: model.name,
    place: { file: model.path, line: 1, column: 1 },
    hint: 'Cast it to a timestamp in the query, or use `strategy: check`.',
  })
}

/** When a key was gone is told by what its versions are told by: in dates, the intervals of one day would be one. */
function tooCoarse({ name, path }: Pick<SnapshotModel, 'name' | 'path'>, column: Column): SluiceError {
  return SluiceError.of('SL694', {
    message: `\`${column.name}\` of ${name} is a date, which cannot say in which interval of a day a key was gone`,
    model: name,
    place: { file: path, line: 1, column: 1 },
    hint: 'Cast it to a timestamp in the query, or use a grain of a day or more.',
  })
}

/** The column of the query that a configured name means: as it is written, else as the engine folds a name without quotes. */
function outputOf(
  dialect: Pick<Dialect, 'fold'>,
  model: Pick<SnapshotModel, 'name' | 'path'>,
  columns: readonly Column[],
  name: string,
): Column {
  const fold = (text: string) => dialect.fold(text, true)
  const found =
    columns.find((column) => fold(column.name) === fold(name)) ??
    columns.find((column) => fold(column.name) === dialect.fold(name, false))
  if (found !== undefined) return found
  throw SluiceError.of('SL618', {
    message: `the column \`${name}\` of \`updated_at\` is not in the output of ${model.name}`,
    model: model.name,
    place: { file: model.path, line: 1, column: 1 },
    hint: `The query returns ${columns.map((column) => column.name).join(', ')}.`,
  })
}
