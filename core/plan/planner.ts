import type { CompiledNode, CompiledProject } from '../compile/compiled.ts'
import { isRelation, materializationOf } from '../compile/compiled.ts'
import type { LedgerSnapshot } from '../ledger/records.ts'
import type { Interval, Partition } from '../time/interval.ts'
import { contains } from '../time/interval.ts'
import { dueAt, latestDue, partitionsOverlapping } from '../time/layout.ts'
import { type Edge, Edges, isView, type Unit } from './edges.ts'
import {
  type HeldTask,
  type Need,
  type Plan,
  type PlannedTask,
  type Reason,
  type SkippedTask,
  taskId,
} from './plan.ts'
import { keyOfUnit, States } from './state.ts'

export interface PlanRequest {
  /** Names of the selected nodes. */
  readonly selected: ReadonlySet<string>
  /** Undefined: the latest due partitions. */
  readonly range?: Interval
  readonly force: boolean
  readonly fullRefresh: boolean
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
}

/** How much a unit was asked for: `requested` lies within the range, `touched` only overlaps it. */
type Mode = 'requested' | 'touched'

type Decision =
  | { readonly kind: 'run'; readonly task: PlannedTask }
  | { readonly kind: 'fresh' }
  | { readonly kind: 'held'; readonly held: HeldTask }

/**
 * What a command would do: graph + ledger snapshot + request → tasks with reasons. Pure; section 4 of the semantics.
 * Tasks come in an order in which they could run one by one.
 */
export function planRun(
  project: CompiledProject,
  snapshot: LedgerSnapshot,
  request: PlanRequest,
  now: number,
): Plan {
  return new Planner(project, snapshot, request, now).plan()
}

class Planner {
  private readonly project: CompiledProject
  private readonly request: PlanRequest
  private readonly now: number
  private readonly edges: Edges
  private readonly states: States
  private readonly ledgerSeq: number
  private readonly decisions = new Map<string, Decision>()
  /** Tasks of each model in this plan, oldest first. */
  private readonly planned = new Map<string, PlannedTask[]>()
  private readonly order: Decision[] = []

  constructor(project: CompiledProject, snapshot: LedgerSnapshot, request: PlanRequest, now: number) {
    this.project = project
    this.request = request
    this.now = now
    this.ledgerSeq = snapshot.seq
    this.edges = new Edges(project.nodes, project.graph.ancestors)
    this.states = new States(this.edges, snapshot, now)
  }

  plan(): Plan {
    const wanted = this.wanted()
    const order = this.edges.order(this.project.graph)
    for (const name of order) {
      const units = wanted.get(name)
      if (units === undefined) continue
      const node = this.project.nodes.get(name)!
      if (this.rebuildsWhole(node)) this.decideRebuild(node, units)
      else for (const { unit, mode } of units.values()) this.decide(unit, mode)
    }
    const tasks: PlannedTask[] = []
    const held: HeldTask[] = []
    const skipped: SkippedTask[] = []
    for (const decision of this.order) {
      if (decision.kind === 'run') tasks.push(decision.task)
      if (decision.kind === 'held') held.push(decision.held)
    }
    for (const name of order) {
      for (const { unit } of wanted.get(name)?.values() ?? []) {
        if (this.decisions.get(unitId(unit))?.kind === 'fresh') skipped.push(this.skip(unit))
      }
    }
    return { tasks, held, skipped, ledgerSeq: this.ledgerSeq }
  }

