import type { CompiledNode, CompiledProject } from '../compile/compiled.ts'
import { needsItsPast } from '../compile/snapshot.ts'
import { WHOLE } from '../ledger/records.ts'
import type { Layout } from '../time/grain.ts'
import { contains, type Interval } from '../time/interval.ts'
import { dueInterval } from '../time/layout.ts'
import { rangeIn } from '../time/requested-range.ts'
import { Code } from './codes.ts'
import type { Edge, Edges, Unit } from './edges.ts'
import type { Reason } from './plan.ts'
import type { PlanRequest } from './planner.ts'
import { Problems } from './problems.ts'
import type { States } from './state.ts'
import type { Timeline } from './timeline.ts'

/** What is wanted of one relation, as indexes of its timeline (0 without partitions). */
export class Wanted {
  readonly node: Unit['node']
  readonly timeline: Timeline | undefined
  /** Only some of it may run. */
  readonly isLimited: boolean
  private readonly keys: ReadonlySet<string> | undefined
  private from = 0
  private to = 0
  private range: Interval | undefined
  private wholeIsRequested = false
  private readonly extra = new Set<number>()
  private readonly needed = new Set<number>()

  constructor(node: Unit['node'], timeline: Timeline | undefined, keys?: ReadonlySet<string>) {
    this.node = node
    this.timeline = timeline
    this.keys = keys
    this.isLimited = keys !== undefined
  }

  /** Everything that overlaps the interval; what lies within it is requested, the rest only touched. */
  addRange(range: Interval): void {
    const timeline = this.timeline!
    if (range.start >= range.end) return
    this.range = range
    this.from = Math.max(0, timeline.indexAt(range.start))
    const last = range.end <= timeline.cuts[0]! ? -1 : timeline.indexAt(range.end - 1)
    this.to = Math.min(last + 1, timeline.count)
  }

  /** The one unit of a relation without partitions. */
  addWhole(isRequested: boolean): void {
    this.to = 1
    this.wholeIsRequested ||= isRequested
  }

  /** A partition that something else needs. */
  add(index: number): void {
    this.needed.add(index)
    if (index < this.from || index >= this.to || !this.isAllowed(index)) this.extra.add(index)
    else if (this.timeline === undefined) this.wholeIsRequested = true
  }

  get isEmpty(): boolean {
    return this.to <= this.from && this.extra.size === 0
  }

  /** In order. */
  indexes(): readonly number[] {
    const before: number[] = []
    const after: number[] = []
    for (const index of this.extra) {
      if (index < this.from) before.push(index)
      else if (index >= this.to) after.push(index)
    }
    const found = before.sort((a, b) => a - b)
    for (let index = this.from; index < this.to; index++)
      if (this.isAllowed(index) || this.extra.has(index)) found.push(index)
    for (const index of after.sort((a, b) => a - b)) found.push(index)
    return found
  }

  /** It lies within the range, or is needed by something that was asked for. */
  isRequested(index: number): boolean {
    if (this.timeline === undefined) return this.wholeIsRequested || this.needed.has(index)
    return (
      this.needed.has(index) ||
      this.range === undefined ||
      contains(this.range, this.timeline.partition(index))
    )
  }

  /** Something that was asked for needs it. */
  isNeeded(index: number): boolean {
    return this.needed.has(index)
  }

  unit(index: number): Unit {
    return this.timeline === undefined
      ? { node: this.node }
      : { node: this.node, partition: this.timeline.partition(index) }
  }

  private isAllowed(index: number): boolean {
    return this.keys === undefined || this.keys.has(this.timeline?.partition(index).key ?? WHOLE)
  }
}

export interface WantedInputs {
  readonly project: CompiledProject
  readonly edges: Edges
  readonly states: States
  readonly request: PlanRequest
  readonly now: number
  /** Upstream first. */
  readonly order: readonly string[]
}

/** The units that a request names, by relation, and those that they need: without a range what selected models need of each other, with
 * `--upstream build` whatever is missing, stale or failed. */
export function wantedOf(inputs: WantedInputs): ReadonlyMap<string, Wanted> {
  return new Wants(inputs).all()
}

class Wants {
  private readonly inputs: WantedInputs
  private readonly problems: Problems
  private readonly wanted = new Map<string, Wanted>()

  constructor(inputs: WantedInputs) {
    this.inputs = inputs
    this.problems = new Problems(inputs.edges, inputs.states, inputs.now, inputs.request.sources)
  }

