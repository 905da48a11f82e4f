import type { Code } from '../diagnostics/catalogue.ts'
import { SluiceError } from '../diagnostics/diagnostic.ts'
import { frameOf } from '../diagnostics/frame.ts'
import { placeAt } from '../diagnostics/place.ts'

/** Selectors as somebody wrote them. */
export interface SelectorText {
  readonly text: string
  /** Where that was: `--select`, `--exclude`, `selectors.nightly`. */
  readonly origin: string
}

/** A piece of it, in UTF-16 offsets. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** A mistake in selectors, shown below them unless it is about all of what was written. */
export function mistakeIn(
  { text, origin }: SelectorText,
  { start, end }: Span,
  code: Code,
  message: string,
  hint: string,
): SluiceError {
  const isAll = text.slice(0, start).trim() === '' && text.slice(end).trim() === ''
  if (isAll) return SluiceError.of(code, { message, hint })
  const place = placeAt(origin, text, start, end)
  return SluiceError.of(code, { message, hint, place, frame: frameOf(text, place) })
}
