import { maxBatch } from '../batch/max-batch.ts'
import type { CompiledNode, CompiledProject } from '../compile/compiled.ts'
import { materializationOf } from '../compile/compiled.ts'
import { isSnapshot, needsItsPast, showsOnlyThePresent } from '../compile/snapshot.ts'
import { SluiceError } from '../diagnostics/diagnostic.ts'
import type { LedgerSnapshot } from '../ledger/records.ts'
import type { SourceView } from '../sources/source-view.ts'
import { boundariesOf } from '../time/boundaries.ts'
import type { Layout } from '../time/grain.ts'
import type { Partition } from '../time/interval.ts'
import { latestDue } from '../time/layout.ts'
import { type RequestedRange, rangeIn } from '../time/requested-range.ts'
import { Code } from './codes.ts'
import { type Edge, Edges, isView, layoutOfNode, type Unit } from './edges.ts'
import {
  type HeldUnit,
  heldTasks,
  type Judged,
  kindOf,
  mergeNeeds,
  type RunningUnit,
  repairCommand,
  skippedTasks,
  tasksOf,
} from './group.ts'
import {
  type HeldTask,
  type Need,
  type Plan,
  type PlannedTask,
  type Reason,
  type SkippedTask,
  taskId,
} from './plan.ts'
import { Problems } from './problems.ts'
import { keyOfUnit, States } from './state.ts'
import { Touched } from './touched.ts'
import { isAskedFor, type Wanted, wantedOf } from './wanted.ts'

export interface PlanRequest {
  /** Names of the selected nodes. */
  readonly selected: ReadonlySet<string>
  /** Undefined: the latest due partitions. One that is open at its end reaches to what is due. */
  readonly range?: RequestedRange
  readonly force: boolean
  readonly fullRefresh: boolean
  /** A full refresh may lose the history that snapshots have recorded. */
  readonly losesHistory?: boolean
  readonly upstream: 'block' | 'build' | 'accept'
  /** Every due partition within the range, and without one of the whole history, instead of the latest. */
  readonly history?: boolean
  /** What runs of what is asked for; undefined: whatever is not fresh. With `force`, everything. */
  readonly only?: ReadonlySet<'missing' | 'failed' | 'stale'>
  /** The order in which partitions of a model start, where inputs leave a choice. */
  readonly order?: 'oldest' | 'newest'
  /** The most partitions that one task may hold; undefined: what each model allows. */
  readonly batch?: number
  /** Only these partitions of the selection, by model and key (the key `all` for relations without partitions): what an earlier run left. */
  readonly units?: ReadonlyMap<string, ReadonlySet<string>>
  /** What is known of sources besides the ledger; undefined: all of them are there. */
  readonly sources?: SourceView
}

/**
 * What a command would do: graph + ledger snapshot + request → tasks with reasons. Pure; section 4 of the semantics.
 * Tasks come in an order in which they could run one by one. Of the ledger, `ledgerFor` says what must be in the snapshot.
 */
export function planRun(
  project: CompiledProject,
  snapshot: LedgerSnapshot,
  request: PlanRequest,
  now: number,
): Plan {
  return new Planner(project, snapshot, request, now).plan()
}

/** What was decided of a partition that is not fresh. */
type Outcome = PlannedTask | HeldTask

type Judgement = RunningUnit | HeldUnit | { readonly kind: 'fresh' } | { readonly kind: 'left' }

class Planner {
  private readonly project: CompiledProject
  private readonly request: PlanRequest
  private readonly edges: Edges
  private readonly states: States
  private readonly problems: Problems
  private readonly touched: Touched
  private readonly now: number
  private readonly ledgerSeq: number
  /** What was decided, by relation and index on its timeline; nothing is kept of what is fresh. */
  private readonly outcomes = new Map<string, Map<number, Outcome>>()
  private readonly tasks: PlannedTask[] = []
  private readonly held: HeldTask[] = []

  constructor(project: CompiledProject, snapshot: LedgerSnapshot, request: PlanRequest, now: number) {
    this.project = project
    this.request = request
    this.now = now
    this.ledgerSeq = snapshot.seq
    this.edges = new Edges(project.nodes, project.graph.ancestors)
    this.states = new States(this.edges, snapshot, now, (layout) => latestAsked(layout, request, now))
    this.problems = new Problems(this.edges, this.states, now, request.sources)
    this.touched = new Touched(this.edges, this.states, this.outcomes)
  }

