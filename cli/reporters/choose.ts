import type { Terminal } from '../terminal/terminal.ts'
import { jsonReporter } from './json.ts'
import { plainReporter } from './plain.ts'
import type { Reporter } from './reporter.ts'
import { terminalReporter } from './terminal.ts'

/** The reporter for a format and a terminal. In CI a terminal is a log: nothing is redrawn there. */
export function chooseReporter(
  format: string,
  terminal: Terminal,
  isQuiet: boolean,
  environment: Readonly<Record<string, string | undefined>>,
): Reporter {
  if (format === 'json') return jsonReporter(terminal)
  const isLive = terminal.out.isTty && !environment.CI
  return isLive ? terminalReporter(terminal, isQuiet) : plainReporter(terminal, isQuiet)
}
