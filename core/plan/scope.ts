import type { CompiledNode, CompiledProject } from '../compile/compiled.ts'
import { needsItsPast } from '../compile/snapshot.ts'
import type { ReadWindow, SnapshotRequest } from '../ledger/records.ts'
import { boundariesOf } from '../time/boundaries.ts'
import type { Layout } from '../time/grain.ts'
import type { Interval } from '../time/interval.ts'
import { latestDue } from '../time/layout.ts'
import { rangeIn } from '../time/requested-range.ts'
import { isRecorded } from './codes.ts'
import { Edges, isView, layoutOfNode, readsOf, type Unit } from './edges.ts'
import type { PlanRequest } from './planner.ts'
import { relationCodes } from './snapshot-request.ts'
import { widen } from './windows.ts'

/** What a plan has to know of the ledger: the partitions that are asked for, those that they read, and so on upstream. */
export function ledgerFor(project: CompiledProject, request: PlanRequest, now: number): SnapshotRequest {
  const walk = new Walk(new Edges(project.nodes, project.graph.ancestors), now)
  for (const name of request.selected) {
    const node = project.nodes.get(name)
    if (node !== undefined) walk.need(node, windowFor(node, request, now))
  }
  return { relations: relationCodes(project.nodes), scope: walk.finish() }
}

/** What of the ledger decides the states of these units and of what they read. */
export function ledgerOfUnits(
  project: CompiledProject,
  edges: Edges,
  units: readonly Unit[],
  since: SnapshotRequest['since'],
): SnapshotRequest {
  const walk = new Walk(edges)
  for (const { node, partition } of units) walk.need(node, partition ?? 'whole')
  return {
    relations: relationCodes(project.nodes),
    scope: walk.finish(),
    ...(since === undefined ? {} : { since }),
  }
}

function windowFor(node: CompiledNode, request: PlanRequest, now: number): ReadWindow {
  const layout = layoutOfNode(node)
  if (layout === undefined || request.fullRefresh) return 'whole'
  if (request.range !== undefined) return rangeIn(layout, request.range)
  if (request.history === true) return 'whole'
  return latestDue(layout, now) ?? { start: layout.start, end: layout.start }
}

/** Follows what is needed upstream. Windows only grow, so the walk ends. */
class Walk {
  private readonly edges: Edges
  private readonly windows = new Map<string, ReadWindow>()
  /** Relations of which it only matters whether anything is published. */
  private readonly present = new Set<string>()
  private readonly open: CompiledNode[] = []
  private readonly now: number

  /** `now` tells what is all of a history that goes on. */
  constructor(edges: Edges, now = Number.POSITIVE_INFINITY) {
    this.edges = edges
    this.now = now
  }

  need(node: CompiledNode, window: ReadWindow): void {
    if (!isRecorded(node)) return
    const layout = layoutOfNode(node)
    const readsItself = needsItsPast(node)
    const wanted = layout === undefined || readsItself || isAll(layout, window, this.now) ? 'whole' : window
    const known = this.windows.get(node.name)
    const joined = known === undefined ? wanted : hull(known, wanted)
    if (known !== undefined && isSame(known, joined)) return
    this.windows.set(node.name, joined)
    this.open.push(node)
  }

  finish(): ReadonlyMap<string, ReadWindow> {
    for (let node = this.open.pop(); node !== undefined; node = this.open.pop()) this.follow(node)
    for (const name of this.present) this.windows.set(name, 'whole')
    return this.windows
  }

  private follow(node: CompiledNode): void {
    const window = this.windows.get(node.name)!
    const layout = layoutOfNode(node)
    for (const [name, role] of this.edges.inputsOf(node)) {
      const upstream = this.edges.nodes.get(name)
      if (upstream === undefined || !isRecorded(upstream)) continue
      const upstreamLayout = layoutOfNode(upstream)
      if (role === 'existence' && !isView(upstream)) this.present.add(name)
      else if (layout === undefined || upstreamLayout === undefined || window === 'whole')
        this.need(upstream, 'whole')
      else this.need(upstream, widen(upstreamLayout, outwards(layout, window), readsOf(node, name)))
    }
  }
}

/** What is whole needs no summary of the rest. */
function isAll(layout: Layout, window: ReadWindow, now: number): boolean {
  if (window === 'whole') return true
  return window.start <= layout.start && window.end >= (layout.end ?? now)
}

/** The window widened to whole partitions. */
function outwards(layout: Layout, { start, end }: Interval): Interval {
  const cuts = boundariesOf(layout)
  const last = cuts.floor(end)
  return { start: cuts.floor(start), end: last === end ? end : cuts.shift(last, 1) }
}

function hull(a: ReadWindow, b: ReadWindow): ReadWindow {
  if (a === 'whole' || b === 'whole') return 'whole'
  return { start: Math.min(a.start, b.start), end: Math.max(a.end, b.end) }
}

function isSame(a: ReadWindow, b: ReadWindow): boolean {
  if (a === 'whole' || b === 'whole') return a === b
  return a.start === b.start && a.end === b.end
}
