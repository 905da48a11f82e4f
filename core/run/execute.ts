import type { Adapter } from '../adapter.ts'
import { isOfHistory } from '../checks/kinds.ts'
import type { CompiledProject } from '../compile/compiled.ts'
import { isRelation } from '../compile/compiled.ts'
import { type Diagnostic, SluiceError } from '../diagnostics/diagnostic.ts'
import type { RunEvent, RunStatus, RunTotals } from '../events.ts'
import { HEARTBEAT_MS, type Ledger, TELL_MS, type Worker } from '../ledger/ledger.ts'
import { Edges } from '../plan/edges.ts'
import type { Plan, PlannedTask } from '../plan/plan.ts'
import type { Partition } from '../time/interval.ts'
import { Bindings, type SqlTexts } from './attempt.ts'
import { codeOf } from './diagnose.ts'
import { Fates } from './fates.ts'
import { Mutexes } from './mutexes.ts'
import { Rate } from './rate.ts'
import { recordedPlan } from './recorded-plan.ts'
import { defaultRetry, delayOf, type Part, type RunContext, type RunWorld, runTask } from './run-task.ts'
import { Schedule, type TaskLimits } from './schedule.ts'
import { Stop } from './stop.ts'

export interface ExecuteRequest {
  readonly project: CompiledProject
  readonly adapter: Adapter
  readonly ledger: Ledger
  readonly texts: SqlTexts
  readonly plan: Plan
  readonly world: RunWorld
  readonly worker: Worker
  readonly threads: number
  readonly pace?: Pace
  readonly isForced: boolean
  /** Runs each batch one by one as well, and publishes it only if that gives the same rows. */
  readonly verifiesBatches?: boolean
  /** What is kept of the request in the ledger. */
  readonly command: string
  readonly arguments: unknown
  /** The run whose work this one goes on with. */
  readonly parent?: string
  readonly emit: (event: RunEvent) => void
  readonly signal: AbortSignal
  /** Aborts when another process wants the run to stop. */
  readonly canceled?: AbortSignal
}

/** How a run goes about its tasks, beside the number of threads. */
export interface Pace {
  /** Which partitions go first where inputs and priorities leave a choice. */
  readonly order?: 'oldest' | 'newest'
  /** A pool of the project that every task takes a place of, besides its model's own. */
  readonly pool?: string
  /** Tasks that may start in a minute, evenly spread. */
  readonly tasksPerMinute?: number
  /** After so long the run is stopped. */
  readonly timeoutMs?: number
}

export interface RunResult {
  readonly run: string
  readonly status: RunStatus
  readonly totals: RunTotals
  /** Why it stopped before its end, if not by `signal`. */
  readonly reason?: Diagnostic
}

/**
 * Executes a plan: tasks in dependency order, at most `threads` at once, within pools and the limits of models. A failure blocks what is
 * downstream of it and nothing else. An abort cancels what runs, in the engine. The ledger must have been prepared and dead runs reaped.
 */
export async function executePlan(asked: ExecuteRequest): Promise<RunResult> {
  const stop = new Stop(asked.signal, asked.canceled)
  const request = { ...asked, signal: stop.signal }
  const run = request.world.id()
  const { plan, ledger, worker, world, adapter, pace } = request
  const startedAt = world.elapsed()
  const at = () => world.now().toISOString()
  const record = plan.tasks.length > 0
  if (record) await start(request, run)
  request.emit({ type: 'run_started', at: at(), run, target: request.project.project.target.name, plan })
  const stopHeartbeat = !record
    ? () => undefined
    : adapter.capabilities.sharedServer
      ? keepAlive(ledger, worker, run, () => stop.asRequested())
      : keepTold(ledger)
  const stopClock = pace?.timeoutMs === undefined ? () => undefined : stop.at(pace.timeoutMs)
  const execution = new Execution(request, run)
  let hasEnded = false
  try {
    await createSchemas(request)
    const totals = totalsOf(await execution.run(), plan)
    const reason = totals.canceled > 0 ? stop.reason : undefined
    const status = statusOf(totals, reason)
    hasEnded = true
    if (record) await finish(request, run, status, totals, reason)
    const next = nextCommands(plan, run, totals)
    request.emit({
      type: 'run_finished',
      at: at(),
      run,
      status,
      ...(reason === undefined ? {} : { reason }),
      totals,
      elapsedMs: world.elapsed() - startedAt,
      next,
    })
    return { run, status, totals, ...(reason === undefined ? {} : { reason }) }
  } catch (bug) {
    // What it was is thrown on; that the run does not go on shall be known.
    if (record && !hasEnded)
      await finish(request, run, 'failed', totalsOf(execution.counts, plan)).catch(() => undefined)
    throw bug
  } finally {
    stopClock()
    stopHeartbeat()
  }
}

function totalsOf(counts: Counts, { held, skipped }: Plan): RunTotals {
  const heldAs = (state: 'waiting' | 'blocked') =>
    held.reduce((sum, each) => sum + (each.state === state ? unitCount(each.partitions) : 0), 0)
  return {
    ...counts,
    skipped: counts.skipped + skipped.reduce((sum, { count }) => sum + count, 0),
    waiting: heldAs('waiting'),
    blocked: counts.blocked + heldAs('blocked'),
  }
}