  plan(): Plan {
    const { project, edges, states, request, now } = this
    this.refuseLosses()
    const order = edges.order(project.graph)
    const wanted = wantedOf({ project, edges, states, request, now, order })
    const skipped: SkippedTask[] = []
    for (const name of order) {
      const ofNode = wanted.get(name)
      if (ofNode === undefined) continue
      if (this.rebuildsWhole(ofNode.node)) this.decideRebuild(ofNode)
      else skipped.push(...this.decide(ofNode))
    }
    return { tasks: this.tasks, held: this.held, skipped, ledgerSeq: this.ledgerSeq }
  }

  /** Decides everything that is wanted of one relation, and returns what needs nothing. */
  private decide(wanted: Wanted): readonly SkippedTask[] {
    const { node } = wanted
    const outcomes = new Map<number, Outcome>()
    this.outcomes.set(node.name, outcomes)
    const judged: Judged[] = []
    const fresh: number[] = []
    const isTouched = this.request.force || this.refreshes(node) ? () => true : this.touched.of(node)
    const isFresh = this.freshness(node)
    for (const index of wanted.indexes()) {
      if (isFresh(index) && !isTouched(index)) {
        fresh.push(index)
        continue
      }
      const unit = wanted.unit(index)
      const found = this.judge(unit, wanted, index, judged)
      if (found.kind === 'fresh') fresh.push(index)
      else if (found.kind !== 'left') judged.push({ ...found, index, unit })
    }
    for (const { task, indexes } of tasksOf(
      node,
      judged,
      this.maxBatch(node),
      this.request.order ?? 'oldest',
    )) {
      this.tasks.push(task)
      for (const index of indexes) outcomes.set(index, task)
    }
    for (const { held, indexes } of heldTasks(node, judged)) {
      this.held.push(held)
      for (const index of indexes) outcomes.set(index, held)
    }
    return skippedTasks(node, fresh, (index) => wanted.unit(index).partition)
  }

  private maxBatch(node: Unit['node']): number {
    const ofModel = node.kind === 'model' && node.layout !== undefined ? maxBatch(node) : 1
    return Math.max(1, Math.min(ofModel, this.request.batch ?? Number.POSITIVE_INFINITY))
  }

  /** Whether a partition is plainly fresh: by far the most are, so these are told apart before anything is made of them. */
  private freshness(node: Unit['node']): (index: number) => boolean {
    const slots = this.states.slotsOf(node)
    const codes = this.states.codesOf(node)
    return (index) => {
      const row = slots.rowAt(index)
      if (row < 0 || slots.hasFailed(row)) return false
      return codes[row] === Code.fresh || codes[row] === Code.drifted
    }
  }

  private judge(unit: Unit, wanted: Wanted, index: number, earlier: readonly Judged[]): Judgement {
    const due = this.problems.notDue(unit)
    if (due !== undefined) return { kind: 'held', state: 'waiting', needs: [], dueAt: due }
    const inputs = this.inputs(unit, earlier)
    const reason = this.reasonFor(unit, inputs.changing)
    if (reason === undefined) return { kind: 'fresh' }
    if (!wanted.isNeeded(index) && !isAskedFor(this.request, unit, reason.kind)) return { kind: 'left' }
    if (this.states.hasOldLayout(unit.node) && !this.refreshes(unit.node)) return relayout(unit)
    if (!this.refreshes(unit.node) && this.states.isPast(unit))
      return this.passed(unit, wanted.isNeeded(index))
    const { refused, accepted } = this.acceptance(inputs.needs)
    if (refused.length > 0) return hold(wanted.isRequested(index), refused)
    return { kind: 'run', reason, after: inputs.after, accepted, outside: inputs.outside }
  }

  /** What a snapshot cannot record any more is told to who names it, and is nobody's fault in a range that others share. */
  private passed({ node, partition }: Unit, isNeeded: boolean): Judgement {
    const { range, force, selected } = this.request
    if (range === undefined && !force && !isNeeded) return { kind: 'left' }
    const isLost = showsOnlyThePresent(node)
    const detail = isLost ? 'its query shows only the present' : 'what followed is recorded'
    return {
      kind: 'held',
      state: selected.size === 1 ? 'blocked' : 'waiting',
      needs: [{ upstream: node.name, partitions: [partition!.key], because: 'past', detail }],
      ...(isLost ? {} : { help: 'full_refresh' }),
    }
  }

