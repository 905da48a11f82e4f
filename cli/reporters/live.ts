import type { Colors } from '../terminal/terminal.ts'
import { truncate } from '../terminal/width.ts'
import { partitionLabel } from '../text/partitions.ts'
import { count, duration } from '../text/quantity.ts'
import { type Columns, figureCells, nameCells } from './columns.ts'
import type { Progress } from './progress.ts'

export interface Size {
  readonly columns: number
  readonly rows: number
}

const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const frameMs = 80
const barCells = 20

/** The region below the finished lines: a line for each running task, then the state of the whole. Never taller than the
 * terminal, never wider. */
export function liveLines(
  progress: Progress,
  nowMs: number,
  columns: Columns,
  size: Size,
  style: Colors,
): readonly string[] {
  const sign = style.cyan(spinner[Math.floor(nowMs / frameMs) % spinner.length]!)
  const running = [...progress.running.values()]
  const room = Math.max(1, Math.min(running.length, size.rows - 4))
  const lines = running.slice(0, room).map(({ task, startedMs, note }) => {
    const model = progress.models.get(task.model)
    const tally = model && model.planned > 1 ? `${count(model.finished.length)}/${count(model.planned)}` : ''
    const name = nameCells(task.model, partitionLabel(task.partitions), columns)
    const figures = style.dim(figureCells(tally, duration(nowMs - startedMs)))
    return `${sign} ${name}  ${figures}${note ? `  ${style.yellow(note)}` : ''}`
  })
  if (running.length > room) lines.push(style.dim(`  … and ${count(running.length - room)} more`))
  return [...lines, totalLine(progress, nowMs, style)].map((line) => truncate(line, size.columns - 1))
}

function totalLine(progress: Progress, nowMs: number, style: Colors): string {
  const total = progress.plan.tasks.length
  const done = progress.finished.length
  const filled = total === 0 ? barCells : Math.floor((done / total) * barCells)
  const bar = style.green('━'.repeat(filled)) + style.dim('━'.repeat(barCells - filled))
  const failed = progress.finished.filter((each) => each.kind === 'failed').length
  const blocked = progress.finished.filter((each) => each.kind === 'blocked').length
  const parts = [
    `${count(done)}/${count(total)}`,
    failed > 0 && style.red(`${count(failed)} failed`),
    blocked > 0 && style.yellow(`${count(blocked)} blocked`),
    style.dim(duration(nowMs - progress.startedMs)),
  ]
  return `${bar} ${parts.filter(Boolean).join(style.dim(' · '))}`
}
