import type { Code } from './catalogue.ts'

/** A position in a text file. `file` is relative to the project root (or absolute outside it); `line` and
 * `column` are 1-based, columns count UTF-16 code units. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly endLine?: number
  readonly endColumn?: number
}

/** One finding about the project, the command line, an engine or a run. What a user sees of any problem. */
export interface Diagnostic {
  readonly code: Code
  readonly severity: 'error' | 'warning'
  /** One sentence: what is wrong, with the names involved. */
  readonly message: string
  readonly place?: Place
  /** Macro call sites that led to `place`, innermost first. */
  readonly via?: readonly Place[]
  /** The source line of `place`, for the frame; filled where the text is at hand. */
  readonly frame?: string
  readonly model?: string
  readonly partition?: string
  /** How to mend it. */
  readonly hint?: string
  /** The next command to type. */
  readonly next?: string
}

export type DiagnosticFields = Omit<Diagnostic, 'code' | 'severity'> & {
  readonly severity?: Diagnostic['severity']
}

/** Builds a diagnostic; severity is `error` unless given. */
export function diagnostic(code: Code, fields: DiagnosticFields): Diagnostic {
  const { message, hint } = fields
  return {
    severity: 'error',
    ...fields,
    message: readable(message),
    ...(hint === undefined ? {} : { hint: readable(hint) }),
    code,
  }
}

const longestWord = 300

/** Files can hold words of any length, and messages and hints quote them. */
function readable(message: string): string {
  if (message.length <= longestWord) return message
  return message.replace(/\S{301,}/g, (word) => `${word.slice(0, 200)}…${word.slice(-40)}`)
}

/** Thrown when work cannot go on because of what a user can mend. Anything else that is thrown is a bug. */
export class SluiceError extends Error {
  readonly diagnostics: readonly Diagnostic[]

  constructor(diagnostics: readonly Diagnostic[], options?: ErrorOptions) {
    super(diagnostics.map((each) => `${each.code}: ${each.message}`).join('\n'), options)
    this.name = 'SluiceError'
    this.diagnostics = diagnostics
  }

  /** An error of one diagnostic. */
  static of(code: Code, fields: DiagnosticFields, options?: ErrorOptions): SluiceError {
    return new SluiceError([diagnostic(code, fields)], options)
  }
}
