import {
  type CompiledProject,
  type CompiledRelation,
  isRelation,
  materializationOf,
} from '../core/compile/compiled.ts'
import { type LedgerSnapshot, leaseId, type PartitionRecord } from '../core/ledger/records.ts'
import { Edges, type Unit } from '../core/plan/edges.ts'
import { keyOfUnit, States } from '../core/plan/state.ts'
import type { Interval } from '../core/time/interval.ts'
import { contains } from '../core/time/interval.ts'
import { duePartitions } from '../core/time/layout.ts'
import { instantJson } from './json/plan.ts'
import { staleText } from './text/reason.ts'

/** One line of `sluice status --output json`: see docs/schemas/status.json. */
export interface RelationStatus {
  readonly name: string
  readonly kind: 'model' | 'seed'
  readonly materialization: string
  /** Counts of due partitions; a relation without partitions counts as one. */
  readonly partitions: {
    readonly due: number
    readonly fresh: number
    readonly drifted: number
    readonly stale: number
    readonly missing: number
    readonly failed: number
    readonly running: number
  }
  readonly rows: number
  readonly first?: string
  readonly last?: string
  readonly publishedAt?: string
  readonly reason?: string
}

/** What is published of the selected relations and what it is worth, upstream first. Pure. */
export function statusOf(
  project: CompiledProject,
  snapshot: LedgerSnapshot,
  selected: ReadonlySet<string>,
  range: Interval | undefined,
  now: number,
): readonly RelationStatus[] {
  const edges = new Edges(project.nodes, project.graph.ancestors)
  const states = new States(edges, snapshot, now)
  return project.graph.order
    .filter((name) => selected.has(name))
    .map((name) => project.nodes.get(name))
    .filter(isRelation)
    .map((node) => relationStatus(node, unitsOf(node, range, now), states, snapshot))
}

function unitsOf(node: CompiledRelation, range: Interval | undefined, now: number): readonly Unit[] {
  if (node.kind !== 'model' || node.layout === undefined) return [{ node }]
  return duePartitions(node.layout, now)
    .filter((partition) => range === undefined || contains(range, partition))
    .map((partition) => ({ node, partition }))
}

function relationStatus(
  node: CompiledRelation,
  units: readonly Unit[],
  states: States,
  snapshot: LedgerSnapshot,
): RelationStatus {
  const counts = { due: units.length, fresh: 0, drifted: 0, stale: 0, missing: 0, failed: 0, running: 0 }
  const published: PartitionRecord[] = []
  let reason: string | undefined
  for (const unit of units) {
    const data = states.dataOf(unit)
    counts[data.state] += 1
    if (data.state === 'fresh' && data.drifted) counts.drifted += 1
    if (data.state === 'stale') reason = staleText(data.cause, node.kind)
    if (states.hasFailed(unit)) counts.failed += 1
    if (snapshot.leases.has(leaseId(node.name, keyOfUnit(unit)))) counts.running += 1
    const record = states.record(unit)
    if (record?.data !== undefined) published.push(record)
  }
  const newest = published.reduce((most, { data }) => Math.max(most, data!.publishedAt), 0)
  const isPartitioned = node.kind === 'model' && node.layout !== undefined
  return {
    name: node.name,
    kind: node.kind,
    materialization: materializationOf(node),
    partitions: counts,
    rows: published.reduce((sum, { data }) => sum + data!.rows, 0),
    ...(isPartitioned && published.length > 0
      ? { first: published[0]!.key, last: published.at(-1)!.key }
      : {}),
    ...(newest > 0 ? { publishedAt: instantJson(newest) } : {}),
    ...(reason === undefined ? {} : { reason }),
  }
}