/** Notes the run in the ledger. An engine that refuses this (a database that is read-only) is the user's to mend. */
async function start(request: ExecuteRequest, run: string): Promise<void> {
  const { ledger, worker, adapter, parent } = request
  try {
    await ledger.startRun({
      id: run,
      worker,
      command: request.command,
      target: request.project.project.target.name,
      request: request.arguments,
      plan: recordedPlan(request.plan),
      ...(parent === undefined ? {} : { parent }),
    })
  } catch (error) {
    if (error instanceof SluiceError) throw error
    const explained = adapter.explain(error)
    if (explained.engineCode === undefined) throw error
    throw SluiceError.of(
      codeOf(explained),
      {
        message: `the run cannot be recorded in ${adapter.label}: ${explained.message}`,
        ...(explained.hint === undefined ? {} : { hint: explained.hint }),
      },
      { cause: error },
    )
  }
}

/** A database that went away gets time to come back. If it does not, the run's end cannot be recorded: the next run finds it and calls it
 * crashed. */
async function finish(
  { ledger, worker, adapter, world, signal }: ExecuteRequest,
  run: string,
  status: RunStatus,
  totals: RunTotals,
  reason?: Diagnostic,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await ledger.finishRun(run, worker, status, totals, reason)
      return
    } catch (error) {
      if (adapter.classify(error) !== 'transient') throw error
      if (attempt === defaultRetry.attempts || signal.aborted) return
    }
    await world.sleep(delayOf(defaultRetry, attempt, world.random()), signal).catch(() => undefined)
  }
}

/** Schemas come first, so that tasks that run at once do not make the same one. One that is refused is reported by its tasks. */
async function createSchemas({ plan, project, adapter, signal }: ExecuteRequest): Promise<void> {
  const schemas = new Set<string>()
  for (const task of plan.tasks) {
    const node = project.nodes.get(task.model)
    if (isRelation(node)) schemas.add(node.relation.schema)
  }
  for (const schema of schemas) {
    const create = () =>
      adapter.session((session) => session.execute(adapter.dialect.createSchema(schema)), signal)
    await create().catch(() => undefined)
  }
}

type Counts = Omit<RunTotals, 'waiting'>

/** The tasks of one run and what became of them. */
class Execution {
  private readonly request: ExecuteRequest
  private readonly context: RunContext
  private readonly schedule: Schedule
  private readonly rate: Rate
  readonly counts = { succeeded: 0, failed: 0, blocked: 0, skipped: 0, canceled: 0 }
  private readonly fates: Fates

  constructor(request: ExecuteRequest, run: string) {
    this.request = request
    const mutexes = new Mutexes()
    this.context = {
      ...request,
      run,
      bindings: new Bindings(),
      owned: ownedRelations(request.project, request.adapter),
      plannedAt: request.plan.ledgerSeq,
      edges: new Edges(request.project.nodes, request.project.graph.ancestors),
      exclusive: (name, work) => mutexes.run(name, work),
    }
    this.fates = new Fates(request.project, this.context.edges)
    const { order = 'oldest', pool, tasksPerMinute } = request.pace ?? {}
    const slots = Math.min(request.threads, poolSize(request.project, pool))
    this.schedule = new Schedule(request.plan.tasks, {
      slots,
      order,
      limitsOf: (task) => limitsOf(request.project, task),
    })
    this.rate = new Rate(tasksPerMinute, request.world.elapsed)
  }

  async run(): Promise<Counts> {
    const running = new Set<Promise<void>>()
    let bug: unknown
    while (bug === undefined) {
      if (this.request.signal.aborted) this.cancelRest()
      const task = this.schedule.peek()
      if (task === undefined) {
        if (running.size === 0) break
        await Promise.race(running)
        continue
      }
      const waitMs = this.rate.waitMs()
      if (waitMs > 0 && this.hasWork(task)) {
        await this.request.world.sleep(waitMs, this.request.signal).catch(() => undefined)
        continue
      }
      this.schedule.take()
      const work: Promise<void> = this.perform(task)
        .catch((error: unknown) => {
          bug = error ?? new Error('a task failed without an error')
        })
        .finally(() => running.delete(work))
      running.add(work)
    }
    await Promise.all(running)
    if (bug !== undefined) throw bug
    return this.counts
  }

  private async perform(task: PlannedTask): Promise<void> {
    const left = this.sort(task)
    if (left === undefined) {
      this.schedule.finish(task)
      return
    }
    this.rate.spend()
    let hasWorked = false
    await runTask(this.context, task, left, (part, elapsedMs) => {
      hasWorked ||= part.end.kind !== 'skipped'
      this.end(task, part, elapsedMs)
    })
    if (!hasWorked) this.rate.giveBack()
    this.schedule.finish(task)
  }

  private hasWork(task: PlannedTask): boolean {
    const { left } = this.fates.sortBlocked(task)
    return left !== undefined && this.fates.sortUnchanged(task, left).left !== undefined
  }

