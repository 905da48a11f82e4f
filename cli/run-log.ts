import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import type { RunEvent } from '../core/events.ts'
import { eventJson } from './json/event.ts'
import { jsonLine } from './text/json.ts'

/** Logs that are kept; older ones go when a run begins. */
const KEPT = 100

/**
 * Listens to a run and writes its events to `.sluice/runs/<run>.jsonl`, each at once, so that the log of a killed run is whole up to its end.
 * A log that cannot be written (a full disk) ends; the run goes on.
 */
export class RunLog {
  private readonly root: string
  private file: number | undefined
  private hasFailed = false

  constructor(root: string) {
    this.root = root
  }

  on(event: RunEvent): void {
    if (this.hasFailed) return
    try {
      // A run without a task is not in the ledger: nobody could ask for its log.
      if (event.type === 'run_started' && event.plan.tasks.length > 0) this.file = begin(this.root, event.run)
      if (this.file === undefined) return
      writeSync(this.file, jsonLine(eventJson(event)))
      if (event.type === 'run_finished') this.close()
    } catch {
      this.hasFailed = true
      this.close()
    }
  }

  /** Lets go of the file; safe at any time, more than once. */
  close(): void {
    const { file } = this
    this.file = undefined
    if (file === undefined) return
    try {
      closeSync(file)
    } catch {
      // What a full disk did not take by now is lost.
    }
  }
}

function begin(root: string, run: string): number {
  const folder = logFolder(root)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(root, '.sluice', '.gitignore'), '*\n')
  for (const old of logsIn(folder).slice(0, -(KEPT - 1))) rmSync(join(folder, old), { force: true })
  return openSync(logPath(root, run), 'a', 0o600)
}

/** Names of logs, oldest first: ids of runs sort by time. */
function logsIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
}

/** The events of a run, if its log is on this machine still. The last line of a run that was killed may be a part of one. */
export function readRunLog(root: string, run: string): readonly LoggedEvent[] | undefined {
  let text: string
  try {
    text = readFileSync(logPath(root, run), 'utf8')
  } catch {
    return undefined
  }
  const lines = text.split('\n')
  // What follows the last line feed was not written to its end.
  return lines.slice(0, -1).map((line) => JSON.parse(line) as LoggedEvent)
}

/** A line of a log: docs/schemas/event.json. */
export type LoggedEvent = ReturnType<typeof eventJson>

/** Where a run's log lies. */
export function logPath(root: string, run: string): string {
  return join(logFolder(root), `${run}.jsonl`)
}

function logFolder(root: string): string {
  return join(root, '.sluice', 'runs')
}
