import type { RunEvent } from '../../core/events.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { counted } from '../text/quantity.ts'
import { type Columns, columnsOf } from './columns.ts'
import { Failures, stopLines } from './failure.ts'
import { finishedLines, retryLine } from './finished.ts'
import { howFar } from './how-far.ts'
import { Milestones } from './milestones.ts'
import { Progress } from './progress.ts'
import type { Reporter } from './reporter.ts'
import { scrolledLines } from './scrolled.ts'
import { resultLine, summaryLines } from './summary.ts'

/** A log does not need a line for each of more tasks than this. */
const mostLines = 100

/**
 * For pipes, files and CI: one line when a task ends, its diagnostic at once, the summary at the end. A long run is told by its failures and
 * warnings, a line for each model that is done, and one now and then on how far it is.
 */
export function plainReporter(
  terminal: Terminal,
  isQuiet: boolean,
  clock = () => performance.now(),
): Reporter {
  const { out, err } = terminal
  const progress = new Progress()
  const failures = new Failures()
  let milestones: Milestones | undefined
  let columns: Columns = { model: 0, partition: 0 }
  const print = (lines: readonly string[]) => {
    for (const line of lines) out.write(`${line.trimEnd()}\n`)
  }
  const start = (event: Extract<RunEvent, { type: 'run_started' }>, nowMs: number) => {
    columns = columnsOf(event.plan, undefined)
    const { length } = event.plan.tasks
    if (length > mostLines) milestones = new Milestones(nowMs)
    if (!isQuiet && length > 0) print([headLine(event)])
  }
  const finish = (event: Extract<RunEvent, { type: 'run_finished' }>) => {
    const last = [...failures.leftOut(event.run), ...stopLines(event, err.style)]
    if (last.length > 0) err.write(`\n${last.join('\n')}\n\n`)
    print(isQuiet ? [resultLine(event, out.style)] : summaryLines(progress, out.style))
  }
  return {
    on(event: RunEvent) {
      const nowMs = clock()
      const finished = progress.apply(event, nowMs)
      if (event.type === 'run_started') start(event, nowMs)
      if (event.type === 'task_retrying' && !isQuiet) print([retryLine(event, columns, out.style)])
      if (finished && !isQuiet) {
        const lines = milestones === undefined ? finishedLines : scrolledLines.bind(undefined, progress)
        print(lines(finished, columns, out.style))
        if (milestones?.isDue(progress, nowMs)) print([`  ${howFar(progress, nowMs, out.style)}`])
      }
      if (finished?.kind === 'failed') {
        const lines = failures.linesOf(finished, err.style)
        if (lines.length > 0) err.write(`\n${lines.join('\n')}\n\n`)
      }
      if (event.type === 'run_finished') finish(event)
    },
    close() {},
  }
}

/** `Running 6 tasks on dev`. */
export function headLine(event: Extract<RunEvent, { type: 'run_started' }>): string {
  return `Running ${counted(event.plan.tasks.length, 'task')} on ${event.target}`
}
