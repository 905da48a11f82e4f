import type { CheckOutcome } from '../../core/checks/check.ts'
import type { Diagnostic } from '../../core/diagnostics/diagnostic.ts'
import type { Published, RunEvent } from '../../core/events.ts'
import type { Plan, PlannedTask } from '../../core/plan/plan.ts'
import type { Partition } from '../../core/time/interval.ts'
import { Throughput } from './throughput.ts'

export interface RunningTask {
  readonly task: PlannedTask
  readonly startedMs: number
  readonly note?: string
}

/** How a task ended, or those of its partitions that ended alike, with the checks that did not hold. */
export type FinishedTask = {
  /** As planned, but only with the partitions that this is about. */
  readonly task: PlannedTask
  readonly failedChecks: readonly CheckOutcome[]
} & (
  | { readonly kind: 'succeeded'; readonly published: Published; readonly elapsedMs: number }
  | { readonly kind: 'failed'; readonly error: Diagnostic; readonly elapsedMs: number }
  | { readonly kind: 'skipped'; readonly because: string }
  | { readonly kind: 'blocked'; readonly by: string; readonly because: string }
  | { readonly kind: 'canceled' }
)

/** Partitions by how their tasks ended; what has no partitions counts as one. */
export type Tally = Readonly<Record<FinishedTask['kind'], number>>
type MutableTally = { -readonly [Kind in keyof Tally]: Tally[Kind] }

/** The tasks of one model. */
export interface ModelProgress {
  readonly model: string
  /** Tasks. */
  readonly planned: number
  /** As `tally` counts. */
  readonly plannedPartitions: number
  readonly tally: Tally
  readonly running: number
  readonly finished: readonly FinishedTask[]
  readonly startedMs: number | undefined
  readonly endedMs: number | undefined
}

type RunStarted = Extract<RunEvent, { type: 'run_started' }>
type RunFinished = Extract<RunEvent, { type: 'run_finished' }>

interface MutableModelProgress {
  readonly model: string
  planned: number
  plannedPartitions: number
  readonly tally: MutableTally
  running: number
  readonly finished: FinishedTask[]
  startedMs: number | undefined
  endedMs: number | undefined
}

/** What is known of a run from its events so far. Times are those of the monotonic clock that the caller passes. */
export class Progress {
  readonly running = new Map<string, RunningTask>()
  readonly finished: FinishedTask[] = []
  readonly models = new Map<string, MutableModelProgress>()
  readonly tally: MutableTally = noTally()
  /** As `tally` counts. */
  plannedPartitions = 0
  throughput = new Throughput(0)
  started: RunStarted | undefined
  result: RunFinished | undefined
  startedMs = 0
  /** By task and key. */
  private readonly failedChecks = new Map<string, Map<string, CheckOutcome[]>>()
  /** Partitions of a task that have not ended. */
  private readonly left = new Map<string, number>()

  get plan(): Plan {
    return this.started?.plan ?? { tasks: [], held: [], skipped: [], ledgerSeq: 0 }
  }

  /** Takes an event in; returns the task that it finished, if it finished one. */
  apply(event: RunEvent, nowMs: number): FinishedTask | undefined {
    switch (event.type) {
      case 'run_started':
        this.started = event
        this.startedMs = nowMs
        this.throughput = new Throughput(nowMs)
        for (const task of event.plan.tasks) this.plannedTask(task)
        return undefined
      case 'task_started':
        this.modelOf(event.task).startedMs ??= nowMs
        // A new attempt is judged by its own checks.
        this.forgetChecks(event)
        this.note(event, event.attempt > 1 ? `attempt ${event.attempt}` : undefined, nowMs)
        return undefined
      case 'task_waiting_for_lease':
        this.note(event, `waiting for ${event.holder}`, nowMs)
        return undefined
      case 'task_retrying':
        this.note(event, `attempt ${event.attempt} in ${Math.ceil(event.delayMs / 100) / 10} s`, nowMs)
        return undefined
      case 'task_split':
        this.note(
          event,
          `again in ${event.into.length} ${event.into.length === 1 ? 'piece' : 'pieces'}`,
          nowMs,
        )
        return undefined
      case 'check_finished':
        if (!event.check.passed) this.addFailedCheck(event, event.check)
        return undefined
      case 'task_succeeded':
        return this.finish(
          {
            ...this.ending(event),
            kind: 'succeeded',
            published: event.published,
            elapsedMs: event.elapsedMs,
          },
          nowMs,
        )
      case 'task_failed':
        return this.finish(
          { ...this.ending(event), kind: 'failed', error: event.error, elapsedMs: event.elapsedMs },
          nowMs,
        )
      case 'task_skipped':
        return this.finish({ ...this.ending(event), kind: 'skipped', because: event.because }, nowMs)
      case 'task_blocked':
        return this.finish(
          { ...this.ending(event), kind: 'blocked', by: event.by, because: event.because },
          nowMs,
        )
      case 'task_canceled':
        return this.finish({ ...this.ending(event), kind: 'canceled' }, nowMs)
      case 'run_finished':
        this.result = event
        return undefined
      default:
        return event satisfies never
    }
  }

