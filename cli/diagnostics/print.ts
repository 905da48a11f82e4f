import type { Diagnostic } from '../../core/diagnostics/diagnostic.ts'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import type { Output } from '../terminal/terminal.ts'
import { counted } from '../text/quantity.ts'
import { diagnosticLines } from './lines.ts'

export type DiagnosticFormat = 'text' | 'json'

/** Prints diagnostics: as text with a count when there are many, or one JSON object a line. */
export function printDiagnostics(
  diagnostics: readonly Diagnostic[],
  output: Output,
  format: DiagnosticFormat,
): void {
  if (format === 'json') {
    for (const each of diagnostics) output.write(`${JSON.stringify(each)}\n`)
    return
  }
  const blocks = diagnostics.map((each) => diagnosticLines(each, output.style).join('\n'))
  if (blocks.length > 1) blocks.push(output.style.bold(totals(diagnostics)))
  if (blocks.length > 0) output.write(`${blocks.join('\n\n')}\n`)
}

function totals(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter((each) => each.severity === 'error').length
  const warnings = diagnostics.length - errors
  return [errors > 0 && counted(errors, 'error'), warnings > 0 && counted(warnings, 'warning')]
    .filter(Boolean)
    .join(', ')
}

/** What a user is told of anything that was thrown. */
export function diagnosticsOf(error: unknown): readonly Diagnostic[] {
  if (error instanceof SluiceError) return error.diagnostics
  const message = error instanceof Error ? error.message : String(error)
  return [
    {
      code: 'SL900',
      severity: 'error',
      message: `internal error: ${message}`,
      hint: 'this is a bug in Sluice; run with --debug to see where',
    },
  ]
}
