import type { Colors } from '../terminal/terminal.ts'
import { displayWidth, padEnd, truncate, truncateMiddle } from '../terminal/width.ts'
import { partitionLabel } from '../text/partitions.ts'
import { count, duration } from '../text/quantity.ts'
import { type Columns, figureCells, isGrouped, nameCells } from './columns.ts'
import { howFar } from './how-far.ts'
import { endedOf, type ModelProgress, type Progress } from './progress.ts'

export interface Size {
  readonly columns: number
  readonly rows: number
}

const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const frameMs = 80
const barCells = 20
const narrowBarCells = 8
const modelBarCells = 12
/** Cells that the figures of a model need. */
const figuresOfModel = 30
/** Terminals narrower than this have no room for bars. */
const narrowColumns = 60

/** Lines of models with many tasks, where there is room for any. */
const mostModels = 8
const leastRoomForModels = 5

/** The region below the finished lines: a line for each running task, one for each model with many tasks that is at work, then the state of the
 * whole. Never taller than the terminal, never wider. */
export function liveLines(
  progress: Progress,
  nowMs: number,
  columns: Columns,
  size: Size,
  style: Colors,
): readonly string[] {
  const sign = style.cyan(spinner[Math.floor(nowMs / frameMs) % spinner.length]!)
  const running = [...progress.running.values()]
  const models = modelsAtWork(progress, size)
  const room = Math.max(1, Math.min(running.length, size.rows - 4 - models.length))
  const lines = running.slice(0, room).map(({ task, startedMs, note }) => {
    const model = progress.models.get(task.model)
    const tally =
      model && model.plannedPartitions > 1
        ? `${count(endedOf(model.tally))}/${count(model.plannedPartitions)}`
        : ''
    const name = nameCells(task.model, partitionLabel(task.partitions), columns)
    const figures = style.dim(figureCells(tally, duration(nowMs - startedMs)))
    return `${sign} ${name}  ${figures}${note ? `  ${style.yellow(note)}` : ''}`
  })
  if (running.length > room) lines.push(style.dim(`  … and ${count(running.length - room)} more`))
  const modelCells = Math.max(columns.model, Math.min(longest(models), size.columns - figuresOfModel))
  lines.push(...models.map((model) => modelProgressLine(model, modelCells, size, style)))
  return [...lines, totalLine(progress, nowMs, size, style)].map((line) => truncate(line, size.columns - 1))
}

/** Models with many tasks that have begun and are not done, as many as leave half of the room to what runs. */
function modelsAtWork(progress: Progress, size: Size): readonly ModelProgress[] {
  const room = size.rows - 4
  if (room < leastRoomForModels) return []
  return [...progress.models.values()]
    .filter((each) => isGrouped(each.planned) && !progress.isDone(each.model))
    .filter((each) => each.running > 0 || each.finished.length > 0)
    .slice(0, Math.min(mostModels, Math.floor(room / 2)))
}

/** `  staging.flights  ━━━━━━━━━━  87/181 · 2 running · 1 failed`. */
function modelProgressLine(
  { model, tally, plannedPartitions, running }: ModelProgress,
  modelCells: number,
  size: Size,
  style: Colors,
): string {
  const ended = endedOf(tally)
  const parts = [
    `${count(ended)}/${count(plannedPartitions)}`,
    running > 0 && style.dim(`${count(running)} running`),
    tally.failed > 0 && style.red(`${count(tally.failed)} failed`),
    tally.blocked > 0 && style.yellow(`${count(tally.blocked)} blocked`),
    tally.skipped > 0 && style.dim(`${count(tally.skipped)} fresh`),
  ]
  const name = padEnd(truncateMiddle(model, modelCells), modelCells)
  const drawn = size.columns < narrowColumns ? '' : `${bar(ended, plannedPartitions, modelBarCells, style)} `
  return `  ${name}  ${drawn}${parts.filter(Boolean).join(style.dim(' · '))}`
}

function longest(models: readonly ModelProgress[]): number {
  return models.reduce((most, { model }) => Math.max(most, displayWidth(model)), 0)
}

function bar(done: number, total: number, cells: number, style: Colors): string {
  const filled = total === 0 ? cells : Math.floor((done / total) * cells)
  // Different signs, as there may be no colours.
  return style.green('━'.repeat(filled)) + style.dim('─'.repeat(cells - filled))
}

function totalLine(progress: Progress, nowMs: number, size: Size, style: Colors): string {
  const cells = size.columns < narrowColumns ? narrowBarCells : barCells
  const ended = endedOf(progress.tally)
  return `${bar(ended, progress.plannedPartitions, cells, style)} ${howFar(progress, nowMs, style)}`
}
