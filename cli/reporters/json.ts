import { eventJson } from '../json/event.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { jsonLine } from '../text/json.ts'
import type { Reporter } from './reporter.ts'

/** One event a line; see docs/schemas/event.json. */
export function jsonReporter(terminal: Terminal): Reporter {
  return {
    on: (event) => terminal.out.write(jsonLine(eventJson(event))),
    close() {},
  }
}