  /** The units that the request names, by model, and without a range those that the selected models need of each other. */
  private wanted(): ReadonlyMap<string, ReadonlyMap<string, { unit: Unit; mode: Mode }>> {
    const wanted = new Map<string, Map<string, { unit: Unit; mode: Mode }>>()
    const want = (unit: Unit, mode: Mode) => {
      const ofModel = wanted.get(unit.node.name) ?? new Map<string, { unit: Unit; mode: Mode }>()
      if (!ofModel.has(keyOfUnit(unit))) ofModel.set(keyOfUnit(unit), { unit, mode })
      wanted.set(unit.node.name, ofModel)
    }
    for (const name of [...this.project.graph.order].reverse()) {
      const node = this.project.nodes.get(name)!
      if (!this.request.selected.has(name) || node.kind === 'source') continue
      if (node.kind === 'check' && node.gateOf !== undefined) continue
      for (const { unit, mode } of this.named(node)) want(unit, mode)
      for (const { unit } of wanted.get(name)?.values() ?? []) {
        for (const edge of this.edges.of(unit)) {
          if (edge.reads.kind !== 'partitions' || !this.belongs(edge.upstream)) continue
          for (const input of this.states.unitsOf(edge)) want(input, 'requested')
        }
      }
    }
    for (const [name, units] of wanted) wanted.set(name, new Map([...units].sort(byStart)))
    return wanted
  }

  /** Whether what a selected model reads of this upstream is asked for too: without a range that of selected models, and what a rebuild is to
   * build, because that is one task and nothing can join it later. */
  private belongs(upstream: CompiledNode): boolean {
    if (this.request.range === undefined) return this.request.selected.has(upstream.name)
    return this.request.upstream === 'build' && this.rebuildsWhole(upstream)
  }

  private named(node: Exclude<CompiledNode, { kind: 'source' }>): readonly { unit: Unit; mode: Mode }[] {
    const { range } = this.request
    if (node.kind !== 'model' || node.layout === undefined) {
      return [{ unit: { node }, mode: range === undefined ? 'requested' : 'touched' }]
    }
    if (range === undefined) {
      const latest = latestDue(node.layout, this.now)
      return latest === undefined ? [] : [{ unit: { node, partition: latest }, mode: 'requested' }]
    }
    return partitionsOverlapping(node.layout, range).map((partition) => ({
      unit: { node, partition },
      mode: contains(range, partition) ? 'requested' : 'touched',
    }))
  }

  private decide(unit: Unit, mode: Mode): Decision {
    const id = unitId(unit)
    const known = this.decisions.get(id)
    if (known !== undefined) return known
    const decision = this.judge(unit, mode)
    this.decisions.set(id, decision)
    this.order.push(decision)
    if (decision.kind === 'run') {
      const ofModel = this.planned.get(unit.node.name)
      if (ofModel === undefined) this.planned.set(unit.node.name, [decision.task])
      else ofModel.push(decision.task)
    }
    return decision
  }

  private judge(unit: Unit, mode: Mode): Decision {
    const late = this.notDue(unit)
    if (late !== undefined) return { kind: 'held', held: late }
    const inputs = this.inputs(unit)
    const reason = this.reasonFor(unit, inputs.changing)
    if (reason === undefined) return { kind: 'fresh' }
    if (this.states.hasOldLayout(unit.node) && !this.refreshes(unit.node))
      return { kind: 'held', held: this.relayout(unit) }
    const { refused, accepted } = this.acceptance(inputs.needs)
    if (refused.length > 0) return { kind: 'held', held: this.hold(unit, mode, refused) }
    return {
      kind: 'run',
      task: {
        ...this.identity(unit, unit.partition === undefined ? [] : [unit.partition]),
        materialization: materializationOf(unit.node),
        reason,
        after: inputs.after,
        fullRefresh: this.refreshes(unit.node),
        accepted,
        outside: inputs.outside,
      },
    }
  }

