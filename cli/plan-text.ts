import type { Plan } from '../core/plan/plan.ts'
import type { Output } from './terminal/terminal.ts'
import { commandText } from './text/command.ts'
import { partitionLabel } from './text/partitions.ts'
import { count, counted } from './text/quantity.ts'
import { heldText, reasonText } from './text/reason.ts'
import { printTable } from './text/table.ts'

/** A plan for people: the tasks in order with their reasons, then what is held and what would help, then a total. */
export function printPlan(plan: Plan, out: Output): void {
  const { style } = out
  const rows = [
    ...plan.tasks.map((task) => [
      style.green('run'),
      task.model,
      partitionLabel(task.partitions),
      task.materialization,
      reasonText(task.reason, task.kind),
    ]),
    ...plan.held.map((held) => [
      style.yellow(held.state === 'waiting' ? 'wait' : 'blocked'),
      held.model,
      partitionLabel(held.partitions),
      '',
      heldText(held),
    ]),
  ]
  const columns = [
    { title: '' },
    { title: 'MODEL', shrinks: true },
    { title: 'PARTITION', shrinks: true },
    { title: 'HOW' },
    { title: 'REASON', shrinks: true },
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