  /** Throws SL690 for snapshots with a history that a full refresh would lose. */
  private refuseLosses(): void {
    const { request, project, states } = this
    if (!request.fullRefresh || request.losesHistory === true) return
    const losing = [...request.selected].filter((name) => {
      const node = project.nodes.get(name)
      return isSnapshot(node) && states.hasHistory(node)
    })
    if (losing.length === 0) return
    const [first] = losing
    throw SluiceError.of('SL690', {
      message: `\`--full-refresh\` would lose the history that ${losing.join(', ')} ${losing.length === 1 ? 'has' : 'have'} recorded`,
      ...(losing.length === 1 ? { model: first! } : {}),
      hint: 'Leave snapshots out with `--exclude materialized:snapshot`. If their queries still give the state of every past interval, or the history is not wanted, add `--lose-history`.',
    })
  }

  /** A rebuild from nothing: one task with every partition that is published or asked for. */
  private decideRebuild(wanted: Wanted): void {
    const { node } = wanted
    // What only shows the present can only give that: all else is lost.
    const published = showsOnlyThePresent(node) ? [] : this.states.historyOf(node)
    const history = new Set(published.map(keyOfUnit))
    const all = new Map(published.map((unit) => [keyOfUnit(unit), { unit, isRequested: true }]))
    for (const index of wanted.indexes()) {
      const unit = wanted.unit(index)
      if (showsOnlyThePresent(node) && !this.isLatest(unit)) continue
      if (!all.has(keyOfUnit(unit)))
        all.set(keyOfUnit(unit), { unit, isRequested: wanted.isRequested(index) })
    }
    const partitions: Partition[] = []
    const found: { after: string[]; accepted: Need[]; outside: string[]; refused: Need[] } = {
      after: [],
      accepted: [],
      outside: [],
      refused: [],
    }
    const held: Judged[] = []
    for (const [index, { unit, isRequested }] of [...all.values()].sort(byStart).entries()) {
      // What is published stays, due or not: the rebuild replaces everything that stands there.
      const due = history.has(keyOfUnit(unit)) ? undefined : this.problems.notDue(unit)
      if (due !== undefined) {
        held.push({ index, unit, kind: 'held', state: 'waiting', needs: [], dueAt: due })
        continue
      }
      const inputs = this.inputs(unit, [])
      const { refused, accepted } = this.acceptance(inputs.needs)
      if (refused.length > 0 && !isRequested) {
        held.push({ index, unit, ...hold(isRequested, refused) })
        continue
      }
      found.refused.push(...refused)
      found.after.push(...inputs.after)
      found.outside.push(...inputs.outside)
      found.accepted.push(...accepted)
      if (unit.partition !== undefined) partitions.push(unit.partition)
    }
    for (const each of heldTasks(node, held)) this.held.push(each.held)
    if (partitions.length > 0) this.placeRebuild(wanted, partitions, found)
  }

  private isLatest({ node, partition }: Unit): boolean {
    const layout = layoutOfNode(node)
    return layout !== undefined && latestDue(layout, this.now)?.key === partition?.key
  }

  private placeRebuild(
    { node, timeline }: Wanted,
    partitions: readonly Partition[],
    found: Readonly<
      Record<'after' | 'outside', readonly string[]> & Record<'accepted' | 'refused', readonly Need[]>
    >,
  ): void {
    const identity = { id: taskId(node.name, partitions), model: node.name, kind: kindOf(node), partitions }
    let outcome: Outcome
    if (found.refused.length > 0) {
      const { state, needs, help } = hold(true, mergeNeeds(found.refused))
      outcome = {
        ...identity,
        state,
        needs,
        ...(help === undefined ? {} : { next: `${repairCommand(node.name, [])} --full-refresh` }),
      }
      this.held.push(outcome)
    } else {
      outcome = {
        ...identity,
        materialization: materializationOf(node),
        reason: { kind: 'full_refresh' },
        after: [...new Set(found.after)],
        fullRefresh: true,
        accepted: mergeNeeds(found.accepted),
        outside: [...new Set(found.outside)],
      }
      this.tasks.push(outcome)
    }
    const outcomes = new Map<number, Outcome>()
    for (const { start, end } of partitions) outcomes.set(timeline?.indexOf(start, end) ?? 0, outcome)
    this.outcomes.set(node.name, outcomes)
  }

