import type { Colors } from '../terminal/terminal.ts'
import { type Columns, isGrouped } from './columns.ts'
import { finishedLines, modelLine, warningLines } from './finished.ts'
import type { FinishedTask, Progress } from './progress.ts'

/** What a finished task leaves behind for good: its own line, or its model's when the last of many has ended. */
export function scrolledLines(
  progress: Progress,
  finished: FinishedTask,
  columns: Columns,
  style: Colors,
): readonly string[] {
  const model = progress.models.get(finished.task.model)!
  if (!isGrouped(model.planned)) return finishedLines(finished, columns, style)
  const own =
    finished.kind === 'failed' ? finishedLines(finished, columns, style) : warningLines(finished, style)
  return progress.isDone(model.model) ? [...own, modelLine(model, columns, style)] : own
}