  /** Takes out what cannot run, as an input failed, and what needs not, as no input changed; returns what is left to do, if anything. */
  private sort(task: PlannedTask): readonly Partition[] | undefined {
    const { left, out } = this.fates.sortBlocked(task)
    for (const { partitions, by, because } of out)
      this.end(task, { partitions, end: { kind: 'blocked', by, because } }, 0)
    if (left === undefined) return undefined
    const sorted = this.fates.sortUnchanged(task, left)
    for (const { partitions } of sorted.out)
      this.end(task, { partitions, end: { kind: 'skipped', isUnchanged: true } }, 0)
    return sorted.left
  }

  private end(task: PlannedTask, { partitions, end }: Part, elapsedMs: number): void {
    const about = { at: this.request.world.now().toISOString(), task, partitions }
    this.counts[end.kind] += unitCount(partitions)
    switch (end.kind) {
      case 'succeeded':
        if (end.published.changed)
          this.fates.mayHaveChanged(
            task,
            partitions.filter(({ key }) => !end.kept?.has(key)),
          )
        this.request.emit({ ...about, type: 'task_succeeded', published: end.published, elapsedMs })
        break
      case 'skipped':
        // Somebody else may have published it: what reads it must look for itself.
        if (!end.isUnchanged) this.fates.mayHaveChanged(task, partitions)
        this.request.emit({ ...about, type: 'task_skipped', because: 'fresh' })
        break
      case 'failed':
        this.fates.notPublished(task, partitions, 'failed')
        this.request.emit({ ...about, type: 'task_failed', error: end.error, elapsedMs })
        break
      case 'blocked':
        this.fates.notPublished(task, partitions, 'is blocked')
        this.request.emit({ ...about, type: 'task_blocked', by: end.by, because: end.because })
        break
      case 'canceled':
        this.fates.notPublished(task, partitions, 'is blocked')
        this.request.emit({ ...about, type: 'task_canceled' })
        break
    }
  }

  private cancelRest(): void {
    const at = this.request.world.now().toISOString()
    for (const task of this.schedule.drain()) {
      const { partitions } = task
      this.counts.canceled += unitCount(partitions)
      this.request.emit({ type: 'task_canceled', at, task, partitions })
    }
  }
}

/** A relation without partitions counts as one. */
function unitCount(partitions: readonly Partition[]): number {
  return Math.max(1, partitions.length)
}

function statusOf(totals: RunTotals, reason: Diagnostic | undefined): RunStatus {
  if (reason?.code === 'SL630') return 'failed'
  if (totals.canceled > 0) return 'canceled'
  return totals.failed + totals.blocked > 0 ? 'failed' : 'succeeded'
}

/** What to type next, most urgent first, each once. What was canceled can be gone on with as a whole. */
function nextCommands(plan: Plan, run: string, { canceled }: RunTotals): readonly string[] {
  const held = [...plan.held].sort((a, b) => Number(a.state === 'waiting') - Number(b.state === 'waiting'))
  const commands = held.flatMap((each) => (each.next === undefined ? [] : [each.next]))
  return [...new Set([...(canceled > 0 ? [`resume ${run}`] : []), ...commands])]
}

function ownedRelations(project: CompiledProject, adapter: Adapter): ReadonlySet<string> {
  const owned = new Set<string>()
  for (const node of project.nodes.values())
    if (isRelation(node)) owned.add(adapter.dialect.relation(node.relation))
  return owned
}

function limitsOf({ nodes, project }: CompiledProject, task: PlannedTask): TaskLimits {
  const node = nodes.get(task.model)
  if (node?.kind !== 'model') return { priority: 0 }
  const { pool, priority } = node.config
  // What compares with earlier partitions should find those that the same run makes.
  const concurrency = node.checks.some(isOfHistory) ? 1 : node.config.concurrency
  const size = pool === undefined ? undefined : project.pools[pool]
  return {
    priority,
    ...(pool === undefined || size === undefined ? {} : { pool: { name: pool, size } }),
    ...(concurrency === undefined ? {} : { concurrency }),
  }
}

/** Every task of the run takes a place of the pool: those of models that name it themselves still only one. */
function poolSize({ project }: CompiledProject, pool: string | undefined): number {
  return (pool === undefined ? undefined : project.pools[pool]) ?? Number.POSITIVE_INFINITY
}

/** A beat that fails is no disaster: a publisher that lost its lease is fenced off by the lease itself. Each asks too whether somebody wants
 * the run to stop. */
function keepAlive(ledger: Ledger, worker: Worker, run: string, onCancel: () => void): () => void {
  const timer = setInterval(() => {
    ledger
      .heartbeat(worker, run)
      .then(({ isCancelRequested }) => {
        if (isCancelRequested) onCancel()
      })
      .catch(() => undefined)
  }, HEARTBEAT_MS)
  return () => clearInterval(timer)
}

/** Whoever looks at the database meanwhile does without, if it cannot be told. */
function keepTold(ledger: Ledger): () => void {
  const timer = setInterval(() => {
    ledger.tell().catch(() => undefined)
  }, TELL_MS)
  return () => clearInterval(timer)
}
