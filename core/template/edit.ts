import type { Rendered, Span } from './template.ts'

/** Another text for a stretch of a rendered text. */
export interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
  /** The new text names this relation and nothing else. */
  readonly relation?: string
}

/** What to write for a relation, by its logical name; undefined: what stands there. */
export type RelationText = (relation: string) => string | undefined

/** Applies edits that do not overlap, in any order. What replaces a stretch has the place where that stretch began, so
 * positions in the result still lead to the file. A symbol that is touched loses its meaning: `symbolsDecide` becomes
 * true, because another value would have to be edited again. */
export function edited(rendered: Rendered, edits: readonly Edit[]): Rendered {
  if (edits.length === 0) return rendered
  const sorted = [...edits].sort((a, b) => a.start - b.start || a.end - b.end)
  const builder = new Rebuilt(rendered)
  for (const edit of sorted) builder.replace(edit)
  return builder.result()
}

/** Puts other texts in the place of symbols (`partition.start`) and relations without rendering again. Only right when
 * `symbolsDecide` is false; a symbol that `values` does not name keeps its text. */
export function substitute(
  rendered: Rendered,
  values: Readonly<Record<string, string>>,
  relationText?: RelationText,
): Rendered {
  let shift = 0
  let text = ''
  let copied = 0
  const spans = rendered.spans.map((span) => {
    const start = span.start + shift
    const value =
      span.symbol !== undefined
        ? ownValue(values, span.symbol)
        : span.relation === undefined
          ? undefined
          : textOfRelation(rendered.text.slice(span.start, span.end), span.relation, relationText)
    if (value !== undefined) {
      text += rendered.text.slice(copied, span.start) + value
      copied = span.end
      shift += value.length - (span.end - span.start)
    }
    return { ...span, start, end: span.end + shift }
  })
  return { text: text + rendered.text.slice(copied), spans, symbolsDecide: rendered.symbolsDecide }
}

/** A piece of a text that is rendered once and filled many times. A text with a `relation` names that one and nothing else. */
export type Part = { readonly text: string; readonly relation?: string } | { readonly symbol: string }

/** Splits a text at its symbols and relations. `joinParts` makes texts of it for other values at the cost of a concatenation. */
export function toParts(text: string, spans: readonly Mark[]): readonly Part[] {
  const parts: Part[] = []
  let copied = 0
  for (const { start, end, symbol, relation } of spans) {
    if (symbol === undefined && relation === undefined) continue
    if (start > copied) parts.push({ text: text.slice(copied, start) })
    if (symbol !== undefined) parts.push({ symbol })
    else parts.push({ text: text.slice(start, end), relation: relation! })
    copied = end
  }
  if (copied < text.length) parts.push({ text: text.slice(copied) })
  return parts
}

type Mark = Pick<Span, 'start' | 'end' | 'symbol' | 'relation'>

/** The text for these values of the symbols. Throws if one has no value: that is a bug of the caller. */
export function joinParts(
  parts: readonly Part[],
  values: Readonly<Record<string, string>>,
  relationText?: RelationText,
): string {
  let text = ''
  for (const part of parts) text += textOfPart(part, values, relationText)
  return text
}

/** A stretch of a text that names a relation. */
export interface NamedStretch {
  readonly relation: string
  /** UTF-16 offsets; `end` is exclusive. */
  readonly start: number
  readonly end: number
}

/** Where the text that `joinParts` makes names relations, in order: each reference in FROM, and the relations of columns that name theirs
 * in full. */
export function relationsIn(
  parts: readonly Part[],
  values: Readonly<Record<string, string>>,
  relationText?: RelationText,
): readonly NamedStretch[] {
  const found: NamedStretch[] = []
  let at = 0
  for (const part of parts) {
    const text = textOfPart(part, values, relationText)
    if ('text' in part && part.relation !== undefined) {
      const start = at + text.length - text.trimStart().length
      found.push({ relation: part.relation, start, end: start + text.trim().length })
    }
    at += text.length
  }
  return found
}

function textOfPart(
  part: Part,
  values: Readonly<Record<string, string>>,
  relationText: RelationText | undefined,
): string {
  if ('text' in part) {
    if (part.relation === undefined) return part.text
    return textOfRelation(part.text, part.relation, relationText) ?? part.text
  }
  const value = ownValue(values, part.symbol)
  if (value === undefined) throw new Error(`no value for the symbol ${part.symbol}`)
  return value
}

/** Blanks that keep the name apart from its neighbours stay. */
function textOfRelation(
  written: string,
  relation: string,
  relationText: RelationText | undefined,
): string | undefined {
  const text = relationText?.(relation)
  return text === undefined ? undefined : written.replace(written.trim(), () => text)
}

function ownValue(values: Readonly<Record<string, string>>, symbol: string): string | undefined {
  return Object.hasOwn(values, symbol) ? values[symbol] : undefined
}

/** A rendered text being copied with changes, from front to back. */
class Rebuilt {
  private readonly source: Rendered
  private readonly spans: Span[] = []
  private text = ''
  private at = 0
  private index = 0
  private lostSymbol = false

  constructor(source: Rendered) {
    this.source = source
  }

  replace({ start, end, text, relation }: Edit): void {
    if (start < this.at || end < start || end > this.source.text.length)
      throw new Error(`edit ${start}–${end} overlaps another or lies outside of the text`)
    this.copyTo(start)
    const first = this.spanFrom(start)
    const { symbol, relation: _, ...origin } = first
    const offset = first.kind === 'text' ? first.offset + start - first.start : first.offset
    const endOffset =
      first.kind === 'text' ? first.offset + Math.min(end, first.end) - first.start : first.endOffset
    if (symbol !== undefined && end > start) this.lostSymbol = true
    const mark = relation === undefined ? {} : { relation }
    this.push({ ...origin, kind: 'value', offset, endOffset, ...mark }, text)
    this.skipTo(end)
  }

  result(): Rendered {
    this.copyTo(this.source.text.length)
    return {
      text: this.text,
      spans: this.spans.length > 0 ? this.spans : this.source.spans,
      symbolsDecide: this.source.symbolsDecide || this.lostSymbol,
    }
  }

  private copyTo(end: number): void {
    const { spans, text } = this.source
    while (this.at < end) {
      const span = spans[this.index]!
      const to = Math.min(span.end, end)
      if (to > this.at) {
        const offset = span.kind === 'text' ? span.offset + this.at - span.start : span.offset
        const cut = this.at > span.start || to < span.end
        if (cut && span.symbol !== undefined) this.lostSymbol = true
        const endOffset = span.kind === 'text' ? offset + to - this.at : span.endOffset
        this.push({ ...span, offset, endOffset }, text.slice(this.at, to))
        this.at = to
      }
      if (span.end <= this.at) this.index += 1
    }
  }

  private skipTo(end: number): void {
    const { spans } = this.source
    while (this.at < end) {
      const span = spans[this.index]!
      if (span.symbol !== undefined) this.lostSymbol = true
      this.at = Math.min(span.end, end)
      if (span.end <= this.at) this.index += 1
    }
  }

  private spanFrom(start: number): Span {
    const { spans } = this.source
    // Behind the last character stands the last span.
    let index = Math.min(this.index, spans.length - 1)
    while (index < spans.length - 1 && spans[index]!.end <= start) index += 1
    return spans[index]!
  }

  private push(span: Omit<Span, 'start' | 'end'>, text: string): void {
    const start = this.text.length
    this.text += text
    this.spans.push({ ...span, start, end: this.text.length })
  }
}
