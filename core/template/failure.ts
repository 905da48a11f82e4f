import type { Code } from '../diagnostics/catalogue.ts'
import { type Diagnostic, diagnostic } from '../diagnostics/diagnostic.ts'
import { frameOf } from '../diagnostics/frame.ts'
import { placeAt } from '../diagnostics/place.ts'
import type { Range } from './tree.ts'

export interface Mistake {
  readonly message: string
  readonly hint?: string | undefined
}

/** A diagnostic about `range` of a template file, with its frame. */
export function mistakeAt(
  code: Code,
  file: { readonly file: string; readonly text: string },
  range: Range,
  mistake: Mistake,
): Diagnostic {
  const place = placeAt(file.file, file.text, range.start, range.end)
  return diagnostic(code, {
    message: mistake.message,
    place,
    frame: frameOf(file.text, place),
    ...(mistake.hint === undefined ? {} : { hint: mistake.hint }),
  })
}
