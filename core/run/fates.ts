import { type CompiledProject, isRunnable } from '../compile/compiled.ts'
import { needsItsPast } from '../compile/snapshot.ts'
import { WHOLE } from '../ledger/records.ts'
import type { Edge, Edges, Unit } from '../plan/edges.ts'
import { type PlannedTask, taskId } from '../plan/plan.ts'
import type { Partition } from '../time/interval.ts'
import { unitsOfTask } from './inputs.ts'

/** Why a partition cannot run in this run. */
export interface Blocker {
  /** Relation, with its partition if it has any. */
  readonly by: string
  readonly because: string
}

/** Partitions of a task with the same blocker. */
export interface BlockedPart extends Blocker {
  readonly partitions: readonly Partition[]
}

/** What of a task may go on, and what may not; `left` is undefined if nothing of it is. */
export interface Sorted<Out> {
  readonly left: readonly Partition[] | undefined
  readonly out: readonly Out[]
}

interface Bad {
  readonly partition?: Partition
  readonly because: string
}

/**
 * What became of each partition in this run, and what follows from it for those that read it: a task runs without the partitions whose own
 * inputs failed, and without those that were only planned because of inputs that turned out unchanged.
 */
export class Fates {
  private readonly project: CompiledProject
  private readonly edges: Edges
  /** By relation and key. */
  private readonly bad = new Map<string, Map<string, Bad>>()
  private readonly changed = new Map<string, Set<string>>()

  constructor(project: CompiledProject, edges: Edges) {
    this.project = project
    this.edges = edges
  }

  /** Partitions of a task, or the relation if there are none, did not get published. */
  notPublished(task: PlannedTask, partitions: readonly Partition[], because: 'failed' | 'is blocked'): void {
    const ofModel = remembered(this.bad, task.model, () => new Map<string, Bad>())
    if (partitions.length === 0) ofModel.set(WHOLE, { because })
    for (const partition of partitions) ofModel.set(partition.key, { partition, because })
  }

  /** What reads them has to look at them. */
  mayHaveChanged(task: PlannedTask, partitions: readonly Partition[]): void {
    const ofModel = remembered(this.changed, task.model, () => new Set<string>())
    if (partitions.length === 0) ofModel.add(WHOLE)
    for (const { key } of partitions) ofModel.add(key)
  }

  /** The partitions of a task whose inputs did not fail here. A rebuild is one: a single blocked partition blocks all of it. */
  sortBlocked(task: PlannedTask): Sorted<BlockedPart> {
    if (this.bad.size === 0) return { left: task.partitions, out: [] }
    const parts = new Map<string, { readonly blocker: Blocker; readonly partitions: Partition[] }>()
    const left: Partition[] = []
    let isLeft = false
    for (const unit of this.unitsOf(task)) {
      const own = unit.partition === undefined ? [] : [unit.partition]
      const blocker = this.blockerOf(unit)
      if (blocker === undefined) {
        isLeft = true
        left.push(...own)
        continue
      }
      if (task.fullRefresh) return { left: undefined, out: [{ ...blocker, partitions: task.partitions }] }
      remembered(parts, blocker.by, () => ({ blocker, partitions: [] as Partition[] })).partitions.push(
        ...own,
      )
    }
    const out = [...parts.values()].map(({ blocker, partitions }) => ({ ...blocker, partitions }))
    return { left: isLeft ? left : undefined, out }
  }

  /** Of a task that was planned only because its inputs were, or because they were stale: the partitions of which an input changed. */
  sortUnchanged(
    task: PlannedTask,
    partitions: readonly Partition[],
  ): Sorted<{ readonly partitions: readonly Partition[] }> {
    const [node] = this.unitsOf(task)
    if (node === undefined || !dependsOnInputs(task, node)) return { left: partitions, out: [] }
    const unchanged: Partition[] = []
    const left: Partition[] = []
    const units: readonly Unit[] =
      task.partitions.length === 0 ? [node] : partitions.map((partition) => ({ ...node, partition }))
    let isLeft = false
    for (const unit of units) {
      const own = unit.partition === undefined ? [] : [unit.partition]
      const isChanged = this.hasChangedInput(unit)
      if (isChanged) isLeft = true
      const list = isChanged ? left : unchanged
      list.push(...own)
    }
    const isOut = unchanged.length > 0 || !isLeft
    return { left: isLeft ? left : undefined, out: isOut ? [{ partitions: unchanged }] : [] }
  }

  private unitsOf(task: PlannedTask): readonly Unit[] {
    const node = this.project.nodes.get(task.model)
    if (!isRunnable(node)) return []
    return unitsOfTask(node, task)
  }

  private blockerOf(unit: Unit): Blocker | undefined {
    const own = this.badPast(unit)
    if (own !== undefined) return own
    for (const edge of this.edges.of(unit)) {
      const ofModel = this.bad.get(edge.upstream.name)
      if (ofModel === undefined) continue
      const bad = firstOf(edge, (key) => ofModel.get(key)) ?? anyOf(edge, ofModel)
      if (bad !== undefined) return blocker(edge.upstream.name, bad)
    }
    return undefined
  }

  /** A model that reads its own past waits for all of it. */
  private badPast({ node, partition }: Unit): Blocker | undefined {
    if (!needsItsPast(node) || partition === undefined) return undefined
    for (const bad of this.bad.get(node.name)?.values() ?? []) {
      if (bad.partition !== undefined && bad.partition.start < partition.start) return blocker(node.name, bad)
    }
    return undefined
  }

  private hasChangedInput(unit: Unit): boolean {
    const { node } = unit
    if (needsItsPast(node) && this.changed.has(node.name)) return true
    return this.edges.of(unit).some((edge) => {
      const ofModel = this.changed.get(edge.upstream.name)
      if (ofModel === undefined) return false
      return (
        edge.reads.kind === 'published' ||
        firstOf(edge, (key) => (ofModel.has(key) ? key : undefined)) !== undefined
      )
    })
  }
}

/** Whether nothing but what its inputs turn out to be makes a task necessary. What was accepted as it is stays stale. */
function dependsOnInputs({ reason, accepted }: PlannedTask, { node }: Unit): boolean {
  if (reason.kind === 'upstream_planned') return true
  const isStaleByInputs = reason.kind === 'stale' && reason.cause.kind === 'upstream'
  return isStaleByInputs && accepted.length === 0 && !needsItsPast(node)
}

function blocker(relation: string, { partition, because }: Bad): Blocker {
  const by = taskId(relation, partition === undefined ? [] : [partition])
  const said = partition === undefined ? relation : `${relation} ${partition.key}`
  return { by, because: `${said} ${because}` }
}

/** The first value of the keys that an edge reads. */
function firstOf<T>(edge: Edge, find: (key: string) => T | undefined): T | undefined {
  if (edge.reads.kind === 'whole') return find(WHOLE)
  if (edge.reads.kind === 'published') return undefined
  for (const { key } of edge.reads.partitions) {
    const found = find(key)
    if (found !== undefined) return found
  }
  return undefined
}

/** What reads all that is published is concerned by any partition. */
function anyOf(edge: Edge, ofModel: ReadonlyMap<string, Bad>): Bad | undefined {
  if (edge.reads.kind !== 'published') return undefined
  const [first] = ofModel.values()
  return first
}

function remembered<K, V>(known: Map<K, V>, key: K, make: () => V): V {
  const found = known.get(key)
  if (found !== undefined) return found
  const value = make()
  known.set(key, value)
  return value
}