  /** A rebuild from nothing: one task with every partition that is published or asked for. */
  private decideRebuild(node: CompiledNode, units: ReadonlyMap<string, { unit: Unit; mode: Mode }>): void {
    if (node.kind !== 'model') return
    const all = new Map<string, { unit: Unit; mode: Mode }>()
    for (const unit of this.states.historyOf(node)) all.set(keyOfUnit(unit), { unit, mode: 'requested' })
    for (const [key, each] of units) if (!all.has(key)) all.set(key, each)
    const partitions: Partition[] = []
    const after = new Set<string>()
    const accepted: Need[] = []
    const outside = new Set<string>()
    let refusedNeeds: readonly Need[] = []
    const history = new Set(this.states.historyOf(node).map(keyOfUnit))
    for (const { unit, mode } of [...all].sort(byStart).map(([, each]) => each)) {
      // What is published stays, due or not: the rebuild replaces everything that stands there.
      const late = history.has(keyOfUnit(unit)) ? undefined : this.notDue(unit)
      if (late !== undefined) {
        this.order.push({ kind: 'held', held: late })
        continue
      }
      const inputs = this.inputs(unit)
      const acceptance = this.acceptance(inputs.needs)
      if (acceptance.refused.length > 0 && mode === 'touched') {
        this.order.push({ kind: 'held', held: this.hold(unit, mode, acceptance.refused) })
        continue
      }
      if (acceptance.refused.length > 0) refusedNeeds = mergeNeeds([...refusedNeeds, ...acceptance.refused])
      for (const id of inputs.after) after.add(id)
      for (const name of inputs.outside) outside.add(name)
      accepted.push(...acceptance.accepted)
      if (unit.partition !== undefined) partitions.push(unit.partition)
    }
    if (partitions.length === 0) return
    const decision: Decision =
      refusedNeeds.length > 0
        ? { kind: 'held', held: { ...this.hold({ node }, 'requested', refusedNeeds), partitions } }
        : {
            kind: 'run',
            task: {
              ...this.identity({ node }, partitions),
              materialization: materializationOf(node),
              reason: { kind: 'full_refresh' },
              after: [...after],
              fullRefresh: true,
              accepted: mergeNeeds(accepted),
              outside: [...outside],
            },
          }
    for (const partition of partitions) this.decisions.set(unitId({ node, partition }), decision)
    this.order.push(decision)
    if (decision.kind === 'run') this.planned.set(node.name, [decision.task])
  }

  private refreshes(node: CompiledNode): boolean {
    return this.request.fullRefresh && node.kind !== 'check' && this.request.selected.has(node.name)
  }

  private rebuildsWhole(node: CompiledNode): boolean {
    return node.kind === 'model' && node.layout !== undefined && this.refreshes(node)
  }

  private notDue(unit: Unit): HeldTask | undefined {
    const { node, partition } = unit
    if (node.kind !== 'model' || node.layout === undefined || partition === undefined) return undefined
    const due = dueAt(node.layout, partition)
    if (due <= this.now) return undefined
    return {
      ...this.identity(unit, [partition]),
      state: 'waiting',
      needs: [],
      dueAt: new Date(due).toISOString(),
    }
  }

  /** Everything about the inputs of a unit: what is planned, what changes it, what is not there. */
  private inputs(unit: Unit): {
    readonly after: readonly string[]
    readonly changing: string | undefined
    readonly needs: readonly Need[]
    readonly outside: readonly string[]
  } {
    const after = new Set<string>()
    const needs: Need[] = []
    const outside: string[] = []
    let changing: string | undefined
    for (const id of this.ownPast(unit)) {
      after.add(id)
      changing = unit.node.name
    }
    for (const edge of this.edges.of(unit)) {
      if (edge.reads.kind === 'partitions' && edge.reads.outside) outside.push(edge.upstream.name)
      const upstream = this.inputsAlong(edge, needs)
      for (const task of upstream) after.add(task.id)
      if (upstream.length > 0 && edge.role === 'data' && !isView(unit.node as CompiledNode))
        changing ??= edge.upstream.name
    }
    return { after: [...after], changing, needs: mergeNeeds(needs), outside }
  }

