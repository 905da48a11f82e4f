import type { CheckOutcome } from '../../core/checks/check.ts'
import { diagnosticLines } from '../diagnostics/lines.ts'
import { tableLines } from '../terminal/table.ts'
import type { Colors } from '../terminal/terminal.ts'
import { cellText } from '../text/cell.ts'
import { counted } from '../text/quantity.ts'
import type { FinishedTask } from './progress.ts'

const mostRows = 5

/** All that is to be said of a failed task: the diagnostic, then a sample of the rows that broke each check. */
export function failureLines(
  failed: Extract<FinishedTask, { kind: 'failed' }>,
  style: Colors,
  width?: number,
): readonly string[] {
  const subject = { model: failed.task.model, ...partitionOf(failed) }
  const samples = failed.failedChecks
    .filter((check) => check.severity === 'error')
    .flatMap((check) => sampleLines(check, style, width))
  return [...diagnosticLines({ ...subject, ...failed.error }, style), ...samples]
}

/** Some of the rows that broke a check, as a small table. */
export function sampleLines(check: CheckOutcome, style: Colors, width?: number): readonly string[] {
  const names = Object.keys(check.sample[0] ?? {})
  if (names.length === 0) return []
  const shown = check.sample.slice(0, mostRows)
  const rows = shown.map((row) => names.map((name) => cellText(row[name])))
  const table = tableLines(
    names.map((title) => ({ title, shrinks: true })),
    rows,
    { indent: '      ', title: style.dim, ...(width === undefined ? {} : { width }) },
  )
  const more =
    check.failing > shown.length
      ? [`      ${style.dim(`… of ${counted(check.failing, 'failing row')}`)}`]
      : []
  return [`${style.dim(' rows')} ${check.name}`, ...table, ...more]
}

function partitionOf({ task }: FinishedTask): { readonly partition?: string } {
  const [only, ...others] = task.partitions
  return only === undefined || others.length > 0 ? {} : { partition: only.key }
}
