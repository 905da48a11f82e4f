import type { Invocation } from '../command.ts'
import type { Report } from './report.ts'

/** Writes the reports that `--report` asks for: to their files, or to standard output. */
export async function writeReports(_invocation: Invocation, _report: Report): Promise<void> {}
