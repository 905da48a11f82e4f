import { isRelation, materializationOf } from '../compile/compiled.ts'
import { needsItsPast } from '../compile/snapshot.ts'
import type { Partition } from '../time/interval.ts'
import type { Unit } from './edges.ts'
import { type HeldTask, type Need, type PlannedTask, type Reason, type SkippedTask, taskId } from './plan.ts'

/** A partition (or a relation without any) that runs. */
export interface RunningUnit {
  readonly kind: 'run'
  readonly reason: Reason
  readonly after: readonly string[]
  readonly accepted: readonly Need[]
  readonly outside: readonly string[]
}

/** One that was asked for and does not. */
export interface HeldUnit {
  readonly kind: 'held'
  readonly state: HeldTask['state']
  readonly needs: readonly Need[]
  readonly dueAt?: number
  /** Whether building its upstreams would help. */
  readonly help?: 'build' | 'full_refresh'
}

export type Judged = { readonly index: number; readonly unit: Unit } & (RunningUnit | HeldUnit)

type Placed<T> = { readonly index: number; readonly unit: Unit } & T

/**
 * Tasks of adjacent partitions that run for the same reason and wait for the same tasks, of at most `max` partitions each. Those of a model that come
 * one after the other upstream start one after the other here too, because their batches wait for different tasks.
 */
export function tasksOf(
  node: Unit['node'],
  judged: readonly Judged[],
  max: number,
  order: 'oldest' | 'newest',
): readonly { readonly task: PlannedTask; readonly indexes: readonly number[] }[] {
  const running = judged.filter((each): each is Placed<RunningUnit> => each.kind === 'run')
  const groups = grouped(running, max, (a, b) => isSameReason(a.reason, b.reason) && isSame(a.after, b.after))
  const tasks = groups.map((group) => ({
    task: taskOf(node, group),
    indexes: group.map(({ index }) => index),
  }))
  const isReversed = order === 'newest' && !needsItsPast(node)
  return isReversed ? tasks.reverse() : tasks
}

/** What is held, adjacent partitions with the same needs together. */
export function heldTasks(
  node: Unit['node'],
  judged: readonly Judged[],
): readonly { readonly held: HeldTask; readonly indexes: readonly number[] }[] {
  const held = judged.filter((each): each is Placed<HeldUnit> => each.kind === 'held')
  const groups = grouped(held, Number.POSITIVE_INFINITY, (a, b) => signature(a) === signature(b))
  return groups.map((group) => ({ held: heldOf(node, group), indexes: group.map(({ index }) => index) }))
}

/** Adjacent fresh partitions, one entry for each stretch. */
export function skippedTasks(
  node: Unit['node'],
  indexes: readonly number[],
  partitionAt: (index: number) => Partition | undefined,
): readonly SkippedTask[] {
  const skipped: SkippedTask[] = []
  for (let at = 0; at < indexes.length; ) {
    let last = at
    while (last + 1 < indexes.length && indexes[last + 1] === indexes[last]! + 1) last += 1
    const ends = [partitionAt(indexes[at]!), partitionAt(indexes[last]!)]
    const [from, to] = ends
    skipped.push({
      id: taskId(node.name, from === undefined || to === undefined ? [] : at === last ? [from] : [from, to]),
      model: node.name,
      kind: kindOf(node),
      count: last - at + 1,
      ...(from === undefined ? {} : { first: from }),
      ...(to === undefined ? {} : { last: to }),
      because: 'fresh',
    })
    at = last + 1
  }
  return skipped
}

/** One need for each upstream and cause, its keys together. */
export function mergeNeeds(needs: readonly Need[]): readonly Need[] {
  const merged = new Map<string, { upstream: string; because: Need['because']; partitions: Set<string> }>()
  for (const need of needs) {
    const id = `${need.upstream}\0${need.because}`
    const known = merged.get(id)
    if (known === undefined) merged.set(id, { ...need, partitions: new Set(need.partitions) })
    else for (const key of need.partitions) known.partitions.add(key)
  }
  return [...merged.values()].map((need) => ({ ...need, partitions: [...need.partitions] }))
}

