import { assumedType } from '../core/compile/clock.ts'
import type { CompiledModel, CompiledProject } from '../core/compile/compiled.ts'
import type { Window } from '../core/compile/symbols.ts'
import type { ColumnType } from '../core/config/project.ts'
import { windowOf as windowOfType } from '../core/run/binding.ts'
import type { Partition } from '../core/time/interval.ts'
import { partitionAt } from '../core/time/layout.ts'

/** What the symbols of a model's SQL stand for in one partition. */
export function windowOf(
  project: CompiledProject,
  model: CompiledModel,
  partition: Partition,
  columnType?: ColumnType,
): Window {
  return windowOfType(project, model, partition, columnType ?? assumedType(model.config.partition!))
}

/** The first partition of a model: the same whenever it is asked for. */
export function firstPartition(model: CompiledModel): Partition | undefined {
  return model.layout === undefined ? undefined : partitionAt(model.layout, model.layout.start)
}
