import type { ParsedQuery, ParseResult, Refusal, SqlParser } from '../../core/sql/parser.ts'
import { type PortableReading, readPortableTokens } from '../../core/sql/portable-ast.ts'
import { type PortableDialect, portableDialectRules } from '../../core/sql/portable-ast-dialect.ts'
import { type PortableToken, portableTokens } from '../../core/sql/portable-ast-tokens.ts'
import { relationNames, selectedNames, statementType } from '../../core/sql/portable-ast-tree.ts'
import { keywords } from '../../core/sql/portable-ast-words.ts'
import { type Grammar, loadGrammar } from './grammar.ts'
import { refusalOf } from './rules.ts'

/** The dialects that `createPortableParser` takes. */
export const portableDialects: readonly string[] = portableDialectRules.map((each) => each.name)

/** A parser for a dialect without an engine here: node-sql-parser's grammar says what is SQL and which relations there are, our own
 * reading of the tokens where they stand and which of them are CTEs. Where the two disagree the text is refused. */
export function createPortableParser(dialect: string): SqlParser {
  const rules = portableDialectRules.find((each) => each.name === dialect)
  if (!rules)
    throw new Error(`no grammar for the dialect ${dialect}; there are ${portableDialects.join(', ')}`)
  let grammar: Grammar | undefined
  return {
    dialect,
    async parse(texts) {
      grammar ??= await loadGrammar(dialect)
      const loaded = grammar
      return texts.map((text) => parseOne(text, rules, loaded))
    },
    async close() {
      grammar = undefined
    },
  }
}

function parseOne(text: string, dialect: PortableDialect, grammar: Grammar): ParseResult {
  const tokens = portableTokens(text, dialect.lexical)
  const first = statementTokens(tokens)
  if (first.length === 0)
    return { ok: true, query: notAQuery(text, first, { kind: 'empty', what: '', start: 0 }) }
  // What follows the statement, comments too, is none of the grammar's business: some grammars stumble over it.
  const parsed = grammar(text.slice(0, first.at(-1)!.end))
  if (!parsed.ok) return parsed
  const kind = statementType(parsed.statements[0])
  const isQuery = kind === 'select' || kind === 'union'
  if (!isQuery) {
    const what = (kind ?? first[0]!.value).toUpperCase()
    return { ok: true, query: notAQuery(text, first, { kind: 'not_a_query', what, start: first[0]!.start }) }
  }
  const reading = readPortableTokens(text, first, dialect)
  const problem = disagreement(reading, parsed.statements[0])
  if (problem) return { ok: false, error: problem }
  const another = tokens.slice(tokens.indexOf(first.at(-1)!) + 1).find((token) => token.value !== ';')
  return { ok: true, query: understood(text, first, reading, parsed.statements[0], another) }
}

/** The tokens before the first semicolon that has any before it. */
function statementTokens(tokens: readonly PortableToken[]): readonly PortableToken[] {
  const start = tokens.findIndex((token) => !isSemicolon(token))
  if (start < 0) return []
  const end = tokens.findIndex((token, index) => index > start && isSemicolon(token))
  return tokens.slice(start, end < 0 ? tokens.length : end)
}

function isSemicolon(token: PortableToken): boolean {
  return token.kind === 'symbol' && token.value === ';'
}

function notAQuery(text: string, tokens: readonly PortableToken[], refusal: Refusal): ParsedQuery {
  return {
    tables: [],
    qualifiedColumns: [],
    files: [],
    functions: [],
    columns: [],
    refusals: [refusal],
    end: tokens.at(-1)?.end ?? 0,
    normalized: normalized(text, tokens),
  }
}

function understood(
  text: string,
  tokens: readonly PortableToken[],
  reading: PortableReading,
  statement: unknown,
  another: PortableToken | undefined,
): ParsedQuery {
  const { tables, qualifiedColumns, functions } = reading
  const refusals = [...reading.refusals]
  for (const call of functions) {
    const kind = refusalOf(call)
    if (kind) refusals.push({ kind, what: call.name, start: call.start })
  }
  if (another) refusals.push({ kind: 'several_statements', what: '', start: another.start })
  return {
    tables,
    qualifiedColumns,
    files: [],
    functions,
    columns: selectedNames(statement),
    refusals: refusals.sort((a, b) => a.start - b.start),
    end: tokens.at(-1)!.end,
    normalized: normalized(text, tokens),
  }
}

/** Made of the tokens, not of the tree, which leaves out what its grammar does not care for. */
function normalized(text: string, tokens: readonly PortableToken[]): string {
  return tokens
    .map(({ kind, value, start, end }) =>
      kind === 'word' && keywords.has(value) ? value : text.slice(start, end),
    )
    .join(' ')
}

/** Both readings must find the same names the same number of times; what differs cannot be placed. */
function disagreement(
  reading: PortableReading,
  statement: unknown,
): { message: string; offset?: number } | undefined {
  const inTree = new Map<string, number>()
  for (const name of relationNames(statement)) {
    const key = comparable(name)
    inTree.set(key, (inTree.get(key) ?? 0) + 1)
  }
  for (const { parts, start } of reading.relations) {
    const key = comparable(parts.join('.'))
    const count = inTree.get(key) ?? 0
    if (count === 0) {
      return { message: `the table reference ${parts.join('.')} could not be understood here`, offset: start }
    }
    if (count === 1) inTree.delete(key)
    else inTree.set(key, count - 1)
  }
  const [left] = inTree.keys()
  return left === undefined
    ? undefined
    : { message: `the table reference ${left} could not be placed in the text` }
}

/** The library keeps some quotes inside names and writes some names in another case. */
function comparable(name: string): string {
  return name.replace(/["`[\]]/g, '').toLowerCase()
}