  all(): ReadonlyMap<string, Wanted> {
    const { order, request, project } = this.inputs
    for (const name of order) {
      const node = project.nodes.get(name)!
      if (!request.selected.has(name) || node.kind === 'source' || node.kind === 'exposure') continue
      if (node.kind === 'check' && node.gateOf !== undefined) continue
      this.want(node)
    }
    if (this.needsClosure())
      for (let at = order.length - 1; at >= 0; at--) {
        const wanted = this.wanted.get(order[at]!)
        if (wanted !== undefined) this.closeOver(wanted)
      }
    for (const [name, wanted] of this.wanted) if (wanted.isEmpty) this.wanted.delete(name)
    return this.wanted
  }

  private needsClosure(): boolean {
    const { range, history, upstream } = this.inputs.request
    return upstream === 'build' || (range === undefined && history !== true)
  }

  private want(node: Unit['node']): void {
    const { request, now } = this.inputs
    const wanted = this.of(node)
    const { timeline } = wanted
    if (timeline === undefined) {
      wanted.addWhole(request.range === undefined)
      return
    }
    const due = dueInterval(timeline.layout, now)
    const interval = intervalFor(timeline.layout, request, due)
    if (interval !== undefined) wanted.addRange(interval)
    else if (due !== undefined) wanted.add(timeline.indexAt(due.end - 1))
    // A rebuild replaces everything that stands there.
    if (this.rebuildsWhole(node)) for (const unit of this.inputs.states.historyOf(node)) this.add(unit)
  }

  private of(node: Unit['node']): Wanted {
    const known = this.wanted.get(node.name)
    if (known !== undefined) return known
    const { states, request } = this.inputs
    const layout = node.kind === 'model' ? node.layout : undefined
    const timeline = layout === undefined ? undefined : states.timelines.of(layout)
    const keys = request.units === undefined ? undefined : (request.units.get(node.name) ?? new Set<string>())
    const made = new Wanted(node, timeline, keys)
    this.wanted.set(node.name, made)
    return made
  }

  private closeOver(wanted: Wanted): void {
    const { node } = wanted
    const builds = this.inputs.request.upstream === 'build'
    const mayFail = this.inputsMayHaveFailed(node)
    if (builds && needsItsPast(node)) {
      // Newest first: each may need the one before it, and then what that needs.
      const closed = new Set<number>()
      for (const index of [...wanted.indexes()].reverse())
        for (let at: number | undefined = index; at !== undefined && !closed.has(at); ) {
          closed.add(at)
          at = this.closeOverIndex(wanted, at, mayFail) ? this.wantPast(wanted, at) : undefined
        }
    } else for (const index of wanted.indexes()) this.closeOverIndex(wanted, index, mayFail)
  }

  /** Adds what one partition needs, and tells whether it needs anything. */
  private closeOverIndex(wanted: Wanted, index: number, mayFail: boolean): boolean {
    const { edges, request } = this.inputs
    const builds = request.upstream === 'build'
    // What is fresh needs only what has failed since; by far the most partitions are.
    const isFresh = builds && this.isFresh(wanted.node, index)
    if (isFresh && !mayFail && !request.force && this.hasAll(request)) return false
    if (builds && !this.mayRun(wanted, index)) return false
    for (const edge of edges.of(wanted.unit(index))) this.wantAlong(edge, builds)
    return true
  }

  /** Only for what may run something else is built. */
  private mayRun(wanted: Wanted, index: number): boolean {
    const { node } = wanted
    const { request, states } = this.inputs
    const unit = wanted.unit(index)
    if (this.rebuildsWhole(node)) return true
    if (this.problems.notDue(unit) !== undefined) return false
    // What is only touched waits for what it needs.
    if (wanted.timeline !== undefined && !wanted.isRequested(index)) return false
    if (request.only === undefined || wanted.isNeeded(index)) return true
    if (states.hasFailed(unit)) return isAskedFor(request, unit, 'failed')
    if (request.force && this.isFresh(node, index)) return true
    const { state } = states.dataOf(unit)
    // What is fresh may become stale by what runs before it.
    return isAskedFor(request, unit, state === 'missing' ? 'missing' : 'stale')
  }

  /** With a range, what is selected of it is all that is asked for. */
  private hasAll({ range, history, fullRefresh }: PlanRequest): boolean {
    return (range !== undefined || history === true) && !fullRefresh
  }

