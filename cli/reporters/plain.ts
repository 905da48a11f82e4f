import type { RunEvent } from '../../core/events.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { counted } from '../text/quantity.ts'
import { type Columns, columnsOf } from './columns.ts'
import { failureLines } from './failure.ts'
import { finishedLines, retryLine } from './finished.ts'
import { Progress } from './progress.ts'
import type { Reporter } from './reporter.ts'
import { resultLine, summaryLines } from './summary.ts'

/** For pipes, files and CI: one line when a task ends, its diagnostic at once, the summary at the end. */
export function plainReporter(terminal: Terminal, isQuiet: boolean): Reporter {
  const { out, err } = terminal
  const progress = new Progress()
  let columns: Columns = { model: 0, partition: 0 }
  const print = (lines: readonly string[]) => {
    for (const line of lines) out.write(`${line.trimEnd()}\n`)
  }
  return {
    on(event: RunEvent) {
      const finished = progress.apply(event, performance.now())
      if (event.type === 'run_started') {
        columns = columnsOf(event.plan, undefined)
        if (!isQuiet && event.plan.tasks.length > 0) print([headLine(event)])
      }
      if (event.type === 'task_retrying' && !isQuiet) print([retryLine(event, columns, out.style)])
      if (finished && !isQuiet) print(finishedLines(finished, columns, out.style))
      if (finished?.kind === 'failed') err.write(`\n${failureLines(finished, err.style).join('\n')}\n\n`)
      if (event.type === 'run_finished') {
        print(isQuiet ? [resultLine(event, out.style)] : summaryLines(progress, out.style))
      }
    },
    close() {},
  }
}

/** `Running 6 tasks on dev`. */
export function headLine(event: Extract<RunEvent, { type: 'run_started' }>): string {
  return `Running ${counted(event.plan.tasks.length, 'task')} on ${event.target}`
}
