import type { HeldTask, Plan, PlannedTask, SkippedTask } from '../../core/plan/plan.ts'
import type { Partition } from '../../core/time/interval.ts'

/** The shapes that other programs read: as in the core, with instants in UTC ISO 8601. */
export interface PartitionJson {
  readonly key: string
  readonly start: string
  readonly end: string
}

type WithPartitions<T> = Omit<T, 'partitions'> & { readonly partitions: readonly PartitionJson[] }
/** Adjacent partitions that are fresh are one line, however many they are. */
type SkippedJson = Omit<SkippedTask, 'first' | 'last'> & {
  readonly first?: PartitionJson
  readonly last?: PartitionJson
}
export type TaskJson = WithPartitions<PlannedTask>

/** One line of `sluice plan --output json`. */
export type PlanLineJson =
  | ({ readonly state: 'planned' } & TaskJson)
  | WithPartitions<HeldTask>
  | ({ readonly state: 'skipped' } & SkippedJson)

export function partitionJson({ key, start, end }: Partition): PartitionJson {
  return { key, start: instantJson(start), end: instantJson(end) }
}

/** `2001-01-05T00:00:00Z`; milliseconds only where there are any. */
export function instantJson(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z')
}

export function taskJson(task: PlannedTask): TaskJson {
  return withPartitions(task)
}

export function planJson(plan: Plan) {
  return {
    ...plan,
    tasks: plan.tasks.map(taskJson),
    held: plan.held.map(withPartitions),
    skipped: plan.skipped.map(skippedJson),
  }
}

/** What would run, then what is held, then what is fresh. */
export function planLinesJson(plan: Plan): readonly PlanLineJson[] {
  return [
    ...plan.tasks.map((task) => ({ state: 'planned' as const, ...taskJson(task) })),
    ...plan.held.map(withPartitions),
    ...plan.skipped.map((task) => ({ state: 'skipped' as const, ...skippedJson(task) })),
  ]
}

function skippedJson({ first, last, ...rest }: SkippedTask): SkippedJson {
  return {
    ...rest,
    ...(first === undefined ? {} : { first: partitionJson(first) }),
    ...(last === undefined ? {} : { last: partitionJson(last) }),
  }
}

function withPartitions<T extends { readonly partitions: readonly Partition[] }>(task: T): WithPartitions<T> {
  return { ...task, partitions: task.partitions.map(partitionJson) }
}
