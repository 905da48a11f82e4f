import type { RunEvent } from '../../core/events.ts'
import { LiveRegion } from '../terminal/region.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { truncate } from '../terminal/width.ts'
import { type Columns, columnsOf } from './columns.ts'
import { Failures, stopLines } from './failure.ts'
import { retryLine } from './finished.ts'
import { liveLines } from './live.ts'
import { headLine } from './plain.ts'
import { Progress } from './progress.ts'
import type { Reporter } from './reporter.ts'
import { scrolledLines } from './scrolled.ts'
import { resultLine, summaryLines } from './summary.ts'

/** At most about twelve frames a second: more would flicker and cost. */
const frameMs = 80
/** For people at a terminal: running tasks below, finished ones scroll away above, failures told in full at the end. */
export function terminalReporter(terminal: Terminal, isQuiet: boolean): Reporter {
  const { out, err } = terminal
  const progress = new Progress()
  const region = new LiveRegion(out)
  const waiting: string[] = []
  let columns: Columns = { model: 0, partition: 0 }
  const width = () => out.columns() ?? 80
  const cutAll = (lines: readonly string[]) => lines.map((line) => truncate(line, width() - 1))

  const draw = () => {
    const above = waiting.splice(0)
    if (progress.result !== undefined) return region.draw(above, [])
    const size = { columns: width(), rows: out.rows() ?? 24 }
    region.draw(above, liveLines(progress, performance.now(), columns, size, out.style))
  }
  const stopResize = out.onResize(() => {
    columns = columnsOf(progress.plan, width())
    draw()
  })
  let timer: NodeJS.Timeout | undefined

  const close = () => {
    clearInterval(timer)
    stopResize()
    region.clear()
  }
  const finish = (event: Extract<RunEvent, { type: 'run_finished' }>) => {
    draw()
    close()
    const failures = new Failures()
    for (const each of progress.finished) {
      if (each.kind !== 'failed') continue
      const lines = failures.linesOf(each, err.style, width())
      if (lines.length > 0) err.write(`\n${lines.join('\n')}\n`)
    }
    const last = [...failures.leftOut(event.run), ...stopLines(event, err.style)]
    if (last.length > 0) err.write(`\n${last.join('\n')}\n`)
    const lines = isQuiet ? [resultLine(event, out.style)] : summaryLines(progress, out.style, width())
    out.write(`${lines.join('\n')}\n`)
  }
  return {
    on(event) {
      const finished = progress.apply(event, performance.now())
      if (finished && !isQuiet) waiting.push(...cutAll(scrolledLines(progress, finished, columns, out.style)))
      if (event.type === 'task_retrying' && !isQuiet) {
        waiting.push(...cutAll([retryLine(event, columns, out.style)]))
      }
      if (event.type === 'run_started') {
        columns = columnsOf(event.plan, width())
        if (!isQuiet && event.plan.tasks.length > 0) waiting.push(headLine(event))
        timer = setInterval(draw, frameMs)
        timer.unref()
      }
      if (event.type === 'run_finished') finish(event)
    },
    close,
  }
}
