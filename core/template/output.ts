import type { Span, Written } from './template.ts'

/** Whitespace put before each line of a partial that stands on a line of its own. */
interface Indent {
  readonly text: string
  readonly written: Written
  readonly calls: readonly Written[]
  /** The next character begins a line. */
  atLineStart: boolean
}

/** Collects rendered text together with where each stretch of it was written. */
export class Output {
  text = ''
  readonly spans: Span[] = []
  /** A symbol's text was cut by indentation, so that another text could be cut otherwise. */
  splitSymbol = false
  private readonly indents: Indent[] = []

  /** Text copied from `file` at `offset`. */
  write(text: string, file: string, offset: number, calls: readonly Written[]): void {
    if (this.indents.length > 0)
      this.indented(text, { file, offset, calls, kind: 'text' }, this.indents.length)
    else this.append(text, file, offset, offset + text.length, 'text', undefined, calls)
  }

  /** The text of a value that the expression at `[offset, endOffset)` stands for. */
  writeValue(
    text: string,
    file: string,
    offset: number,
    endOffset: number,
    symbol: string | undefined,
    calls: readonly Written[],
  ): void {
    if (this.indents.length === 0) {
      this.append(text, file, offset, endOffset, 'value', symbol, calls)
      return
    }
    if (symbol !== undefined && (text === '' || text.includes('\n'))) this.splitSymbol = true
    this.indented(text, { file, offset, endOffset, calls, kind: 'value', symbol }, this.indents.length)
  }

  indent(text: string, written: Written, calls: readonly Written[], work: () => void): void {
    if (text === '') {
      work()
      return
    }
    this.indents.push({ text, written, calls, atLineStart: true })
    try {
      work()
    } finally {
      this.indents.pop()
    }
  }

  /** Sends a piece through the indentations `depth - 1` … 0, the innermost first. Like Handlebars, a line is indented as
   * soon as anything of it is written, its line break included. */
  private indented(text: string, piece: Piece, depth: number): void {
    if (depth === 0) {
      const endOffset = piece.kind === 'value' ? piece.endOffset : piece.offset + text.length
      const symbol = piece.kind === 'value' ? piece.symbol : undefined
      this.append(text, piece.file, piece.offset, endOffset, piece.kind, symbol, piece.calls)
      return
    }
    const indent = this.indents[depth - 1]!
    if (text === '' && piece.kind === 'value') this.indented(text, piece, depth - 1)
    for (let start = 0; start < text.length; ) {
      const newline = text.indexOf('\n', start)
      const end = newline < 0 ? text.length : newline + 1
      if (indent.atLineStart) {
        const { file, offset } = indent.written
        this.indented(indent.text, { file, offset, calls: indent.calls, kind: 'text' }, depth - 1)
      }
      indent.atLineStart = newline >= 0
      const line = piece.kind === 'value' ? piece : { ...piece, offset: piece.offset + start }
      this.indented(text.slice(start, end), line, depth - 1)
      start = end
    }
  }

  private append(
    text: string,
    file: string,
    offset: number,
    endOffset: number,
    kind: 'text' | 'value',
    symbol: string | undefined,
    calls: readonly Written[],
  ): void {
    const start = this.text.length
    const end = start + text.length
    this.text += text
    const span = { start, end, file, offset, endOffset, kind, calls }
    this.spans.push(symbol === undefined ? span : { ...span, symbol })
  }
}

type Piece = { readonly file: string; readonly offset: number; readonly calls: readonly Written[] } & (
  | { readonly kind: 'text' }
  | { readonly kind: 'value'; readonly endOffset: number; readonly symbol: string | undefined }
)