  private refreshes(node: CompiledNode): boolean {
    return this.request.fullRefresh && node.kind !== 'check' && this.request.selected.has(node.name)
  }

  private rebuildsWhole(node: CompiledNode): boolean {
    return node.kind === 'model' && node.layout !== undefined && this.refreshes(node)
  }

  /** Everything about the inputs of a unit: what is planned, what changes it, what is not there. */
  private inputs(
    unit: Unit,
    earlier: readonly Judged[],
  ): {
    readonly after: readonly string[]
    readonly changing: string | undefined
    readonly needs: readonly Need[]
    readonly outside: readonly string[]
  } {
    const after = new Set<string>()
    const needs: Need[] = []
    const outside: string[] = []
    let changing: string | undefined
    const past = this.past(unit, earlier, needs)
    if (past !== undefined) {
      after.add(past)
      changing = unit.node.name
    }
    for (const edge of this.edges.of(unit)) {
      if (edge.reads.kind === 'partitions' && edge.reads.outside) outside.push(edge.upstream.name)
      const upstream = this.inputsAlong(edge, needs)
      for (const task of upstream) after.add(task.id)
      if (upstream.length > 0 && edge.role === 'data' && this.states.concerns(unit, edge))
        changing ??= edge.upstream.name
    }
    return { after: [...after], changing, needs: mergeNeeds(needs), outside }
  }

  /** A model that reads itself runs its partitions in order: each after the one before it, which must be there. The first waits for nothing. */
  private past({ node, partition }: Unit, earlier: readonly Judged[], needs: Need[]): string | undefined {
    if (!needsItsPast(node) || partition === undefined || this.refreshes(node)) return undefined
    const timeline = this.states.timelines.of(node.layout!)
    const index = timeline.indexAt(partition.start) - 1
    if (index < 0) return undefined
    const past: Unit = { node, partition: timeline.partition(index) }
    const judged = earlier.at(-1)
    if (judged?.index === index && judged.kind === 'run') return taskId(node.name, [past.partition!])
    const problem =
      judged?.index === index && judged.kind === 'held' ? judged.state : this.problems.ofRows(past)
    if (problem !== undefined)
      needs.push({ upstream: node.name, partitions: [keyOfUnit(past)], because: problem })
    return undefined
  }

  /** The tasks of this plan that an edge waits for; what is not there and not planned is added to `needs`. */
  private inputsAlong(edge: Edge, needs: Need[]): readonly PlannedTask[] {
    const tasks = new Set<PlannedTask>()
    if (edge.reads.kind === 'published') {
      if (edge.upstream.kind === 'source') {
        const need = edge.role === 'data' ? this.problems.ofSourceHistory(edge.upstream) : undefined
        if (need !== undefined) needs.push(need)
        return []
      }
      for (const outcome of this.outcomes.get(edge.upstream.name)?.values() ?? [])
        if (isPlanned(outcome)) tasks.add(outcome)
      if (tasks.size === 0 && !this.states.isAnyPublished(edge.upstream))
        needs.push({
          upstream: edge.upstream.name,
          partitions: [],
          because: this.problems.isToCome(edge.upstream) ? 'not_due' : 'missing',
        })
      if (edge.role === 'existence') return [...tasks]
    }
    for (const input of this.states.unitsOf(edge)) {
      const task = this.inputTask(edge, input, needs)
      if (task !== undefined) tasks.add(task)
    }
    return [...tasks]
  }

  private inputTask(edge: Edge, input: Unit, needs: Need[]): PlannedTask | undefined {
    const outcome = this.outcomeOf(input)
    if (outcome !== undefined && isPlanned(outcome)) return outcome
    // A check that comes late (`Edges.order`) holds back from the next run on.
    const comesLate = !this.outcomes.has(input.node.name) && this.request.selected.has(input.node.name)
    if (edge.role === 'check' && comesLate) return undefined
    const problem = this.problems.of(edge, input)
    if (problem === undefined) return undefined
    // A history that has not begun yet begins with what is recorded first.
    const begins = this.states.isPast(input) ? this.outcomes.get(input.node.name)?.values() : undefined
    const first = [...(begins ?? [])].find(isPlanned)
    if (problem === 'missing' && first !== undefined) return first
    const detail = this.problems.detailOf(input, problem)
    needs.push({
      upstream: input.node.name,
      partitions: input.partition === undefined ? [] : [input.partition.key],
      because: outcome !== undefined && problem === 'missing' ? outcome.state : problem,
      ...(detail === undefined ? {} : { detail }),
    })
    return undefined
  }

