import type { Place } from '../diagnostics/diagnostic.ts'

/** Text that is SQL already: rendered as it is. `symbol` names what it stands for (`partition.start`), so that a
 * later rendering can put another text in its place without parsing again. */
export class SqlFragment {
  readonly sql: string
  readonly symbol: string | undefined
  /** Fragments that a path can go on to: `partition.start` renders by itself, and has `.date`. */
  readonly members: Readonly<Record<string, SqlFragment>>

  constructor(sql: string, symbol?: string, members: Readonly<Record<string, SqlFragment>> = {}) {
    this.sql = sql
    this.symbol = symbol
    this.members = members
  }

  toString(): string {
    return this.sql
  }
}

export type TemplateValue =
  | string
  | number
  | boolean
  | null
  | SqlFragment
  | readonly TemplateValue[]
  | { readonly [name: string]: TemplateValue }

/** The file and UTF-16 offsets of something written in a template; `endOffset` is exclusive. */
export interface Written {
  readonly file: string
  readonly offset: number
  readonly endOffset: number
}

/** Where a stretch of rendered text comes from. */
export interface Span extends Written {
  /** UTF-16 offsets in the rendered text. */
  readonly start: number
  readonly end: number
  /** Text was copied character by character; a value stands for the whole expression at `offset`. */
  readonly kind: 'text' | 'value'
  /** For values: the symbol of the `SqlFragment`, if it has one. */
  readonly symbol?: string
  /** What stands here names this relation, by its logical name. */
  readonly relation?: string
  /** Macro call sites, innermost first. */
  readonly calls: readonly Written[]
}

export interface Rendered {
  readonly text: string
  /** In order, adjacent, covering the whole text. */
  readonly spans: readonly Span[]
  /** True if block helpers or helper arguments looked at a symbol-bearing value, so that another value could change
   * more than its own span. */
  readonly symbolsDecide: boolean
}

export interface TextFile {
  readonly file: string
  readonly text: string
}

/** Where a rendered offset was written, with the macro calls that led there. */
export interface Origin {
  readonly place: Place
  readonly via: readonly Place[]
}
