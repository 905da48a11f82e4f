import type { PlannedTask } from '../plan/plan.ts'

/** Which task may run next: a ready queue over the task graph, under a global limit and named limits. Pure bookkeeping: it runs nothing. */
export class Schedule {
  private readonly tasks: ReadonlyMap<string, PlannedTask>
  private readonly threads: number
  private readonly limitsOf: (task: PlannedTask) => ReadonlyMap<string, number>
  private readonly waitingFor = new Map<string, Set<string>>()
  private readonly dependents = new Map<string, string[]>()
  /** Ready tasks in plan order. */
  private ready: string[] = []
  private readonly rank = new Map<string, number>()
  private readonly used = new Map<string, number>()
  private running = 0

  constructor(
    tasks: readonly PlannedTask[],
    threads: number,
    limitsOf: (task: PlannedTask) => ReadonlyMap<string, number>,
  ) {
    this.tasks = new Map(tasks.map((task) => [task.id, task]))
    this.threads = threads
    this.limitsOf = limitsOf
    for (const [rank, task] of tasks.entries()) {
      this.rank.set(task.id, rank)
      const open = new Set(task.after)
      this.waitingFor.set(task.id, open)
      for (const id of open) {
        const list = this.dependents.get(id)
        if (list === undefined) this.dependents.set(id, [task.id])
        else list.push(task.id)
      }
      if (open.size === 0) this.ready.push(task.id)
    }
  }

  /** The next task that may start now, counted as running; undefined if none may. */
  take(): PlannedTask | undefined {
    if (this.running >= this.threads) return undefined
    const index = this.ready.findIndex((id) => this.hasRoom(this.tasks.get(id)!))
    if (index === -1) return undefined
    const [id] = this.ready.splice(index, 1)
    const task = this.tasks.get(id!)!
    this.running += 1
    for (const name of this.limitsOf(task).keys()) this.used.set(name, (this.used.get(name) ?? 0) + 1)
    this.waitingFor.delete(task.id)
    return task
  }

  /** A running task ended well: what waited only for it becomes ready. */
  finish(task: PlannedTask): void {
    this.release(task)
    const freed: string[] = []
    for (const id of this.dependents.get(task.id) ?? []) {
      const open = this.waitingFor.get(id)
      if (open === undefined) continue
      open.delete(task.id)
      if (open.size === 0) freed.push(id)
    }
    if (freed.length === 0) return
    this.ready = [...this.ready, ...freed].sort((a, b) => this.rank.get(a)! - this.rank.get(b)!)
  }

  /** A running task ended badly: takes out everything downstream of it, and returns that in plan order. */
  fail(task: PlannedTask): readonly PlannedTask[] {
    this.release(task)
    const lost = new Set<string>()
    const stack = [task.id]
    for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
      for (const dependent of this.dependents.get(id) ?? []) {
        if (!this.waitingFor.has(dependent) || lost.has(dependent)) continue
        lost.add(dependent)
        stack.push(dependent)
      }
    }
    return this.takeOut([...lost])
  }

  /** Takes out everything that has not started. */
  drain(): readonly PlannedTask[] {
    return this.takeOut([...this.waitingFor.keys()])
  }

  private takeOut(ids: readonly string[]): readonly PlannedTask[] {
    for (const id of ids) this.waitingFor.delete(id)
    const gone = new Set(ids)
    this.ready = this.ready.filter((id) => !gone.has(id))
    return [...ids].sort((a, b) => this.rank.get(a)! - this.rank.get(b)!).map((id) => this.tasks.get(id)!)
  }

  private hasRoom(task: PlannedTask): boolean {
    for (const [name, limit] of this.limitsOf(task)) if ((this.used.get(name) ?? 0) >= limit) return false
    return true
  }

  private release(task: PlannedTask): void {
    this.running -= 1
    for (const name of this.limitsOf(task).keys()) this.used.set(name, (this.used.get(name) ?? 1) - 1)
  }
}
