import type { CheckOutcome } from '../../core/checks/check.ts'
import { failingText } from '../../core/checks/failing-text.ts'
import type { RunEvent } from '../../core/events.ts'
import type { PlannedTask } from '../../core/plan/plan.ts'
import type { Colors } from '../terminal/terminal.ts'
import { partitionLabel } from '../text/partitions.ts'
import { count, counted, duration } from '../text/quantity.ts'
import { type Columns, figureCells, nameCells } from './columns.ts'
import type { FinishedTask, ModelProgress } from './progress.ts'

/** The lines that a finished task leaves behind: itself, then the warnings of its checks. */
export function finishedLines(finished: FinishedTask, columns: Columns, style: Colors): readonly string[] {
  const name = nameCells(finished.task.model, partitionLabel(finished.task.partitions), columns)
  const warnings = warningTexts(finished).map((text) => `  ${style.yellow('⚠')} ${style.yellow(text)}`)
  return [mainLine(finished, name, style), ...warnings]
}

/** The warnings of a task whose own line is not printed: they name the model. */
export function warningLines(finished: FinishedTask, style: Colors): readonly string[] {
  return warningTexts(finished).map((text) => style.yellow(`⚠ ${finished.task.model}  ${text}`))
}

function warningTexts({ failedChecks }: FinishedTask): readonly string[] {
  return failedChecks.filter((check) => check.severity === 'warn').map(checkText)
}

/** One line for all tasks of a model with many: how far they reach, what they wrote, how long it took. */
export function modelLine(progress: ModelProgress, columns: Columns, style: Colors): string {
  const succeeded = progress.finished.filter((each) => each.kind === 'succeeded')
  // Tasks end in any order.
  const partitions = succeeded.flatMap((each) => each.task.partitions).sort((a, b) => a.start - b.start)
  const rows = succeeded.reduce((sum, each) => sum + each.published.rows, 0)
  const elapsed = (progress.endedMs ?? 0) - (progress.startedMs ?? 0)
  const { tally, plannedPartitions } = progress
  const isWhole = tally.succeeded + tally.skipped >= plannedPartitions
  const isUntouched = progress.finished.every((each) => each.kind === 'canceled')
  if (isUntouched)
    return style.yellow(`▪ ${nameCells(progress.model, '', columns)}  ${figureCells('canceled', '')}`)
  const mark = isWhole ? style.green('✓') : style.yellow('!')
  const figures = style.dim(figureCells(counted(rows, 'row'), duration(elapsed)))
  const missing = isWhole
    ? ''
    : style.yellow(`  ${count(tally.succeeded)} of ${count(plannedPartitions)} partitions`)
  return `${mark} ${nameCells(progress.model, partitionLabel(partitions), columns)}  ${figures}${missing}`
}

/** What a failed attempt leaves behind that is followed by another. */
export function retryLine(
  { task, partitions, attempt, delayMs, error }: Extract<RunEvent, { type: 'task_retrying' }>,
  columns: Columns,
  style: Colors,
): string {
  const name = nameCells(task.model, partitionLabel(partitions), columns)
  const again = `attempt ${attempt} in ${duration(delayMs)}: ${error.message.split('\n')[0]}`
  return style.yellow(`↻ ${name}  ${figureCells('again', '')}  ${again}`)
}

/** `check not_null_origin: 3 failing rows in 2001-01-05`. */
export function checkText(check: CheckOutcome): string {
  const where = check.partition === undefined ? '' : ` in ${check.partition}`
  return `check ${check.name}: ${failingText(check, count)}${where}`
}

function mainLine(finished: FinishedTask, name: string, style: Colors): string {
  switch (finished.kind) {
    case 'succeeded': {
      const figures = figureCells(
        quantityText(finished.task, finished.published.rows),
        duration(finished.elapsedMs),
      )
      const isNews = finished.published.changed || finished.task.kind === 'check'
      const unchanged = isNews ? '' : style.dim('  unchanged')
      return `${style.green('✓')} ${name}  ${style.dim(figures)}${unchanged}`
    }
    case 'failed': {
      const [message] = finished.error.message.split('\n')
      return `${style.red('✗')} ${name}  ${style.dim(figureCells('failed', duration(finished.elapsedMs)))}  ${style.red(`${finished.error.code} ${message}`)}`
    }
    case 'skipped':
      return style.dim(`· ${name}  ${figureCells('skipped', '')}  ${finished.because}`)
    case 'blocked':
      return `${style.yellow('▪')} ${name}  ${style.yellow(figureCells('blocked', ''))}  ${finished.because}`
    case 'canceled':
      return style.yellow(`▪ ${name}  ${figureCells('canceled', '')}`)
    default:
      return finished satisfies never
  }
}

function quantityText(task: PlannedTask, rows: number): string {
  if (task.kind === 'check') return 'holds'
  return task.materialization === 'view' ? 'view' : counted(rows, 'row')
}
