import type { Place } from '../diagnostics/diagnostic.ts'
import { placeAt } from '../diagnostics/place.ts'
import type { Origin, Rendered, Span, Written } from './template.ts'

/** The text of a file of the project, for telling line and column. */
export type TextOf = (file: string) => string | undefined

/** Where `[offset, endOffset)` of a rendered text was written. Inside a value it is the expression that stands for it; an
 * offset at or beyond the end is the end of what was written last. */
export function originOf(rendered: Rendered, offset: number, textOf: TextOf, endOffset?: number): Origin {
  const span = spanAt(rendered.spans, offset)
  const via = span.calls.map((call) => placeOf(call, textOf))
  return { place: placeOf(writtenAt(span, offset, endOffset), textOf), via }
}

/** The span that covers a rendered offset. Spans without characters are passed over. */
export function spanAt(spans: readonly Span[], offset: number): Span {
  let low = 0
  let high = spans.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (spans[middle]!.end > offset) high = middle
    else low = middle + 1
  }
  const found = spans[low]
  if (!found) throw new Error('a rendered text without spans')
  return found
}

function writtenAt(span: Span, offset: number, endOffset: number | undefined): Written {
  const { file } = span
  if (span.kind === 'value') return { file, offset: span.offset, endOffset: span.endOffset }
  const start = span.offset + Math.min(Math.max(offset, span.start), span.end) - span.start
  if (endOffset === undefined) return { file, offset: start, endOffset: start }
  return { file, offset: start, endOffset: span.offset + Math.min(endOffset, span.end) - span.start }
}

function placeOf({ file, offset, endOffset }: Written, textOf: TextOf): Place {
  const text = textOf(file)
  return text === undefined ? { file, line: 1, column: 1 } : placeAt(file, text, offset, endOffset)
}
