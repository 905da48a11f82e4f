import type { RunPage, RunTask } from '../../core/docs/api.ts'

/** One try on the time line. Places and lengths are shares of the whole, from 0 to 1. */
export interface Bar {
  readonly from: number
  readonly length: number
  /** Tries that overlap stand in lanes of their own, from 0. */
  readonly lane: number
  readonly status: string
  /** Tries that it stands for: of the same status and too short to be seen apart. */
  readonly count: number
  /** Of a task that was tried before. */
  readonly isRetry: boolean
}

/** All tasks of a node, or the one. */
export interface TimeLineRow {
  readonly key: string
  readonly tasks: readonly RunTask[]
  readonly bars: readonly Bar[]
  readonly lanes: number
}

export interface Tick {
  readonly at: number
  /** Since the run began. */
  readonly ms: number
}

export interface TimeLine {
  /** UTC milliseconds. */
  readonly start: number
  readonly end: number
  readonly ticks: readonly Tick[]
  readonly rows: readonly TimeLineRow[]
}

interface Try {
  readonly start: number
  readonly end: number
  readonly status: string
  readonly isRetry: boolean
}

/** Bars shorter than this share of the line are merged with their neighbors. */
const shortest = 1 / 600

/** Where everything of a run stands in time, tasks of the same node together, in the order in which they began. What still runs ends
 * with the line, at `now` (UTC milliseconds). */
export function timeLineOf(run: Pick<RunPage, 'startedAt' | 'finishedAt' | 'tasks'>, now: number): TimeLine {
  const ends = run.finishedAt === undefined ? now : Date.parse(run.finishedAt)
  const tries = run.tasks.map((task) => triesOf(task, ends))
  const all = tries.flat()
  const start = all.reduce((least, each) => Math.min(least, each.start), Date.parse(run.startedAt))
  const end = Math.max(
    all.reduce((most, each) => Math.max(most, each.end), ends),
    start + 1,
  )
  const groups = new Map<string, { readonly tasks: RunTask[]; readonly tries: Try[] }>()
  for (const [index, task] of run.tasks.entries()) {
    const key = `${task.node.kind} ${task.node.name}`
    const group = groups.get(key) ?? { tasks: [], tries: [] }
    groups.set(key, group)
    group.tasks.push(task)
    group.tries.push(...tries[index]!)
  }
  const span = { start, length: end - start }
  return {
    start,
    end,
    ticks: ticksOf(end - start),
    rows: [...groups].map(([key, group]) => ({ key, tasks: group.tasks, ...barsOf(group.tries, span) })),
  }
}

/** The bars of one task of a time line. */
export function barsOfTask(
  task: RunTask,
  line: Pick<TimeLine, 'start' | 'end'>,
): Pick<TimeLineRow, 'bars' | 'lanes'> {
  return barsOf(triesOf(task, line.end), { start: line.start, length: line.end - line.start })
}

function triesOf({ attempts }: RunTask, ends: number): Try[] {
  return attempts.map((attempt, index) => {
    const start = Date.parse(attempt.startedAt)
    const end =
      attempt.finishedAt !== undefined
        ? Date.parse(attempt.finishedAt)
        : start + (attempt.elapsedMs ?? ends - start)
    return { start, end: Math.max(start, end), status: attempt.status, isRetry: index > 0 }
  })
}

function barsOf(
  tries: readonly Try[],
  span: { readonly start: number; readonly length: number },
): Pick<TimeLineRow, 'bars' | 'lanes'> {
  const laneEnds: number[] = []
  const newest: number[] = []
  const bars: Bar[] = []
  for (const each of [...tries].sort((a, b) => a.start - b.start || a.end - b.end)) {
    const free = laneEnds.findIndex((end) => end <= each.start)
    const lane = free < 0 ? laneEnds.length : free
    laneEnds[lane] = each.end
    const from = (each.start - span.start) / span.length
    const length = (each.end - each.start) / span.length
    const at = newest[lane]
    const before = at === undefined ? undefined : bars[at]
    const bar = { from, length, lane, status: each.status, count: 1, isRetry: each.isRetry }
    if (at !== undefined && before !== undefined && canMerge(before, bar)) {
      bars[at] = { ...before, length: from + length - before.from, count: before.count + 1 }
    } else {
      newest[lane] = bars.push(bar) - 1
    }
  }
  return { bars, lanes: Math.max(1, laneEnds.length) }
}

function canMerge(before: Bar, bar: Bar): boolean {
  return (
    before.status === bar.status &&
    before.isRetry === bar.isRetry &&
    bar.length < shortest &&
    before.length / before.count < shortest &&
    bar.from - (before.from + before.length) < shortest
  )
}

const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000].concat(
  [1, 2, 5, 10, 15, 30].map((minutes) => minutes * 60_000),
  [1, 2, 3, 6, 12, 24, 48].map((hours) => hours * 3_600_000),
)

/** Round times, at most seven. */
function ticksOf(length: number): Tick[] {
  const step = steps.find((each) => length / each <= 6) ?? Math.ceil(length / 6 / 86_400_000) * 86_400_000
  const count = Math.floor(length / step) + 1
  return Array.from({ length: count }, (_, index) => ({ at: (index * step) / length, ms: index * step }))
}
