import type { Plan } from '../../core/plan/plan.ts'
import type { Partition } from '../../core/time/interval.ts'
import { displayWidth, padEnd, padStart, truncateMiddle } from '../terminal/width.ts'
import { partitionLabel } from '../text/partitions.ts'

/** Widths of the first columns of every line of a run, so that all lines align from the first on. */
export interface Columns {
  readonly model: number
  readonly partition: number
}

/** On a terminal a model with more tasks than this leaves one line behind, not one a task. */
const mostLinesOfModel = 6

export function isGrouped(tasksOfModel: number): boolean {
  return tasksOfModel > mostLinesOfModel
}

const rowsWidth = 14
const timeWidth = 8

/** Widths that fit the plan, cut where the terminal is narrow. */
export function columnsOf(plan: Plan, width: number | undefined): Columns {
  const tasks = [...plan.tasks, ...plan.held]
  const widest = (texts: readonly string[]) =>
    texts.reduce((most, text) => Math.max(most, displayWidth(text)), 0)
  const model = widest(tasks.map((task) => task.model))
  const partition = widest([...tasks.map((task) => partitionLabel(task.partitions)), ...groupLabels(plan)])
  if (width === undefined) return { model, partition }
  const room = Math.max(20, width - rowsWidth - timeWidth - 10)
  const partitionRoom = Math.min(partition, Math.max(10, Math.floor(room / 2)))
  return { model: Math.min(model, Math.max(8, room - partitionRoom)), partition: partitionRoom }
}

/** `staging.flights  2001-01-05`, padded. */
export function nameCells(model: string, partition: string, columns: Columns): string {
  const name = padEnd(truncateMiddle(model, columns.model), columns.model)
  if (columns.partition === 0) return name
  return `${name}  ${padEnd(truncateMiddle(partition, columns.partition), columns.partition)}`
}

/** Quantity and time, right-aligned. */
export function figureCells(quantity: string, time: string): string {
  return `${padStart(quantity, rowsWidth)}  ${padStart(time, timeWidth)}`
}

/** What stands for the partitions of models with many tasks. */
function groupLabels({ tasks }: Plan): readonly string[] {
  const partitions = new Map<string, Partition[][]>()
  for (const task of tasks) {
    const ofModel = partitions.get(task.model)
    if (ofModel === undefined) partitions.set(task.model, [[...task.partitions]])
    else ofModel.push([...task.partitions])
  }
  return [...partitions.values()]
    .filter((each) => isGrouped(each.length))
    .map((each) => partitionLabel(each.flat()))
}
