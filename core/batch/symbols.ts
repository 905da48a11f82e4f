import type { Expression, Query } from '../sql/relational/ir.ts'
import { type Visitor, walkQuery } from '../sql/relational/walk.ts'
import { nextToken, type Token, tokenize } from '../sql/tokens.ts'
import type { Rendered, Span } from '../template/template.ts'

/** The symbols of a rendered text that the nodes of its tree stand for. */
export class SymbolNodes {
  readonly #nodes: ReadonlyMap<Expression, string>
  /** Symbols that stand for no value of the SQL of their own, such as one within a string. */
  readonly strays: readonly SymbolSpan[]

  /** `also` goes along on the walk through the query, but not into what stands for a symbol. */
  constructor(
    rendered: Pick<Rendered, 'text' | 'spans'>,
    query: Query,
    also: Pick<Visitor, 'query' | 'from' | 'expression' | 'unknown'> = {},
  ) {
    const spans = rendered.spans.filter(isSymbol)
    const nodes = new Map<Expression, string>()
    const seen = new Set<SymbolSpan>()
    walkQuery(query, {
      ...also,
      expression: (expression) => {
        const span = spanOf(expression, spans, rendered.text)
        if (span === undefined) return also.expression?.(expression) ?? true
        nodes.set(expression, span.symbol)
        seen.add(span)
        return false
      },
    })
    const missing = spans.filter((span) => !seen.has(span) && span.end > span.start)
    const tokens = missing.length === 0 ? [] : tokenize(rendered.text)
    this.#nodes = nodes
    this.strays = missing.filter((span) => isInSql(span, tokens))
  }

  /** Offset of the first place in the SQL that has this symbol. */
  startOf(symbol: string): number | undefined {
    for (const [node, each] of this.#nodes) {
      if (each === symbol) return node.kind === 'cast' ? node.expression.start : node.start
    }
    return this.strays.find((each) => each.symbol === symbol)?.start
  }

  /** The symbol that this very node stands for. */
  of(expression: Expression): string | undefined {
    return this.#nodes.get(expression)
  }
}

type SymbolSpan = Span & { readonly symbol: string }

/** The zone's name is the same for every partition of a model. */
function isSymbol(span: Span): span is SymbolSpan {
  return span.symbol !== undefined && span.symbol !== 'partition.timezone'
}

/** `DATE '2001-01-05'` is a cast of a literal, `20010105` and `'2001-01-05'` are literals. */
function spanOf(expression: Expression, spans: readonly SymbolSpan[], text: string): SymbolSpan | undefined {
  const literal = expression.kind === 'cast' ? expression.expression : expression
  const { start } = literal
  if (literal.kind !== 'literal' || start === undefined) return undefined
  const span = spans.find((each) => each.start <= start && start < each.end)
  if (span === undefined) return undefined
  const written = text.slice(span.start, span.end)
  const isTyped = /^[a-z]/i.test(written)
  if (isTyped !== (expression.kind === 'cast')) return undefined
  const type = isTyped ? nextToken(written) : undefined
  if (expression.kind === 'cast' && expression.type !== written.slice(0, type?.end).toLowerCase())
    return undefined
  return spells(written, literal.value) ? span : undefined
}

/** Whether a symbol's text writes this value and nothing else, so that a sign before it has not become part of it. */
function spells(written: string, value: string): boolean {
  const quote = written.indexOf("'")
  const inner = quote < 0 ? written : written.slice(quote + 1, written.lastIndexOf("'")).replaceAll("''", "'")
  return inner === value
}

/** A symbol in a comment is no part of the query. */
function isInSql(span: Span, tokens: readonly Token[]): boolean {
  return tokens.some((token) => token.start < span.end && span.start < token.end)
}
