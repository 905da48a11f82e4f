import { describe, expect, test } from 'vitest'
import type { PlannedTask } from '../../core/plan/plan.ts'
import { Rate } from '../../core/run/rate.ts'
import { Schedule, type ScheduleOptions, type TaskLimits } from '../../core/run/schedule.ts'
import { days, task } from '../cli/events.ts'
import { Random } from '../crash/random.ts'

const none: TaskLimits = { priority: 0 }

function scheduleOf(
  tasks: readonly PlannedTask[],
  { slots = 1, order = 'oldest', limitsOf = () => none }: Partial<ScheduleOptions> = {},
): Schedule {
  return new Schedule(tasks, { slots, order, limitsOf })
}

/** Ids in the order in which they start if every task ends well at once. */
function orderOf(schedule: Schedule): readonly string[] {
  const ids: string[] = []
  for (let next = schedule.take(); next !== undefined; next = schedule.take()) {
    ids.push(next.id)
    schedule.finish(next)
  }
  return ids
}

/** Two models, one reading the other day by day, as the planner orders them: all of the first, then all of the second. */
function twoModels(number: number): readonly PlannedTask[] {
  const keys = days('2024-01-01', number)
  return [
    ...keys.map((key) => task('a', [key])),
    ...keys.map((key) => task('b', [key], { after: [`a@${key.key}`] })),
  ]
}

describe('the order of starts', () => {
  test('what reads a partition follows it before the next partition of its input', () => {
    expect(orderOf(scheduleOf(twoModels(2)))).toEqual([
      'a@2024-01-01',
      'b@2024-01-01',
      'a@2024-01-02',
      'b@2024-01-02',
    ])
  })

  test('the newest partitions go first if asked, and what has no partitions before them', () => {
    const tasks = [...twoModels(2), task('seed')]
    expect(orderOf(scheduleOf(tasks, { order: 'newest' }))).toEqual([
      'seed',
      'a@2024-01-02',
      'b@2024-01-02',
      'a@2024-01-01',
      'b@2024-01-01',
    ])
  })

  test('a higher priority goes before everything else that may start', () => {
    const keys = days('2024-01-01', 2)
    const tasks = ['low', 'high'].flatMap((model) => keys.map((key) => task(model, [key])))
    const limitsOf = ({ model }: PlannedTask) => ({ priority: model === 'high' ? 1 : -1 })
    expect(orderOf(scheduleOf(tasks, { limitsOf }))).toEqual([
      'high@2024-01-01',
      'high@2024-01-02',
      'low@2024-01-01',
      'low@2024-01-02',
    ])
  })

  test('a full pool or model holds back its own tasks and no others', () => {
    const keys = days('2024-01-01', 2)
    const tasks = ['a', 'b', 'c'].flatMap((model) => keys.map((key) => task(model, [key])))
    const limits: Readonly<Record<string, TaskLimits>> = {
      a: { priority: 0, pool: { name: 'one', size: 1 } },
      b: { priority: 0, pool: { name: 'one', size: 1 } },
      c: { priority: 0, concurrency: 1 },
    }
    const schedule = scheduleOf(tasks, { slots: 9, limitsOf: ({ model }) => limits[model]! })
    const first = schedule.take()!
    expect(first.id).toBe('a@2024-01-01')
    expect(schedule.take()?.id).toBe('c@2024-01-01')
    expect(schedule.take()).toBeUndefined()
    schedule.finish(first)
    expect(schedule.take()?.id).toBe('b@2024-01-01')
  })
})

describe('what a task leaves behind', () => {
  test('what waits for several starts when the last of them has ended', () => {
    const schedule = scheduleOf([task('a'), task('b'), task('c', [], { after: ['a', 'b'] })], { slots: 2 })
    const [a, b] = [schedule.take()!, schedule.take()!]
    schedule.finish(b)
    expect(schedule.peek()).toBeUndefined()
    schedule.finish(a)
    expect(orderOf(schedule)).toEqual(['c'])
  })

  test('draining leaves only what runs', () => {
    const schedule = scheduleOf(twoModels(2), { slots: 2 })
    const running = schedule.take()!
    expect(schedule.drain().map((each) => each.id)).toEqual(['a@2024-01-02', 'b@2024-01-01', 'b@2024-01-02'])
    expect(schedule.take()).toBeUndefined()
    schedule.finish(running)
    expect(schedule.take()).toBeUndefined()
  })

  test('a task that does not run cannot end', () => {
    const schedule = scheduleOf(twoModels(1))
    expect(() => schedule.finish(task('b', days('2024-01-01', 1)))).toThrow('does not run')
  })
})

/** The same rules, looked up anew each time. */
class Naive {
  private readonly waiting: PlannedTask[]
  private readonly running: PlannedTask[] = []
  private readonly ended = new Set<string>()
  private readonly options: ScheduleOptions