/** How a relation's tasks are called. */
export function kindOf(node: Unit['node']): PlannedTask['kind'] {
  return isRelation(node) ? node.kind : 'check'
}

/** Arguments of the command that builds units with all that they need. */
export function repairCommand(model: string, partitions: readonly Partition[]): string {
  const [first] = partitions
  const last = partitions.at(-1)
  const range =
    first === undefined || last === undefined
      ? ''
      : first === last
        ? ` --partition ${first.key}`
        : ` --from ${first.key} --to ${last.key}`
  return `run --select ${model}${range} --upstream build`
}

function grouped<T extends { readonly index: number }>(
  units: readonly T[],
  max: number,
  belongs: (a: T, b: T) => boolean,
): readonly (readonly T[])[] {
  const groups: T[][] = []
  for (const unit of units) {
    const group = groups.at(-1)
    const last = group?.at(-1)
    const joins =
      group !== undefined &&
      last !== undefined &&
      group.length < max &&
      unit.index === last.index + 1 &&
      belongs(last, unit)
    if (joins) group.push(unit)
    else groups.push([unit])
  }
  return groups
}

function taskOf(node: Unit['node'], group: readonly Placed<RunningUnit>[]): PlannedTask {
  const partitions = partitionsOf(group)
  return {
    id: taskId(node.name, partitions),
    model: node.name,
    kind: kindOf(node),
    partitions,
    materialization: materializationOf(node),
    reason: reasonOf(group),
    after: group[0]!.after,
    fullRefresh: group[0]!.reason.kind === 'full_refresh',
    accepted: mergeNeeds(group.flatMap(({ accepted }) => accepted)),
    outside: [...new Set(group.flatMap(({ outside }) => outside))],
  }
}

function partitionsOf(group: readonly { readonly unit: Unit }[]): readonly Partition[] {
  return group.flatMap(({ unit }) => unit.partition ?? [])
}

/** The one reason of a task: that of its partitions, without the input's partition where they differ in it. */
function reasonOf([first, ...others]: readonly RunningUnit[]): Reason {
  const { reason } = first!
  if (reason.kind !== 'stale' || !('partition' in reason.cause)) return reason
  const { cause } = reason
  const isOne = others.every(
    (other) =>
      other.reason.kind === 'stale' &&
      'partition' in other.reason.cause &&
      other.reason.cause.partition === cause.partition,
  )
  return isOne ? reason : { kind: 'stale', cause: { kind: cause.kind, upstream: cause.upstream } }
}

function isSameReason(a: Reason, b: Reason): boolean {
  if (a.kind === 'stale' && b.kind === 'stale') {
    if (a.cause.kind !== b.cause.kind) return false
    return !('upstream' in a.cause && 'upstream' in b.cause) || a.cause.upstream === b.cause.upstream
  }
  return a.kind === b.kind
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((id, at) => id === b[at])
}

/** What two held units must have in common to be told as one. */
function signature({ state, needs, dueAt, help }: HeldUnit): string {
  const causes = needs.map(({ upstream, because }) => `${upstream} ${because}`)
  return JSON.stringify([state, [...new Set(causes)].sort(), dueAt !== undefined, help])
}

function heldOf(node: Unit['node'], group: readonly Placed<HeldUnit>[]): HeldTask {
  const partitions = partitionsOf(group)
  const { state, dueAt, help } = group[0]!
  return {
    id: taskId(node.name, partitions),
    model: node.name,
    kind: kindOf(node),
    partitions,
    state,
    needs: mergeNeeds(group.flatMap(({ needs }) => needs)),
    ...(dueAt === undefined ? {} : { dueAt: new Date(dueAt).toISOString() }),
    ...(help === undefined
      ? {}
      : {
          next:
            help === 'build'
              ? repairCommand(node.name, partitions)
              : `run --select ${node.name} --full-refresh`,
        }),
  }
}
