import { isToken, type Token, tokenize } from '../sql/tokens.ts'

/** A text with its tokens, in which select lists can be found again: parse trees say where expressions begin, but not where they end. */
export interface TokenizedText {
  readonly text: string
  readonly tokens: readonly Token[]
}

/** Positions of tokens; the end is exclusive. */
export type TokenRange = readonly [start: number, end: number]

export function tokenized(text: string): TokenizedText {
  return { text, tokens: tokenize(text) }
}

/** What a token says: words and names in lower case, unless they are quoted. */
export function wordsOf({ text, tokens }: TokenizedText): readonly string[] {
  return tokens.map(({ kind, start, end }) =>
    kind === 'word' ? text.slice(start, end).toLowerCase() : text.slice(start, end),
  )
}

const listEnds = [
  ...['from', 'where', 'group', 'having', 'qualify', 'window', 'order', 'limit', 'offset', 'fetch'],
  ...['union', 'except', 'intersect', 'using', 'into', ';'],
]

/** The tokens of each item of the select list that has something at `offset`; undefined if they are not `count` items. */
export function itemsOfList(
  source: TokenizedText,
  offset: number,
  count: number,
): readonly TokenRange[] | undefined {
  const first = selectBefore(source, offset)
  if (first === undefined) return undefined
  const items: TokenRange[] = []
  let depth = 0
  let start = startOfList(source, first + 1)
  let at = start
  for (; at < source.tokens.length; at++) {
    const is = (value: string) => isToken(source.text, source.tokens[at], value)
    if (is('(') || is('[') || is('{')) depth += 1
    else if (is(')') || is(']') || is('}')) depth -= 1
    if (depth < 0) break
    if (depth > 0) continue
    if (is(',')) {
      items.push([start, at])
      start = at + 1
    } else if (listEnds.some(is) && !isWithinItem(source, at)) break
  }
  items.push([start, at])
  return items.length === count ? items : undefined
}

/** `distinct`, `distinct on (…)` and `all` are of the query, and of no item. */
function startOfList({ text, tokens }: TokenizedText, at: number): number {
  const is = (value: string, place: number) => isToken(text, tokens[place], value)
  if (is('all', at)) return at + 1
  if (!is('distinct', at)) return at
  if (!is('on', at + 1)) return at + 1
  let depth = 0
  for (let end = at + 2; end < tokens.length; end++) {
    if (is('(', end)) depth += 1
    else if (is(')', end)) depth -= 1
    if (depth === 0) return end + 1
  }
  return at
}

/** `is distinct from` is no FROM, `within group (…)` no GROUP BY. */
function isWithinItem({ text, tokens }: TokenizedText, at: number): boolean {
  const pairs = [
    ['distinct', 'from'],
    ['within', 'group'],
  ] as const
  return pairs.some(
    ([before, word]) => isToken(text, tokens[at], word) && isToken(text, tokens[at - 1], before),
  )
}

/** The word `select` whose list the offset is in. */
function selectBefore({ text, tokens }: TokenizedText, offset: number): number | undefined {
  let depth = 0
  let at = tokens.findIndex((token) => token.end > offset)
  if (at < 0) at = tokens.length - 1
  for (; at >= 0; at--) {
    const is = (value: string) => isToken(text, tokens[at], value)
    if (is(')') || is(']') || is('}')) depth += 1
    else if (is('(') || is('[') || is('{')) depth -= 1
    else if (depth <= 0 && is('select')) return at
  }
  return undefined
}