  /** The tasks of this plan that an edge waits for; what is not there and not planned is added to `needs`. */
  private inputsAlong(edge: Edge, needs: Need[]): readonly PlannedTask[] {
    const tasks = new Set<PlannedTask>()
    if (edge.reads.kind === 'published') {
      for (const task of this.planned.get(edge.upstream.name) ?? []) tasks.add(task)
      const published = this.states.publishedUnits(edge.upstream)
      if (published.length === 0 && tasks.size === 0) {
        const task = this.buildNewest(edge)
        if (task === undefined)
          needs.push({ upstream: edge.upstream.name, partitions: [], because: 'missing' })
        else tasks.add(task)
      }
      if (edge.role === 'existence') return [...tasks]
    }
    for (const input of this.states.unitsOf(edge)) {
      const task = this.inputTask(edge, input, needs)
      if (task !== undefined) tasks.add(task)
    }
    return [...tasks]
  }

  private inputTask(edge: Edge, input: Unit, needs: Need[]): PlannedTask | undefined {
    const decision = this.decisions.get(unitId(input))
    if (decision?.kind === 'run') return decision.task
    // A check that comes late (`Edges.order`) holds back from the next run on.
    if (edge.role === 'check' && decision === undefined && this.request.selected.has(input.node.name))
      return undefined
    const problem = this.problemOf(edge, input)
    if (problem === undefined) return undefined
    if (this.builds(input.node) && decision === undefined && problem !== 'not_due') {
      const built = this.decide(input, 'requested')
      if (built.kind === 'run') return built.task
    }
    const held = this.decisions.get(unitId(input))
    needs.push({
      upstream: input.node.name,
      partitions: input.partition === undefined ? [] : [input.partition.key],
      because: held?.kind === 'held' && problem === 'missing' ? held.held.state : problem,
    })
    return undefined
  }

  /** Whether tasks may be added for a node. A rebuild is one task: a second one would undo the first. */
  private builds(node: CompiledNode): boolean {
    return this.request.upstream === 'build' && !this.rebuildsWhole(node)
  }

  /** With `--upstream build`, an upstream of which nothing is published yet contributes its newest due partition. */
  private buildNewest(edge: Edge): PlannedTask | undefined {
    const { upstream } = edge
    if (!this.builds(upstream) || upstream.kind !== 'model' || upstream.layout === undefined) return undefined
    const newest = latestDue(upstream.layout, this.now)
    if (newest === undefined) return undefined
    const decision = this.decide({ node: upstream, partition: newest }, 'requested')
    return decision.kind === 'run' ? decision.task : undefined
  }

  /** Why an input that is not in the plan cannot be read as it is. */
  private problemOf(edge: Edge, input: Unit): Need['because'] | undefined {
    if (edge.role === 'check') return this.problemOfCheck(input)
    const data = this.states.dataOf(input)
    if (data.state === 'missing') return this.notDue(input) === undefined ? 'missing' : 'not_due'
    // An outdated view would give other rows than the fingerprint of what reads it says.
    if (edge.role === 'existence')
      return isView(edge.upstream) && data.state === 'stale' ? 'stale' : undefined
    if (this.states.hasFailed(input)) return 'failed'
    return data.state === 'stale' ? 'stale' : undefined
  }

  /** A check must have seen what is published; one that has not, because something that it compares is not there yet, cannot. */
  private problemOfCheck(check: Unit): Need['because'] | undefined {
    if (this.states.hasFailed(check)) return 'failed'
    if (this.states.dataOf(check).state === 'fresh') return undefined
    const canRun = this.edges
      .of(check)
      .every((edge) =>
        this.states.unitsOf(edge).some((input) => this.states.record(input)?.data !== undefined),
      )
    return canRun ? 'stale' : undefined
  }

  private acceptance(needs: readonly Need[]): {
    readonly refused: readonly Need[]
    readonly accepted: readonly Need[]
  } {
    if (this.request.upstream !== 'accept') return { refused: needs, accepted: [] }
    const acceptable = (need: Need) =>
      (need.because === 'stale' || need.because === 'failed') &&
      !isView(this.project.nodes.get(need.upstream)!)
    return { refused: needs.filter((need) => !acceptable(need)), accepted: needs.filter(acceptable) }
  }

