import type { Plan, PlannedTask } from '../core/plan/plan.ts'
import type { TableColumn } from './terminal/table.ts'
import type { Output } from './terminal/terminal.ts'
import { commandText } from './text/command.ts'
import { partitionLabel } from './text/partitions.ts'
import { count, counted } from './text/quantity.ts'
import { heldText, reasonText } from './text/reason.ts'
import { printTable } from './text/table.ts'

/** A plan with more tasks than this is shortened. */
const mostSingle = 20

/** A plan for people: the tasks in order with their reasons, then what is held and what would help, then a total. */
export function printPlan(plan: Plan, out: Output): void {
  const { style } = out
  const rows = [
    ...linesOf(plan.tasks).map((tasks) => [
      style.green('run'),
      tasks[0]!.model,
      tasksLabel(tasks),
      tasks[0]!.materialization,
      tasks.length === 1 ? reasonText(tasks[0]!.reason, tasks[0]!.kind) : commonReason(tasks[0]!),
    ]),
    ...plan.held.map((held) => [
      style.yellow(held.state === 'waiting' ? 'wait' : 'blocked'),
      held.model,
      partitionLabel(held.partitions),
      '',
      heldText(held),
    ]),
  ]
  const columns: readonly TableColumn[] = [
    { title: '' },
    { title: 'MODEL', shrinks: 'middle', readable: 24 },
    { title: 'PARTITION', shrinks: 'middle', readable: 32 },
    { title: 'HOW', isOptional: true },
    { title: 'REASON', shrinks: 'end', readable: 24 },
  ]
  if (rows.length > 0) {
    printTable(out, columns, rows)
    out.write('\n')
  }
  const next = [
    ...new Set(plan.held.flatMap((held) => (held.next === undefined ? [] : [commandText(held.next)]))),
  ]
  for (const command of next.slice(0, 4)) out.write(`${style.cyan('Next')}  ${style.bold(command)}\n`)
  if (next.length > 0) out.write('\n')
  out.write(`${style.bold(totalText(plan))}\n`)
}

/** What stands in a line. Of many tasks those of a model that follow each other in time for the same reason share one. */
function linesOf(tasks: readonly PlannedTask[]): readonly (readonly PlannedTask[])[] {
  if (tasks.length <= mostSingle) return tasks.map((task) => [task])
  const groups: PlannedTask[][] = []
  for (const task of tasks) {
    const before = groups.at(-1)?.at(-1)
    if (before !== undefined && isFollowedBy(before, task)) groups.at(-1)!.push(task)
    else groups.push([task])
  }
  return groups
}

function isFollowedBy(before: PlannedTask, task: PlannedTask): boolean {
  const [last, first] = [before.partitions.at(-1), task.partitions[0]]
  return (
    before.model === task.model &&
    last !== undefined &&
    last.end === first?.start &&
    commonReason(before) === commonReason(task)
  )
}

/** The reason without the partition that it names: where each day is stale for its own day, it is one reason. */
function commonReason({ reason, kind }: PlannedTask): string {
  if (reason.kind !== 'stale' || !('upstream' in reason.cause)) return reasonText(reason, kind)
  const { kind: cause, upstream } = reason.cause
  return reasonText({ kind: 'stale', cause: { kind: cause, upstream } }, kind)
}

function tasksLabel(tasks: readonly PlannedTask[]): string {
  const partitions = tasks.flatMap((task) => task.partitions)
  if (tasks.length === 1) return partitionLabel(partitions)
  const number = partitions.length
  const how =
    number === tasks.length
      ? `${count(number)}, one by one`
      : `${count(number)} in ${count(tasks.length)} tasks`
  return `${partitions[0]!.key} … ${partitions.at(-1)!.key} (${how})`
}

function totalText({ tasks, held, skipped }: Plan): string {
  const partitions = skipped.reduce((sum, each) => sum + each.count, 0)
  const waiting = held.filter((each) => each.state === 'waiting').length
  const blocked = held.length - waiting
  return [
    tasks.length === 0 ? 'nothing to run' : `${counted(tasks.length, 'task')} to run`,
    blocked > 0 && `${count(blocked)} blocked`,
    waiting > 0 && `${count(waiting)} waiting`,
    partitions > 0 && `${count(partitions)} fresh`,
  ]
    .filter(Boolean)
    .join(', ')
}
