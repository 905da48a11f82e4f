import type { PlannedTask } from '../plan/plan.ts'
import { MinHeap } from './min-heap.ts'

/** What holds a task back beside its inputs. */
export interface TaskLimits {
  /** The pool that the task takes a place of. */
  readonly pool?: { readonly name: string; readonly size: number }
  /** Tasks of its model that may run at once. */
  readonly concurrency?: number
  /** Higher goes first. */
  readonly priority: number
}

export interface ScheduleOptions {
  /** Tasks that may run at once. */
  readonly slots: number
  /** Which partitions go first where inputs and priorities leave a choice. */
  readonly order: 'oldest' | 'newest'
  readonly limitsOf: (task: PlannedTask) => TaskLimits
}

/** Where a task stands: not all of `after` has ended, it may start, it runs, it ended or was taken out before it could start. */
const waiting = 0
const ready = 1
const started = 2
const gone = 3

/** Tasks that share their limits, and so one queue: those of a model with a limit of its own, or all others of a pool. */
interface Lane {
  readonly limit: number
  readonly pool: Pool
  running: number
  /** Turns of the ready tasks. */
  readonly ready: MinHeap
}

interface Pool {
  readonly size: number
  running: number
  /** First turns of the lanes that have room. An entry is out of date if its task is no longer the first of its lane. */
  readonly heads: MinHeap
}

/**
 * Which task may run next: a ready queue over the task graph, under the limits of the run, of pools and of models. Pure bookkeeping: it
 * runs nothing. Every step costs O(log tasks) and O(pools), however many tasks are ready and held back by a limit.
 *
 * Of what may start, higher priorities go first, then tasks without partitions, then the oldest (or newest) partitions, then plan order. So
 * what reads a partition follows it at once, and does not wait until the whole model is done.
 */
export class Schedule {
  private readonly tasks: readonly PlannedTask[]
  private readonly slots: number
  private readonly indexes = new Map<string, number>()
  /** By index of the task: how many of `after` have not ended, where it stands, its turn in the order of starts, its lane. */
  private readonly open: Int32Array
  private readonly at: Uint8Array
  private readonly turnOf: Int32Array
  private readonly laneOf: readonly Lane[]
  /** Index of the task by turn. */
  private readonly byTurn: Int32Array
  /** Indexes of the tasks that wait for a task: those of `i` from `firstDependent[i]` to `firstDependent[i + 1]`. */
  private readonly dependents: Int32Array
  private readonly firstDependent: Int32Array
  private readonly pools: readonly Pool[]
  private running = 0

  constructor(tasks: readonly PlannedTask[], { slots, order, limitsOf }: ScheduleOptions) {
    this.tasks = tasks
    this.slots = slots
    for (const [index, task] of tasks.entries()) this.indexes.set(task.id, index)
    const limits = tasks.map(limitsOf)
    this.byTurn = turns(
      tasks,
      limits.map(({ priority }) => priority),
      order,
    )
    this.turnOf = new Int32Array(tasks.length)
    for (const [turn, index] of this.byTurn.entries()) this.turnOf[index] = turn
    const lanes = new Lanes()
    this.laneOf = tasks.map((task, index) => lanes.of(task.model, limits[index]!))
    this.pools = lanes.pools
    this.open = new Int32Array(tasks.length)
    this.at = new Uint8Array(tasks.length)
    this.firstDependent = new Int32Array(tasks.length + 1)
    const after = tasks.map((task) => [...new Set(task.after)].map((id) => this.indexOf(id)))
    for (const each of after) for (const input of each) this.firstDependent[input + 1]! += 1
    for (let index = 0; index < tasks.length; index++)
      this.firstDependent[index + 1]! += this.firstDependent[index]!
    this.dependents = new Int32Array(this.firstDependent.at(-1)!)
    const next = this.firstDependent.slice()
    for (const [index, inputs] of after.entries()) {
      this.open[index] = inputs.length
      for (const input of inputs) this.dependents[next[input]!++] = index
    }
    for (let index = 0; index < tasks.length; index++) if (this.open[index] === 0) this.queue(index)
  }

  /** The task that `take` would return. */
  peek(): PlannedTask | undefined {
    const turn = this.nextTurn()
    return turn === undefined ? undefined : this.tasks[this.byTurn[turn]!]
  }

  /** The next task that may start now, counted as running; undefined if none may. */
  take(): PlannedTask | undefined {
    const turn = this.nextTurn()
    if (turn === undefined) return undefined
    const index = this.byTurn[turn]!
    const lane = this.laneOf[index]!
    lane.ready.pop()
    lane.running += 1
    lane.pool.running += 1
    this.running += 1
    this.at[index] = started
    offer(lane)
    return this.tasks[index]
  }

