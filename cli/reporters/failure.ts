import type { CheckOutcome } from '../../core/checks/check.ts'
import type { RunEvent } from '../../core/events.ts'
import { diagnosticLines } from '../diagnostics/lines.ts'
import { tableLines } from '../terminal/table.ts'
import type { Colors } from '../terminal/terminal.ts'
import { cellText } from '../text/cell.ts'
import { commandText } from '../text/command.ts'
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

/** Failures of a model that are told in full: they are often one and the same. */
const mostOfModel = 20

/** Tells failures in full, but of a model that fails again and again only the first ones. */
export class Failures {
  private readonly byModel = new Map<string, number>()

  /** The failure in full, or nothing if enough of its model was told. */
  linesOf(
    failed: Extract<FinishedTask, { kind: 'failed' }>,
    style: Colors,
    width?: number,
  ): readonly string[] {
    const number = (this.byModel.get(failed.task.model) ?? 0) + 1
    this.byModel.set(failed.task.model, number)
    return number > mostOfModel ? [] : failureLines(failed, style, width)
  }

  /** Of which models not all failures were told, and where they can be seen. */
  leftOut(run: string): readonly string[] {
    return [...this.byModel]
      .filter(([, number]) => number > mostOfModel)
      .map(([model, number]) => {
        const more = counted(number - mostOfModel, 'more failure')
        return `… and ${more} of ${model}: ${commandText(`runs show ${run}`)}`
      })
  }
}

/** Why a run stopped before its end, if not by Ctrl-C. */
export function stopLines(
  { reason }: Extract<RunEvent, { type: 'run_finished' }>,
  style: Colors,
): readonly string[] {
  return reason === undefined ? [] : diagnosticLines(reason, style)
}

const jsonInstant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/** Samples are kept as JSON, in which an instant is a text. */
function sampleText(value: unknown): string {
  return cellText(typeof value === 'string' && jsonInstant.test(value) ? new Date(value) : value)
}

/** Some of the rows that broke a check, as a small table. */
export function sampleLines(check: CheckOutcome, style: Colors, width?: number): readonly string[] {
  const names = Object.keys(check.sample[0] ?? {})
  if (names.length === 0) return []
  const shown = check.sample.slice(0, mostRows)
  const rows = shown.map((row) => names.map((name) => sampleText(row[name])))
  const table = tableLines(
    names.map((title) => ({ title, shrinks: 'middle' })),
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
