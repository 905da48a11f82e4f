/** The syntax tree that Handlebars 4.7 makes, as a discriminated union. We let it write UTF-16 offsets where it means lines:
 * `loc.start.line` is the offset of the first character, `loc.end.line` the offset after the last. */
export interface AstLocation {
  readonly start: { readonly line: number }
  readonly end: { readonly line: number }
}

interface AstNode {
  readonly loc: AstLocation
}

export interface AstProgram {
  readonly type: 'Program'
  readonly body: readonly AstStatement[]
  readonly blockParams?: readonly string[]
}

export type AstStatement =
  | AstContent
  | AstMustache
  | AstBlock
  | AstPartial
  | AstPartialBlock
  | AstDecorator
  | (AstNode & { readonly type: 'CommentStatement' })

export interface AstContent extends AstNode {
  readonly type: 'ContentStatement'
  /** After whitespace control: `original` without some whitespace at either end. */
  readonly value: string
  readonly original: string
  /** Handlebars' name for: the whitespace before was stripped. */
  readonly rightStripped?: boolean
}

interface AstInvocation extends AstNode {
  readonly path: AstExpression
  readonly params: readonly AstExpression[]
  readonly hash?: AstHash
}

export interface AstMustache extends AstInvocation {
  readonly type: 'MustacheStatement'
}

export interface AstBlock extends AstInvocation {
  readonly type: 'BlockStatement'
  readonly program?: AstProgram
  readonly inverse?: AstProgram
}

/** `{{*name}}` and `{{#*name}}…{{/name}}`. */
export type AstDecorator = AstInvocation & { readonly program?: AstProgram } & (
    | { readonly type: 'Decorator' }
    | { readonly type: 'DecoratorBlock' }
  )

interface AstPartialCall extends AstNode {
  readonly name: AstExpression
  readonly params: readonly AstExpression[]
  readonly hash?: AstHash
}

export interface AstPartial extends AstPartialCall {
  readonly type: 'PartialStatement'
  readonly indent?: string
}

export interface AstPartialBlock extends AstPartialCall {
  readonly type: 'PartialBlockStatement'
  readonly program: AstProgram
}

export type AstExpression = AstPath | AstSubExpression | AstLiteral

export interface AstPath extends AstNode {
  readonly type: 'PathExpression'
  readonly data: boolean
  readonly depth: number
  readonly parts: readonly string[]
  readonly original: string
}

export interface AstSubExpression extends AstInvocation {
  readonly type: 'SubExpression'
}

export type AstLiteral =
  | (AstNode & { readonly type: 'StringLiteral'; readonly value: string; readonly original: string })
  | (AstNode & { readonly type: 'NumberLiteral'; readonly value: number; readonly original: number })
  | (AstNode & { readonly type: 'BooleanLiteral'; readonly value: boolean; readonly original: boolean })
  | (AstNode & { readonly type: 'UndefinedLiteral'; readonly original?: undefined })
  | (AstNode & { readonly type: 'NullLiteral'; readonly original: null })

export interface AstHash extends AstNode {
  readonly pairs: readonly (AstNode & { readonly key: string; readonly value: AstExpression })[]
}