  private reasonFor(unit: Unit, changing: string | undefined): Reason | undefined {
    const data = this.states.dataOf(unit)
    if (this.refreshes(unit.node)) return { kind: 'full_refresh' }
    if (this.states.hasFailed(unit)) return { kind: 'failed', run: this.states.record(unit)!.lastRun }
    if (data.state === 'missing') return { kind: 'missing' }
    if (data.state === 'stale') return { kind: 'stale', cause: data.cause }
    if (this.request.force) return { kind: 'forced' }
    return changing === undefined ? undefined : { kind: 'upstream_planned', upstream: changing }
  }

  /** A model that reads itself runs its partitions in order: after the newest earlier one of this plan. */
  private ownPast(unit: Unit): readonly string[] {
    const { node, partition } = unit
    if (node.kind !== 'model' || !node.readsItself || partition === undefined) return []
    let newest: PlannedTask | undefined
    for (const task of this.planned.get(node.name) ?? []) {
      const { start } = task.partitions[0]!
      if (start < partition.start && start >= (newest?.partitions[0]?.start ?? start)) newest = task
    }
    return newest === undefined ? [] : [newest.id]
  }

  private hold(unit: Unit, mode: Mode, needs: readonly Need[]): HeldTask {
    const isBlocked =
      mode === 'requested' ? needs.some(blocks) : needs.some((need) => need.because === 'blocked')
    const partitions = unit.partition === undefined ? [] : [unit.partition]
    return {
      ...this.identity(unit, partitions),
      state: isBlocked ? 'blocked' : 'waiting',
      needs,
      ...(needs.every((need) => need.because === 'not_due') ? {} : { next: repairCommand(unit) }),
    }
  }

  /** A changed layout is one atomic rebuild, which only the user can ask for: it rewrites the whole history. */
  private relayout(unit: Unit): HeldTask {
    return {
      ...this.identity(unit, unit.partition === undefined ? [] : [unit.partition]),
      state: 'blocked',
      needs: [{ upstream: unit.node.name, partitions: [], because: 'layout' }],
      next: `run --select ${unit.node.name} --full-refresh`,
    }
  }

  private identity(unit: Unit, partitions: readonly Partition[]) {
    const { node } = unit
    const kind = isRelation(node) ? node.kind : 'check'
    return { id: taskId(node.name, partitions), model: node.name, kind, partitions } as const
  }

  private skip(unit: Unit): SkippedTask {
    return { ...this.identity(unit, unit.partition === undefined ? [] : [unit.partition]), because: 'fresh' }
  }
}

/** A requested unit is blocked by what somebody must repair, and waits for what will come by itself. */
function blocks(need: Need): boolean {
  return need.because !== 'not_due' && need.because !== 'waiting'
}

/** Arguments of the command that builds a unit with all that it needs. */
function repairCommand(unit: Unit): string {
  const partition = unit.partition === undefined ? '' : ` --partition ${unit.partition.key}`
  return `run --select ${unit.node.name}${partition} --upstream build`
}

function unitId(unit: Unit): string {
  return `${unit.node.name}\0${keyOfUnit(unit)}`
}

function byStart(
  [, a]: readonly [string, { readonly unit: Unit }],
  [, b]: readonly [string, { readonly unit: Unit }],
): number {
  return (a.unit.partition?.start ?? 0) - (b.unit.partition?.start ?? 0)
}

/** One need for each upstream and cause, its keys together. */
function mergeNeeds(needs: readonly Need[]): readonly Need[] {
  const merged = new Map<string, { upstream: string; because: Need['because']; partitions: Set<string> }>()
  for (const need of needs) {
    const id = `${need.upstream}\0${need.because}`
    const known = merged.get(id)
    if (known === undefined) merged.set(id, { ...need, partitions: new Set(need.partitions) })
    else for (const key of need.partitions) known.partitions.add(key)
  }
  return [...merged.values()].map((need) => ({ ...need, partitions: [...need.partitions] }))
}
