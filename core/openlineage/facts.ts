import type { Column } from '../adapter.ts'
import type { CompiledProject } from '../compile/compiled.ts'
import type { QueryLineage } from '../lineage/lineage.ts'
import type { PlannedTask } from '../plan/plan.ts'
import type { Partition } from '../time/interval.ts'
import type { DatasetSpace } from './datasets.ts'
import type { JobName } from './event.ts'

/** A run of another program that this one is a part of. */
export interface ParentRun {
  readonly job: JobName
  readonly runId: string
}

/** What is known beside the events of the run. What could not be found out is left out of the events. */
export interface RunFacts {
  readonly project: CompiledProject
  /** `run`, `backfill`, …: what the run as a whole is called. */
  readonly command: string
  /** Of jobs. */
  readonly namespace: string
  /** A URI. */
  readonly producer: string
  readonly version: string
  readonly space: DatasetSpace
  readonly parent?: ParentRun
  readonly engine?: { readonly name: string; readonly version: string }
  columnsOf(relation: string): readonly Column[] | undefined
  /** What a model takes from what it reads. */
  lineageOf(model: string): Promise<QueryLineage | undefined>
  /** The SQL of a model or check for these partitions. */
  sqlOf(task: PlannedTask, partitions: readonly Partition[]): Promise<string | undefined>
  /** Where a file of the project is in its repository. */
  locationOf(path: string): Readonly<Record<string, string>> | undefined
}
