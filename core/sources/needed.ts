import type { CompiledNode, CompiledProject } from '../compile/compiled.ts'
import { needsItsPast } from '../compile/snapshot.ts'
import { Edges, readsOf } from '../plan/edges.ts'
import type { PlanRequest } from '../plan/planner.ts'
import { widen } from '../plan/windows.ts'
import { boundariesOf } from '../time/boundaries.ts'
import type { Layout } from '../time/grain.ts'
import type { Interval, Partition } from '../time/interval.ts'
import { dueInterval, latestDue, partitionOf, partitionsOverlapping } from '../time/layout.ts'
import { rangeIn } from '../time/requested-range.ts'
import type { Question } from './look.ts'

/** What of the graph is asked for: the selection, and of which time. */
export type Asked = Pick<PlanRequest, 'selected' | 'range' | 'history' | 'fullRefresh' | 'units'> &
  Partial<Pick<PlanRequest, 'upstream'>>

/**
 * The sources that a request can depend on, each with the partitions that decide it: those that the requested partitions of the selected models
 * read, directly or through what they read; without a range, those of the latest due ones. A model without partitions reads all of a source.
 */
export function sourcesNeeded(project: CompiledProject, asked: Asked, now: number): readonly Question[] {
  const { nodes, graph } = project
  const edges = new Edges(nodes, graph.ancestors)
  const windows = new Map<string, Interval>()
  const need = (node: CompiledNode, window: Interval | undefined) => {
    const known = windows.get(node.name)
    const wanted = window ?? everything
    windows.set(node.name, known === undefined ? wanted : hull(known, wanted))
  }
  // Downstream first: the windows of what reads a node are complete when its turn comes.
  for (const name of [...graph.order].reverse()) {
    const node = edges.nodes.get(name)
    if (node === undefined) continue
    if (asked.selected.has(name)) {
      const own = requestedOf(node, asked, now)
      if (own !== undefined) need(node, own)
    }
    const wanted = windows.get(name)
    if (wanted === undefined) continue
    const window = runningWindow(node, wanted, asked)
    for (const [input, role] of edges.inputsOf(node)) {
      const upstream = nodes.get(input)
      if (upstream === undefined || role !== 'data') continue
      const layout = layoutOfNode(upstream)
      const isWhole = layout === undefined || layoutOfNode(node) === undefined || window === everything
      need(upstream, isWhole ? undefined : widen(layout, window, readsOf(node, input)))
    }
  }
  return [...nodes.values()].flatMap((node) => {
    const window = windows.get(node.name)
    if (node.kind !== 'source' || window === undefined) return []
    if (node.observe === undefined && node.ready === undefined) return []
    if (node.layout === undefined) return [{ source: node }]
    const partitions = dueWithin(node.layout, window, now)
    return partitions.length === 0 ? [] : [{ source: node, partitions }]
  })
}

/** The window widened to what may run for it: whole partitions and, of a model that reads itself, those before them that `build` adds. */
function runningWindow(node: CompiledNode, window: Interval, { upstream }: Asked): Interval {
  const layout = layoutOfNode(node)
  if (layout === undefined || window === everything || window.start >= window.end) return window
  const cuts = boundariesOf(layout)
  const last = cuts.floor(window.end - 1)
  const addsPast = upstream === 'build' && needsItsPast(node)
  const start = addsPast ? Math.min(window.start, layout.start) : cuts.floor(window.start)
  return { start, end: cuts.shift(last, 1) }
}

const everything: Interval = { start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY }

function hull(a: Interval, b: Interval): Interval {
  const joined = { start: Math.min(a.start, b.start), end: Math.max(a.end, b.end) }
  return joined.start === everything.start && joined.end === everything.end ? everything : joined
}

/** The interval of a selected node that the request is about; undefined for nothing. */
function requestedOf(node: CompiledNode, asked: Asked, now: number): Interval | undefined {
  const layout = layoutOfNode(node)
  if (layout === undefined || asked.fullRefresh) return everything
  if (asked.units !== undefined) return spanOfKeys(layout, asked.units.get(node.name) ?? new Set())
  if (asked.range !== undefined) return rangeIn(layout, asked.range)
  return asked.history === true ? everything : latestDue(layout, now)
}

function spanOfKeys(layout: Layout, keys: ReadonlySet<string>): Interval | undefined {
  const partitions = [...keys].flatMap((key) => partitionOf(layout, key) ?? [])
  return partitions.length === 0 ? undefined : partitions.reduce<Interval>(hull, partitions[0]!)
}

function dueWithin(layout: Layout, window: Interval, now: number): readonly Partition[] {
  const due = dueInterval(layout, now)
  if (due === undefined) return []
  const start = Math.max(due.start, window.start)
  const end = Math.min(due.end, window.end)
  return start < end ? partitionsOverlapping(layout, { start, end }) : []
}

function layoutOfNode(node: CompiledNode): Layout | undefined {
  return node.kind === 'model' || node.kind === 'source' ? node.layout : undefined
}
