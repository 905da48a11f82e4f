import { type Diagnostic, diagnostic } from '../../core/diagnostics/diagnostic.ts'

/** What reports tell of a command that somebody stopped. */
export function interruption(): Diagnostic {
  return diagnostic('SL931', { message: 'the command was interrupted before its end' })
}
