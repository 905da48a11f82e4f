import { failingText } from '../core/checks/failing-text.ts'
import type { LoggedEvent } from './run-log.ts'
import type { Colors } from './terminal/terminal.ts'
import { keysLabel } from './text/partitions.ts'
import { count, counted, duration } from './text/quantity.ts'

/** The log of a run, one line an event: when, what, of which task. */
export function logLines(events: readonly LoggedEvent[], style: Colors): readonly string[] {
  return events.map(
    (event) => `${style.dim(event.at.slice(0, 23).replace('T', ' '))}  ${eventText(event, style)}`,
  )
}

function eventText(event: LoggedEvent, style: Colors): string {
  const task = 'task' in event ? nameOf(event) : ''
  switch (event.type) {
    case 'run_started':
      return `run ${event.run} on ${event.target}: ${counted(event.plan.tasks.length, 'task')}`
    case 'task_started':
      return `${task} begins${event.attempt > 1 ? `, attempt ${event.attempt}` : ''}`
    case 'task_waiting_for_lease':
      return style.yellow(`${task} waits for ${event.holder}`)
    case 'task_retrying':
      return style.yellow(
        `${task} again in ${duration(event.delayMs)}, attempt ${event.attempt}: ${event.error.code} ${firstLine(event.error.message)}`,
      )
    case 'task_split':
      return style.yellow(
        `${task} again in ${counted(event.into.length, 'piece')}: ${event.error.code} ${firstLine(event.error.message)}`,
      )
    case 'check_finished': {
      const where = event.check.partition === undefined ? '' : ` in ${event.check.partition}`
      const what = `${task} check ${event.check.name}`
      if (event.check.passed) return style.dim(`${what} holds${where}`)
      const colour = event.check.severity === 'error' ? style.red : style.yellow
      return colour(`${what}: ${failingText(event.check, count)}${where}`)
    }
    case 'task_succeeded': {
      const unchanged = event.published.changed ? '' : ', unchanged'
      return `${style.green(task)} succeeded in ${duration(event.elapsedMs)}: ${counted(event.published.rows, 'row')}${unchanged}`
    }
    case 'task_skipped':
      return style.dim(`${task} skipped: ${event.because}`)
    case 'task_failed':
      return style.red(
        `${task} failed in ${duration(event.elapsedMs)}: ${event.error.code} ${firstLine(event.error.message)}`,
      )
    case 'task_blocked':
      return style.yellow(`${task} blocked: ${event.because}`)
    case 'task_canceled':
      return style.yellow(`${task} canceled`)
    case 'run_finished':
      return `run ${event.status} in ${duration(event.elapsedMs)}`
    default:
      // A log may have been written by a newer Sluice.
      return [(event as { readonly type: string }).type.replaceAll('_', ' '), task].filter(Boolean).join(' ')
  }
}

function nameOf({ task, partitions }: Extract<LoggedEvent, { readonly task: unknown }>) {
  return [task.model, keysLabel(partitions.map((each) => each.key))].filter(Boolean).join(' ')
}

function firstLine(text: string): string {
  return text.split('\n')[0]!
}