  private outcomeOf({ node, partition }: Unit): Outcome | undefined {
    const outcomes = this.outcomes.get(node.name)
    if (outcomes === undefined || outcomes.size === 0) return undefined
    if (partition === undefined || node.kind !== 'model' || node.layout === undefined) return outcomes.get(0)
    const index = this.states.timelines.of(node.layout).indexOf(partition.start, partition.end)
    return index === undefined ? undefined : outcomes.get(index)
  }

  private acceptance(needs: readonly Need[]): {
    readonly refused: readonly Need[]
    readonly accepted: readonly Need[]
  } {
    if (this.request.upstream !== 'accept') return { refused: needs, accepted: [] }
    const acceptable = (need: Need) =>
      (need.because === 'stale' || need.because === 'failed' || need.because === 'unseen') &&
      !isView(this.project.nodes.get(need.upstream)!)
    return { refused: needs.filter((need) => !acceptable(need)), accepted: needs.filter(acceptable) }
  }

  private reasonFor(unit: Unit, changing: string | undefined): Reason | undefined {
    const data = this.states.dataOf(unit)
    if (this.refreshes(unit.node)) return { kind: 'full_refresh' }
    if (this.states.hasFailed(unit))
      return { kind: 'failed', run: this.states.record(unit)?.note?.lastRun ?? '' }
    if (data.state === 'missing') return { kind: 'missing' }
    if (data.state === 'stale') return { kind: 'stale', cause: data.cause }
    if (this.request.force) return { kind: 'forced' }
    return changing === undefined ? undefined : { kind: 'upstream_planned', upstream: changing }
  }
}

function isPlanned(outcome: Outcome): outcome is PlannedTask {
  return 'after' in outcome
}

function hold(isRequested: boolean, needs: readonly Need[]): HeldUnit {
  const isBlocked = isRequested ? needs.some(blocks) : needs.some((need) => need.because === 'blocked')
  return {
    kind: 'held',
    state: isBlocked ? 'blocked' : 'waiting',
    needs,
    ...(needs.some(canBeBuilt) ? { help: 'build' } : {}),
  }
}

/** A requested unit is blocked by what somebody must repair, and waits for what will come by itself. */
function blocks({ because }: Need): boolean {
  return because !== 'not_due' && because !== 'waiting' && because !== 'not_ready'
}

/** Whether building what is upstream would help. */
function canBeBuilt({ because }: Need): boolean {
  return because !== 'not_due' && because !== 'not_ready' && because !== 'unseen' && because !== 'past'
}

/** A changed layout is one atomic rebuild, which only the user can ask for: it rewrites the whole history. */
function relayout({ node }: Unit): HeldUnit {
  return {
    kind: 'held',
    state: 'blocked',
    needs: [{ upstream: node.name, partitions: [], because: 'layout' }],
    help: 'full_refresh',
  }
}

function byStart(a: { readonly unit: Unit }, b: { readonly unit: Unit }): number {
  return (a.unit.partition?.start ?? 0) - (b.unit.partition?.start ?? 0)
}

/** Of what is not due yet no more is told than this many partitions: a range may reach to the year 9999. */
const MOST_NOT_DUE = 400

/** How far a timeline must reach for what is asked of partitions that are not due yet. */
function latestAsked(layout: Layout, { range }: PlanRequest, now: number): number {
  if (range?.to === undefined) return Number.NEGATIVE_INFINITY
  const cuts = boundariesOf(layout)
  const { end } = rangeIn(layout, { to: range.to })
  const due = Math.max(now, layout.start)
  const most = cuts.shift(cuts.floor(due), MOST_NOT_DUE + layout.ahead)
  return end > most ? most : cuts.shift(cuts.floor(end - 1), 1)
}
