/** A parsed template: what Handlebars' grammar says, with absolute offsets, names resolved as far as the text alone allows
 * and every helper known. Plain data. All offsets are UTF-16 indexes into the whole file. */
export interface ParsedTemplate {
  readonly file: string
  /** The whole file, so that places can be told. */
  readonly text: string
  /** Where the template begins; what stands before is not part of it. */
  readonly bodyStart: number
  readonly program: Program
}

export interface Range {
  readonly start: number
  readonly end: number
}

export interface Program {
  readonly body: readonly Statement[]
  /** Number of block parameters (`as |item index|`). */
  readonly blockParams: number
  /** Inline partials defined directly in this program; they are known before its first statement. */
  readonly inlines: readonly InlinePartial[]
}

export interface InlinePartial {
  readonly name: string
  readonly program: Program
}

export type Statement = TextNode | OutputNode | IfNode | ScopeNode | VerbatimNode | PartialNode

export interface TextNode {
  readonly kind: 'text'
  readonly text: string
  readonly start: number
}

export interface OutputNode {
  readonly kind: 'output'
  readonly value: Expression
}

export interface IfNode {
  readonly kind: 'if'
  readonly condition: Expression
  /** `unless`. */
  readonly negated: boolean
  readonly includeZero: Expression | undefined
  readonly program: Program | undefined
  readonly inverse: Program | undefined
}

/** Blocks that change the context. A `section` is `{{#name}}…{{/name}}`: its value decides what it does. */
export interface ScopeNode {
  readonly kind: 'each' | 'with' | 'section'
  readonly subject: Expression
  readonly program: Program | undefined
  readonly inverse: Program | undefined
}

/** `{{{{raw}}}}…{{{{/raw}}}}` (then the program is one text) or `{{#raw}}`. */
export interface VerbatimNode {
  readonly kind: 'verbatim'
  readonly program: Program | undefined
  readonly inverse: undefined
}

export interface PartialNode extends Range {
  readonly kind: 'partial'
  readonly name: string | Expression
  readonly nameRange: Range
  readonly argument: Expression | undefined
  readonly hash: readonly HashPair[]
  /** Whitespace before a partial that stands on a line of its own: put before each of its lines. */
  readonly indent: string
  /** The body of `{{#> name}}…{{/name}}`. */
  readonly block: Program | undefined
}

export interface HashPair {
  readonly key: string
  readonly value: Expression
}

export type Expression = LiteralNode | PathNode | CallNode

export interface LiteralNode extends Range {
  readonly kind: 'literal'
  readonly value: string | number | boolean | null
}

export interface PathNode extends Range {
  readonly kind: 'path'
  /** As Handlebars reads it: `../a.b`, segments without brackets. */
  readonly text: string
  readonly scope: 'context' | 'data' | 'block'
  /** How many `../` it has. */
  readonly depth: number
  readonly parts: readonly string[]
  /** For block parameters: how many programs with parameters to go out, and which parameter. */
  readonly level: number
  readonly index: number
}

export interface CallNode extends Range {
  readonly kind: 'call'
  readonly helper: string
  readonly args: readonly Expression[]
  readonly hash: readonly HashPair[]
}