  constructor(tasks: readonly PlannedTask[], options: ScheduleOptions) {
    this.options = options
    const time = ({ partitions }: PlannedTask) => {
      if (partitions.length === 0) return Number.NEGATIVE_INFINITY
      return options.order === 'oldest' ? partitions[0]!.start : -partitions.at(-1)!.end
    }
    this.waiting = [...tasks].sort(
      (a, b) =>
        options.limitsOf(b).priority - options.limitsOf(a).priority ||
        (time(a) === time(b) ? tasks.indexOf(a) - tasks.indexOf(b) : time(a) - time(b)),
    )
  }

  take(): PlannedTask | undefined {
    if (this.running.length >= this.options.slots) return undefined
    const at = this.waiting.findIndex(
      (each) => each.after.every((id) => this.ended.has(id)) && this.hasRoom(each),
    )
    if (at < 0) return undefined
    const [found] = this.waiting.splice(at, 1)
    this.running.push(found!)
    return found
  }

  private hasRoom(wanted: PlannedTask): boolean {
    const { pool, concurrency = Number.POSITIVE_INFINITY } = this.options.limitsOf(wanted)
    const ofModel = this.running.filter((each) => each.model === wanted.model).length
    const ofPool = this.running.filter((each) => this.options.limitsOf(each).pool?.name === pool?.name).length
    return ofModel < concurrency && (pool === undefined || ofPool < pool.size)
  }

  finish(task: PlannedTask): void {
    this.ended.add(task.id)
    this.running.splice(this.running.indexOf(task), 1)
  }
}

describe('against the rules looked up anew each time', () => {
  test.each(Array.from({ length: 60 }, (_, seed) => seed))('seed %i', (seed) => {
    const random = new Random(seed)
    const keys = days('2024-01-01', 6)
    const tasks: PlannedTask[] = []
    for (let model = 0; model < 6; model++) {
      const isWhole = random.chance(0.2)
      for (const key of isWhole ? [undefined] : keys) {
        const after = tasks.filter((each) => each.model !== `m${model}` && random.chance(0.06))
        tasks.push(task(`m${model}`, key === undefined ? [] : [key], { after: after.map((each) => each.id) }))
      }
    }
    const byModel = new Map<string, TaskLimits>()
    for (let model = 0; model < 6; model++)
      byModel.set(`m${model}`, {
        priority: random.below(3) - 1,
        ...(random.chance(0.5) ? { pool: { name: `p${random.below(2)}`, size: 2 } } : {}),
        ...(random.chance(0.4) ? { concurrency: 1 + random.below(2) } : {}),
      })
    const options: ScheduleOptions = {
      slots: 1 + random.below(5),
      order: random.chance(0.5) ? 'oldest' : 'newest',
      limitsOf: ({ model }) => byModel.get(model)!,
    }
    const schedule = new Schedule(tasks, options)
    const naive = new Naive(tasks, options)
    const running: PlannedTask[] = []
    for (;;) {
      const peeked = schedule.peek()
      const taken = schedule.take()
      expect([peeked?.id, taken?.id]).toEqual([taken?.id, naive.take()?.id])
      if (taken !== undefined) running.push(taken)
      else if (running.length === 0) break
      if (taken !== undefined && random.chance(0.5)) continue
      const [ended] = running.splice(random.below(running.length), 1)
      schedule.finish(ended!)
      naive.finish(ended!)
    }
  })
})

test('a hundred thousand tasks of a full pool are each looked at once', () => {
  const number = 100_000
  let asked = 0
  const tasks = days('1750-01-01', number).map((key) => task('a', [key]))
  const schedule = new Schedule(tasks, {
    slots: 8,
    order: 'newest',
    limitsOf: () => {
      asked += 1
      return { priority: 0, pool: { name: 'warehouse', size: 2 }, concurrency: 1 }
    },
  })
  const ids = orderOf(schedule)
  expect([ids.length, ids[0], ids.at(-1), asked]).toEqual([number, tasks.at(-1)!.id, tasks[0]!.id, number])
})

describe('a rate', () => {
  test('spreads starts evenly, and does not make up for time in which nothing started', () => {
    let now = 0
    const rate = new Rate(6, () => now)
    expect(rate.waitMs()).toBe(0)
    rate.spend()
    expect(rate.waitMs()).toBe(10_000)
    now = 4_000
    expect(rate.waitMs()).toBe(6_000)
    now = 65_000
    expect(rate.waitMs()).toBe(0)
    rate.spend()
    expect(rate.waitMs()).toBe(10_000)
    rate.giveBack()
    expect(rate.waitMs()).toBe(0)
  })

  test('without a number lets everything start at once', () => {
    const rate = new Rate(undefined, () => 5)
    rate.spend()
    expect(rate.waitMs()).toBe(0)
  })
})