  /** Whether all tasks of a model have ended. */
  isDone(model: string): boolean {
    const progress = this.models.get(model)
    return progress !== undefined && endedOf(progress.tally) >= progress.plannedPartitions
  }

  private plannedTask(task: PlannedTask): void {
    const model = this.modelOf(task)
    model.planned += 1
    model.plannedPartitions += partitionsOf(task)
    this.plannedPartitions += partitionsOf(task)
    this.left.set(task.id, partitionsOf(task))
  }

  private modelOf(task: PlannedTask): MutableModelProgress {
    const known = this.models.get(task.model)
    if (known !== undefined) return known
    const model: MutableModelProgress = {
      model: task.model,
      planned: 0,
      plannedPartitions: 0,
      tally: noTally(),
      running: 0,
      finished: [],
      startedMs: undefined,
      endedMs: undefined,
    }
    this.models.set(task.model, model)
    return model
  }

  private note(about: About, note: string | undefined, nowMs: number): void {
    const { id } = about.task
    const known = this.running.get(id)
    if (known === undefined) this.modelOf(about.task).running += 1
    const startedMs = known?.startedMs ?? nowMs
    const task = partOf(about)
    this.running.set(id, note === undefined ? { task, startedMs } : { task, startedMs, note })
  }

  private addFailedCheck({ task, partitions }: About, check: CheckOutcome): void {
    const checks = remembered(this.failedChecks, task.id, () => new Map<string, CheckOutcome[]>())
    remembered(checks, check.partition ?? keysOf(partitions)[0]!, () => []).push(check)
  }

  private forgetChecks({ task, partitions }: About): void {
    for (const key of keysOf(partitions)) this.failedChecks.get(task.id)?.delete(key)
  }

  private ending(about: About): Pick<FinishedTask, 'task' | 'failedChecks'> {
    const ofTask = this.failedChecks.get(about.task.id)
    const failedChecks = keysOf(about.partitions).flatMap((key) => ofTask?.get(key) ?? [])
    this.forgetChecks(about)
    return { task: partOf(about), failedChecks }
  }

  private finish(task: FinishedTask, nowMs: number): FinishedTask {
    const model = this.modelOf(task.task)
    const partitions = partitionsOf(task.task)
    const left = (this.left.get(task.task.id) ?? partitions) - partitions
    this.left.set(task.task.id, left)
    if (left <= 0 && this.running.delete(task.task.id)) model.running -= 1
    this.finished.push(task)
    this.tally[task.kind] += partitions
    model.tally[task.kind] += partitions
    if (task.kind === 'succeeded' || task.kind === 'failed') this.throughput.ended(partitions, nowMs)
    model.finished.push(task)
    model.endedMs = nowMs
    return task
  }
}

type About = Pick<Extract<RunEvent, { type: 'task_started' }>, 'task' | 'partitions'>

/** The part of a task that an event is about. */
function partOf({ task, partitions }: About): PlannedTask {
  return partitions.length === task.partitions.length ? task : { ...task, partitions }
}

function keysOf(partitions: readonly Partition[]): readonly string[] {
  return partitions.length === 0 ? [''] : partitions.map(({ key }) => key)
}

function remembered<K, V>(known: Map<K, V>, key: K, make: () => V): V {
  const found = known.get(key)
  if (found !== undefined) return found
  const value = make()
  known.set(key, value)
  return value
}

/** Partitions of a task; one where it has none. */
export function partitionsOf({ partitions }: Pick<PlannedTask, 'partitions'>): number {
  return Math.max(1, partitions.length)
}

function noTally(): MutableTally {
  return { succeeded: 0, failed: 0, skipped: 0, blocked: 0, canceled: 0 }
}

/** Partitions that came to their end, however. */
export function endedOf(tally: Tally): number {
  return tally.succeeded + tally.failed + tally.skipped + tally.blocked + tally.canceled
}