  private isFresh(node: CompiledNode, index: number): boolean {
    const row = this.inputs.states.slotsOf(node).rowAt(index)
    const code = row < 0 ? Code.missing : this.inputs.states.codesOf(node)[row]
    return code === Code.fresh || code === Code.drifted
  }

  private inputsMayHaveFailed(node: Unit['node']): boolean {
    const { edges, states } = this.inputs
    if (needsItsPast(node) && states.slotsOf(node).history.notes.size > 0) return true
    for (const [name, role] of edges.inputsOf(node)) {
      const upstream = edges.nodes.get(name)
      if (role === 'check') return true
      if (upstream !== undefined && states.slotsOf(upstream).history.notes.size > 0) return true
    }
    return false
  }

  private wantAlong(edge: Edge, builds: boolean): void {
    const { request, states } = this.inputs
    const { upstream } = edge
    if (upstream.kind === 'source') return
    if (edge.reads.kind === 'partitions' && this.belongs(upstream))
      for (const input of states.unitsOf(edge)) this.add(input)
    if (!builds || this.rebuildsWhole(upstream)) return
    if (edge.role === 'check' && request.selected.has(upstream.name)) return
    if (edge.reads.kind === 'published') {
      this.wantNewest(edge)
      if (edge.role === 'existence') return
    }
    for (const input of states.unitsOf(edge)) {
      const problem = this.problems.of(edge, input)
      if (problem !== undefined && problem !== 'not_due') this.add(input)
    }
  }

  /** An upstream of which nothing is published or asked for yet contributes its newest due partition. */
  private wantNewest({ upstream }: Edge): void {
    if (this.inputs.states.isAnyPublished(upstream)) return
    const wanted = this.of(upstream)
    if (wanted.timeline === undefined || !wanted.isEmpty) return
    const due = dueInterval(wanted.timeline.layout, this.inputs.now)
    if (due !== undefined) wanted.add(wanted.timeline.indexAt(due.end - 1))
  }

  /** A model that reads itself needs the partition before: its index, if that is not as it should be. */
  private wantPast(wanted: Wanted, index: number): number | undefined {
    const past = index - 1
    if (past < 0 || this.problems.ofRows(wanted.unit(past)) === undefined) return undefined
    wanted.add(past)
    return past
  }

  private add({ node, partition }: Unit): void {
    const wanted = this.of(node)
    if (partition === undefined || wanted.timeline === undefined) {
      wanted.add(0)
      return
    }
    const index = wanted.timeline.indexOf(partition.start, partition.end)
    if (index !== undefined) wanted.add(index)
  }

  /** Whether what a selected model reads of this upstream is asked for too: without a range that of selected models, and what a rebuild is to
   * build, because that is one task and nothing can join it later. */
  private belongs(upstream: CompiledNode): boolean {
    const { request } = this.inputs
    if (request.range === undefined && request.history !== true) return request.selected.has(upstream.name)
    return request.upstream === 'build' && this.rebuildsWhole(upstream)
  }

  private rebuildsWhole(node: CompiledNode): boolean {
    const { request } = this.inputs
    return (
      request.fullRefresh &&
      node.kind === 'model' &&
      node.layout !== undefined &&
      request.selected.has(node.name)
    )
  }
}

/** Whether `only` lets a unit run for a reason. */
export function isAskedFor({ only, selected }: PlanRequest, unit: Unit, reason: Reason['kind']): boolean {
  if (only === undefined || !selected.has(unit.node.name)) return true
  switch (reason) {
    case 'failed':
      return only.has('failed')
    case 'missing':
      return only.has('missing')
    case 'stale':
    case 'upstream_planned':
      return only.has('stale')
    case 'forced':
    case 'full_refresh':
      return true
  }
}

/** The interval that is asked for of a layout; undefined: only the latest due partition. Where it has no end, what is not due yet is not asked for. */
function intervalFor(layout: Layout, request: PlanRequest, due: Interval | undefined): Interval | undefined {
  const { range, history } = request
  if (range === undefined) return history === true ? (due ?? nothing(layout)) : undefined
  const asked = rangeIn(layout, range)
  if (range.to !== undefined) return asked
  const end = Math.min(asked.end, due?.end ?? layout.start)
  return { start: Math.min(asked.start, end), end }
}

function nothing({ start }: Layout): Interval {
  return { start, end: start }
}
