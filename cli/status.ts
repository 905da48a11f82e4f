import {
  type CompiledProject,
  type CompiledRelation,
  type CompiledSource,
  isRelation,
  materializationOf,
} from '../core/compile/compiled.ts'
import type { LedgerSnapshot } from '../core/ledger/records.ts'
import { Code } from '../core/plan/codes.ts'
import { Edges, layoutOfNode, type Unit } from '../core/plan/edges.ts'
import type { Slots } from '../core/plan/slots.ts'
import { States } from '../core/plan/state.ts'
import { dueInterval } from '../core/time/layout.ts'
import { type RequestedRange, rangeIn } from '../core/time/requested-range.ts'
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
  range: RequestedRange | undefined,
  now: number,
): readonly RelationStatus[] {
  const states = new States(new Edges(project.nodes, project.graph.ancestors), snapshot, now)
  const running = runningKeys(snapshot)
  return project.graph.order
    .filter((name) => selected.has(name))
    .map((name) => project.nodes.get(name))
    .filter(isRelation)
    .map((node) => relationStatus(node, states, indexesOf(node, states, range, now), running))
}

/** Keys of partitions that somebody is publishing, by relation. */
function runningKeys({ leases }: LedgerSnapshot): ReadonlyMap<string, readonly string[]> {
  const keys = new Map<string, string[]>()
  for (const lease of leases.keys()) {
    const [model = '', key = ''] = lease.split('\0')
    keys.set(model, [...(keys.get(model) ?? []), key])
  }
  return keys
}

/** Timeline indexes of what is due within the range: from the first to before the second. */
export function indexesOf(
  node: CompiledRelation | CompiledSource,
  states: States,
  range: RequestedRange | undefined,
  now: number,
): readonly [number, number] {
  const layout = layoutOfNode(node)
  if (layout === undefined) return [0, 1]
  const due = dueInterval(layout, now)
  if (due === undefined) return [0, 0]
  const timeline = states.timelines.of(layout)
  const last = timeline.indexAt(due.end - 1) + 1
  if (range === undefined) return [0, last]
  const asked = rangeIn(layout, range)
  let from = Math.max(0, timeline.indexAt(asked.start))
  if (timeline.cuts[from]! < asked.start) from += 1
  let to = Math.min(last, timeline.indexAt(asked.end))
  while (to > from && timeline.cuts[to]! > asked.end) to -= 1
  return [from, Math.max(from, to)]
}

function relationStatus(
  node: CompiledRelation,
  states: States,
  [from, to]: readonly [number, number],
  running: ReadonlyMap<string, readonly string[]>,
): RelationStatus {
  const slots = states.slotsOf(node)
  const codes = states.codesOf(node)
  const counts = { due: to - from, fresh: 0, drifted: 0, stale: 0, missing: 0, failed: 0, running: 0 }
  let rows = 0
  let publishedAt = 0
  let first = -1
  let last = -1
  let stale = -1
  for (let index = from; index < to; index++) {
    const row = slots.rowAt(index)
    if (slots.hasFailed(row)) counts.failed += 1
    const code = row < 0 ? Code.missing : codes[row]
    if (code === Code.missing) {
      // Nobody can record it any more, so nothing is to be done about it.
      if (
        slots.timeline === undefined ||
        !states.isMissed({ node, partition: slots.timeline.partition(index) })
      )
        counts.missing += 1
      continue
    }
    if (code === Code.stale) {
      counts.stale += 1
      stale = index
    } else counts.fresh += 1
    if (code === Code.drifted) counts.drifted += 1
    if (first === -1) first = index
    last = index
    rows += slots.history.measures?.rows[row] ?? 0
    publishedAt = Math.max(publishedAt, slots.history.measures?.publishedAt[row] ?? 0)
  }
  counts.running = runningWithin(slots, from, to, running.get(node.name) ?? [])
  const { timeline } = slots
  return {
    name: node.name,
    kind: node.kind,
    materialization: materializationOf(node),
    partitions: counts,
    rows,
    ...(timeline === undefined || first === -1
      ? {}
      : { first: timeline.partition(first).key, last: timeline.partition(last).key }),
    ...(publishedAt > 0 ? { publishedAt: instantJson(publishedAt) } : {}),
    ...(stale === -1 ? {} : { reason: reasonOf(states, node, slots, stale) }),
  }
}

function runningWithin({ timeline }: Slots, from: number, to: number, keys: readonly string[]): number {
  if (timeline === undefined || keys.length === 0) return keys.length
  const wanted = new Set(keys)
  let found = 0
  for (let index = from; index < to; index++) if (wanted.has(timeline.partition(index).key)) found += 1
  return found
}

/** Why the newest stale partition is stale. */
function reasonOf(states: States, node: CompiledRelation, { timeline }: Slots, index: number): string {
  const unit: Unit = timeline === undefined ? { node } : { node, partition: timeline.partition(index) }
  const data = states.dataOf(unit)
  return data.state === 'stale' ? staleText(data.cause, node.kind) : ''
}
