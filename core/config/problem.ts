import type { Code } from '../diagnostics/catalogue.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'

/** Where in a YAML value: keys and list indexes from the root. */
export type Path = readonly (string | number)[]

/** Where a problem lies in its file, cheap to make and to store; `locate.ts` turns it into a line and a column. */
export type Position =
  /** At a key or its value. A path that leads nowhere means the last part of it that is there. */
  | { readonly kind: 'path'; readonly path: Path; readonly at: 'key' | 'value' }
  /** UTF-16 offsets in the whole file. */
  | { readonly kind: 'offset'; readonly offset: number; readonly end?: number }

/** A mistake in one file, before its line is known. Plain data: it can be cached with what was read. */
export type Problem =
  | {
      readonly kind: 'mistake'
      readonly code: Code
      readonly severity?: Diagnostic['severity']
      readonly message: string
      readonly hint?: string
      readonly position: Position
    }
  /** The YAML cannot be read; `reason` and `offset` are the fast parser's, the slow one says it better. */
  | { readonly kind: 'syntax'; readonly reason: string; readonly offset: number }
  /** Some keys stand twice; the slow parser knows which. */
  | { readonly kind: 'duplicate_keys' }

/** A file that holds YAML, wholly or in part (`[start, end)`, UTF-16 offsets). */
export interface YamlSource {
  /** Relative to the project root, with `/`. */
  readonly file: string
  readonly text: string
  readonly start: number
  readonly end: number
  /** Lines of this file may hold secrets: frames and messages are masked. */
  readonly secret?: boolean
}

/** Everything wrong with one file, and the file. */
export interface Finding {
  readonly source: YamlSource
  readonly problem: Problem
}

export interface MistakeFields {
  readonly message: string
  readonly hint?: string | undefined
  readonly severity?: Diagnostic['severity']
}

/** A mistake at a key or a value of the YAML. */
export function mistakeAt(code: Code, path: Path, at: 'key' | 'value', fields: MistakeFields): Problem {
  return mistake(code, { kind: 'path', path, at }, fields)
}

/** A mistake at an offset of the file. */
export function mistakeAtOffset(
  code: Code,
  offset: number,
  end: number | undefined,
  fields: MistakeFields,
): Problem {
  return mistake(code, { kind: 'offset', offset, ...(end === undefined ? {} : { end }) }, fields)
}

function mistake(code: Code, position: Position, { message, hint, severity }: MistakeFields): Problem {
  return {
    kind: 'mistake',
    code,
    message,
    position,
    ...(hint === undefined ? {} : { hint }),
    ...(severity === undefined ? {} : { severity }),
  }
}

/** `partition.column`, `checks[0].not_null`: a path as people say it. */
export function pathText(path: Path): string {
  return path
    .map((part, at) => (typeof part === 'number' ? `[${part}]` : at === 0 ? part : `.${part}`))
    .join('')
}
