import { type CompiledProject, isRunnable, type RunnableNode } from '../compile/compiled.ts'
import { needsItsPast } from '../compile/snapshot.ts'
import { WHOLE } from '../ledger/records.ts'
import { Edges, type Unit } from '../plan/edges.ts'
import type { Partition } from '../time/interval.ts'
import { partitionsOverlapping } from '../time/layout.ts'
import { type RecordedPlan, type RecordedUnits, type UnitsByModel, unitsOf } from './recorded-plan.ts'

/** What a run, or one that went on with it, tried, oldest first; the model's name is that of the project. */
export interface Tried {
  readonly model: string
  readonly keys: readonly string[]
  readonly published: boolean
}

export interface LeftOver {
  readonly units: UnitsByModel
  /** Models that are gone, or whose partitions are cut otherwise now: what was left of them cannot be told. */
  readonly unknown: readonly string[]
}

/** What of a plan was not published, that which was blocked from the start included. */
export function leftOver(project: CompiledProject, plan: RecordedPlan, tried: readonly Tried[]): LeftOver {
  const { units, unknown } = unitsOf([...plan.units, ...plan.blocked], project)
  const left = new Map([...units].map(([model, keys]) => [model, new Set(keys)]))
  for (const { model, keys, published } of tried)
    if (published) for (const key of keys) left.get(model)?.delete(key)
  return { units: withoutEmpty(left), unknown }
}

/** What of a plan failed the last time that it was tried, and what of the plan could not run because of that. */
export function failedAndBlocked(
  project: CompiledProject,
  plan: RecordedPlan,
  tried: readonly Tried[],
): LeftOver {
  const left = leftOver(project, { ...plan, blocked: [] }, tried)
  const failed = new Map<string, Set<string>>()
  for (const { model, keys, published } of tried) {
    if (published) continue
    const ofModel = failed.get(model) ?? new Set<string>()
    for (const key of keys) if (left.units.get(model)?.has(key)) ofModel.add(key)
    failed.set(model, ofModel)
  }
  const edges = new Edges(project.nodes, project.graph.ancestors)
  const found = new Map<string, Set<string>>()
  for (const name of edges.order(project.graph)) {
    const keys = left.units.get(name)
    const node = project.nodes.get(name)
    if (keys === undefined || !isRunnable(node)) continue
    const ofModel = new Set<string>()
    found.set(name, ofModel)
    for (const unit of partsOf(node, keys, plan.units)) {
      const key = unit.partition?.key ?? WHOLE
      const readsOwn = needsItsPast(node) && ofModel.size > 0
      if (failed.get(name)?.has(key) || readsOwn || readsAny(edges, unit, found)) ofModel.add(key)
    }
  }
  return { units: withoutEmpty(found), unknown: left.unknown }
}

/** Whether a unit reads one of these. */
function readsAny(edges: Edges, unit: Unit, units: UnitsByModel): boolean {
  return edges.of(unit).some(({ upstream, reads }) => {
    const keys = units.get(upstream.name)
    if (keys === undefined || keys.size === 0) return false
    return reads.kind !== 'partitions' || reads.partitions.some(({ key }) => keys.has(key))
  })
}

/** The units of a node with these keys, oldest first. */
function* partsOf(
  node: RunnableNode,
  keys: ReadonlySet<string>,
  recorded: readonly RecordedUnits[],
): Generator<Unit> {
  if (node.kind !== 'model' || node.layout === undefined) {
    yield { node }
    return
  }
  const seen = new Set<string>()
  const partitions: Partition[] = []
  for (const [model, , , , start, end] of recorded) {
    if (model !== node.name || start === undefined || end === undefined) continue
    for (const partition of partitionsOverlapping(node.layout, { start, end })) {
      if (!keys.has(partition.key) || seen.has(partition.key)) continue
      seen.add(partition.key)
      partitions.push(partition)
    }
  }
  for (const partition of partitions.sort((a, b) => a.start - b.start)) yield { node, partition }
}

function withoutEmpty(units: ReadonlyMap<string, ReadonlySet<string>>): UnitsByModel {
  return new Map([...units].filter(([, keys]) => keys.size > 0))
}
