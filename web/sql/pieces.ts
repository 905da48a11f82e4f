import { nextToken, type Token } from '../../core/sql/tokens.ts'
import { isKeyword } from './keywords.ts'

export type PieceKind =
  | 'plain'
  | 'keyword'
  | 'function'
  | 'quoted'
  | 'string'
  | 'number'
  | 'comment'
  /** `{{…}}` of a template. */
  | 'template'
  /** What stands for a symbol of the template, as a partition's start. */
  | 'value'

export interface Piece {
  readonly kind: PieceKind
  readonly text: string
}

/** A part of the text that is told apart whatever the SQL around it says. `end` is exclusive. */
export interface Mark {
  readonly start: number
  readonly end: number
  readonly kind: 'template' | 'value'
}

/** The text in pieces that look different; joined they are the text again, whatever it is. Marks are in order and do not overlap. */
export function sqlPieces(text: string, marks: readonly Mark[] = []): readonly Piece[] {
  const pieces = new Pieces(text, marks)
  const masked = maskTemplates(text, marks)
  let at = 0
  for (let token = nextToken(masked); token; token = nextToken(masked, token.end)) {
    pieces.gap(at, token.start)
    pieces.add(token.start, token.end, kindOf(masked, token))
    at = token.end
  }
  pieces.gap(at, text.length)
  return pieces.list
}

/** Every `{{…}}` and `{{{…}}}` of a template. */
export function templateMarks(text: string): readonly Mark[] {
  const found = text.matchAll(/\{\{\{[\s\S]*?\}\}\}|\{\{!--[\s\S]*?--~?\}\}|\{\{[\s\S]*?\}\}/g)
  return [...found].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
    kind: 'template' as const,
  }))
}

/** Templates are no SQL: a quote in one opens no string. They are as long as before, as a name. */
function maskTemplates(text: string, marks: readonly Mark[]): string {
  const parts: string[] = []
  let at = 0
  for (const { start, end, kind } of marks) {
    if (kind !== 'template') continue
    parts.push(text.slice(at, start), 'x'.repeat(end - start))
    at = end
  }
  return at === 0 ? text : parts.join('') + text.slice(at)
}

function kindOf(text: string, token: Token): PieceKind {
  switch (token.kind) {
    case 'string':
    case 'quoted':
    case 'number':
      return token.kind
    case 'word': {
      if (isKeyword(text.slice(token.start, token.end))) return 'keyword'
      return text[token.end] === '(' ? 'function' : 'plain'
    }
    default:
      return 'plain'
  }
}

/** Collects pieces, joins neighbors of one kind, and cuts them where marks begin and end. */
class Pieces {
  readonly list: { readonly kind: PieceKind; text: string }[] = []
  private readonly text: string
  private readonly marks: readonly Mark[]
  private next = 0

  constructor(text: string, marks: readonly Mark[]) {
    this.text = text
    this.marks = marks
  }

  /** Between two tokens stand only blanks and comments. */
  gap(start: number, end: number): void {
    const between = this.text.slice(start, end)
    const trimmed = between.trim()
    if (trimmed === '') {
      this.add(start, end, 'plain')
      return
    }
    const first = start + between.indexOf(trimmed)
    this.add(start, first, 'plain')
    this.add(first, first + trimmed.length, 'comment')
    this.add(first + trimmed.length, end, 'plain')
  }

  add(start: number, end: number, kind: PieceKind): void {
    let at = start
    while (at < end) {
      const mark = this.marks[this.next]
      if (mark !== undefined && mark.end <= at) {
        this.next += 1
        continue
      }
      const inside = mark !== undefined && mark.start <= at
      const stop = Math.min(end, mark === undefined ? end : inside ? mark.end : mark.start)
      this.push(inside ? mark.kind : kind, at, stop)
      at = stop
    }
  }

  private push(kind: PieceKind, start: number, end: number): void {
    const text = this.text.slice(start, end)
    const last = this.list.at(-1)
    if (last?.kind === kind) last.text += text
    else this.list.push({ kind, text })
  }
}