  /** A running task ended, well or not: what waits for it becomes ready when all else that it waits for has ended too, and looks for itself
   * at what was published. */
  finish(task: PlannedTask): void {
    const index = this.release(task)
    for (const dependent of this.dependentsOf(index)) {
      this.open[dependent]! -= 1
      if (this.open[dependent] === 0 && this.at[dependent] === waiting) this.queue(dependent)
    }
  }

  /** Takes out everything that has not started, and returns it in plan order. */
  drain(): readonly PlannedTask[] {
    const left: PlannedTask[] = []
    for (const [index, at] of this.at.entries()) {
      if (at !== waiting && at !== ready) continue
      this.at[index] = gone
      left.push(this.tasks[index]!)
    }
    for (const lane of new Set(this.laneOf)) lane.ready.clear()
    return left
  }

  /** The first turn of what is ready and has room. */
  private nextTurn(): number | undefined {
    if (this.running >= this.slots) return undefined
    let next: number | undefined
    for (const pool of this.pools) {
      if (pool.running >= pool.size) continue
      const head = this.headOf(pool)
      if (head !== undefined && (next === undefined || head < next)) next = head
    }
    return next
  }

  private headOf({ heads }: Pool): number | undefined {
    for (let turn = heads.peek(); turn !== undefined; turn = heads.peek()) {
      const lane = this.laneOf[this.byTurn[turn]!]!
      if (lane.running < lane.limit && lane.ready.peek() === turn) return turn
      heads.pop()
    }
    return undefined
  }

  private queue(index: number): void {
    this.at[index] = ready
    const lane = this.laneOf[index]!
    const turn = this.turnOf[index]!
    lane.ready.push(turn)
    if (lane.ready.peek() === turn) offer(lane)
  }

  /** Gives back the places of a running task; returns its index. */
  private release(task: PlannedTask): number {
    const index = this.indexOf(task.id)
    if (this.at[index] !== started) throw new Error(`${task.id} does not run`)
    const lane = this.laneOf[index]!
    this.at[index] = gone
    this.running -= 1
    lane.pool.running -= 1
    lane.running -= 1
    // The one place that became free is what can make a difference.
    if (lane.running === lane.limit - 1) offer(lane)
    return index
  }

  private indexOf(id: string): number {
    const index = this.indexes.get(id)
    if (index === undefined) throw new Error(`${id} is no task of the plan`)
    return index
  }

  private dependentsOf(index: number): Int32Array {
    return this.dependents.subarray(this.firstDependent[index], this.firstDependent[index + 1])
  }
}

/** Tells the pool of a lane with room what stands first in it. */
function offer(lane: Lane): void {
  const head = lane.ready.peek()
  if (lane.running < lane.limit && head !== undefined) lane.pool.heads.push(head)
}

/** Lanes and pools as tasks need them. */
class Lanes {
  private readonly lanes = new Map<string, Lane>()
  private readonly poolsByName = new Map<string, Pool>()

  get pools(): readonly Pool[] {
    return [...this.poolsByName.values()]
  }

  of(model: string, { pool, concurrency }: TaskLimits): Lane {
    const name = concurrency === undefined ? `pool ${pool?.name ?? ''}` : `model ${model}`
    let lane = this.lanes.get(name)
    if (lane === undefined) {
      lane = {
        limit: concurrency ?? Number.POSITIVE_INFINITY,
        pool: this.poolOf(pool),
        running: 0,
        ready: new MinHeap(),
      }
      this.lanes.set(name, lane)
    }
    return lane
  }

  private poolOf(pool: TaskLimits['pool']): Pool {
    const name = pool?.name ?? ''
    let found = this.poolsByName.get(name)
    if (found === undefined) {
      found = { size: pool?.size ?? Number.POSITIVE_INFINITY, running: 0, heads: new MinHeap() }
      this.poolsByName.set(name, found)
    }
    return found
  }
}

/** Indexes of tasks in the order in which they would start if nothing held them back. */
function turns(
  tasks: readonly PlannedTask[],
  priorities: readonly number[],
  order: ScheduleOptions['order'],
): Int32Array {
  const times = Float64Array.from(tasks, (task) => timeOf(task, order))
  return Int32Array.from(tasks.keys()).sort(
    (a, b) => priorities[b]! - priorities[a]! || compare(times[a]!, times[b]!) || a - b,
  )
}

/** What a task is sorted by: the start of the oldest of its partitions, or the end of the newest. */
function timeOf({ partitions }: PlannedTask, order: ScheduleOptions['order']): number {
  if (partitions.length === 0) return Number.NEGATIVE_INFINITY
  return order === 'oldest' ? partitions[0]!.start : -partitions.at(-1)!.end
}

function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0
}
