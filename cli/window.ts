import type { CompiledModel, CompiledProject } from '../core/compile/compiled.ts'
import { assumedType, type Window } from '../core/compile/symbols.ts'
import type { ColumnType } from '../core/config/project.ts'
import { readWindows } from '../core/plan/edges.ts'
import type { Partition } from '../core/time/interval.ts'
import { partitionAt } from '../core/time/layout.ts'

/** What the symbols of a model's SQL stand for in one partition. */
export function windowOf(
  { nodes }: CompiledProject,
  model: CompiledModel,
  partition: Partition,
  columnType?: ColumnType,
): Window {
  const config = model.config.partition!
  return {
    partition,
    columnType: columnType ?? assumedType(config),
    ...(config.column.format === undefined ? {} : { format: config.column.format }),
    reads: readWindows(nodes, model, partition),
  }
}

/** The first partition of a model: the same whenever it is asked for. */
export function firstPartition(model: CompiledModel): Partition | undefined {
  return model.layout === undefined ? undefined : partitionAt(model.layout, model.layout.start)
}
